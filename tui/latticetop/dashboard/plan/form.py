"""What a plan is for: how many endpoints, of how many resources, or how many prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Label

from latticetop.model.capacity.demand import Behaviour, Demand

if TYPE_CHECKING:
    from textual.app import ComposeResult

MOST = 9_999
FIGURES = {"endpoints": "1", "resources": "1", "prefixes": "0"}
"""The figures, each with what it is at first."""


class PlanForm(Horizontal):
    """The figures on one line."""

    class Changed(Message):
        """Something else is asked for."""

    def compose(self) -> ComposeResult:
        """Each figure with its name, and whether AWS did as in 2024."""
        for name, first in FIGURES.items():
            yield Label(name)
            yield Input(first, id=name, type="integer", max_length=4, compact=True, select_on_focus=True)
        yield Tick("as in 2024", id="behaviour", compact=True)

    @property
    def demand(self) -> Demand:
        """What the figures ask for; an empty field counts as 0."""
        endpoints, resources, prefixes = map(self._figure, FIGURES)
        then = self.query_one("#behaviour", Checkbox).value
        return Demand(endpoints, resources, Behaviour.IN_2024 if then else Behaviour.TODAY, prefixes)

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self.post_message(self.Changed())

    def _figure(self, name: str) -> int:
        text = self.query_one(f"#{name}", Input).value
        return min(int(text), MOST) if text.isdigit() else 0


class Tick(Checkbox):
    """A checkbox that tells its state by what stands in it, not by colour alone."""

    def render(self) -> Content:
        """The box with its cross, and what it is about."""
        label = Content(str(self.label)).pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble("[x]" if self.value else "[ ]", label)
