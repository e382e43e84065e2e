"""What there is room for in a table: which columns, how wide each is, and what is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.table.rows import Column, Row, with_cut
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

NARROW = 44
"""Tables of fewer columns get narrower gaps."""
MARK_WIDTH, SCROLLBAR = 2, 1
LEAST = 6
"""Columns that a flexible column keeps, however little the others leave."""


class Room:
    """The columns of a table as its width has them; `sign` is what a column's head has beside its label."""

    def __init__(self, sign: Callable[[Column], str]) -> None:
        self.shown: Sequence[Column] = ()
        self._sign = sign
        self._narrow = True
        self._left = 0
        self._cut: dict[str, tuple[Row, Row]] = {}
        """The rows as they were given, and as they were cut."""

    def choose(self, columns: Sequence[Column], width: int, chosen: Collection[str] | None) -> bool:
        """Show the columns that there is room for, or those chosen, and the first; whether these are others."""
        if chosen is None:
            found = [column for column in columns if column.from_width <= width]
        else:
            found = [column for column in columns if column is columns[0] or column.key in chosen]
        found = [column.at(width) for column in found]
        if (found, width < NARROW) == (self.shown, self._narrow):
            return False
        self.shown, self._narrow, self._cut = found, width < NARROW, {}
        return True

    def fitted(self, given: Mapping[str, Row], width: int) -> dict[str, Row]:
        """The rows with the flexible column cut to what the others leave; a row that is given again stays the same."""
        flexible = next((column for column in reversed(self.shown) if column.flexible), None)
        if flexible is None or not width:
            return dict(given)
        fixed = sum(self.needed(column, given.values()) for column in self.shown if column is not flexible)
        left = max(LEAST, width - MARK_WIDTH - SCROLLBAR - fixed - self.gap(flexible))
        before, self._left = self._cut if left == self._left else {}, left
        self._cut = {
            key: before[key] if key in before and before[key][0] is row else (row, with_cut(row, flexible, left))
            for key, row in given.items()
        }
        return {key: cut for key, (_, cut) in self._cut.items()}

    def needed(self, column: Column, rows: Iterable[Row]) -> int:
        """How wide a column is, its gap included."""
        widths = (row.widths.get(column.key, 0) for row in rows)
        return max(self.head(column).cell_len, self.gap(column) + max(widths, default=0))

    def gap(self, column: Column) -> int:
        """The columns of the screen before a column."""
        return min(column.gap, 1) if self._narrow else column.gap

    def head(self, column: Column) -> Text:
        """The label of a column after its gap, with its sign towards the gap where it is to the right.

        There the sign takes of the gap what the label before it can do without.
        """
        sign, gap = self._sign(column), " " * self.gap(column)
        if not sign or not column.right:
            return _aligned(gap + column.label + sign, column)
        before = self.shown[max(0, self.shown.index(column) - 1)]
        return _aligned(gap[: -1 if len(gap) > before.right else None] + sign + column.label, column)

    def cell(self, row: Row, column: Column) -> Text:
        """The text of a cell after its gap."""
        text = row.cells.get(column.key, Text())
        safe = clean(text.plain)
        spaced = _aligned(" " * self.gap(column), column)
        return spaced.append_text(text if safe == text.plain else Text(safe, text.style))


def _aligned(text: str, column: Column) -> Text:
    return Text(text, justify="right" if column.right else "left", no_wrap=True)
