"""The demand that a plan is for: how many endpoints, of how many resources, and how many prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Label

from latticetop.model.capacity.demand import Behaviour, Demand, default_endpoints

if TYPE_CHECKING:
    from textual.app import ComposeResult

MAX_COUNT = 9_999
COUNTS = {"endpoints": "", "resources": "1", "prefixes": "0"}
"""The counts, each with its first value. Without a number of endpoints there is one, or none beside prefixes."""


class PlanForm(Horizontal):
    """The counts on one line, and AWS's behaviour."""

    class DemandChanged(Message):
        """A count or the behaviour changed."""

    def compose(self) -> ComposeResult:
        """A label and an input for each count, and a checkbox."""
        for name, value in COUNTS.items():
            yield Label(name)
            placeholder = "" if value else "1"
            yield Input(value, placeholder, id=name, type="integer", max_length=4, compact=True, select_on_focus=True)
        yield TextCheckbox("as in 2024", id="behaviour", compact=True)

    @property
    def demand(self) -> Demand:
        """The demand; an empty field counts as 0, but for the endpoints."""
        endpoints, resources, prefixes = map(self._count, COUNTS)
        if not self.query_one("#endpoints", Input).value:
            endpoints = default_endpoints(0, prefixes)
        return Demand(endpoints, resources, Behaviour.IN_2024 if self.only_2024 else Behaviour.TODAY, prefixes)

    @property
    def only_2024(self) -> bool:
        """Whether to plan for the behaviour of 2024 alone, whatever the account shows."""
        return self.query_one("#behaviour", Checkbox).value

    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        self.query_one("#endpoints", Input).placeholder = str(default_endpoints(0, self._count("prefixes")))
        self.post_message(self.DemandChanged())

    def _count(self, name: str) -> int:
        text = self.query_one(f"#{name}", Input).value
        return min(int(text), MAX_COUNT) if text.isdigit() else 0


class TextCheckbox(Checkbox):
    """A checkbox that shows its state as text, not by colour alone."""

    def render(self) -> Content:
        """The box, crossed if it is checked, and the label."""
        label = Content(str(self.label)).pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble("[x]" if self.value else "[ ]", label)
