"""Text that a terminal draws and does not act upon: a filter of every line, and cells of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Span, Text
from textual.filter import LineFilter

from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from textual.color import Color


class PrintableFilter(LineFilter):
    """Removes from every line what a terminal acts upon or does not draw, links too. The width stays.

    All widgets are drawn through the filters of the app, so this holds for text that nothing has cleaned before.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Clean the segments of a line; the same list if there is nothing to remove."""
        return segments if all(map(_is_printable, segments)) else [_printable(segment) for segment in segments]


def one_line(text: Text) -> Text:
    """The text without what `clean` removes, line ends too; itself if there is nothing to remove."""
    plain = text.plain
    cleaned = clean(plain)
    if cleaned == plain:
        return text
    result = text.copy()
    result.plain = cleaned
    result.spans = [
        Span(len(clean(plain[: span.start])), len(clean(plain[: span.end])), span.style) for span in text.spans
    ]
    return result


def _is_printable(segment: Segment) -> bool:
    text, style, _ = segment
    if style is not None and style.link:
        return False
    return (text.isascii() and text.isprintable()) or clean(text) == text


def _printable(segment: Segment) -> Segment:
    text, style, control = segment
    cleaned = clean(text)
    if cleaned != text:
        cleaned = set_cell_size(cleaned, cell_len(text))
    return Segment(cleaned, style.update_link(None) if style and style.link else style, control)
