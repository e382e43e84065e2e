"""Pairs of snapshots to compare: the same account at a later time, and two snapshots one minute apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec import structs

from latticetop.model.history.change_events import ChangeEvent
from latticetop.model.history.change_log import events_between
from latticetop.model.snapshot import Snapshot
from tests.model.builders import ENDPOINT, NOW, A, B

LATER = NOW + timedelta(minutes=1)
PARTS = ("endpoints", "associations", "subnets", A, B, f"reservations {A}")
SINCE = {part: NOW + timedelta(seconds=number) for number, part in enumerate(PARTS)}
"""When each part was read before: a different time for each, so that a test sees which one an event takes."""
DESCRIPTION = f"VPC Endpoint Interface {ENDPOINT}"


def later(snapshot: Snapshot, seconds: float = 15) -> Snapshot:
    """The same snapshot, read `seconds` after `NOW`."""
    at = NOW + timedelta(seconds=seconds)
    return structs.replace(snapshot, taken_at=at, read_at=dict.fromkeys(snapshot.read_at, at))


def compare(before: Snapshot, after: Snapshot, **options: bool) -> list[ChangeEvent]:
    """The events between two snapshots: the parts of `before` read at `SINCE`, those of `after` at `LATER`."""
    since = {part: at for part, at in SINCE.items() if part in before.read_at or part.startswith("reservations")}
    read_at = dict.fromkeys((*after.read_at, f"reservations {A}"), LATER)
    return events_between(
        structs.replace(before, read_at=since), structs.replace(after, taken_at=LATER, read_at=read_at), **options
    )


def messages(events: Iterable[ChangeEvent]) -> list[str]:
    return [event.message for event in events]
