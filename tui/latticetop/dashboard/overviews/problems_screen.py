"""Every problem since the start, each once, with what to do about it; Enter shows the scope that met it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.overviews.problem_table import ProblemTable, problem_rows, problem_subject, spell_out
from latticetop.dashboard.state.problems import Met, problems_met
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.reports.takeaway import Take


class ProblemsScreen(OverviewScreen):
    """The problems of all scopes; the one under the cursor is spelt out beneath."""

    AUTO_FOCUS = "#problem-table"

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Met] = {}

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is listed."""
        return ("problems",)

    def compose(self) -> ComposeResult:
        """The list, and the problem under the cursor in whole."""
        yield StatusLine()
        yield Pane(ProblemTable(id="problem-table"), id="problem-pane", title="Problems")
        yield Static(id="problem-whole", classes="whole")
        yield KeyLine()

    def opened(self) -> None:
        """Say what a problem is for the filter."""
        table = self.query_one(ProblemTable)
        table.subject_of = lambda row: problem_subject(self._found[row.key], row.cells)

    def show(self) -> None:
        """List the problems."""
        app, pane = self.lattice, self.query_one("#problem-pane", Pane)
        found = problems_met(app.watched)
        self._found = {met.key: met for met in found}
        holding = sum(met.noted.holds for met in found)
        pane.set_title("Problems", f"{holding:,} of {len(found):,} still so" if found else "")
        pane.say("" if found else "There was no problem since the start.")
        self.query_one(ProblemTable).show(problem_rows(found, app.now(), app.palette))
        self._spell_out()

    @on(ProblemTable.Filtered)
    @on(DataTable.RowHighlighted, "#problem-table")
    def _spell_out(self) -> None:
        met = self._found.get(self.query_one(ProblemTable).current or "")
        text = self.query_one("#problem-whole", Static)
        text.update(spell_out(met, self.lattice.palette) if met else Text())

    def take(self) -> Take:
        """The problem under the cursor."""
        from latticetop.reports import takeaway

        met = self._found.get(self.query_one(ProblemTable).current or "")
        view = met.watched.view if met else None
        return takeaway.of_problem(view.snapshot.scope if view else None, met.noted.problem) if met else ()

    def sheet(self) -> Sheet:
        """The problems listed."""
        from latticetop.dashboard.export import views as sheets

        return sheets.problems([self._found[key] for key in self.query_one(ProblemTable).keys if key in self._found])

    @on(DataTable.RowSelected, "#problem-table")
    def _open(self) -> None:
        if met := self._found.get(self.query_one(ProblemTable).current or ""):
            self.dismiss()
            self.lattice.show_scope(met.scope)
