"""Every problem of every scope since the start, those that hold now first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import row_fields
from latticetop.dashboard.overviews.change_table import time_of_day
from latticetop.dashboard.state.problems import ScopeProblem, persisting_first
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import SearchFields


class ProblemTable(KeyedTable):
    """A row for each problem of a scope; its record is a `ScopeProblem`."""

    SETTINGS_NAME = "problems"
    ROW_NOUN = "problem"
    SAVES_FILTER = True
    QUERY_KEYS = ("state", "kind", "operation", "message", "times", "scope")
    COLUMNS = (
        Column("holds", "now", gap=0),
        Column("kind", "kind"),
        Column("message", "problem", flexible=True, sentence=True),
        Column("operation", "operation", 130),
        Column("times", "times", 60, right=True, descending=True),
        Column("first", "first UTC", 110, descending=True),
        Column("last", "last UTC", descending=True),
        Column("scope", "account", 100, of_scopes=True),
    )
    DEFAULT_SORT = "holds"

    @property
    def current_problem(self) -> ScopeProblem | None:
        """The problem under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, ScopeProblem) else None

    @property
    def shown_problems(self) -> list[ScopeProblem]:
        """The problems in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, ScopeProblem)]


def problem_rows(problems: Sequence[ScopeProblem], now: datetime, palette: Palette) -> list[Row]:
    """The rows of the table in the order of the problems."""
    return [
        Row(problem.key, _cells(problem, now, palette), _sort_values(problem), record=problem) for problem in problems
    ]


def _sort_values(problem: ScopeProblem) -> dict[str, object]:
    noted = problem.noted
    return {
        "holds": persisting_first(problem),
        "first": noted.first.timestamp(),
        "last": noted.last.timestamp(),
    }


def _cells(scope_problem: ScopeProblem, now: datetime, palette: Palette) -> dict[str, Text]:
    noted, problem = scope_problem.noted, scope_problem.noted.problem
    return {
        "holds": Text("holds", palette["bad"]) if noted.ongoing else Text("over", palette["dim"]),
        "kind": Text(problem.kind.value, palette["warn" if noted.ongoing else "dim"]),
        "message": Text(clean(problem.message), palette["text"]),
        "operation": Text(clean(problem.operation), palette["dim"]),
        "times": Text(f"{noted.count:,}", palette["dim"]),
        "first": Text(time_of_day(noted.first, now), palette["dim"]),
        "last": Text(time_of_day(noted.last, now), palette["dim"]),
        "scope": Text(clean(scope_problem.scope.name), palette["dim"]),
    }


def problem_fields(row: Row) -> SearchFields:
    """The search fields of a row: its cells, the next step, and whether the problem holds."""
    problem = row.record
    assert isinstance(problem, ScopeProblem)
    return row_fields(
        "",
        row.cells,
        {
            "state": "holds" if problem.noted.ongoing else "over",
            "scope": problem.scope.name,
            "next": problem.noted.problem.next_step_while_followed,
        },
    )


def problem_details(scope_problem: ScopeProblem, palette: Palette) -> Text:
    """The whole message of a problem, the next step, the operation, the scope, and when and how often it occurred."""
    problem, noted = scope_problem.noted.problem, scope_problem.noted
    times = "once" if noted.count == 1 else f"{noted.count:,} times"
    until = f" to {noted.last:%H:%M:%S}" if noted.count > 1 else ""
    period = f"{noted.first:%Y-%m-%d %H:%M:%S}{until} UTC"
    state = "holds now" if noted.ongoing else "over"
    parts = (problem.operation, scope_problem.scope.name, f"occurred {times}, {period}", state)
    return Text.assemble(
        (clean(problem.message), palette["text"]),
        (f" {clean(problem.next_step_while_followed)}".rstrip() + "\n", palette["advice"]),
        (" · ".join(clean(part) for part in parts if part), palette["dim"]),
    )
