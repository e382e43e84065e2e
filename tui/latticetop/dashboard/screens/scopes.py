"""Every scope with how it fares; Enter shows it on the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable

from latticetop.dashboard.screens.overview import OverviewScreen
from latticetop.dashboard.sentences import totals
from latticetop.dashboard.widgets.key_line import KeyLine
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.scope_table import ScopeTable, scope_rows
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ScopesScreen(OverviewScreen):
    """Goes to another scope; also tells of those that could not be read at all."""

    AUTO_FOCUS = "#scope-table"

    def opened(self) -> None:
        """Begin with the scope on screen."""
        self.show()
        self.query_one(ScopeTable).move_cursor(row=self.lattice.at)

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

    @on(DataTable.RowSelected, "#scope-table")
    def _open(self) -> None:
        if key := self.query_one(ScopeTable).current:
            self.dismiss()
            self.lattice.show_scope(int(key))
