"""The changes of all scopes, newest first: when, what, where."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs
from rich.text import Text

from latticetop.dashboard.find.searchable import ranges_in, row_fields
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.history.change_events import ChangeEvent, ChangeKind
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import SearchFields

MAX_CHANGES = 300
"""How many changes are listed; an export has all that are kept."""

_TONES = {
    ChangeKind.BLOCK_TAKEN: "focus",
    ChangeKind.BLOCK_FRAGMENTED: "warn",
    ChangeKind.NO_FREE_BLOCK: "bad",
    ChangeKind.FREE_BLOCK_AGAIN: "good",
    ChangeKind.BLOCK_FREED: "advice",
}


class ListedChange(NamedTuple):
    """A change and its scope; the key is unique among all scopes."""

    key: str
    scope_index: int
    scope: FollowedScope
    event: ChangeEvent


class ChangeTable(KeyedTable):
    """A row for each change; its record is a `ListedChange`."""

    SETTINGS_NAME = "changes"
    ROW_NOUN = "change"
    SAVES_FILTER = True
    QUERY_KEYS = ("what", "kind", "subnet", "endpoint", "eni", "scope")
    COLUMNS = (
        Column("time", "UTC", gap=0, descending=True),
        Column("what", "what", flexible=True, sentence=True),
        Column("where", "where", 76),
        Column("scope", "account", 100, of_scopes=True),
    )
    DEFAULT_SORT = "time"

    @property
    def current_change(self) -> ListedChange | None:
        """The change under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, ListedChange) else None


def newest_changes(scopes: Sequence[FollowedScope]) -> list[ListedChange]:
    """The newest changes of all scopes, newest first; of one time, effects come before their causes."""
    changes = merge(*(_newest_of(index, scope) for index, scope in enumerate(scopes)), key=_newest_first)
    return list(islice(changes, MAX_CHANGES))


def _newest_first(change: ListedChange) -> float:
    return -change.event.at.timestamp()


def _newest_of(index: int, scope: FollowedScope) -> Iterator[ListedChange]:
    log = scope.change_log
    for age, event in enumerate(reversed(log.events)):
        yield ListedChange(f"{index} {log.total - age}", index, scope, event)


def change_rows(changes: Sequence[ListedChange], now: datetime, palette: Palette) -> list[Row]:
    """The rows of the table in the order of the changes."""
    count = len(changes)
    return [
        Row(
            change.key,
            _cells(change, now, palette),
            {"time": (change.event.at.timestamp(), count - position)},
            record=change,
        )
        for position, change in enumerate(changes)
    ]


def _cells(change: ListedChange, now: datetime, palette: Palette) -> dict[str, Text]:
    event = change.event
    return {
        "time": Text(time_of_day(event.at, now), palette["dim"]),
        "what": Text(shorten_ids(clean(event.message)), palette[change_tone(event)]),
        "where": Text(change_location(change), palette["dim"]),
        "scope": Text(clean(change.scope.name), palette["dim"]),
    }


def change_fields(row: Row) -> SearchFields:
    """The search fields of a row: its cells, the kind of change and every id in it."""
    change = row.record
    assert isinstance(change, ListedChange)
    event = change.event
    fields = row_fields(
        "",
        row.cells,
        {
            "what": event.message,
            "kind": event.kind.value,
            "subnet": f"{event.subnet_id}\n{change_location(change)}" if event.subnet_id else "",
            "endpoint": event.vpc_endpoint_id,
            "eni": "\n".join(event.ids),
            "scope": change.scope.name,
        },
    )
    return structs.replace(fields, ranges=ranges_in(" ".join([event.message, *event.ids])))


def change_tone(event: ChangeEvent) -> str:
    """The name of a style of the palette for a change."""
    if event.verdict_changed and event.verdict_before:
        return "bad" if event.worse else "good"
    return "bad" if event.worse else _TONES.get(event.kind, "text")


def time_of_day(at: datetime, now: datetime) -> str:
    """A time as `08:20:30`, with the date if that is not today's."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%m-%d %H:%M:%S}"


def change_location(change: ListedChange) -> str:
    """The name or the id of the subnet, or the id of the endpoint."""
    event, view = change.event, change.scope.view
    reading = view.snapshot.subnets.get(event.subnet_id) if view else None
    name = reading.subnet.name if reading else ""
    return clean(name) or shorten_ids(event.subnet_id or event.vpc_endpoint_id)


def change_details(change: ListedChange, palette: Palette) -> Text:
    """The whole message of a change, where it happened, and between which reads."""
    event = change.event
    names = (event.subnet_id, event.vpc_endpoint_id, change.scope.name)
    location = " · ".join(clean(name) for name in names if name)
    after = f"after {event.since:%H:%M:%S} and " if event.since else ""
    return Text.assemble(
        (f"{clean(event.message)}\n", palette["text"]),
        (f"{location} · {after}by {event.at:%Y-%m-%d %H:%M:%S} UTC", palette["dim"]),
    )
