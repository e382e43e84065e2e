"""What changed, as JSON lines: one object a change, the oldest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.changes import Entry
    from latticetop.model.snapshot import Scope

SCHEMA = "latticetop.change/1"


class Line(Struct, frozen=True):
    """One change: seen at `at`, after `since`, when the same was last read. `ids` are a hundred of `count` at most."""

    schema: str
    at: datetime
    since: datetime | None
    account_id: str
    region: str
    profile: str
    change: str
    what: str
    subnet_id: str
    vpc_endpoint_id: str
    ids: tuple[str, ...]
    count: int
    verdict_before: str | None
    verdict: str | None


def render_changes(changes: Iterable[tuple[Scope, Entry]]) -> bytes:
    """The changes as JSON lines in UTF-8, in the order given."""
    return b"".join(msgspec.json.encode(line_of(scope, entry)) + b"\n" for scope, entry in changes)


def change_row(scope: Scope, entry: Entry) -> dict[str, Any]:
    """One change with the keys and values of its line."""
    row: dict[str, Any] = msgspec.to_builtins(line_of(scope, entry))
    return row


def line_of(scope: Scope, entry: Entry) -> Line:
    """One change as a line has it."""
    return Line(
        SCHEMA,
        entry.at,
        entry.since,
        scope.account_id,
        scope.region,
        clean(scope.profile),
        entry.change.value,
        clean(entry.what),
        entry.subnet_id,
        entry.vpc_endpoint_id,
        entry.ids,
        entry.count,
        entry.verdict_before.value if entry.verdict_before else None,
        entry.verdict.value if entry.verdict else None,
    )
