"""Every subnet of every scope in one list, those with the fewest free blocks first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import SubnetSelected
from latticetop.dashboard.overviews.all_subnets_table import (
    AllSubnetsTable,
    ScopedSubnet,
    scoped_subnets,
    subnet_row,
    subnet_row_arguments,
)
from latticetop.dashboard.overviews.tabs import OverviewTabs
from latticetop.dashboard.table.gradual_rows import GradualRows
from latticetop.dashboard.text.summaries import no_subnets_of_any_text, totals
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.table.rows import Row
    from latticetop.model.query import SearchFields
    from latticetop.reports.copy_items import CopyItems

AGE_NOTE = "age: since ENIs were read; changes show at the next read"


class AllSubnetsScreen(OverviewScreen):
    """Every subnet of every scope; Enter shows the one under the cursor on the main screen."""

    AUTO_FOCUS = "#all-subnets-table"
    AGE_SECONDS = 10
    """There may be thousands of ages."""
    _rows: GradualRows

    def __init__(self) -> None:
        super().__init__()
        self._subnets: list[ScopedSubnet] = []
        self._sorted_views: list[SnapshotView | None] = []
        """The views whose subnets these are."""

    def opened(self) -> None:
        """Set how the table is searched."""
        host, table = self.host, self.query_one(AllSubnetsTable)
        self._rows = GradualRows(table)
        table.search_fields_of = self._search_fields
        table.interface_texts = host.search_fields.interface_texts
        table.searched_readings = lambda: [subnet.reading for subnet in scoped_subnets(host.scopes)]

    def _search_fields(self, row: Row) -> SearchFields:
        subnet = row.record
        assert isinstance(subnet, ScopedSubnet)
        return self.host.search_fields.subnet(subnet.scope, subnet.subnet_id)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("all subnets",)

    def compose(self) -> ComposeResult:
        """The list, and a note on the ages."""
        yield StatusLine()
        yield OverviewTabs("estate")
        yield Pane(
            AllSubnetsTable(self.settings_of(AllSubnetsTable), id="all-subnets-table"),
            id="all-subnets-pane",
            title="All subnets",
        )
        yield Static(AGE_NOTE, id="all-subnets-note")
        yield KeyLine()

    @property
    def subnet_at_cursor(self) -> tuple[int, str] | None:
        """The subnet under the cursor."""
        subnet = self.query_one(AllSubnetsTable).current_subnet
        return (subnet.scope_index, subnet.subnet_id) if subnet else None

    def _sorted_subnets(self) -> list[ScopedSubnet]:
        """The subnets in their order, which thousands take a while to be put into, once for the same snapshots."""
        views = [scope.view for scope in self.host.scopes]
        if views != self._sorted_views:
            self._sorted_views, self._subnets = views, scoped_subnets(self.host.scopes)
        return self._subnets

    def show(self) -> None:
        """List the subnets."""
        host, table, pane = self.host, self.query_one(AllSubnetsTable), self.query_one("#all-subnets-pane", Pane)
        self.query_one(OverviewTabs).draw(host)
        subnets = self._sorted_subnets()
        pane.set_title("All subnets", totals(host.scopes))
        pane.show_message("" if subnets else no_subnets_of_any_text(host.scopes, host.key_to("all")))
        presents = {index: host.present(scope) for index, scope in enumerate(host.scopes)}
        self._rows.show(subnet_row_arguments(subnets, presents, host.palette, table.strip_width), subnet_row)

    @on(DataTable.RowSelected, "#all-subnets-table")
    def _show_subnet(self) -> None:
        if subnet := self.query_one(AllSubnetsTable).current_subnet:
            self.post_message(SubnetSelected(subnet.scope_index, subnet.subnet_id))

    def copy_items(self) -> CopyItems:
        """The subnet under the cursor."""
        from latticetop.reports import copy_items

        subnet = self.query_one(AllSubnetsTable).current_subnet
        if subnet is None or subnet.scope.view is None:
            return ()
        return copy_items.of_subnet(subnet.scope.view.snapshot, subnet.reading, self.host.criteria)

    def exportable_view(self) -> ExportableView:
        """The subnets listed."""
        from latticetop.dashboard.export import views

        subnets = self.query_one(AllSubnetsTable).shown_subnets
        return views.all_subnets(
            [
                (subnet.scope.view.snapshot, subnet.subnet_id)
                for subnet in subnets
                if subnet.scope.view is not None and subnet.subnet_id in subnet.scope.view.snapshot.subnets
            ],
            self.host.criteria,
        )
