"""What changed in all scopes, the newest first: when, what, where."""

from __future__ import annotations

from dataclasses import replace
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.find.searchable import ranges_in, row_subject
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.summaries import Extent
from latticetop.model.history.events import Change, Entry
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import Subject

MOST = 300
"""How many changes are listed; an export has all that are kept."""

_TONES = {
    Change.BLOCK_TAKEN: "focus",
    Change.BLOCK_BROKEN: "warn",
    Change.NO_BLOCK_LEFT: "bad",
    Change.BLOCK_LEFT_AGAIN: "good",
    Change.BLOCK_FREED: "advice",
}


class Seen(NamedTuple):
    """A change and the scope it is of; the key tells it from all others."""

    key: str
    scope: int
    watched: Watched
    entry: Entry


class ChangeTable(KeyedTable):
    """One row a change; the key is a `Seen.key`."""

    NAME = "changes"
    NOUN = "change"
    EXTENT = Extent.ALL
    KEYS = ("what", "kind", "subnet", "endpoint", "eni", "scope")
    COLUMNS = (
        Column("time", "UTC", gap=0, falling=True),
        Column("what", "what", flexible=True, sentence=True),
        Column("where", "where", 76),
        Column("scope", "scope", 100, of_scopes=True),
    )
    OWN = "time"


def newest(watched: Sequence[Watched]) -> list[Seen]:
    """The newest changes of all scopes; of one moment the effects stand above their causes."""
    found = merge(*(_newest_of(scope, each) for scope, each in enumerate(watched)), key=_later_first)
    return list(islice(found, MOST))


def _later_first(seen: Seen) -> float:
    return -seen.entry.at.timestamp()


def _newest_of(scope: int, watched: Watched) -> Iterator[Seen]:
    journal = watched.journal
    for back, entry in enumerate(reversed(journal.entries)):
        yield Seen(f"{scope} {journal.total - back}", scope, watched, entry)


def change_rows(found: Sequence[Seen], now: datetime, palette: Palette) -> list[Row]:
    """The rows of the table in the order of the changes."""
    last = len(found)
    return [
        Row(seen.key, _cells(seen, now, palette), {"time": (seen.entry.at.timestamp(), last - place)})
        for place, seen in enumerate(found)
    ]


def _cells(seen: Seen, now: datetime, palette: Palette) -> dict[str, Text]:
    entry = seen.entry
    return {
        "time": Text(moment(entry.at, now), palette["dim"]),
        "what": Text(shorten_ids(clean(entry.what)), palette[tone(entry)]),
        "where": Text(where(seen), palette["dim"]),
        "scope": Text(clean(seen.watched.name), palette["dim"]),
    }


def change_subject(seen: Seen, cells: Mapping[str, Text]) -> Subject:
    """A change for a filter: by its words, its kind and every id in it."""
    entry = seen.entry
    about = row_subject(
        "",
        cells,
        {
            "what": entry.what,
            "kind": entry.change.value,
            "subnet": f"{entry.subnet_id}\n{where(seen)}" if entry.subnet_id else "",
            "endpoint": entry.vpc_endpoint_id,
            "eni": "\n".join(entry.ids),
            "scope": seen.watched.name,
        },
    )
    return replace(about, ranges=ranges_in(" ".join([entry.what, *entry.ids])))


def tone(entry: Entry) -> str:
    """The word of the palette for a change."""
    if entry.of_a_verdict and entry.verdict_before:
        return "bad" if entry.worse else "good"
    return "bad" if entry.worse else _TONES.get(entry.change, "text")


def moment(at: datetime, now: datetime) -> str:
    """The time of day, with the date in front when it is another day."""
    return f"{at:%H:%M:%S}" if at.date() == now.date() else f"{at:%m-%d %H:%M:%S}"


def where(seen: Seen) -> str:
    """The subnet by its name, or the endpoint, by its id."""
    entry, view = seen.entry, seen.watched.view
    reading = view.snapshot.subnets.get(entry.subnet_id) if view else None
    name = reading.subnet.name if reading else ""
    return clean(name) or shorten_ids(entry.subnet_id or entry.vpc_endpoint_id)


def spell_out(seen: Seen, palette: Palette) -> Text:
    """A change in whole: its words with whole ids, where, and between which moments."""
    entry = seen.entry
    place = " · ".join(clean(part) for part in (entry.subnet_id, entry.vpc_endpoint_id, seen.watched.name) if part)
    since = f"after {entry.since:%H:%M:%S} and " if entry.since else ""
    return Text.assemble(
        (f"{clean(entry.what)}\n", palette["text"]),
        (f"{place} · {since}by {entry.at:%Y-%m-%d %H:%M:%S} UTC", palette["dim"]),
    )
