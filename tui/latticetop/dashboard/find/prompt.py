"""A line to type into, in place of the key line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.keys.bindings import bindings_at

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.suggester import Suggester
    from textual.widget import Widget


class Prompt(Horizontal):
    """A label, an input and a hint. Removed when it loses the focus; `return_focus` gets the focus when it closes."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.PROMPT)

    def __init__(
        self, label: str, return_focus: Widget | None, text: str = "", suggester: Suggester | None = None
    ) -> None:
        super().__init__()
        self._label, self._text, self._suggester = label, text, suggester
        self.return_focus = return_focus

    def compose(self) -> ComposeResult:
        """The label, the input, the hint."""
        yield Label(self._label)
        yield Input(self._text, compact=True, suggester=self._suggester)
        yield Static(classes="hint")

    def on_mount(self) -> None:
        """Focus the input now: keys that follow at once are typed into it."""
        self.screen.set_focus(self.query_one(Input))

    def show_hint(self, text: str, is_error: bool = False) -> None:
        """Show a text beside the input."""
        hint = self.query_one(".hint", Static)
        hint.set_class(is_error, "-wrong")
        hint.update(Text(text, no_wrap=True, overflow="ellipsis"))

    def text_changed(self, text: str) -> None:
        """Handle a change of the text."""

    def accept(self, text: str) -> None:
        """Handle Enter."""
        raise NotImplementedError

    def close(self) -> None:
        """Remove the prompt and give the focus back."""
        if self.return_focus is not None:
            self.return_focus.focus()
        self.remove()

    def action_cancel(self) -> None:
        """Close without a result."""
        self.close()

    def action_accept(self) -> None:
        """Handle a key mapped to the action, as Enter."""
        self.accept(self.query_one(Input).value)

    @on(Input.Changed)
    def _input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.text_changed(event.value)

    @on(Input.Submitted)
    def _input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept(event.value)

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Remove the prompt, unless the whole terminal lost the focus."""
        if self.app.app_focus:
            self.remove()
