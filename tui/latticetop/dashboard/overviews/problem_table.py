"""Every problem of every scope since the start: the ones that hold first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import row_subject
from latticetop.dashboard.overviews.change_table import moment
from latticetop.dashboard.state.problems import Met, _ongoing_first
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.summaries import Extent
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import Subject


class ProblemTable(KeyedTable):
    """One row a problem of a scope; the key is a `Met.key`."""

    NAME = "problems"
    NOUN = "problem"
    EXTENT = Extent.ALL
    KEYS = ("state", "kind", "operation", "message", "times", "scope")
    COLUMNS = (
        Column("holds", "now", gap=0),
        Column("kind", "kind"),
        Column("message", "problem", flexible=True, sentence=True),
        Column("operation", "operation", 130),
        Column("times", "times", 60, right=True, falling=True),
        Column("first", "first UTC", 110, falling=True),
        Column("last", "last UTC", falling=True),
        Column("scope", "scope", 100, of_scopes=True),
    )
    OWN = "holds"


def problem_rows(found: Sequence[Met], now: datetime, palette: Palette) -> list[Row]:
    """The rows of the table in the order of the problems."""
    return [Row(met.key, _cells(met, now, palette), _ranks(met)) for met in found]


def _ranks(met: Met) -> dict[str, object]:
    return {"holds": _ongoing_first(met), "first": met.noted.first.timestamp(), "last": met.noted.last.timestamp()}


def _cells(met: Met, now: datetime, palette: Palette) -> dict[str, Text]:
    noted, problem = met.noted, met.noted.problem
    return {
        "holds": Text("holds", palette["bad"]) if noted.holds else Text("over", palette["dim"]),
        "kind": Text(problem.kind.value, palette["warn" if noted.holds else "dim"]),
        "message": Text(clean(problem.message), palette["text"]),
        "operation": Text(clean(problem.operation), palette["dim"]),
        "times": Text(f"{noted.times:,}", palette["dim"]),
        "first": Text(moment(noted.first, now), palette["dim"]),
        "last": Text(moment(noted.last, now), palette["dim"]),
        "scope": Text(clean(met.watched.name), palette["dim"]),
    }


def problem_subject(met: Met, cells: Mapping[str, Text]) -> Subject:
    """A problem for a filter."""
    return row_subject(
        "",
        cells,
        {
            "state": "holds" if met.noted.holds else "over",
            "scope": met.watched.name,
            "next": met.noted.problem.next_step,
        },
    )


def spell_out(met: Met, palette: Palette) -> Text:
    """A problem in whole, with what to do, the operation it is of and the scope that met it."""
    problem, noted = met.noted.problem, met.noted
    times = "once" if noted.times == 1 else f"{noted.times:,} times"
    until = f" to {noted.last:%H:%M:%S}" if noted.times > 1 else ""
    between = f"{noted.first:%Y-%m-%d %H:%M:%S}{until} UTC"
    parts = (problem.operation, met.watched.name, f"met {times}, {between}", "still so" if noted.holds else "over")
    return Text.assemble(
        (clean(problem.message), palette["text"]),
        (f" {clean(problem.next_step)}\n" if problem.next_step else "\n", palette["advice"]),
        (" · ".join(clean(part) for part in parts if part), palette["dim"]),
    )
