"""Which columns a table has room for, how wide each is, and which cells are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.table.rows import Column, Row, with_short_cell
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

NARROW = 44
"""Tables of fewer columns of the screen get narrower gaps."""
MARK_WIDTH, SCROLLBAR_WIDTH = 2, 1
MIN_FLEXIBLE_WIDTH = 6


class ColumnLayout:
    """The columns of a table as it shows them; `heading_arrow` gives what a heading has beside its label."""

    def __init__(self, heading_arrow: Callable[[Column], str]) -> None:
        self.columns: Sequence[Column] = ()
        """The columns that are shown."""
        self._heading_arrow = heading_arrow
        self._is_narrow = True
        self._flexible_width = 0
        self._cut_rows: dict[str, tuple[Row, Row]] = {}
        """By key, a row as it was given and as it was cut."""

    def set_columns(self, columns: Sequence[Column], width: int, chosen: Collection[str] | None) -> bool:
        """Show the first column, and the ones chosen or else those with room. Return whether this changed anything."""
        if chosen is None:
            shown = [column for column in columns if column.from_width <= width]
        else:
            shown = [column for column in columns if column is columns[0] or column.key in chosen]
        shown = [column.at(width) for column in shown]
        if (shown, width < NARROW) == (self.columns, self._is_narrow):
            return False
        self.columns, self._is_narrow, self._cut_rows = shown, width < NARROW, {}
        return True

    def cut_rows(self, rows: Mapping[str, Row], width: int) -> dict[str, Row]:
        """Cut the flexible column to the width that the others leave. The same row again gives the same object."""
        flexible = next((column for column in reversed(self.columns) if column.flexible), None)
        if flexible is None or not width:
            return dict(rows)
        others = sum(self.width_of(column, rows.values()) for column in self.columns if column is not flexible)
        available = width - MARK_WIDTH - SCROLLBAR_WIDTH - others - self.gap(flexible)
        flexible_width = max(MIN_FLEXIBLE_WIDTH, available)
        before = self._cut_rows if flexible_width == self._flexible_width else {}
        self._flexible_width = flexible_width
        self._cut_rows = {
            key: before[key]
            if key in before and before[key][0] is row
            else (row, with_short_cell(row, flexible, flexible_width))
            for key, row in rows.items()
        }
        return {key: cut_row for key, (_, cut_row) in self._cut_rows.items()}

    def width_of(self, column: Column, rows: Iterable[Row]) -> int:
        """The width of a column, its gap included."""
        widths = (row.widths.get(column.key, 0) for row in rows)
        return max(self.heading(column).cell_len, self.gap(column) + max(widths, default=0))

    def gap(self, column: Column) -> int:
        """The blanks before a column."""
        return min(column.gap, 1) if self._is_narrow else column.gap

    def heading(self, column: Column) -> Text:
        """The gap, the label and the arrow of a column.

        Of a column aligned right, the arrow is before the label, in the place of a blank if the gap can spare one.
        """
        arrow, gap = self._heading_arrow(column), " " * self.gap(column)
        if not arrow or not column.right:
            return _aligned(gap + column.label + arrow, column)
        previous = self.columns[max(0, self.columns.index(column) - 1)]
        can_spare = len(gap) > previous.right
        return _aligned((gap[:-1] if can_spare else gap) + arrow + column.label, column)

    def cell(self, row: Row, column: Column) -> Text:
        """The gap and the text of a cell."""
        text = row.cells.get(column.key, Text())
        printable = clean(text.plain)
        cell = _aligned(" " * self.gap(column), column)
        return cell.append_text(text if printable == text.plain else Text(printable, text.style))


def _aligned(text: str, column: Column) -> Text:
    return Text(text, justify="right" if column.right else "left", no_wrap=True)
