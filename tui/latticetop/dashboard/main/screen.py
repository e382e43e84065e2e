"""The main screen: endpoints beside subnets, below them the findings on an endpoint beside the blocks of a subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import DataTable

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import BaseScreen
from latticetop.dashboard.find.filtering import Filterable
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import GridPane, initial_block
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.main.arrangement import Arrangement
from latticetop.dashboard.main.endpoint_table import EndpointTable, endpoint_rows
from latticetop.dashboard.main.panes import FindingsPane, MainPanes, NothingReadable, ProblemBar, keys_that_help
from latticetop.dashboard.main.selection import MainSelection
from latticetop.dashboard.main.subnet_table import SubnetTable, subnet_rows
from latticetop.dashboard.navigation import SortOrderSelected, SubnetHighlighted
from latticetop.dashboard.state.snapshot_view import resolved_blocks
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.text.summaries import (
    endpoint_summary,
    extent_text,
    no_endpoints_text,
    no_subnets_text,
    subnet_summary,
)
from latticetop.dashboard.text.unread import age_text, missing_block_data, reservations_age_text
from latticetop.dashboard.tour.steps import TourTarget
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.follow.freshness import freshness_of
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.read_parts import ASSOCIATIONS, ENDPOINTS, SUBNETS

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.screen_data import ScreenData
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.snapshot import SubnetReading
    from latticetop.reports.copy_items import CopyItems


class MainScreen(BaseScreen):
    """One scope at a glance. Until a cursor is moved, the cursors stay on the endpoint with the worst verdict."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.MAIN)
    AUTO_FOCUS = "#endpoint-table"

    def __init__(self) -> None:
        super().__init__()
        self._endpoint_id: str | None = None
        self._subnet_id: str | None = None
        self._cursor_moved = False
        self._focus_strayed = False
        """Whether the subnets got the focus because there were no endpoints."""
        self._endpoints_message = ""
        self._drawn: tuple[object, ...] = ()
        """What the rows of the tables were drawn from."""

    def compose(self) -> ComposeResult:
        """The status line, four panes, and the keys."""
        yield StatusLine()
        yield ProblemBar()
        with MainPanes(id="panes", classes="-bare"):
            yield Pane(
                EndpointTable(self.settings_of(EndpointTable), id="endpoint-table"), id="endpoints", title="Endpoints"
            )
            yield Pane(SubnetTable(self.settings_of(SubnetTable), id="subnet-table"), id="subnets", title="Subnets")
            yield FindingsPane(id="why")
            yield GridPane(self.host.preferences.click_opens, id="blocks")
        yield NothingReadable()
        yield KeyLine()

    def opened(self) -> None:
        """Tell the tables what their filters search."""
        host, fields = self.host, self.host.search_fields
        self._endpoint_table.search_fields_of = lambda row: fields.endpoint(host.scopes[host.scope_index], row.key)
        self._subnet_table.search_fields_of = lambda row: fields.subnet(host.scopes[host.scope_index], row.key)
        self._subnet_table.interface_texts = fields.interface_texts
        self._subnet_table.searched_readings = lambda: host.view.snapshot.subnets.values() if host.view else ()

    @property
    def subnet_id(self) -> str | None:
        """The subnet under the cursor."""
        return self._subnet_id

    @property
    def subnet_at_cursor(self) -> tuple[int, str] | None:
        """The subnet under the cursor, also where a key came before the screen was told that the cursor moved."""
        subnet_id = self._subnet_table.current
        return (self.host.scope_index, subnet_id) if subnet_id else None

    @property
    def _endpoint_table(self) -> EndpointTable:
        return self.query_one(EndpointTable)

    @property
    def _subnet_table(self) -> SubnetTable:
        return self.query_one(SubnetTable)

    # Drawing

    def show_data(self, data: ScreenData) -> None:
        """Draw a scope, or why it cannot be read."""
        self.tick()
        palette = data.palette
        self.set_class(data.nothing_readable, "-unread")
        if data.nothing_readable and data.problems:
            keys = keys_that_help(data.sign_in_key, data.offers_demo, self.host.key_to)
            self.query_one(NothingReadable).show(data.problems[0], keys, palette)
        self.query_one(ProblemBar).show(() if data.nothing_readable else data.problems, palette)
        self._arrange()
        if data.view is None:
            return
        drawn = (data.view, palette, self._endpoint_table.size, self._subnet_table.size)
        if drawn != self._drawn:
            self._drawn = drawn
            self._show_rows(data.view, data)
        self._place_cursors(data.view, data)

    def tick(self) -> None:
        """Draw the status line, what stands in place of rows, and the ages of the panes."""
        super().tick()
        data, show_all_key = self.host.screen_data, self.host.key_to("all")
        unanswered = freshness_of(data.update.status, self.host.present()).unanswered if data.update else 0.0
        self._endpoints_message = no_endpoints_text(data.update, show_all_key, unanswered)
        self.query_one("#endpoints", Pane).show_message(self._endpoints_message)
        self.query_one("#subnets", Pane).show_message(no_subnets_text(data.update, show_all_key, unanswered))
        self._show_ages(self.host.screen_data)

    @on(MainPanes.PanesResized)
    def _arrange(self) -> None:
        """Arrange the panes; focus the subnets while there are no endpoints, and these again unless a cursor moved."""
        panes, data = self.query_one(MainPanes), self.host.screen_data
        snapshot = data.view.snapshot if data.view else None
        before, arrangement = panes.arrangement, panes.arrange_panes(snapshot, self._endpoints_message, self.focused)
        if arrangement is not before:
            self.hold_frame()
        if arrangement is Arrangement.SUBNETS and self.focused in (None, self._endpoint_table):
            self._focus_strayed = True
            self.set_focus(self._subnet_table)
        elif self._focus_strayed and arrangement in (Arrangement.COLUMNS, Arrangement.STACKED):
            self._focus_strayed = False
            if self.focused is self._subnet_table and not self._cursor_moved:
                self.set_focus(self._endpoint_table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the way back from the grid where it hides other panes; during the tour the key ends the tour.

        The key clears the filters of panes without the focus, too: they may hide what the screen is looked at for.
        """
        if action == "clear_filters":
            return any(table.filter_query.terms for table in self.query(KeyedTable))
        if action == "close_grid":
            return self.query_one(MainPanes).arrangement is Arrangement.GRID and not self.query("TourPanel")
        return super().check_action(action, parameters)

    def action_clear_filters(self) -> None:
        """Show all rows of all tables."""
        for table in self.query(KeyedTable):
            table.action_clear_filter()

    def action_close_grid(self) -> None:
        """Go back from the grid to the subnets."""
        self._subnet_table.focus()

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        """Open the grid when it gets the focus, where it has no place beside the tables."""
        super().watch_focused(before, after)
        self._arrange()

    def _show_ages(self, data: ScreenData) -> None:
        """Show how old a pane is whose part was not read for a while."""
        if data.update is None or data.update.snapshot is None:
            return
        snapshot, interval, now = data.update.snapshot, data.update.status.interval, self.host.present()
        parts = {
            "#endpoints": (ENDPOINTS, ASSOCIATIONS),
            "#subnets": (SUBNETS,),
            "#blocks": (self._subnet_id or "",),
        }
        for pane, read_parts in parts.items():
            self.query_one(pane, Pane).set_age(age_text(snapshot, read_parts, now, interval))
        self.query_one(GridPane).show_reservations_age(reservations_age_text(snapshot, self._subnet_id or "", now))

    def _show_rows(self, view: SnapshotView, data: ScreenData) -> None:
        palette, endpoints, subnets = data.palette, self._endpoint_table, self._subnet_table
        endpoints.extent = subnets.extent = extent_text([self.host.scopes[self.host.scope_index]])
        endpoints.show(endpoint_rows(view, view.endpoints, palette, endpoints.row_cache))
        subnets.show(subnet_rows(view.snapshot, view.subnets, palette, subnets.strip_width, subnets.row_cache))
        pane = self.query_one("#endpoints", Pane)
        pane.set_title("Endpoints", endpoint_summary(view, pane.summary_width))
        self.query_one("#subnets", Pane).set_title("Subnets", subnet_summary(view))

    def _show_findings(self, view: SnapshotView, data: ScreenData) -> None:
        endpoint = view.snapshot.endpoints.get(self._endpoint_id or "")
        assessment = view.assessments[endpoint.vpc_endpoint_id] if endpoint else None
        self.query_one(FindingsPane).show(assessment, data.palette, self.host.key_to("open"))
        self._arrange()
        self._subnet_table.link(frozenset(endpoint.subnet_ids) if endpoint else frozenset())

    def _show_blocks(self, view: SnapshotView, data: ScreenData) -> None:
        subnet_id = self._subnet_id or ""
        reading = view.snapshot.subnets.get(subnet_id)
        self.query_one(GridPane).show(
            reading,
            reading is not None and subnet_id in view.snapshot.read_at,
            data.palette,
            data.recent_blocks.of(subnet_id),
            self._blocks_of_endpoint(view, data, reading) if reading else frozenset(),
            missing_data=missing_block_data(view.snapshot, subnet_id) if reading else "",
            free=free_blocks_of(view.snapshot, subnet_id) if reading else None,
            failed_endpoints=failed_endpoints(view.snapshot),
        )
        self._show_ages(data)
        self._endpoint_table.link(view.endpoints_in(subnet_id) if subnet_id else frozenset())

    def _blocks_of_endpoint(self, view: SnapshotView, data: ScreenData, reading: SubnetReading) -> frozenset[int]:
        """The blocks in which the endpoint under the cursor has an address, as its ENIs or its DNS names say."""
        if self._endpoint_id is None:
            return frozenset()
        investigation = data.investigations.get(self._endpoint_id)
        resolved = resolved_blocks(investigation.names, reading) if investigation else frozenset()
        return view.blocks_of(self._endpoint_id, reading) | resolved

    # The cursors

    def reset_cursors(self) -> None:
        """Forget where the cursors were moved to, for another scope."""
        self._endpoint_id = self._subnet_id = None
        self._cursor_moved = False

    def _place_cursors(self, view: SnapshotView, data: ScreenData) -> None:
        """After other rows are shown, keep the cursors, or put them on the worst verdict while nobody moved them."""
        if not self._cursor_moved:
            self._endpoint_table.put_cursor_on_first(endpoint.vpc_endpoint_id for endpoint in view.endpoints)
        self._endpoint_id = self._endpoint_table.current
        if not self._cursor_moved and self._endpoint_id:
            self._go_to_tightest_subnet(view, self._endpoint_id)
        self._subnet_changed(self._subnet_table.current)
        self._show_findings(view, data)
        self._show_blocks(view, data)

    def _go_to_tightest_subnet(self, view: SnapshotView, endpoint_id: str) -> None:
        subnet_id = view.tightest_subnet(view.snapshot.endpoints[endpoint_id])
        if subnet_id and self._subnet_table.go_to(subnet_id):
            self._subnet_changed(subnet_id)

    def _subnet_changed(self, subnet_id: str | None) -> None:
        if subnet_id != self._subnet_id:
            self._subnet_id = subnet_id
            self.post_message(SubnetHighlighted(subnet_id))

    @on(DataTable.RowHighlighted, "#endpoint-table")
    def _endpoint_highlighted(self) -> None:
        data, endpoint_id = self.host.screen_data, self._endpoint_table.current
        if data.view is None or endpoint_id is None or endpoint_id == self._endpoint_id:
            return
        self._endpoint_id, self._cursor_moved = endpoint_id, True
        self._go_to_tightest_subnet(data.view, endpoint_id)
        self._show_findings(data.view, data)
        self._show_blocks(data.view, data)

    @on(DataTable.RowHighlighted, "#subnet-table")
    def _subnet_highlighted(self) -> None:
        data, subnet_id = self.host.screen_data, self._subnet_table.current
        if data.view is None or subnet_id is None or subnet_id == self._subnet_id:
            return
        self._cursor_moved = True
        self._subnet_changed(subnet_id)
        self._show_blocks(data.view, data)

    @on(SortOrderSelected)
    def _keep_cursors(self) -> None:
        self._cursor_moved = True

    @on(Filterable.MatchesChanged)
    def _matches_changed(self) -> None:
        data = self.host.screen_data
        if data.view is not None:
            self._place_cursors(data.view, data)
        self._arrange()
        if (address := self._subnet_table.filter_query.address) is not None:
            self._put_grid_cursor_on(address)

    def go_to_subnet(self, subnet_id: str) -> None:
        """Put the cursor on a subnet."""
        data = self.host.screen_data
        if self._subnet_table.reveal(subnet_id) and data.view is not None:
            self._cursor_moved = True
            self._subnet_changed(subnet_id)
            self._show_blocks(data.view, data)

    def go_to_address(self, address: int) -> None:
        """Put the grid's cursor on the block of an address of the subnet under the cursor, and focus the grid."""
        self._put_grid_cursor_on(address)
        self.call_after_refresh(self.set_focus, self.query_one(BlockGrid))

    def show_tour_target(self, target: TourTarget) -> None:
        """Put the cursors on the worst verdict and the block that is easiest to free, and open or focus the target."""
        self.reset_cursors()
        data = self.host.screen_data
        self.show_data(data)
        if data.view and (reading := data.view.snapshot.subnets.get(self._subnet_id or "")):
            self.query_one(GridPane).set_cursor(reading.subnet.subnet_id, initial_block(reading))
        focused = {TourTarget.SUBNETS: self._subnet_table, TourTarget.BLOCKS: self.query_one(BlockGrid)}
        focused.get(target, self._endpoint_table).focus()
        if target is TourTarget.EXPLANATION:
            self.action_explain()
        elif target is TourTarget.PLAN:
            self.action_plan()

    def focus_endpoints(self) -> None:
        """Focus the endpoints."""
        self._endpoint_table.focus()

    def filter_subnets(self, text: str) -> None:
        """Filter the subnets by a query, and focus them."""
        self._subnet_table.filter_by(text)
        self._subnet_table.accept_filter()
        self._subnet_table.focus()

    def _put_grid_cursor_on(self, address: int) -> None:
        view, subnet_id = self.host.screen_data.view, self._subnet_id or ""
        reading = view.snapshot.subnets.get(subnet_id) if view else None
        index = reading.blocks.index_of(address) if reading else None
        if index is not None:
            self.query_one(GridPane).set_cursor(subnet_id, index)

    # What is opened, copied, exported, planned

    @on(DataTable.RowSelected, "#endpoint-table")
    @on(FindingsPane.EndpointSelected)
    def _open_endpoint(self) -> None:
        from latticetop.dashboard.endpoint.screen import EndpointScreen

        if self._endpoint_id:
            self.app.push_screen(EndpointScreen(self._endpoint_id))

    @on(DataTable.RowSelected, "#subnet-table")
    def _enter_grid(self) -> None:
        self.query_one(BlockGrid).focus()

    @on(BlockGrid.BlockSelected)
    def _open_block(self, message: BlockGrid.BlockSelected) -> None:
        from latticetop.dashboard.grid.block_screen import BlockScreen

        if self._subnet_id:
            self.app.push_screen(BlockScreen(self._subnet_id, message.index))

    @property
    def _selection(self) -> MainSelection:
        return MainSelection(
            view=self.host.screen_data.view,
            focused=self.focused,
            endpoint_table=self._endpoint_table,
            subnet_table=self._subnet_table,
            endpoint_id=self._endpoint_id or "",
            subnet_id=self._subnet_id or "",
            criteria=self.host.criteria,
        )

    def copy_items(self) -> CopyItems:
        """What can be copied of the block, the subnet or the endpoint under the cursor of the focused pane."""
        return self._selection.copy_items()

    def exportable_view(self) -> ExportableView | None:
        """The blocks, the subnets or the endpoints, by the focused pane."""
        return self._selection.exportable_view()

    def action_explain(self) -> None:
        """Explain the endpoint under the cursor."""
        from latticetop.dashboard.endpoint.explain_screen import ExplainScreen

        if self._endpoint_id:
            self.app.push_screen(ExplainScreen(self._endpoint_id))
        else:
            self.query_one(KeyLine).say("The cursor is on no endpoint.")

    def action_plan(self) -> None:
        """Plan endpoints in the subnets of the focused endpoint, or else in the subnet under the cursor."""
        from latticetop.dashboard.plan.screen import PlanScreen

        if (target := self._selection.plan_target()) is not None:
            self.app.push_screen(PlanScreen(*target))
        else:
            self.query_one(KeyLine).say("The cursor is on no subnet.")
