"""A text with another beside it. A rich table measures all that is nested in it again at every level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text


class Beside:
    """A label of one line, and a body whose lines all begin `label_width` cells to the right of it.

    A longer label is cut. The blanks below it have no style.
    """

    def __init__(self, label: Text, body: RenderableType, label_width: int) -> None:
        self.label, self.body, self.label_width = label, body, label_width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines, each with a line feed behind it."""
        indent = Segment(" " * self.label_width)
        beside = options.update(width=max(1, options.max_width - self.label_width), height=None)
        lines = console.render_lines(self.body, beside, pad=False)
        for number, line in enumerate(lines or [[]]):
            yield from self._label(console) if number == 0 else (indent,)
            yield from line
            yield Segment.line()

    def _label(self, console: Console) -> Iterator[Segment]:
        label = self.label.copy()
        label.truncate(self.label_width)
        yield from Segment.apply_style(label.render(console), console.get_style(label.style))
        yield Segment(" " * (self.label_width - label.cell_len))


def side_by_side(rows: Sequence[tuple[Text, RenderableType]], gap: int) -> Group:
    """Labels and what stands beside each, in a column `gap` cells right of the longest label."""
    width = max((label.cell_len for label, _ in rows), default=0) + gap
    return Group(*(Beside(label, body, width) for label, body in rows))
