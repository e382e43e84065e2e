"""Two snapshots a minute apart, of which the first was read part by part, so that each change tells of its own time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec import structs

from latticetop.model.history.events import Entry
from latticetop.model.history.log import entries_between
from latticetop.model.snapshot import Snapshot
from tests.model.builders import ENDPOINT, NOW, A, B

LATER = NOW + timedelta(minutes=1)
PARTS = ("endpoints", "associations", "subnets", A, B, f"reservations {A}")
SINCE = {part: NOW + timedelta(seconds=number) for number, part in enumerate(PARTS)}
"""When each part was read before: all at other times, so that each change tells of its own."""
LATTICE = f"VPC Endpoint Interface {ENDPOINT}"


def between(before: Snapshot, after: Snapshot, **more: bool) -> list[Entry]:
    """What changed; `before` was read part by part, `after` a minute later."""
    known = {part: at for part, at in SINCE.items() if part in before.read_at or part.startswith("reservations")}
    read_at = dict.fromkeys((*after.read_at, f"reservations {A}"), LATER)
    return entries_between(
        structs.replace(before, read_at=known), structs.replace(after, taken_at=LATER, read_at=read_at), **more
    )


def words(entries: Iterable[Entry]) -> list[str]:
    return [entry.what for entry in entries]
