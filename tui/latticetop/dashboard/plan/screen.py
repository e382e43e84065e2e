"""A plan: whether what is to be created fits, why not, and what to do first. Nothing is written to AWS."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.widgets import DataTable, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.grid.grid_pane import GridPane
from latticetop.dashboard.grid.grid_state import NO_BLOCKS
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.plan.form import Choice, DemandChanged, EditDone, PlanForm
from latticetop.dashboard.plan.session import PlanSession
from latticetop.dashboard.plan.step_list import StepList
from latticetop.dashboard.plan.step_screen import StepScreen
from latticetop.dashboard.plan.subnet_detail import SubnetDetail
from latticetop.dashboard.plan.table import OUTCOME_LABELS, PlanTable, plan_rows
from latticetop.dashboard.plan.text import better_subnets, is_same_question, steps_note, zone_capacity
from latticetop.dashboard.plan.verdict import MAX_REASONS, PlanVerdict
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.capacity.allocation_sequence import AllocationKind, working_sequence
from latticetop.model.capacity.best_subnets import best_subnets
from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.capacity.simulation import effects
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints
from latticetop.model.records.address import format_address
from latticetop.model.records.text import shorten_ids
from latticetop.reports.plan_steps import PlanSteps, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.capacity.simulation import StepEffect
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.copy_items import CopyItems

NO_STEPS = PlanSteps({}, (), Outcome.CANNOT)


class PlanScreen(DetailScreen):
    """The numbers, the answer, the steps that make it fit, the VPC's subnets, the grid of the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.PLAN)
    AUTO_FOCUS = "#plan-step-list"

    def __init__(
        self,
        vpc_id: str,
        subnet_ids: frozenset[str],
        service_network_arn: str = "",
        demand: Demand = ONE_ENDPOINT,
    ) -> None:
        super().__init__()
        self.session = PlanSession(vpc_id, subnet_ids)
        self._service_network_arn = service_network_arn
        self._first_demand = demand
        self._steps: tuple[Plan | None, PlanSteps, Sequence[Sequence[StepEffect]]] = (None, NO_STEPS, ())
        """The plan that the last steps are for, those steps, and the subnets after each of them."""
        self._steps_wanted: Plan | None = None
        """The plan whose steps are computed now."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The VPC and the plan."""
        return (shorten_ids(self.session.vpc_id), "plan")

    def compose(self) -> ComposeResult:
        """The numbers, which stay in place, and all else below in a body that scrolls."""
        yield StatusLine()
        yield PlanForm(self._first_demand, id="plan-form")
        with ScrollArea(id="plan-body", can_focus=False):
            yield PlanVerdict(self.host.key_to("choose"), id="plan-verdict")
            yield Pane(StepList(id="plan-step-list"), Static(id="plan-note"), id="plan-steps", title="Fix")
            yield Pane(PlanTable(self.settings_of(PlanTable), id="plan-table"), id="plan-subnets", title="Subnets")
            yield SubnetDetail(id="plan-detail")
            yield GridPane(self.host.preferences.click_opens, id="plan-blocks")
        yield KeyLine()

    @property
    def _current_id(self) -> str:
        return self.query_one(PlanTable).current or ""

    @property
    def _current(self) -> Decision | None:
        """The decision for the subnet under the cursor."""
        return self.session.decision(self._current_id)

    def refresh_from(self, view: SnapshotView) -> None:
        """Decide for the account as it is now, or say why there is no answer to what is planned."""
        form, verdict = self.query_one(PlanForm), self.query_one(PlanVerdict)
        try:
            demand = form.demand
        except ValueError as error:
            self.session.clear()
            verdict.show_problem(str(error), self.host.palette)
        else:
            self.session.update(view.snapshot, demand, form.behaviour)
        self.query_one("#plan-body").set_class(not self.session.demands, "-unanswered")
        if not self.session.demands:
            return
        self._compute_steps_if_needed(view.snapshot)
        self._draw(view.snapshot)

    @property
    def _base(self) -> Plan | None:
        """The plan for the chosen subnets before the ticked steps; None if none is chosen."""
        return self.session.base() if self.session.chosen_in_order else None

    def _compute_steps_if_needed(self, snapshot: Snapshot) -> None:
        base = self._base
        if base is None:
            self._steps, self._steps_wanted = (None, NO_STEPS, ()), None
        elif base not in (self._steps[0], self._steps_wanted):
            self._steps_wanted = base
            self._compute_steps(snapshot, base)

    @work(group="plan-steps", exclusive=True, description="compute the steps")
    async def _compute_steps(self, snapshot: Snapshot, base: Plan) -> None:
        """Compute the steps in a thread, because it takes a while for a large subnet."""

        def compute() -> tuple[PlanSteps, Sequence[Sequence[StepEffect]]]:
            steps = steps_of(snapshot, base, self._service_network_arn)
            return steps, list(effects(base, [step.changes for step in steps.steps]))

        steps, after = await asyncio.to_thread(compute)
        self._steps = base, steps, after
        self.session.keep_ticked(steps.steps)
        if self.host.view is not None:
            self._draw(self.host.view.snapshot)

    def _draw(self, snapshot: Snapshot) -> None:
        if not self.session.demands:
            return
        session, palette = self.session, self.host.palette
        self.query_one(PlanVerdict).show(snapshot, session.plan(), len(session.ticked), palette)
        self._show_steps(snapshot)
        refused = set(filter(snapshot.foreign_owner, session.subnet_ids)) if session.demands[-1].endpoints else ()
        self.query_one(PlanTable).show(plan_rows(session.decisions, session.chosen_ids, refused, palette))
        is_simulated = session.removed or session.ticked
        summary = "" if is_simulated else zone_capacity(snapshot, session.vpc_id, session.demands[-1])
        self.query_one("#plan-subnets", Pane).set_title(f"Subnets of {session.vpc_id}", summary)
        self._show_current(snapshot)

    def _show_steps(self, snapshot: Snapshot) -> None:
        """Show the last steps, unless they are for other subnets or another demand."""
        session, key_to, wanted = self.session, self.host.key_to, self._base
        base, steps, after = self._steps
        if wanted is None or base is None or not is_same_question(base, wanted):
            base, steps, after = None, NO_STEPS, ()
        self.query_one(StepList).show(steps.steps, after, session.ticked, self.host.palette)
        note, text = self.query_one("#plan-note", Static), ""
        if base is not None:
            best = best_subnets(snapshot, session.vpc_id, session.demands[-1])
            text = steps_note(base, steps, better_subnets(base, best, key_to("best-subnets")))
        elif wanted is not None:
            text = "Computing the steps…"
        note.update(text)
        note.display = bool(text)
        title, keys = ("Next", f"{key_to('copy')} copies the command") if steps.commands else ("Fix", "")
        if any(step.changes for step in steps.steps):
            title = f"Fix: after all steps it {OUTCOME_LABELS[steps.outcome]}"
            keys = f"{key_to('choose')} simulates · {key_to('open')} opens · {key_to('copy')} copies commands"
        self.query_one("#plan-steps", Pane).set_title(title, keys)

    def _show_current(self, snapshot: Snapshot) -> None:
        """Show the subnet under the cursor."""
        subnet_id, palette = self._current_id, self.host.palette
        decision, pane = self._current, self.query_one("#plan-blocks", GridPane)
        chosen = subnet_id in self.session.chosen_ids
        answered = chosen and len(self.session.chosen_in_order) <= MAX_REASONS
        self.query_one(SubnetDetail).show(self.session.by_behaviour(subnet_id), chosen, answered, palette)
        if decision is None:
            pane.show(None, False, palette)
            return
        pane.show(
            decision.reading,
            subnet_id in snapshot.read_at,
            palette,
            planned=_planned_blocks(decision),
            missing_data=missing_block_data(snapshot, subnet_id),
            free=free_blocks_in(decision.reading, decision.missing),
            failed_endpoints=failed_endpoints(snapshot),
        )

    @on(DemandChanged)
    def _decide_again(self) -> None:
        if self.host.view is not None and self.is_mounted:
            self.refresh_from(self.host.view)

    @on(DataTable.RowHighlighted, "#plan-table")
    def _cursor_moved(self) -> None:
        if self.host.view is not None:
            self._show_current(self.host.view.snapshot)

    def action_numbers(self) -> None:
        """Edit the numbers."""
        self.query_one(PlanForm).edit()

    @on(EditDone)
    def _edit_done(self) -> None:
        self.query_one(StepList).focus()

    def action_steps(self) -> None:
        """Go to the steps that make it fit."""
        self.query_one(StepList).focus()

    @on(StepList.StepOpened)
    def _open_step(self, message: StepList.StepOpened) -> None:
        self.app.push_screen(StepScreen(message.number, self._steps[1].steps[message.number - 1]))

    def action_choose(self) -> None:
        """Tick the step under the cursor, if the steps have the focus; else choose the subnet, or no longer."""
        step_list = self.query_one(StepList)
        if step_list.has_focus:
            if steps := [step for step in step_list.current if step.changes]:
                self.session.tick(steps)
                self._draw_again()
        elif isinstance(self.focused, Choice):
            self.focused.action_change(1)
        else:
            self._choose()

    @on(DataTable.RowSelected, "#plan-table")
    def _choose(self) -> None:
        if subnet_id := self._current_id:
            self.session.chosen_ids ^= {subnet_id}
            self._decide_again()

    def _draw_again(self) -> None:
        if self.host.view is not None:
            self._draw(self.host.view.snapshot)

    def action_best(self) -> None:
        """Choose the best subnet of each zone in which the demand may fit."""
        if self.host.view is not None and self.session.demands:
            selections = best_subnets(self.host.view.snapshot, self.session.vpc_id, self.session.demands[-1])
            self.session.chosen_ids = {selection.decision.reading.subnet.subnet_id for selection in selections}
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
        self.session.remove(self._current_id, targets)
        self._decide_again()

    def action_undo(self) -> None:
        """Undo the last simulated step of which something is left."""
        self.session.undo()
        self._decide_again()

    def copy_items(self) -> CopyItems:
        """The block under the cursor of the focused grid; else the commands of the steps, and the subnet."""
        from latticetop.reports import copy_items

        view, decision, grid = self.host.view, self._current, self.query_one(BlockGrid)
        if view is None or decision is None:
            return ()
        if grid.has_focus:
            return copy_items.of_block(view.snapshot, decision.reading, grid.cursor)
        of_subnet = copy_items.of_subnet(view.snapshot, decision.reading, self.host.criteria)
        steps = self._current_steps(view.snapshot)
        if not steps.commands:
            return of_subnet
        label = f"command to create it{', as the role' if view.snapshot.scope.role else ''}"
        items = [copy_items.CopyItem(label, steps.script)]
        items += [copy_items.CopyItem("Terraform", steps.terraform)] if steps.terraform else []
        return *items, *of_subnet

    def exportable_view(self) -> ExportableView | None:
        """The plan for the chosen subnets, or for all if none is chosen; ticked steps are among its steps."""
        from latticetop.dashboard.export import views

        view, base = self.host.view, self.session.base()
        if view is None or base is None:
            return None
        return views.plan(view.snapshot, base, self.session.vpc_id)

    async def action_copy_terraform(self) -> None:
        """Copy the Terraform resource of the endpoint."""
        from latticetop.dashboard.export.actions import copy_item
        from latticetop.reports.copy_items import CopyItem

        if self.host.view is not None and (text := self._current_steps(self.host.view.snapshot).terraform):
            await copy_item(self.app, CopyItem("Terraform", text))

    def _current_steps(self, snapshot: Snapshot) -> PlanSteps:
        """The steps for the chosen subnets as they are now, computed at once if the last ones are for another plan."""
        base = self._base
        if base is None:
            return NO_STEPS
        return self._steps[1] if base == self._steps[0] else steps_of(snapshot, base, self._service_network_arn)


def _planned_blocks(decision: Decision) -> frozenset[int]:
    """The indexes of the blocks that a working sequence takes."""
    if decision.outcome is Outcome.CANNOT:
        return NO_BLOCKS
    sequence = decision.working_sequence or working_sequence(decision.supply, decision.demand)
    firsts = (step.first_address for step in sequence.allocations if step.kind is AllocationKind.BLOCK)
    indexes = (decision.reading.blocks.index_of(first) for first in firsts)
    return frozenset(index for index in indexes if index is not None)
