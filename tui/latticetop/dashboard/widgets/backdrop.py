"""What draws nothing but its background and its border: all lines between the first and the last are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, VerticalScroll
from textual.geometry import Region

if TYPE_CHECKING:
    from textual.strip import Strip
    from textual.widget import Widget
else:
    # Textual takes the style sheet of the first base that is a widget.
    Widget = object


class Backdrop(Widget):
    """A container, or a screen, behind other widgets: of the lines that are alike only one is drawn.

    Textual draws every line of what is behind, though other widgets cover it: half the lines of a frame.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region."""
        height = self.outer_size.height
        if height < 4 or crop.line_range != range(height):
            return super().render_lines(crop)
        if not self.styles.gutter:
            return super().render_lines(Region(crop.x, 0, crop.width, 1)) * height
        first, middle = super().render_lines(Region(crop.x, 0, crop.width, 2))
        last = super().render_lines(Region(crop.x, height - 1, crop.width, 1))
        return [first, *[middle] * (height - 2), *last]


class Area(Backdrop, Container):
    """A container of panes."""


class ScrollArea(Backdrop, VerticalScroll):
    """A container of text that may be longer than the container."""
