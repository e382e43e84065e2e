"""What is wrong or not known in any account and Region, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import EndpointSelected, ScopeSelected, SubnetSelected
from latticetop.dashboard.overviews.tabs import OverviewTabs
from latticetop.dashboard.overviews.trouble_table import (
    TroubleTable,
    trouble_details,
    trouble_fields,
    trouble_rows,
)
from latticetop.dashboard.state.trouble import TroubleKind, all_trouble
from latticetop.dashboard.text.summaries import extent_text, scopes_text
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.reports.copy_items import CopyItems

EDGE_LINES = 2
"""Lines of the list's border."""
MIN_DETAILS_SHARE = 0.3
"""The details have as much of the height at least, if they need it; more where the list leaves it."""


class TroubleScreen(OverviewScreen):
    """The trouble of all scopes; Enter opens the endpoint, the subnet or the account under the cursor."""

    AUTO_FOCUS = "#trouble-table"
    AGE_SECONDS = 1
    """With the time alone an account that does not answer becomes one that is not known."""
    _touched = False
    """Whether the cursor was moved: until then it stays on the worst."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("trouble",)

    def compose(self) -> ComposeResult:
        """The list, and the trouble under the cursor in detail."""
        yield StatusLine()
        yield OverviewTabs("trouble")
        yield Pane(TroubleTable(self.settings_of(TroubleTable), id="trouble-table"), id="trouble-pane", title="Trouble")
        yield Static(id="trouble-details", classes="details")
        yield KeyLine()

    def opened(self) -> None:
        """Set how the table is searched."""
        self.query_one(TroubleTable).search_fields_of = trouble_fields

    def show(self) -> None:
        """List what is wrong and what is not known."""
        host, pane, table = self.host, self.query_one("#trouble-pane", Pane), self.query_one(TroubleTable)
        self.query_one(OverviewTabs).draw(host)
        trouble = all_trouble(host.scopes, host.criteria, host.present)
        not_read = sum(each.trouble.kind is TroubleKind.ACCOUNT_NOT_KNOWN for each in trouble)
        whole = f"{len(host.scopes) - not_read:,} of {scopes_text(host.scopes)} read completely"
        pane.set_title("Trouble", whole)
        pane.show_message("" if trouble else f"Nothing is wrong{extent_text(host.scopes)}: all of it was read.")
        table.show(trouble_rows(trouble, host.palette, table.has_whole_ids, table.row_cache))
        if not self._touched:
            table.put_cursor_on_first(table.keys)
        self._show_details()

    @on(TroubleTable.MatchesChanged)
    def _show_details(self) -> None:
        trouble = self.query_one(TroubleTable).current_trouble
        details = self.query_one("#trouble-details", Static)
        details.update(trouble_details(trouble, self.host.palette) if trouble else Text())
        self._fit_details()

    def _fit_details(self) -> None:
        """Give the details the lines that the list does not need."""
        pane, table = self.query_one("#trouble-pane", Pane), self.query_one(TroubleTable)
        details = self.query_one("#trouble-details", Static)
        left = pane.outer_size.height + details.outer_size.height - EDGE_LINES - table.virtual_size.height
        details.styles.max_height = max(int(self.size.height * MIN_DETAILS_SHARE), left)

    def on_resize(self) -> None:
        """Fit the details to the height."""
        self.call_after_refresh(self._fit_details)

    @on(DataTable.RowHighlighted, "#trouble-table")
    def _cursor_moved(self) -> None:
        self._touched = True
        self._show_details()

    @on(DataTable.RowSelected, "#trouble-table")
    def _open(self) -> None:
        scoped = self.query_one(TroubleTable).current_trouble
        if scoped is None:
            return
        index, trouble = scoped.scope_index, scoped.trouble
        if trouble.assessment is not None:
            self.post_message(EndpointSelected(index, trouble.resource_id))
        elif trouble.resource_id:
            self.post_message(SubnetSelected(index, trouble.resource_id))
        else:
            self.post_message(ScopeSelected(index))

    def copy_items(self) -> CopyItems:
        """The endpoint, the subnet or the account under the cursor."""
        from latticetop.reports import copy_items

        scoped = self.query_one(TroubleTable).current_trouble
        if scoped is None or scoped.scope.view is None:
            return ()
        snapshot, resource_id = scoped.scope.view.snapshot, scoped.trouble.resource_id
        if endpoint := snapshot.endpoints.get(resource_id):
            return copy_items.of_endpoint(snapshot, endpoint, self.host.criteria)
        if reading := snapshot.subnets.get(resource_id):
            return copy_items.of_subnet(snapshot, reading, self.host.criteria)
        return copy_items.of_scope(snapshot.scope, {"state": scoped.trouble.state, "why": scoped.trouble.why})

    def exportable_view(self) -> ExportableView:
        """The rows listed."""
        from latticetop.dashboard.export import views

        return views.trouble(self.query_one(TroubleTable).shown_trouble)
