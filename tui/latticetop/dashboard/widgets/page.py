"""A text of any length that is scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import RenderableType


class Page(ScrollView, can_focus=True):
    """Shows lines that were drawn once: a Static draws its text to measure it, again to show it, and again to scroll.

    The screen is laid out anew only when there is another number of lines.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Strip] = []

    @property
    def text_width(self) -> int:
        """Columns there are for the text, whether or not there is a scrollbar beside it; none before it is laid out."""
        return max(0, self.container_size.width - self.styles.scrollbar_size_vertical)

    def show(self, text: RenderableType, width: int) -> None:
        """Show a text drawn to a width."""
        console = self.app.console
        options = console.options.update(width=width, height=None, highlight=False)
        self._lines = [Strip(line) for line in console.render_lines(text, options, pad=False)]
        size = Size(width, len(self._lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        at, style = y + self.scroll_offset.y, self.rich_style
        line = self._lines[at] if at < len(self._lines) else Strip.blank(0)
        return line.apply_style(style).adjust_cell_length(self.size.width, style)
