"""A part of a screen with a border and a title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from latticetop.dashboard.widgets.backdrop import Backdrop
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget


GAP = "   "
"""Between a title and a summary beside it."""
EDGES = 6
"""Columns that a border takes from its title and its summary: corners, dashes, blanks."""


class Pane(Backdrop, Vertical):
    """Widgets in a border with a title above and a summary below; a message can replace the widgets.

    If the border has no line below, the summary stands beside the title.
    All texts are plain text. They are cleaned of characters that a terminal acts upon.
    """

    def __init__(self, *children: Widget, id: str | None = None, title: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._children = children
        self._title = self._summary = self._age = self._order = self._matches = ""
        self._message = self._no_match = ""
        self.set_title(title)

    def compose(self) -> ComposeResult:
        """The widgets, and the message that can replace them."""
        yield from self._children
        yield Static(classes="empty")

    def show_focus(self, focused: bool) -> None:
        """Highlight the border while a widget of the pane has the focus."""
        # `:focus-within` would style everything in the panes again, which takes longer than all else that a key does.
        self.set_class(focused, "-lit", update=False)
        self.app.stylesheet.apply(self)

    def set_title(self, title: str, summary: str = "") -> None:
        """Set the title and the summary."""
        if (title, summary) != (self._title, self._summary):
            self._title, self._summary = title, summary
            self._draw_labels()

    def set_age(self, age: str) -> None:
        """Set the age of the data, shown before the summary; empty if it is fresh."""
        if age != self._age:
            self._age = age
            self._draw_labels()

    def set_order(self, order: str) -> None:
        """Set the sort order, shown before the summary; empty if a heading shows it."""
        if order != self._order:
            self._order = order
            self._draw_labels()

    def set_filter(self, matches: str, no_match: str = "") -> None:
        """Set how many rows match a filter, instead of the summary; `no_match` is shown in place of the rows."""
        if (matches, no_match) != (self._matches, self._no_match):
            self._matches, self._no_match = matches, no_match
            self._draw_labels()
            self._draw_message()

    def on_resize(self, event: events.Resize) -> None:
        """Place the summary for the border that the pane has at this size."""
        self._draw_labels()

    @property
    def _is_open_below(self) -> bool:
        return self.styles.border_bottom[0] in ("", "none")

    @property
    def summary_width(self) -> int:
        """Columns that there are for the summary."""
        beside = cell_len(self._title) + len(GAP) if self._is_open_below else 0
        return max(0, self.outer_size.width - EDGES - beside)

    def title_width(self, summary: str) -> int:
        """Columns that there are for the title, with a summary; 0 before the pane is laid out."""
        beside = len(GAP) + cell_len(summary) if self._is_open_below else 0
        return max(0, self.outer_size.width - EDGES - beside)

    def _draw_labels(self) -> None:
        self.border_title = Content(clean(self._title))
        parts = (self._age, self._order, self._matches or self._summary)
        summary = " · ".join(clean(part) for part in parts if part)
        if summary and self._is_open_below:
            self.border_title = Content.assemble(
                clean(self._title), GAP, (summary, Style(foreground=self.styles.border_subtitle_color))
            )
        self.border_subtitle = Content(summary)

    def show_message(self, message: str) -> None:
        """Show a message instead of the widgets; an empty one shows the widgets again."""
        if message != self._message:
            self._message = message
            self._draw_message()

    def _draw_message(self) -> None:
        self._show_widgets(not self._message)
        self.set_class(bool(self._no_match and not self._message), "-nothing")
        text, empty = self._message or self._no_match, self.query_one(".empty", Static)
        empty.display = bool(text)
        empty.update(Text("\n".join(clean(line) for line in text.split("\n"))))

    def _show_widgets(self, shown: bool) -> None:
        # A class would style everything in the pane again.
        for child in self._children:
            child.display = shown
