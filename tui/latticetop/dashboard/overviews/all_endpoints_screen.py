"""Every endpoint of every account and Region in one list, the worst verdict first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import EndpointSelected
from latticetop.dashboard.overviews.all_endpoints_table import AllEndpointsTable, ScopedEndpoint, all_endpoints_rows
from latticetop.dashboard.overviews.tabs import OverviewTabs
from latticetop.dashboard.text.summaries import endpoint_totals, no_endpoints_of_any_text
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.table.rows import Row
    from latticetop.model.query import SearchFields
    from latticetop.reports.copy_items import CopyItems


class AllEndpointsScreen(OverviewScreen):
    """The endpoints of all scopes; Enter opens the one under the cursor in its account and Region."""

    AUTO_FOCUS = "#all-endpoints-table"

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("all endpoints",)

    def compose(self) -> ComposeResult:
        """The list."""
        yield StatusLine()
        yield OverviewTabs("all-endpoints")
        yield Pane(
            AllEndpointsTable(self.settings_of(AllEndpointsTable), id="all-endpoints-table"),
            id="all-endpoints-pane",
            title="All endpoints",
        )
        yield KeyLine()

    def opened(self) -> None:
        """Set how the table is searched."""
        self.query_one(AllEndpointsTable).search_fields_of = self._search_fields

    def _search_fields(self, row: Row) -> SearchFields:
        endpoint = row.record
        assert isinstance(endpoint, ScopedEndpoint)
        return self.host.search_fields.endpoint(endpoint.scope, endpoint.vpc_endpoint_id)

    def show(self) -> None:
        """List the endpoints."""
        host, pane, table = self.host, self.query_one("#all-endpoints-pane", Pane), self.query_one(AllEndpointsTable)
        self.query_one(OverviewTabs).draw(host)
        rows = all_endpoints_rows(host.scopes, host.palette, table.has_whole_ids, table.row_cache)
        pane.set_title("All endpoints", endpoint_totals(host.scopes))
        pane.show_message("" if rows else no_endpoints_of_any_text(host.scopes))
        table.show(rows)

    @on(DataTable.RowSelected, "#all-endpoints-table")
    def _open(self) -> None:
        if endpoint := self.query_one(AllEndpointsTable).current_endpoint:
            self.post_message(EndpointSelected(endpoint.scope_index, endpoint.vpc_endpoint_id))

    def copy_items(self) -> CopyItems:
        """The endpoint under the cursor."""
        from latticetop.reports import copy_items

        scoped = self.query_one(AllEndpointsTable).current_endpoint
        view = scoped.scope.view if scoped else None
        endpoint = view.snapshot.endpoints.get(scoped.vpc_endpoint_id) if scoped and view else None
        return copy_items.of_endpoint(view.snapshot, endpoint, self.host.criteria) if view and endpoint else ()

    def exportable_view(self) -> ExportableView:
        """The endpoints listed."""
        from latticetop.dashboard.export import views

        listed = [
            (endpoint.scope.view.snapshot, endpoint.vpc_endpoint_id)
            for endpoint in self.query_one(AllEndpointsTable).shown_endpoints
            if endpoint.scope.view is not None
        ]
        return views.all_endpoints(listed, self.host.criteria)
