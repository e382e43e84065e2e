"""A line to type into, in place of the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label, Static

from latticetop.actions import Place
from latticetop.dashboard.bindings import bindings_at

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.suggester import Suggester
    from textual.timer import Timer
    from textual.widget import Widget

    from latticetop.dashboard.widgets.filtering import Filtering

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


class FilterPrompt(Prompt):
    """Filters a table, or walks over a grid, as one types."""

    def __init__(self, filtering: Filtering) -> None:
        super().__init__("/", filtering, filtering.asked.text)
        self._filtering = filtering
        self._later: Timer | None = None

    def typed(self, text: str) -> None:
        """Filter at once, or where there are many rows when the typing pauses."""
        if self._later is not None:
            self._later.stop()
        if self._filtering.total > LONG:
            self._later = self.set_timer(AFTER, lambda: self._ask(text))
        else:
            self._ask(text)

    def _ask(self, text: str) -> None:
        query = self._filtering.ask(text)
        self.say(query.problem or self._filtering.told or ", ".join(f"{key}:" for key in self._filtering.query_keys),
                 wrong=bool(query.problem))  # fmt: skip

    def accept(self, text: str) -> None:
        """Keep the filter; what cannot be understood is left to be mended."""
        if self._later is not None:
            self._later.stop()
        query = self._filtering.ask(text)
        if query.problem:
            self.say(query.problem, wrong=True)
        else:
            self._filtering.keep()
            self.close()

    def action_cancel(self) -> None:
        """Filter no longer."""
        self._filtering.action_clear_filter()
        self.close()

    def on_unmount(self) -> None:
        """What was filtered last stays so."""
        self._filtering.keep()
