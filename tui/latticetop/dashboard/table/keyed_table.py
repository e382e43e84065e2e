"""A DataTable whose rows are shown by key: a refresh changes the cells that differ, and the cursor stays on its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.coordinate import Coordinate
from textual.geometry import Size
from textual.message import Message
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey

from latticetop.config.actions import Place
from latticetop.dashboard.find.filtering import Filtering
from latticetop.dashboard.find.searchable import row_subject
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.table.column_layout import MARK_WIDTH, Room
from latticetop.dashboard.table.marked_rows import CURRENT, LINKED, SignedTable
from latticetop.dashboard.table.rows import Column, Made, Row, differs
from latticetop.dashboard.table.sort_order import Order, by, following, in_order, parse_order
from latticetop.dashboard.text.summaries import Extent, said_extent
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.query import Subject, matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual import events
    from textual.binding import BindingType

    from latticetop.dashboard.table.rows import Column, Row


MOST_REMOVED = 32
"""Taking rows out one by one costs a pass over all of them; above so many the table is filled anew."""


class KeyedTable(Filtering, SignedTable):
    """A table of keyed rows in a given order. The first column, `mark`, shows the cursor and what is linked to it."""

    COLUMNS: ClassVar[Sequence[Column]] = ()
    OWN: ClassVar[str] = ""
    """The column by which its rows come sorted, by its key; empty for none."""
    NAME: ClassVar[str] = ""
    """What the settings call it, in `latticetop.config.columns`."""
    NOUN: ClassVar[str] = "row"
    """What a row is."""
    EXTENT: ClassVar[Extent] = Extent.SCREEN
    """Of what it shows the rows."""
    KEYS: ClassVar[Sequence[str]] = ()
    """What may be asked for in a filter, where it is not the columns."""
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.TABLE)

    class Sorted(Message):
        """Another order is asked for."""

    class Resized(Message):
        """The table has another size, so its cells may be cut differently."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", cell_padding=0, cursor_foreground_priority="renderable")
        self.made = Made()
        self._room = Room(self.sign_of)
        self._asked_order: Order | None = None
        self._rows: dict[str, Row] = {}
        """The rows as they are shown, with one column cut."""
        self._order: list[str] = []
        self._linked: frozenset[str] = frozenset()
        self._several = False
        self._offered: Sequence[Row] = ()
        """The rows with those that the filter hides."""
        self.subject_of: Callable[[Row], Subject] = lambda row: row_subject(row.key, row.cells)
        """What a row is for the filter."""

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        return self.key_at(self.cursor_row)

    def key_at(self, row: int) -> str | None:
        """The key of a row; None where there is none."""
        return self._order[row] if 0 <= row < len(self._order) else None

    @property
    def keys(self) -> Sequence[str]:
        """The keys of all rows in the order shown."""
        return tuple(self._order)

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows, sorted by what is asked for; of each key the last. The cursor stays on its row.

        Cells that are as they were are left alone.
        """
        given = {row.key: row for row in self.sorted_rows(self._sifted(rows))}
        wanted = self._room.fitted(given, self.size.width)
        order = list(wanted)
        if order == self._order and all(self._rows[key] is row for key, row in wanted.items()):
            return
        gone = [key for key in self._rows if key not in wanted]
        current, depth = self._survivor(wanted), self.cursor_row - self.scroll_offset.y
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            if len(gone) > MOST_REMOVED:
                self._empty()
            else:
                for key in gone:
                    self.remove_row(key)
            for row in wanted.values():
                self._put(row)
            self._rows = wanted
            self._measure()
            self._reorder(order)
            if current is not None:
                self._cursor_to(current, depth)
        self._mark()

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that may be asked for: by default, the columns."""
        return self.KEYS or [column.key for column in self.COLUMNS]

    def look(self) -> None:
        """Show what the filter asks for."""
        self.show(self._offered)

    def action_next_match(self, step: int) -> None:
        """Go to the next row, or the one before; after the last comes the first."""
        if self._order:
            self.move_cursor(row=(self.cursor_row + step) % len(self._order))

    def reveal(self, key: str) -> bool:
        """Put the cursor on a row, and filter no longer where the filter hides it; False when there is none."""
        if key not in self._rows and any(row.key == key for row in self._offered):
            self.action_clear_filter()
        return self.go_to(key)

    def _sifted(self, rows: Sequence[Row]) -> Sequence[Row]:
        self._offered = found = rows
        if self.asked.terms:
            self.look_within()
            found = [row for row in rows if matches(self.asked, self.subject_of(row))]
        extent = said_extent(self.EXTENT, self.lattice.watched, self.lattice.at)
        self.narrate(len(found), len(rows), self.NOUN, extent)
        return found

    def _survivor(self, wanted: Mapping[str, Row]) -> str | None:
        """The key under the cursor, or the nearest one after it that stays, or else before it."""
        at = max(0, self.cursor_row)
        nearest = [*self._order[at:], *self._order[:at][::-1]]
        return next((key for key in nearest if key in wanted), next(iter(wanted), None))

    def _measure(self) -> None:
        """Set the widths of the columns; DataTable does so later, and by then may have painted lines that it keeps.

        It would also measure every new cell, which takes half the time of a row, and whole columns for every change.
        """
        for column in self._room.shown:
            self.columns[ColumnKey(column.key)].width = self._room.needed(column, self._rows.values())
        width = sum(column.get_render_width(self) for column in self.columns.values())
        self.virtual_size = Size(width, self.virtual_size.height)
        # Private to Textual: without it the widths are the same, and showing rows takes longer.
        getattr(self, "_new_rows", set()).clear()

    def _empty(self) -> None:
        self.clear()
        self._rows, self._order, self.signs = {}, [], {}

    def go_to(self, key: str) -> bool:
        """Put the cursor on a row and scroll to it; False when there is none of that key."""
        if key not in self._rows:
            return False
        if key != self.current:
            self.move_cursor(row=self._order.index(key))
        return True

    def go_to_first(self, keys: Iterable[str]) -> None:
        """Put the cursor on the first of these rows that is there, without telling anybody."""
        with self.prevent(DataTable.RowHighlighted):
            found = any(self.go_to(key) for key in keys)
        if found:
            self._mark()

    def link(self, keys: frozenset[str]) -> None:
        """Light up the rows that the other table's cursor points at."""
        if keys != self._linked:
            self._linked = keys
            self._mark()

    def tell_scopes(self, several: bool) -> None:
        """Show the columns that tell scopes apart, or do without them."""
        if several != self._several:
            self._several = several
            self.fit(self.size.width)

    def fit(self, width: int) -> None:
        """Show the columns that a table of this width has room for."""
        chosen = host_of(self).preferences.columns.get(self.NAME)
        if not self._room.choose(self._wanted, width, chosen):
            return
        rows, current, depth = self._offered, self.current, self.cursor_row - self.scroll_offset.y
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self.add_column(" ", key="mark", width=MARK_WIDTH)
            for column in self._room.shown:
                self.add_column(self._room.head(column), key=column.key, width=self._room.needed(column, ()))
            self._rows, self._order, self.signs = {}, [], {}
            self.show(rows)
            if current is not None:
                self._cursor_to(current, depth)
        self.tell_order(self._room.shown)

    @property
    def _wanted(self) -> Sequence[Column]:
        """The columns there are with so many scopes."""
        return [column for column in self.COLUMNS if self._several or not column.of_scopes]

    @property
    def sortable(self) -> Sequence[Column]:
        """The columns to sort by, those also that there is no room for."""
        return [column for column in self._wanted if column.sorts]

    def sort_by(self, order: Order | None) -> None:
        """Sort otherwise; None is the order in which the rows come."""
        before = list(self._order)
        self._asked_order = None if order == self.own_order else order
        self.look()
        for column in self._room.shown:
            self.columns[ColumnKey(column.key)].label = self._room.head(column)
        if before == self._order:
            self._measure()
            self._arrange()
        self.tell_order(self._room.shown)

    def on_mount(self) -> None:
        """Begin with the columns that are always there, and the filter and the order there were."""
        self.fit(0)
        self.recall()
        self.recall_order()

    def on_resize(self, event: events.Resize) -> None:
        """Columns come and go with the width."""
        self.fit(event.size.width)
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        """Open the row under the cursor, or where a click is to open, any; DataTable asks for the same cell twice."""
        row = event.style.meta.get("row", -1)
        if row >= 0 and (row == self.cursor_row or host_of(self).preferences.click_opens):
            self.cursor_coordinate = Coordinate(row, event.style.meta.get("column", 0))

    def on_data_table_row_highlighted(self) -> None:
        """Move the mark with the cursor."""
        self._mark()

    def _put(self, row: Row) -> None:
        old = self._rows.get(row.key)
        if old is None:
            self.add_row(
                Rank(),
                *(self._room.cell(row, column) for column in self._room.shown),
                key=row.key,
            )
            self._order.append(row.key)
            return
        if old is row:
            return
        for column in self._room.shown:
            if differs(old.cells.get(column.key), row.cells.get(column.key)):
                self.update_cell(row.key, column.key, self._room.cell(row, column))

    def _reorder(self, keys: list[str]) -> None:
        self._order = [key for key in self._order if key in self._rows]
        if self._order != keys:
            self._order = keys
            self._arrange()

    def _arrange(self) -> None:
        """Put the rows into their order, and paint all lines anew."""
        for place, key in enumerate(self._order):
            rank = self.get_cell(key, "mark")
            assert isinstance(rank, Rank)
            rank.place = place
        self.sort("mark", key=lambda rank: rank.place)

    def _cursor_to(self, key: str, depth: int) -> None:
        """Put the cursor on a row, and that row as many lines below the top of the table as `depth` says."""
        row = self._order.index(key)
        if row != self.cursor_row:
            self.cursor_coordinate = Coordinate(row, 0)
        if row - depth != self.scroll_offset.y:
            self.virtual_size = Size(self.virtual_size.width, len(self._order) + self.header_height)
            self.scroll_to(y=row - depth, animate=False, immediate=True)

    def _mark(self) -> None:
        """Draw the signs of the row under the cursor and of those that are linked."""
        signs = dict.fromkeys(self._linked & self._rows.keys(), LINKED)
        if self.current is not None:
            signs[self.current] = CURRENT
        self.show_signs(signs)

    @property
    def own_order(self) -> Order | None:
        """The order in which the rows come, where it is a column's."""
        return next((by(column) for column in self.COLUMNS if column.key == self.OWN), None)

    @property
    def order(self) -> Order | None:
        """By what the rows are sorted."""
        return self._asked_order or self.own_order

    def sign_of(self, column: Column) -> str:
        """The direction of a column that sorts, else nothing."""
        return self.order.sign if self.order and self.order.column == column.key else ""

    def recall_order(self) -> None:
        """Sort as before the start."""
        if (text := self.lattice.memory.order(self.NAME)) and (order := parse_order(text, self.COLUMNS)):
            self.sort_by(order)

    def sorted_rows(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows in the order asked for."""
        return in_order(rows, self._asked_order) if self._asked_order else rows

    def tell_order(self, shown: Iterable[Column]) -> None:
        """Say in the title by what is sorted where the head that would tell is not shown."""
        order = self._asked_order
        hidden = order is not None and all(column.key != order.column for column in shown)
        label = next((c.label for c in self.COLUMNS if order and c.key == order.column), "")
        for pane in self.ancestors:
            if isinstance(pane, Pane):
                pane.set_order(f"by {label} {order.sign}" if order and hidden else "")

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._ask(following(self.order, self.sortable, self.own_order))

    def action_turn(self) -> None:
        """Turn the order round."""
        if self.order:
            self._ask(self.order.turned)

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column whose head was clicked; by the one that sorts, the other way round."""
        column = next((each for each in self.sortable if each.key == event.column_key.value), None)
        if column is not None:
            self._ask(self.order.turned if self.order and self.order.column == column.key else by(column))

    def _ask(self, order: Order | None) -> None:
        self.sort_by(order)
        self.lattice.remember(order=(self.NAME, str(self._asked_order or "")))
        self.post_message(self.Sorted())


class Rank(Text):
    """The cell of the first column: nothing to be seen, and the row's place in the order."""

    place = 0
