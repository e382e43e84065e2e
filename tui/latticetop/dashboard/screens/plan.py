"""A plan: what would fit into which subnets, and what if something were gone. Nothing is ever written to AWS."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Checkbox, DataTable, Input, Label, Static

from latticetop.actions import Place
from latticetop.dashboard.bindings import bindings_at
from latticetop.dashboard.missing import of_blocks
from latticetop.dashboard.plan_words import in_words, meaning, steps, zones
from latticetop.dashboard.screens.detail import DetailScreen
from latticetop.dashboard.widgets.block_grid import BlockGrid
from latticetop.dashboard.widgets.grid_pane import NONE, GridPane
from latticetop.dashboard.widgets.key_line import KeyLine
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.plan_table import TONES, WORDS, PlanTable, plan_rows
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.address import NOWHERE, format_address, parse_cidr
from latticetop.model.capacity import Answer, Outcome, decide
from latticetop.model.choice import best_subnets
from latticetop.model.demand import Behaviour, Demand
from latticetop.model.doubt import doubt_about
from latticetop.model.orders import working_order
from latticetop.model.plan import advise, ranges_to_reserve
from latticetop.model.text import clean, shorten_ids
from latticetop.model.what_if import without
from latticetop.reports import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from latticetop.dashboard.sheets import Sheet
    from latticetop.dashboard.view import View
    from latticetop.model.address import Cidr
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
        self._gone: dict[str, list[str]] = {}
        self._answers: dict[str, Answer] = {}
        self._advised: tuple[Answer, str] | None = None
        """The answer last advised on, and the advice."""

    @property
    def crumbs(self) -> tuple[str, ...]:
        """The VPC, and that it is planned for."""
        return (shorten_ids(self.vpc_id), "plan")

    def compose(self) -> ComposeResult:
        """The figures, the table, the grid, the answer."""
        yield StatusLine()
        with Horizontal(id="plan-form"):
            yield Label("endpoints")
            yield _figure("1", "endpoints")
            yield Label("resources")
            yield _figure("1", "resources")
            yield Label("prefixes")
            yield _figure("0", "prefixes")
            yield Tick("as in 2024", id="behaviour", compact=True)
        yield Pane(PlanTable(id="plan-table"), id="plan-subnets", title="Subnets")
        yield GridPane(id="plan-blocks")
        yield Static(id="plan-answer")
        yield KeyLine()

    @property
    def demand(self) -> Demand:
        """What the figures ask for; an empty field counts as 0."""
        figures = {name: self._figure(name) for name in ("endpoints", "resources", "prefixes")}
        then = self.query_one("#behaviour", Checkbox).value
        return Demand(**figures, behaviour=Behaviour.IN_2024 if then else Behaviour.TODAY)

    def refresh_from(self, view: View) -> None:
        """Answer anew for the account as it is now."""
        demand, palette = self.demand, self.lattice.palette
        self._answers = {
            reading.subnet.subnet_id: decide(reading, demand, doubt_about(view.snapshot, reading.subnet.subnet_id))
            for reading in self._planned(view)
        }
        self.query_one(PlanTable).show(plan_rows(self._answers.values(), self._chosen, palette))
        gone = [text for texts in self._gone.values() for text in texts]
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
        gone = self._gone.get(reading.subnet.subnet_id, [])
        for text in list(gone):
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
        palette, line = self.lattice.palette, self.query_one("#plan-answer", Static)
        if not chosen:
            line.update(Text("Choose a subnet with space.", palette["dim"]))
            return
        worst = max((answer.outcome for answer in chosen), key=lambda outcome: outcome.rank)
        names = ", ".join(answer.reading.subnet.availability_zone for answer in chosen if answer.outcome is worst)
        named = [answer.reading.subnet.availability_zone for answer in chosen]
        text = Text.assemble((WORDS[worst], palette[TONES[worst]] + Style(bold=True)), f"  in {names}: ")
        text.append(meaning(worst), palette["text"])
        if len(set(named)) < len(named) and self.demand.endpoints:
            text.append("  An endpoint takes one subnet a zone: two of these share one.", palette["warn"])
        line.update(Text("\n").join([*self._proof(), text]))

    def _proof(self) -> list[Text]:
        """Why, for the subnet under the cursor; where it may fit, an order that works and one that fails."""
        answer, palette = self._answers.get(self.query_one(PlanTable).current or ""), self.lattice.palette
        if answer is None:
            return []
        lines = [
            Text.assemble((f"{answer.reading.subnet.availability_zone}: ", palette["strong"]), clean(answer.bound))
        ]
        if self._advised and self._advised[0] == answer:
            lines += [Text(f"  to mend: {self._advised[1]}", palette["advice"])] if self._advised[1] else []
        elif answer.outcome is not Outcome.FITS:
            self._advise(answer)
        if answer.works:
            lines.append(Text(f"  works: {steps(answer.works)}", palette["dim"]))
        if answer.fails:
            refused = answer.fails.refused.value if answer.fails.refused else "more"
            lines.append(Text(f"  fails: {steps(answer.fails)}, then no {refused} is left", palette["dim"]))
        return lines

    @work(group="advice", exclusive=True)
    async def _advise(self, answer: Answer) -> None:
        """Work out what would help, away from the screen: in a large subnet it takes a while."""
        self._advised = (answer, in_words(await asyncio.to_thread(advise, answer)))
        self._show_answer()

    @on(Input.Changed)
    @on(Checkbox.Changed)
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
        self._gone.setdefault(key, []).extend(gone)
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
        from latticetop.dashboard import sheets
        from latticetop.model.plan import Plan

        view, chosen = self.lattice.view, self._in_order() or list(self._answers)
        if view is None or not chosen:
            return None
        gone = tuple(text for key in chosen for text in self._gone.get(key, ()))
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
        from latticetop.dashboard.taking import copy_part
        from latticetop.reports.takeaway import Part

        if self._chosen:
            await copy_part(self.lattice, Part("Terraform", self._terraform()))

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
        """Take back everything that was thought away."""
        self._gone.clear()
        self._asked()

    def _figure(self, name: str) -> int:
        text = self.query_one(f"#{name}", Input).value
        return min(int(text), MOST) if text.isdigit() else 0


class Tick(Checkbox):
    """A checkbox that tells its state by what stands in it, not by colour alone."""

    def render(self) -> Content:
        """The box with its cross, and what it is about."""
        label = Content(str(self.label)).pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble("[x]" if self.value else "[ ]", label)


def _figure(value: str, name: str) -> Input:
    return Input(value, id=name, type="integer", max_length=4, compact=True, select_on_focus=True)


def _taken(answer: Answer) -> frozenset[int]:
    """The blocks that would go, in an order that works."""
    if answer.outcome is Outcome.CANNOT:
        return NONE
    order = answer.works or working_order(answer.room, answer.demand)
    blocks = (parse_cidr(str(step)) for step in order.steps if "/" in str(step))
    found = (answer.reading.blocks.index_of(block.first) for block in blocks)
    return frozenset(index for index in found if index is not None)
