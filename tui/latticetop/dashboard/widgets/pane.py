"""A titled part of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget


class Pane(Vertical):
    """A border with a title above and a summary below, around widgets, or a sentence when there is nothing to show."""

    def __init__(self, *children: Widget, id: str | None = None, title: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._children = children
        self._labels = ("", "")
        self._age = ""
        self._order = self._filter = ""
        self._sentence = self._nothing = ""
        self.set_title(title)

    def compose(self) -> ComposeResult:
        """The widget, and the sentence that stands in for it."""
        yield from self._children
        yield Static(classes="empty")

    def light(self, lit: bool) -> None:
        """Show that the keys go here, or no longer do."""
        # `:focus-within` would style all that is in the panes anew, which takes longer than everything else a key does.
        self.set_class(lit, "-lit", update=False)
        self.app.stylesheet.apply(self)

    def set_title(self, title: str, summary: str = "") -> None:
        """Set title and summary; both are plain text."""
        title, summary = clean(title), clean(summary)
        if (title, summary) != self._labels:
            self._labels = (title, summary)
            self._label()

    def set_age(self, age: str) -> None:
        """Say how old what is shown is, before the summary; empty when it is fresh."""
        if age != self._age:
            self._age = age
            self._label()

    def set_order(self, told: str) -> None:
        """Say by what is sorted, before the summary; empty where it is to be seen."""
        if told != self._order:
            self._order = told
            self._label()

    def set_filter(self, told: str, nothing: str = "") -> None:
        """Say how much a filter finds, instead of the summary; where it is nothing, say so beneath the head."""
        if (told, nothing) != (self._filter, self._nothing):
            self._filter, self._nothing = told, nothing
            self._label()
            self._say()

    def _label(self) -> None:
        title, summary = self._labels
        self.border_title = Content(title)
        parts = (self._age, clean(self._order), clean(self._filter) or summary)
        self.border_subtitle = Content(" · ".join(part for part in parts if part))

    def say(self, sentence: str) -> None:
        """Show a sentence instead of the widget; an empty one shows the widget again."""
        if sentence != self._sentence:
            self._sentence = sentence
            self._say()

    def _say(self) -> None:
        self.set_class(bool(self._sentence), "-empty")
        self.set_class(bool(self._nothing and not self._sentence), "-nothing")
        told = self._sentence or self._nothing
        self.query_one(".empty", Static).update(Text("\n".join(clean(line) for line in told.split("\n"))))
