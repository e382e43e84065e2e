"""Which columns a table has room for, how wide each is, and which cells are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from latticetop.dashboard.table.rows import GOOD_WIDTH, Column, Row, with_texts
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

NARROW = 44
"""Tables of fewer columns of the screen get narrower gaps."""
MARK_WIDTH, SCROLLBAR_WIDTH = 2, 1
MIN_FLEXIBLE_WIDTH = 6


class _CutRow(NamedTuple):
    """A row as it was given, its cut texts by column, and the row with them."""

    row: Row
    texts: Mapping[str, str]
    cut: Row


class _Cuts(NamedTuple):
    """The texts of a column, the room for it, the width it takes of that, and the wider texts as they are cut."""

    texts: Sequence[str]
    room: int
    width: int
    by_text: Mapping[str, str]


class ColumnLayout:
    """The columns of a table as it shows them; `heading_arrow` gives what a heading has beside its label."""

    def __init__(self, heading_arrow: Callable[[Column], str]) -> None:
        self.columns: Sequence[Column] = ()
        """The columns that are shown."""
        self._heading_arrow = heading_arrow
        self._is_narrow = True
        self._cut_rows: dict[str, _CutRow] = {}
        self._cuts: dict[str, _Cuts] = {}
        self._last_cuts: Mapping[str, Mapping[str, str]] = {}

    def set_columns(self, columns: Sequence[Column], width: int, chosen: Collection[str] | None) -> bool:
        """Show the first column, and the ones chosen or else those with room. Return whether this changed anything."""
        if chosen is None:
            shown = [column for column in columns if column.from_width <= width]
        else:
            shown = [column for column in columns if column is columns[0] or column.key in chosen]
        shown = [column.at(width) for column in shown]
        if (shown, width < NARROW) == (self.columns, self._is_narrow):
            return False
        self.columns, self._is_narrow = shown, width < NARROW
        self._cut_rows, self._cuts, self._last_cuts = {}, {}, {}
        return True

    def cut_rows(self, rows: Mapping[str, Row], width: int) -> dict[str, Row]:
        """Cut the flexible columns to the width that the others leave. The same row again gives the same object.

        Where a new row makes other cuts necessary, the rows that are cut otherwise are other objects.
        """
        cuts = self._cuts_by_column(rows, width)
        are_same = [*map(id, cuts.values())] == [*map(id, self._last_cuts.values())]
        self._last_cuts = cuts
        before, self._cut_rows = self._cut_rows, {}
        for key, row in rows.items():
            if are_same and key in before and before[key].row is row:
                self._cut_rows[key] = before[key]
                continue
            texts = {
                column: by_text[plain]
                for column, by_text in cuts.items()
                if column in row.cells and (plain := row.cells[column].plain) in by_text
            }
            known = before.get(key)
            if known is None or known.row is not row or known.texts != texts:
                known = _CutRow(row, texts, with_texts(row, texts))
            self._cut_rows[key] = known
        return {key: known.cut for key, known in self._cut_rows.items()}

    def _cuts_by_column(self, rows: Mapping[str, Row], width: int) -> dict[str, Mapping[str, str]]:
        """The cut texts of each flexible column: each takes what later ones can spare, ids only what is enough."""
        flexible = [column for column in self.columns if column.flexible]
        if not flexible or not width:
            return {}
        others = sum(self.width_of(column, rows.values()) for column in self.columns if not column.flexible)
        left = width - MARK_WIDTH - SCROLLBAR_WIDTH - others
        whole = {column.key: self.width_of(column, rows.values()) for column in flexible}
        cuts = {}
        for index, column in enumerate(flexible):
            later, gap, taken = flexible[index + 1 :], self.gap(column), whole[column.key]
            if taken > left - sum(min(whole[each.key], GOOD_WIDTH + self.gap(each)) for each in later):
                room = left - gap - sum(min(whole[each.key], each.least_width + self.gap(each)) for each in later)
                column_cuts = self._cuts_of(column, rows, room)
                cuts[column.key] = column_cuts.by_text
                taken = gap + column_cuts.width
            left -= max(taken, self.heading(column).cell_len)
        return cuts

    def _cuts_of(self, column: Column, rows: Mapping[str, Row], room: int) -> _Cuts:
        """The cut texts of a column; worked out again for other texts or another width."""
        texts = [row.cells[column.key].plain for row in rows.values() if column.key in row.cells]
        known = self._cuts.get(column.key)
        if known is None or known.room != room or known.texts != texts:
            id_width = max((cell_len(shorten_ids(text)) for text in texts), default=0)
            width = max(MIN_FLEXIBLE_WIDTH, min(room, id_width))
            known = self._cuts[column.key] = _Cuts(texts, room, width, column.cuts(texts, width))
        return known

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
