"""A plan: what would fit into which subnets, and what if something were gone. Nothing is ever written to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import DataTable

from latticetop.config.actions import Place
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import NONE, GridPane
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.plan.answer import PlanAnswer
from latticetop.dashboard.plan.form import PlanForm
from latticetop.dashboard.plan.table import PlanTable, plan_rows
from latticetop.dashboard.plan.text import zones
from latticetop.dashboard.text.unread import of_blocks
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.capacity.allocation_orders import working_order
from latticetop.model.capacity.decide import Answer, Outcome, decide
from latticetop.model.capacity.plan import ranges_to_reserve
from latticetop.model.capacity.subnet_selection import best_subnets
from latticetop.model.capacity.what_if import without
from latticetop.model.records.address import NOWHERE, format_address, parse_cidr
from latticetop.model.records.text import shorten_ids
from latticetop.model.snapshot import doubt_about
from latticetop.reports import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.export.views import Sheet
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Scope, SubnetReading
    from latticetop.reports.takeaway import Take

MOST = 9_999


class PlanScreen(DetailScreen):
    """Figures on top, the VPC's subnets with their answers, the grid of the one under the cursor, the whole answer."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.PLAN)
    AUTO_FOCUS = "#plan-table"

    def __init__(self, vpc_id: str, subnet_ids: frozenset[str], service_network_arn: str = "") -> None:
        super().__init__()
        self._network = service_network_arn
        self.vpc_id = vpc_id
        self._chosen = set(subnet_ids)
        self._answers: dict[str, Answer] = {}
        self._gone: list[tuple[str, list[str]]] = []
        """What was supposed gone, step by step: the subnet, and what of it."""

    @property
    def crumbs(self) -> tuple[str, ...]:
        """The VPC, and that it is planned for."""
        return (shorten_ids(self.vpc_id), "plan")

    def compose(self) -> ComposeResult:
        """The figures, the table, the grid, the answer."""
        yield StatusLine()
        yield PlanForm(id="plan-form")
        yield Pane(PlanTable(id="plan-table"), id="plan-subnets", title="Subnets")
        yield GridPane(id="plan-blocks")
        yield PlanAnswer(id="plan-answer")
        yield KeyLine()

    @property
    def demand(self) -> Demand:
        """What is planned for."""
        return self.query_one(PlanForm).demand

    def refresh_from(self, view: View) -> None:
        """Answer anew for the account as it is now."""
        demand, palette = self.demand, self.lattice.palette
        self._answers = {
            reading.subnet.subnet_id: decide(reading, demand, doubt_about(view.snapshot, reading.subnet.subnet_id))
            for reading in self._planned(view)
        }
        self.query_one(PlanTable).show(plan_rows(self._answers.values(), self._chosen, palette))
        gone = [text for _, texts in self._gone for text in texts]
        pane = self.query_one("#plan-subnets", Pane)
        summary = f"as if {', '.join(gone)} were gone" if gone else zones(view, self.vpc_id, demand)
        pane.set_title(f"Plan for {self.vpc_id}: {demand}", summary)
        self._show_grid()
        self._show_answer()

    def _planned(self, view: View) -> Iterator[SubnetReading]:
        """The VPC's subnets by zone and address, as they would be."""
        mine = [r for r in view.snapshot.subnets.values() if r.subnet.vpc_id == self.vpc_id and r.subnet.cidr_block]
        for reading in sorted(mine, key=lambda r: (r.subnet.availability_zone, r.subnet.cidr_block or NOWHERE)):
            yield self._as_if(reading)

    def _as_if(self, reading: SubnetReading) -> SubnetReading:
        """The subnet without what is thought away; what went by itself meanwhile is forgotten."""
        for subnet_id, gone in self._gone:
            for text in list(gone) if subnet_id == reading.subnet.subnet_id else ():
                try:
                    reading = without(reading, [text])
                except ValueError:
                    gone.remove(text)
        return reading

    def _show_grid(self) -> None:
        answer = self._answers.get(self.query_one(PlanTable).current or "")
        pane = self.query_one("#plan-blocks", GridPane)
        if answer is None:
            pane.show(None, False, self.lattice.palette)
            return
        view, subnet_id = self.lattice.view, answer.reading.subnet.subnet_id
        known = view is not None and subnet_id in view.snapshot.read_at
        missing = of_blocks(view.snapshot, subnet_id) if view else ""
        pane.show(answer.reading, known, self.lattice.palette, planned=_taken(answer), missing=missing)

    def _show_answer(self) -> None:
        chosen = [answer for key, answer in self._answers.items() if key in self._chosen]
        self.query_one(PlanAnswer).show(chosen, self._answers.get(self.query_one(PlanTable).current or ""))

    @on(PlanForm.Changed)
    def _asked(self) -> None:
        if self.lattice.view is not None and self.is_mounted:
            self.refresh_from(self.lattice.view)

    @on(DataTable.RowHighlighted, "#plan-table")
    def _moved(self) -> None:
        self._show_grid()
        self._show_answer()

    @on(DataTable.RowSelected, "#plan-table")
    def action_choose(self) -> None:
        """Choose the subnet under the cursor, or leave it out."""
        if key := self.query_one(PlanTable).current:
            self._chosen ^= {key}
            self._asked()

    def action_best(self) -> None:
        """Choose the best subnet of each zone that can hold the plan."""
        if self.lattice.view is not None:
            best = best_subnets(self.lattice.view.snapshot, self.vpc_id, self.demand)
            self._chosen = {choice.answer.reading.subnet.subnet_id for choice in best}
            self._asked()

    def action_what_if(self) -> None:
        """Think away what stands in the block under the grid's cursor."""
        key = self.query_one(PlanTable).current
        answer = self._answers.get(key or "")
        if key is None or answer is None or not len(answer.reading.blocks):
            return
        block = answer.reading.blocks.block(self.query_one(BlockGrid).cursor)
        if not block.uses and not block.prefixes:
            self.notify(f"Nothing in {block.cidr} could go.", markup=False, severity="warning")
            return
        gone = [str(use.prefix) for use in block.prefixes] + [format_address(use.address) for use in block.uses]
        self._gone.append((key, gone))
        self._asked()

    def take(self) -> Take:
        """The block under the cursor of the grid; else the command, if subnets are chosen, and the subnet at hand."""
        from latticetop.reports import takeaway

        view, answer = self.lattice.view, self._answers.get(self.query_one(PlanTable).current or "")
        if view is None or answer is None:
            return ()
        grid = self.query_one(BlockGrid)
        if grid.has_focus:
            return takeaway.of_block(view.snapshot, answer.reading, grid.cursor)
        own = takeaway.of_subnet(view.snapshot, answer.reading)
        if not self._chosen:
            return own
        scope = view.snapshot.scope
        command = takeaway.Part(f"command to create it{', as the role' if scope.role else ''}", self._command(scope))
        return command, takeaway.Part("Terraform", self._terraform()), *own

    def sheet(self) -> Sheet | None:
        """The plan for the chosen subnets; for all where none is chosen."""
        from latticetop.dashboard.export import views as sheets
        from latticetop.model.capacity.plan import Plan

        view, chosen = self.lattice.view, self._in_order() or list(self._answers)
        if view is None or not chosen:
            return None
        gone = tuple(text for key, texts in self._gone if key in chosen for text in texts)
        planned = Plan(self.demand, tuple(self._answers[key] for key in chosen), gone)
        return sheets.plan(view.snapshot, planned, self.vpc_id)

    def _command(self, scope: Scope) -> str:
        """What creates the endpoint; before it, if advised, what reserves blocks."""
        parts = [commands.create_reservation(scope, key, cidr) for key, cidr in self._reserved()]
        parts.append(commands.create_endpoint(scope, self.vpc_id, self._in_order(), self._network))
        return "\n\n".join(parts) + "\n"

    def _terraform(self) -> str:
        return commands.terraform(self.vpc_id, self._in_order(), self._network, reserved=self._reserved())

    async def action_copy_terraform(self) -> None:
        """Copy the Terraform resource of the endpoint."""
        from latticetop.dashboard.export.actions import copy_part
        from latticetop.reports.takeaway import Part

        if self._chosen:
            await copy_part(self.app, Part("Terraform", self._terraform()))

    def _reserved(self) -> list[tuple[str, Cidr]]:
        """The ranges that a reservation would keep whole, where it may fit."""
        return [
            (key, cidr)
            for key, answer in self._answers.items()
            if key in self._chosen and answer.outcome is Outcome.MAY
            for cidr in ranges_to_reserve(answer.reading, answer.demand)
        ]

    def _in_order(self) -> list[str]:
        return [key for key in self._answers if key in self._chosen]

    def action_undo(self) -> None:
        """Take back the last step, leaving out those of which nothing is left."""
        while self._gone and not self._gone.pop()[1]:
            pass
        self._asked()


def _taken(answer: Answer) -> frozenset[int]:
    """The blocks that would go, in an order that works."""
    if answer.outcome is Outcome.CANNOT:
        return NONE
    order = answer.works or working_order(answer.room, answer.demand)
    blocks = (parse_cidr(str(step)) for step in order.steps if "/" in str(step))
    found = (answer.reading.blocks.index_of(block.first) for block in blocks)
    return frozenset(index for index in found if index is not None)
