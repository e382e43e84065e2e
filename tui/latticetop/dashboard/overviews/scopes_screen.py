"""Every scope with how it fares; Enter shows it on the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.overviews.scope_table import ScopeTable, scope_rows
from latticetop.dashboard.text.summaries import totals
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.reports.takeaway import Take


class ScopesScreen(OverviewScreen):
    """Goes to another scope; also tells of those that could not be read at all."""

    AUTO_FOCUS = "#scope-table"

    def opened(self) -> None:
        """Begin with the scope on screen."""
        self.show()
        self.query_one(ScopeTable).move_cursor(row=self.lattice.at)

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is listed."""
        return ("scopes",)

    def compose(self) -> ComposeResult:
        """One table."""
        yield StatusLine()
        yield Pane(ScopeTable(id="scope-table"), id="scope-pane", title="Scopes")
        yield KeyLine()

    def show(self) -> None:
        """List the scopes."""
        app = self.lattice
        self.query_one("#scope-pane", Pane).set_title("Scopes", totals(app.watched))
        table = self.query_one(ScopeTable)
        table.show(scope_rows(app.watched, app.now(), app.palette, table.status_width))

    def take(self) -> Take:
        """The scope under the cursor, once it has been read."""
        from latticetop.dashboard.export import views as sheets
        from latticetop.reports import takeaway

        key = self.query_one(ScopeTable).current
        watched = self.lattice.watched[int(key)] if key else None
        if watched is None or watched.view is None:
            return ()
        return takeaway.of_scope(watched.view.snapshot.scope, sheets.scope_row(watched))

    def sheet(self) -> Sheet:
        """Every scope."""
        from latticetop.dashboard.export import views as sheets

        return sheets.scopes([self.lattice.watched[int(key)] for key in self.query_one(ScopeTable).keys])

    @on(DataTable.RowSelected, "#scope-table")
    def _open(self) -> None:
        if key := self.query_one(ScopeTable).current:
            self.dismiss()
            self.lattice.show_scope(int(key))
