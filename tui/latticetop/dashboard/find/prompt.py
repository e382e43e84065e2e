"""A line to type into, in place of the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from latticetop.config.actions import Place
from latticetop.dashboard.keys.bindings import bindings_at

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.suggester import Suggester
    from textual.widget import Widget


AFTER = 0.12
"""Seconds without a key after which a long table is filtered."""


LONG = 1000
"""Rows from which on a table is long."""


class Prompt(Horizontal):
    """One line; it goes away when it loses the focus, which then is given back to `whose`."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.PROMPT)

    def __init__(self, word: str, whose: Widget | None, text: str = "", suggester: Suggester | None = None) -> None:
        super().__init__()
        self._word, self._text, self._suggester = word, text, suggester
        self.whose = whose

    def compose(self) -> ComposeResult:
        """What it is for, what is typed, what is said to it."""
        yield Label(self._word)
        yield Input(self._text, compact=True, suggester=self._suggester)
        yield Static(classes="hint")

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(Input).focus()

    def say(self, words: str, wrong: bool = False) -> None:
        """Say something beside what is typed."""
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "-wrong")
        hint.update(Text(words, no_wrap=True, overflow="ellipsis"))

    def typed(self, text: str) -> None:
        """Something else stands there now."""

    def accept(self, text: str) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    def close(self) -> None:
        """Go away."""
        if self.whose is not None:
            self.whose.focus()
        self.remove()

    def action_cancel(self) -> None:
        """Go away without a result."""
        self.close()

    def action_accept(self) -> None:
        """Do what Enter does."""
        self.accept(self.query_one(Input).value)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept(event.value)

    def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        """Go away, unless it is the whole terminal that is left."""
        if self.app.app_focus:
            self.remove()
