"""The main screen: endpoints and subnets side by side, why beneath the one, the blocks beneath the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import DataTable

from latticetop.config.actions import Place
from latticetop.dashboard.base_screen import StillScreen
from latticetop.dashboard.find.searchable import ScopeSubjects
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import GridPane, telling_block
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.main.endpoint_table import EndpointTable, endpoint_rows
from latticetop.dashboard.main.panes import NothingRead, Panes, ProblemBar, WhyPane
from latticetop.dashboard.main.selection import AtHand
from latticetop.dashboard.main.subnet_table import SubnetTable, subnet_rows
from latticetop.dashboard.state.sign_in import with_the_key
from latticetop.dashboard.state.snapshot_view import View, named_blocks
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.text.summaries import endpoint_summary, no_subnets, nothing_here, subnet_summary
from latticetop.dashboard.text.unread import as_of, of_blocks
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.export.views import Sheet
    from latticetop.follow.status import Update
    from latticetop.reports.takeaway import Take


class MainScreen(StillScreen):
    """Shows the app's latest update. Until the cursor is moved it stays on what is in the worst trouble."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.MAIN)
    AUTO_FOCUS = "#endpoint-table"

    def __init__(self) -> None:
        super().__init__()
        self._endpoint: str | None = None
        self._subnet: str | None = None
        self._moved = False
        self._drawn: tuple[object, ...] = ()

    @property
    def _app(self) -> Host:
        return host_of(self)

    def compose(self) -> ComposeResult:
        """Status above, four panes, keys below."""
        yield StatusLine()
        yield ProblemBar()
        with Panes(id="panes", classes="-bare"):
            yield Pane(EndpointTable(id="endpoint-table"), id="endpoints", title="Endpoints")
            yield Pane(SubnetTable(id="subnet-table"), id="subnets", title="Subnets")
            yield WhyPane(id="why")
            yield GridPane(id="blocks")
        yield NothingRead()
        yield KeyLine()

    def on_mount(self) -> None:
        """Follow the app's updates, and the passing of time."""
        app, subjects = self._app, ScopeSubjects()
        self._endpoint_table.subject_of = lambda row: subjects.endpoint(app.current, row.key)
        self._subnet_table.subject_of = lambda row: subjects.subnet(app.current, row.key)
        self.watch(self.app, "latest", self._show)
        self.set_interval(1.0, self._tick)

    @on(KeyedTable.Resized)
    def _resized(self) -> None:
        self._show(self._app.latest)

    def _tick(self) -> None:
        self.query_one(StatusLine).show(self._app.latest, self._app.now(), self._app.palette, self._app.scope_title)
        self._tell_ages()

    def _tell_ages(self) -> None:
        """Mark the panes whose part was not read for a while."""
        update, now = self._app.latest, self._app.now()
        if update is None or update.snapshot is None:
            return
        shown = {"endpoints": ("endpoints", "associations"), "subnets": ("subnets",), "blocks": (self._subnet or "",)}
        for pane, parts in shown.items():
            self.query_one(f"#{pane}", Pane).set_age(as_of(update.snapshot, parts, now, update.status.interval))

    def _show(self, update: Update | None) -> None:
        self._tick()
        view, palette = self._app.view, self._app.palette
        endpoints, subnets = self.query_one("#endpoints", Pane), self.query_one("#subnets", Pane)
        problems = with_the_key(self._app.current, self._app.sign_in_key)
        unread = self._app.nothing_readable
        self.set_class(unread, "-unread")
        self.query_one(NothingRead).show(problems[0] if unread and problems else None, self._app)
        self.query_one(ProblemBar).show(() if unread else problems, palette)
        endpoints.say(nothing_here(update, self._app.key_to("all")))
        subnets.say(no_subnets(update, self._app.key_to("all")))
        self._balance()
        if view is None:
            return
        drawn = (view, palette, self._endpoint_table.size, self._subnet_table.size)
        if drawn != self._drawn:
            self._drawn = drawn
            self._fill(view)
        self._settle(view)

    def on_resize(self) -> None:
        """Share out another height."""
        self._balance()

    def _balance(self) -> None:
        self.query_one(Panes).balance(self._app.view)

    def _fill(self, view: View) -> None:
        """Show the rows of both tables, and what they come to."""
        palette, listed, table = self._app.palette, self._endpoint_table, self._subnet_table
        listed.show(endpoint_rows(view, view.endpoints, palette, listed.brief, listed.made))
        table.show(subnet_rows(view.snapshot, view.subnets, palette, table.strip_width, table.brief, table.made))
        pane = self.query_one("#endpoints", Pane)
        pane.set_title("Endpoints", endpoint_summary(view, pane.outer_size.width - 6))
        self.query_one("#subnets", Pane).set_title("Subnets", subnet_summary(view))

    @property
    def _endpoint_table(self) -> EndpointTable:
        return self.query_one(EndpointTable)

    @property
    def _subnet_table(self) -> SubnetTable:
        return self.query_one(SubnetTable)

    def _settle(self, view: View) -> None:
        """After a refresh: keep the cursors, or put them on the worst trouble while nobody has moved them."""
        if not self._moved:
            self._endpoint_table.go_to_first(each.vpc_endpoint_id for each in view.endpoints)
        self._endpoint = self._endpoint_table.current
        if not self._moved and self._endpoint:
            self._go_to_worst_subnet(view, self._endpoint)
        self._subnet = self._subnet_table.current
        self._source_focus()
        self._show_why(view)
        self._show_blocks(view)

    @on(DataTable.RowHighlighted, "#endpoint-table")
    def _endpoint_moved(self) -> None:
        current, view = self._endpoint_table.current, self._app.view
        if view is None or current is None or current == self._endpoint:
            return
        self._endpoint, self._moved = current, True
        self._go_to_worst_subnet(view, current)
        self._source_focus()
        self._show_why(view)
        self._show_blocks(view)

    def _go_to_worst_subnet(self, view: View, endpoint_id: str) -> None:
        worst = view.worst_subnet(view.snapshot.endpoints[endpoint_id])
        if worst and self._subnet_table.go_to(worst):
            self._subnet = worst

    @on(DataTable.RowHighlighted, "#subnet-table")
    def _subnet_moved(self) -> None:
        current, view = self._subnet_table.current, self._app.view
        if view is None or current is None or current == self._subnet:
            return
        self._subnet, self._moved = current, True
        self._source_focus()
        self._show_blocks(view)

    @on(DataTable.RowSelected, "#endpoint-table")
    def _open_endpoint(self) -> None:
        from latticetop.dashboard.endpoint.screen import EndpointScreen

        if self._endpoint:
            self.app.push_screen(EndpointScreen(self._endpoint))

    @on(DataTable.RowSelected, "#subnet-table")
    def _enter_grid(self) -> None:
        self.query_one(BlockGrid).focus()

    @on(BlockGrid.Selected)
    def _open_block(self, message: BlockGrid.Selected) -> None:
        from latticetop.dashboard.grid.block_screen import BlockScreen

        if self._subnet:
            self.app.push_screen(BlockScreen(self._subnet, message.index))

    def _source_focus(self) -> None:
        self._app.source.focus(self._subnet)

    def _show_why(self, view: View) -> None:
        endpoint = view.snapshot.endpoints.get(self._endpoint or "")
        assessment = view.assessments[endpoint.vpc_endpoint_id] if endpoint else None
        self.query_one(WhyPane).show(assessment, self._app.palette, self._app.key_to("open"))
        self._subnet_table.link(frozenset(endpoint.subnet_ids) if endpoint else frozenset())

    def _show_blocks(self, view: View) -> None:
        reading = view.snapshot.subnets.get(self._subnet or "")
        known = reading is not None and reading.subnet.subnet_id in view.snapshot.read_at
        marked = self._app.marks.of(self._subnet or "")
        lit = view.blocks_of(self._endpoint, reading) if reading and self._endpoint else frozenset()
        if reading and self._endpoint in self._app.investigations:
            lit |= named_blocks(self._app.investigations[self._endpoint].names, reading)
        missing = of_blocks(view.snapshot, self._subnet or "") if reading else ""
        self.query_one(GridPane).show(reading, known, self._app.palette, marked, lit, missing=missing)
        self._tell_ages()
        self._endpoint_table.link(view.endpoints_in(self._subnet) if self._subnet else frozenset())

    @property
    def subnet(self) -> str | None:
        """The subnet under the cursor."""
        return self._subnet

    def go_to_subnet(self, subnet_id: str) -> None:
        """Put the cursor on a subnet."""
        if self._subnet_table.reveal(subnet_id) and self._app.view is not None:
            self._subnet, self._moved = subnet_id, True
            self._source_focus()
            self._show_blocks(self._app.view)

    def go_to_address(self, address: int) -> None:
        """Put the grid's cursor on the block of an address of the subnet at hand."""
        self._point_at(address)
        self.query_one(BlockGrid).focus()

    def show_only(self, text: str) -> None:
        """Filter the subnets."""
        self._subnet_table.ask(text)
        self._subnet_table.keep()
        self._subnet_table.focus()

    def _point_at(self, address: int) -> None:
        """Put the grid's cursor on the block of an address of the subnet at hand."""
        view, subnet_id = self._app.view, self._subnet or ""
        reading = view.snapshot.subnets.get(subnet_id) if view else None
        index = reading.blocks.index_of(address) if reading else None
        if index is not None:
            self.query_one(GridPane).point_at(subnet_id, index)

    @on(KeyedTable.Sorted)
    def _sorted(self) -> None:
        self._moved = True

    @on(KeyedTable.Filtered)
    def _filtered(self) -> None:
        if self._app.view is not None:
            self._settle(self._app.view)
        if (address := self._subnet_table.asked.address) is not None:
            self._point_at(address)

    def point_at(self, pane: str) -> None:
        """Put the cursors on the worst trouble, and the focus into a pane: endpoints, subnets or blocks."""
        self.start_over()
        self._show(self._app.latest)
        view = self._app.view
        if view and (reading := view.snapshot.subnets.get(self._subnet or "")):
            self.query_one(GridPane).point_at(reading.subnet.subnet_id, telling_block(reading))
        at = {"subnets": self._subnet_table, "blocks": self.query_one(BlockGrid)}
        at.get(pane, self._endpoint_table).focus()
        if pane == "explanation":
            self.action_explain()
        elif pane == "plan":
            self.action_plan()

    def start_over(self) -> None:
        """Forget the cursors, for another scope."""
        self._endpoint = self._subnet = None
        self._moved = False

    def take(self) -> Take:
        """The block, the subnet or the endpoint under the cursor of the pane at hand."""
        return self._at_hand.take()

    def sheet(self) -> Sheet | None:
        """The blocks, the subnets or the endpoints, whichever pane is at hand."""
        return self._at_hand.sheet()

    @property
    def _at_hand(self) -> AtHand:
        tables = (self._endpoint_table, self._subnet_table)
        return AtHand(self._app.view, self.focused, tables, self._endpoint or "", self._subnet or "")

    def action_explain(self) -> None:
        """Investigate the endpoint under the cursor."""
        from latticetop.dashboard.endpoint.explain_screen import ExplainScreen

        if self._endpoint:
            self.app.push_screen(ExplainScreen(self._endpoint))

    def action_plan(self) -> None:
        """Plan for the VPC at hand: in the endpoint's subnets when the cursor is there, else in the subnet's own."""
        from latticetop.dashboard.plan.screen import PlanScreen

        if (wanted := self._at_hand.to_plan()) is not None:
            self.app.push_screen(PlanScreen(*wanted))
