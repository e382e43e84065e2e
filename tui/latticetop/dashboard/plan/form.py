"""What a plan is for, edited where it stands: endpoints with their address type, EKS nodes and /28 prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.widgets.backdrop import Backdrop
from latticetop.model.capacity.demand import (
    Behaviour,
    Demand,
    IpAddressType,
    default_endpoints,
    prefixes_for_pods,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

MAX_COUNT = 9_999
"""The greatest number, as on the command line."""
ENDPOINT_COUNTS = {"endpoints": "endpoints", "resources": "resources"}
NODE_COUNTS = {"nodes": "nodes", "per-node": "/28 a node", "pods": "pods a node", "prefixes": "bare /28"}
"""The labels of the numbers by id, which are those of the options of `latticetop plan`."""
AUTO = "auto"
"""Both behaviours: the one that AWS documents, and the one that endpoints of the account show."""
BEHAVIOURS = (AUTO, *(behaviour.value for behaviour in Behaviour))
"""How AWS builds endpoints, as `--behaviour` names it."""
IP_ADDRESS_TYPES = tuple(each.value for each in IpAddressType)
"""The address types of the endpoints, as `--ip-address-type` names them."""


class EditDone(Message):
    """The numbers are as they should be: the focus goes back to the plan."""


class DemandChanged(Message):
    """A number, the address type or the behaviour changed."""


class NumberInput(Input):
    """A number of at least 0; keys change it by one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.NUMBER)

    def __init__(self, value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(
            value, id=id, type="integer", restrict="[0-9]*", max_length=4, compact=True, select_on_focus=True
        )

    @property
    def number(self) -> int:
        """The number; 0 if it is empty."""
        return int(self.value or 0)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Digits are text; all other characters are keys of the plan."""
        return character is not None and character in "0123456789"

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Leave to the bindings what is not text."""
        if event.is_printable and not self.check_consume_key(event.key, event.character):
            event.prevent_default()

    def action_change(self, step: int) -> None:
        """Raise the number, or lower it; where none is written it is the one that the placeholder shows."""
        number = int(self.value or self.placeholder or 0)
        self.value = str(min(MAX_COUNT, max(0, number + step)))

    def action_done(self) -> None:
        """Leave the numbers."""
        self.post_message(EditDone())


class Choice(Static, can_focus=True):
    """One of a few words; at first the first one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.NUMBER)

    def __init__(self, options: Sequence[str], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="choice")
        self._options = options
        self.value = options[0]

    def render(self) -> Text:
        """The word, with marks that it is a choice."""
        return Text(f"‹{self.value}›")

    def on_click(self) -> None:
        """Take the next one."""
        self.action_change(1)

    def action_change(self, step: int) -> None:
        """Take the next option, or the one before; the first follows the last."""
        self.value = self._options[(self._options.index(self.value) + step) % len(self._options)]
        self.refresh(layout=True)
        self.post_message(DemandChanged())

    def action_done(self) -> None:
        """Leave the form."""
        self.post_message(EditDone())


class PlanForm(Backdrop, Vertical):
    """What endpoints are planned on one line, nodes and prefixes on the next, below how AWS builds endpoints."""

    def __init__(self, demand: Demand, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        counts = {
            "resources": demand.resources if demand.endpoints else 1,
            "nodes": demand.nodes,
            "per-node": demand.prefixes_per_node,
            "prefixes": demand.prefixes,
        }
        self._values = {name: str(min(count, MAX_COUNT)) for name, count in counts.items()}

    def compose(self) -> ComposeResult:
        """A label and an input for each number, the choices, and which key edits them."""
        with Horizontal():
            yield from self._inputs(ENDPOINT_COUNTS)
            yield Label("IP")
            yield Choice(IP_ADDRESS_TYPES, id="ip-address-type")
        with Horizontal():
            yield from self._inputs(NODE_COUNTS)
        with Horizontal():
            yield Label("AWS builds")
            yield Choice(BEHAVIOURS, id="behaviour")
            yield Static(id="plan-hint")

    def _inputs(self, counts: dict[str, str]) -> ComposeResult:
        for name, label in counts.items():
            yield Label(label)
            yield NumberInput(self._values.get(name, ""), id=name)

    def on_mount(self) -> None:
        """Show how many endpoints are meant, and the hint."""
        self._show_default_endpoints()
        self.show_hint()

    @property
    def demand(self) -> Demand:
        """The demand, with the same meaning as on the command line; ValueError, with a sentence, if there is none."""
        endpoints, nodes, prefixes = self._input("endpoints"), self._number("nodes"), self._number("prefixes")
        return Demand(
            endpoints.number if endpoints.value else default_endpoints(nodes, prefixes),
            self._number("resources"),
            self.behaviour or Behaviour.TODAY,
            prefixes,
            nodes,
            max(1, self._number("per-node")),
            ip_address_type=IpAddressType(self.query_one("#ip-address-type", Choice).value),
        )

    @property
    def behaviour(self) -> Behaviour | None:
        """The only behaviour to plan for; None for those that are documented and seen."""
        name = self.query_one("#behaviour", Choice).value
        return None if name == AUTO else Behaviour(name)

    def edit(self) -> None:
        """Put the focus on the first number."""
        self._input("endpoints").focus()

    def show_hint(self, editing: bool = False) -> None:
        """Say which keys edit the numbers."""
        host = host_of(self)
        if editing:
            keys = host.key_to("more", "less", "number-done", "next-pane")
            text = "{} {} change  {} done  {} next".format(*keys.split())
        else:
            text = f"{host.key_to('numbers')} edits"
        self.query_one("#plan-hint", Static).update(Text(text))

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        if message.input.id == "pods" and message.value:
            self._replace("per-node", str(min(MAX_COUNT, prefixes_for_pods(int(message.value)))))
        elif message.input.id == "per-node":
            self._replace("pods", "")
        self._show_default_endpoints()
        self.post_message(DemandChanged())

    def _replace(self, name: str, value: str) -> None:
        """Change a number that follows from another one."""
        if self._input(name).value != value:
            with self.prevent(Input.Changed):
                self._input(name).value = value

    def _show_default_endpoints(self) -> None:
        default = default_endpoints(self._number("nodes"), self._number("prefixes"))
        self._input("endpoints").placeholder = str(default)

    def on_descendant_focus(self) -> None:
        """Say how to change what is focused."""
        self.show_hint(editing=True)

    def on_descendant_blur(self) -> None:
        """Say how to come back."""
        self.show_hint()

    def _input(self, name: str) -> NumberInput:
        return self.query_one(f"#{name}", NumberInput)

    def _number(self, name: str) -> int:
        return self._input(name).number
