"""A plan: what fits into which subnets, also after simulated removals. Nothing is written to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import DataTable

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import GridPane
from latticetop.dashboard.grid.grid_state import NO_BLOCKS
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.plan.form import PlanForm
from latticetop.dashboard.plan.result import PlanResult
from latticetop.dashboard.plan.table import PlanTable, plan_rows
from latticetop.dashboard.plan.text import zone_capacity
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.capacity.allocation_sequence import AllocationKind, working_sequence
from latticetop.model.capacity.behaviour import demands_by_behaviour, evidence_sentence, observed_behaviour
from latticetop.model.capacity.best_subnets import best_subnets
from latticetop.model.capacity.decide import Decision, Outcome, decide
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.capacity.what_if import without
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.address import NO_CIDR, format_address
from latticetop.model.records.text import shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.snapshot import Snapshot, SubnetReading
    from latticetop.reports.copy_items import CopyItems
    from latticetop.reports.plan_steps import PlanSteps


class PlanScreen(DetailScreen):
    """The demand, the VPC's subnets with their decisions, the grid of the one under the cursor, the overall result."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.PLAN)
    AUTO_FOCUS = "#plan-table"

    def __init__(self, vpc_id: str, subnet_ids: frozenset[str], service_network_arn: str = "") -> None:
        super().__init__()
        self.vpc_id = vpc_id
        self._service_network_arn = service_network_arn
        self._chosen_ids = set(subnet_ids)
        self._decisions: dict[str, Decision] = {}
        """By subnet id, in the order of zone and address; of two behaviours the worse one."""
        self._by_demand: dict[str, list[Decision]] = {}
        """The decisions for each behaviour to reckon with, by subnet id."""
        self._evidence = ""
        self._removals: list[tuple[str, list[str]]] = []
        """The simulated removals, step by step: a subnet id, and the addresses and prefixes removed from it."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The VPC and the plan."""
        return (shorten_ids(self.vpc_id), "plan")

    def compose(self) -> ComposeResult:
        """The form, the table, the grid, the result."""
        yield StatusLine()
        yield PlanForm(id="plan-form")
        yield Pane(PlanTable(self.settings_of(PlanTable), id="plan-table"), id="plan-subnets", title="Subnets")
        yield GridPane(self.host.preferences.click_opens, id="plan-blocks")
        yield PlanResult(self.host.key_to("choose"), id="plan-result")
        yield KeyLine()

    @property
    def demand(self) -> Demand:
        """What is planned for."""
        return self.query_one(PlanForm).demand

    def _demands(self, snapshot: Snapshot) -> tuple[Demand, ...]:
        """The demand in each behaviour to reckon with, that which the account shows last."""
        demand = self.demand
        return (demand,) if self.query_one(PlanForm).only_2024 else demands_by_behaviour(snapshot, demand)

    @property
    def _current(self) -> Decision | None:
        """The decision for the subnet under the cursor."""
        return self._decisions.get(self.query_one(PlanTable).current or "")

    def refresh_from(self, view: SnapshotView) -> None:
        """Decide for the account as it is now."""
        decisions: dict[str, Decision] = {}
        demand, palette, snapshot = self.demand, self.host.palette, view.snapshot
        demands = self._demands(snapshot)
        self._evidence = evidence_sentence(snapshot, observed_behaviour(snapshot)[1]) if len(demands) > 1 else ""
        for reading in self._simulated_readings(view):
            subnet_id = reading.subnet.subnet_id
            missing = snapshot.missing_data(subnet_id)
            by_demand = [decide(reading, each, missing) for each in demands]
            decisions[subnet_id] = max(reversed(by_demand), key=lambda decision: decision.outcome.rank)
            self._by_demand[subnet_id] = by_demand
        self._decisions = decisions
        self.query_one(PlanTable).show(plan_rows(self._decisions.values(), self._chosen_ids, palette))
        removed = ", ".join(target for _, targets in self._removals for target in targets)
        summary = f"simulated as freed: {removed}" if removed else zone_capacity(view, self.vpc_id, demands[-1])
        self.query_one("#plan-subnets", Pane).set_title(f"Plan for {self.vpc_id}: {demand}", summary)
        self._show_grid()
        self._show_result()

    def _simulated_readings(self, view: SnapshotView) -> Iterator[SubnetReading]:
        """The VPC's subnets by zone and address, after the removals."""
        readings = [r for r in view.snapshot.subnets.values() if r.subnet.vpc_id == self.vpc_id and r.subnet.cidr_block]
        for reading in sorted(readings, key=lambda r: (r.subnet.availability_zone, r.subnet.cidr_block or NO_CIDR)):
            yield self._after_removals(reading)

    def _after_removals(self, reading: SubnetReading) -> SubnetReading:
        """The subnet after the removals; what was really removed meanwhile is dropped from them."""
        for subnet_id, targets in self._removals:
            for target in list(targets) if subnet_id == reading.subnet.subnet_id else ():
                try:
                    reading = without(reading, [target])
                except ValueError:
                    targets.remove(target)
        return reading

    def _show_grid(self) -> None:
        decision, pane, view = self._current, self.query_one("#plan-blocks", GridPane), self.host.view
        if decision is None or view is None:
            pane.show(None, False, self.host.palette)
            return
        subnet_id = decision.reading.subnet.subnet_id
        pane.show(
            decision.reading,
            subnet_id in view.snapshot.read_at,
            self.host.palette,
            planned=_planned_blocks(decision),
            missing_data=missing_block_data(view.snapshot, subnet_id),
            free=free_blocks_in(decision.reading, decision.missing),
            failed_endpoints=failed_endpoints(view.snapshot),
        )

    def _show_result(self) -> None:
        chosen, current = [self._decisions[key] for key in self._chosen_in_order], self._current
        by_demand = self._by_demand[current.reading.subnet.subnet_id] if current else []
        others = [decision for decision in by_demand if decision is not current]
        failed = failed_endpoints(self.host.view.snapshot) if self.host.view else frozenset()
        self.query_one(PlanResult).show(chosen, current, self.host.palette, others, self._evidence, failed)

    @property
    def _chosen_in_order(self) -> list[str]:
        return [key for key in self._decisions if key in self._chosen_ids]

    @on(PlanForm.DemandChanged)
    def _decide_again(self) -> None:
        if self.host.view is not None and self.is_mounted:
            self.refresh_from(self.host.view)

    @on(DataTable.RowHighlighted, "#plan-table")
    def _cursor_moved(self) -> None:
        self._show_grid()
        self._show_result()

    @on(DataTable.RowSelected, "#plan-table")
    def action_choose(self) -> None:
        """Choose the subnet under the cursor, or no longer."""
        if key := self.query_one(PlanTable).current:
            self._chosen_ids ^= {key}
            self._decide_again()

    def action_best(self) -> None:
        """Choose the best subnet of each zone in which the demand may fit."""
        if self.host.view is not None:
            demand = self._demands(self.host.view.snapshot)[-1]
            selections = best_subnets(self.host.view.snapshot, self.vpc_id, demand)
            self._chosen_ids = {selection.decision.reading.subnet.subnet_id for selection in selections}
            self._decide_again()

    def action_what_if(self) -> None:
        """Simulate freeing the block under the grid's cursor."""
        decision = self._current
        if decision is None or not len(decision.reading.blocks):
            return
        block = decision.reading.blocks.block(self.query_one(BlockGrid).cursor)
        targets = [str(use.prefix) for use in block.prefixes] + [format_address(use.address) for use in block.uses]
        if not targets:
            self.notify(f"No address of {block.cidr} is in use.", markup=False, severity="warning")
            return
        self._removals.append((decision.reading.subnet.subnet_id, targets))
        self._decide_again()

    def action_undo(self) -> None:
        """Undo the last simulated step of which something is left."""
        while self._removals and not self._removals.pop()[1]:
            pass
        self._decide_again()

    def copy_items(self) -> CopyItems:
        """The block under the cursor of the focused grid; else the commands for the chosen subnets, and the subnet."""
        from latticetop.reports import copy_items

        view, decision, grid = self.host.view, self._current, self.query_one(BlockGrid)
        if view is None or decision is None:
            return ()
        if grid.has_focus:
            return copy_items.of_block(view.snapshot, decision.reading, grid.cursor)
        of_subnet = copy_items.of_subnet(view.snapshot, decision.reading, self.host.criteria)
        if not self._chosen_in_order:
            return of_subnet
        steps = self._steps(view)
        if not steps.commands:
            return of_subnet
        label = f"command to create it{', as the role' if view.snapshot.scope.role else ''}"
        command = copy_items.CopyItem(label, steps.script)
        return command, copy_items.CopyItem("Terraform", steps.terraform), *of_subnet

    def exportable_view(self) -> ExportableView | None:
        """The plan for the chosen subnets, or for all if none is chosen."""
        from latticetop.dashboard.export import views

        view, subnet_ids = self.host.view, self._chosen_in_order or list(self._decisions)
        if view is None or not subnet_ids:
            return None
        return views.plan(view.snapshot, self._plan(view, subnet_ids), self.vpc_id)

    async def action_copy_terraform(self) -> None:
        """Copy the Terraform resource of the endpoint."""
        from latticetop.dashboard.export.actions import copy_item
        from latticetop.reports.copy_items import CopyItem

        view = self.host.view
        if view is not None and self._chosen_in_order and (text := self._steps(view).terraform):
            await copy_item(self.app, CopyItem("Terraform", text))

    def _plan(self, view: SnapshotView, subnet_ids: list[str]) -> Plan:
        """The plan for these subnets, in each behaviour to reckon with."""
        from latticetop.model.capacity.plan import Plan, worst_plan

        removed = tuple(target for key, targets in self._removals if key in subnet_ids for target in targets)
        by_behaviour = zip(*(self._by_demand[key] for key in subnet_ids), strict=True)
        plans = [Plan(decisions[0].demand, decisions, removed) for decisions in by_behaviour]
        return worst_plan(plans, observed_behaviour(view.snapshot)[1])

    def _steps(self, view: SnapshotView) -> PlanSteps:
        """The steps that make the demand fit into the chosen subnets: reserve, free, create."""
        from latticetop.reports.plan_steps import steps_of

        return steps_of(view.snapshot, self._plan(view, self._chosen_in_order), self._service_network_arn)


def _planned_blocks(decision: Decision) -> frozenset[int]:
    """The indexes of the blocks that a working sequence takes."""
    if decision.outcome is Outcome.CANNOT:
        return NO_BLOCKS
    sequence = decision.working_sequence or working_sequence(decision.supply, decision.demand)
    firsts = (step.first_address for step in sequence.allocations if step.kind is AllocationKind.BLOCK)
    indexes = (decision.reading.blocks.index_of(first) for first in firsts)
    return frozenset(index for index in indexes if index is not None)
