"""The steps that make a plan fit, in the order that works; a ticked one is simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.widgets.option_list import Option

from latticetop.dashboard.export.menu_screen import MenuList
from latticetop.dashboard.host import host_of
from latticetop.dashboard.plan.table import OUTCOME_LABELS, OUTCOME_TONES
from latticetop.dashboard.widgets.beside import Beside
from latticetop.model.capacity.decide import Outcome
from latticetop.model.records.resources import zone_letter
from latticetop.model.records.text import clean, counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import RenderableType

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.simulation import StepEffect
    from latticetop.reports.plan_steps import PlanStep

MAX_STEPS = 6
"""Steps that are shown before the list is unfolded; of fewer than two more nothing is folded."""
BOX_WIDTH = 4


class StepList(MenuList):
    """A line for each step. What cannot be simulated, as creating the endpoint, has no box."""

    class StepOpened(Message):
        """Show a step in full."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number
            """The number of the step, from 1."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._steps: Sequence[PlanStep] = ()
        self._unfolded = False
        self._drawn: tuple[Sequence[PlanStep], Sequence[Sequence[StepEffect]], Collection[PlanStep], Palette] | None = (
            None
        )

    @property
    def _shown(self) -> Sequence[PlanStep]:
        if self._unfolded or len(self._steps) <= MAX_STEPS + 1:
            return self._steps
        return self._steps[:MAX_STEPS]

    @property
    def current(self) -> Sequence[PlanStep]:
        """The step under the cursor; all that are folded if the cursor is on their line."""
        if self.highlighted is None:
            return ()
        shown = self._shown
        return shown[self.highlighted : self.highlighted + 1] or self._steps[len(shown) :]

    def show(
        self,
        steps: Sequence[PlanStep],
        effects: Sequence[Sequence[StepEffect]],
        ticked: Collection[PlanStep],
        palette: Palette,
    ) -> None:
        """Show the steps, each with the subnets after it and those before it; the cursor stays where it is."""
        drawn = (steps, effects, tuple(ticked), palette)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        if steps != self._steps:
            self._steps, self._unfolded = steps, False
        self._draw(effects, ticked, palette)

    def _draw(self, effects: Sequence[Sequence[StepEffect]], ticked: Collection[PlanStep], palette: Palette) -> None:
        prompts = [
            _step_line(number, step, states, step in ticked, palette)
            for number, (step, states) in enumerate(zip(self._shown, effects, strict=False), 1)
        ]
        if folded := self._steps[len(self._shown) :]:
            all_ticked = all(step in ticked for step in folded if step.changes)
            prompts.append(_folded_line(folded, all_ticked, host_of(self).key_to("open"), palette))
        highlighted = self.highlighted
        self.set_options(Option(prompt) for prompt in prompts)
        if prompts:
            self.highlighted = min(highlighted or 0, len(prompts) - 1)

    def action_select(self) -> None:
        """Open the step under the cursor, or unfold the list."""
        if self.highlighted is None or self._drawn is None:
            return
        if self.highlighted < len(self._shown):
            self.post_message(self.StepOpened(self.highlighted + 1))
        else:
            self._unfolded = True
            self._draw(*self._drawn[1:])


def _step_line(
    number: int, step: PlanStep, states: Sequence[StepEffect], ticked: bool, palette: Palette
) -> RenderableType:
    box = ("[x]" if ticked else "[ ]") if step.changes else ""
    text = Text.assemble((f"{number} ", palette["strong"]), (f"{clean(step.text)}.", palette["text"]))
    for state in states:
        if step.freed_blocks or state.outcome is not Outcome.CANNOT:
            text.append_text(_state(state, palette))
    return _boxed(box, text, palette)


def _state(state: StepEffect, palette: Palette) -> Text:
    zone = zone_letter(clean(state.availability_zone))
    free = f"{state.free} of {state.needed} /28" if state.free else "/28 unknown"
    fits = (f" {OUTCOME_LABELS[state.outcome]}", palette[OUTCOME_TONES[state.outcome]])
    return Text.assemble(
        (f"  {zone}: {free}", palette["dim"]), *([fits] if state.outcome is not Outcome.CANNOT else [])
    )


def _folded_line(folded: Sequence[PlanStep], ticked: bool, open_key: str, palette: Palette) -> RenderableType:
    text = Text(f"and {counted(len(folded), 'more step')}: {open_key} shows them.", palette["dim"])
    return _boxed("[x]" if ticked else "[ ]", text, palette)


def _boxed(box: str, text: Text, palette: Palette) -> RenderableType:
    return Beside(Text(box, palette["strong"]), text, BOX_WIDTH)
