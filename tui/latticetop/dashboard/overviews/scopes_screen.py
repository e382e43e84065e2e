"""Every followed scope with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import ScopeSelected
from latticetop.dashboard.overviews.scope_table import ScopeTable, scope_rows
from latticetop.dashboard.overviews.tabs import OverviewTabs
from latticetop.dashboard.text.summaries import totals
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.reports.copy_items import CopyItems


class ScopesScreen(OverviewScreen):
    """Every scope, also those that could not be read; Enter shows the one under the cursor."""

    AUTO_FOCUS = "#scope-table"
    AGE_SECONDS = 1

    def opened(self) -> None:
        """Put the cursor on the scope on screen."""
        self.show()
        self.query_one(ScopeTable).move_cursor(row=self.host.scope_index)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("accounts",)

    def compose(self) -> ComposeResult:
        """The list."""
        yield StatusLine()
        yield OverviewTabs("scopes")
        yield Pane(ScopeTable(self.settings_of(ScopeTable), id="scope-table"), id="scope-pane", title="Accounts")
        yield KeyLine()

    def show(self) -> None:
        """List the scopes."""
        host, table = self.host, self.query_one(ScopeTable)
        self.query_one(OverviewTabs).draw(host)
        self.query_one("#scope-pane", Pane).set_title("Accounts", totals(host.scopes))
        table.show(scope_rows(host.scopes, host.present, host.palette, table.status_width, table.row_cache))

    def copy_items(self) -> CopyItems:
        """The scope under the cursor, once it has been read."""
        from latticetop.dashboard.export import views
        from latticetop.reports import copy_items

        index = self.query_one(ScopeTable).current_index
        scope = self.host.scopes[index] if index is not None else None
        if scope is None or scope.view is None:
            return ()
        return copy_items.of_scope(scope.view.snapshot.scope, views.scope_row(scope, self.host.present(scope)))

    def exportable_view(self) -> ExportableView:
        """The scopes listed."""
        from latticetop.dashboard.export import views

        scopes = [self.host.scopes[index] for index in self.query_one(ScopeTable).shown_indexes]
        return views.scopes([(scope, self.host.present(scope)) for scope in scopes])

    @on(DataTable.RowSelected, "#scope-table")
    def _show_scope(self) -> None:
        index = self.query_one(ScopeTable).current_index
        if index is not None:
            self.post_message(ScopeSelected(index))
