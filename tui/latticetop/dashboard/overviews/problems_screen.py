"""Every problem since the start, each once, with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import ScopeSelected
from latticetop.dashboard.overviews.problem_table import ProblemTable, problem_details, problem_fields, problem_rows
from latticetop.dashboard.state.problems import problems_of
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.reports.copy_items import CopyItems


class ProblemsScreen(OverviewScreen):
    """The problems of all scopes; Enter shows the scope of the one under the cursor."""

    AUTO_FOCUS = "#problem-table"
    AGE_SECONDS = 1
    """A call without an answer is no update."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("problems",)

    def compose(self) -> ComposeResult:
        """The list, and the problem under the cursor in detail."""
        yield StatusLine()
        yield Pane(
            ProblemTable(self.settings_of(ProblemTable), id="problem-table"), id="problem-pane", title="Problems"
        )
        yield Static(id="problem-details", classes="details")
        yield KeyLine()

    def opened(self) -> None:
        """Set how the table is searched."""
        self.query_one(ProblemTable).search_fields_of = problem_fields

    def show(self) -> None:
        """List the problems."""
        host, pane = self.host, self.query_one("#problem-pane", Pane)
        problems = problems_of(host.scopes, host.present)
        current = sum(problem.noted.ongoing for problem in problems)
        pane.set_title("Problems", f"{current:,} of {len(problems):,} hold now" if problems else "")
        pane.show_message("" if problems else "There was no problem since the start.")
        self.query_one(ProblemTable).show(problem_rows(problems, host.now(), host.palette))
        self._show_details()

    @on(ProblemTable.MatchesChanged)
    @on(DataTable.RowHighlighted, "#problem-table")
    def _show_details(self) -> None:
        problem = self.query_one(ProblemTable).current_problem
        details = self.query_one("#problem-details", Static)
        details.update(problem_details(problem, self.host.palette) if problem else Text())

    def copy_items(self) -> CopyItems:
        """The problem under the cursor."""
        from latticetop.reports import copy_items

        problem = self.query_one(ProblemTable).current_problem
        if problem is None:
            return ()
        view = problem.scope.view
        return copy_items.of_problem(view.snapshot.scope if view else None, problem.noted.problem)

    def exportable_view(self) -> ExportableView:
        """The problems listed."""
        from latticetop.dashboard.export import views

        return views.problems(self.query_one(ProblemTable).shown_problems)

    @on(DataTable.RowSelected, "#problem-table")
    def _show_scope(self) -> None:
        if problem := self.query_one(ProblemTable).current_problem:
            self.post_message(ScopeSelected(problem.scope_index))
