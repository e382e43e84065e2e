"""A DataTable whose rows are shown by key: a refresh changes the cells that differ, and the cursor stays on its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import BindingType
from textual.color import Color
from textual.coordinate import Coordinate
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey

from latticetop.actions import Place
from latticetop.dashboard.bindings import bindings_at
from latticetop.dashboard.sentences import Extent, said_extent
from latticetop.dashboard.subjects import row_subject
from latticetop.dashboard.widgets.filtering import Filtering
from latticetop.dashboard.widgets.rows import Column, Made, Row, differs, with_cut
from latticetop.model.query import Subject, matches
from latticetop.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual import events

    from latticetop.dashboard.app import LatticetopApp

NARROW = 44
"""Tables of fewer columns get narrower gaps."""
MARK_WIDTH, SCROLLBAR = 2, 1
LEAST = 6
"""Columns that a flexible column keeps, however little the others leave."""
MOST_REMOVED = 32
"""Taking rows out one by one costs a pass over all of them; above so many the table is filled anew."""


class KeyedTable(Filtering, DataTable[Text]):
    """A table of keyed rows in a given order. The first column, `mark`, shows the cursor and what is linked to it."""

    COLUMNS: ClassVar[Sequence[Column]] = ()
    NAME: ClassVar[str] = ""
    """What the settings call it, in `latticetop.columns`."""
    NOUN: ClassVar[str] = "row"
    """What a row is."""
    EXTENT: ClassVar[Extent] = Extent.SCREEN
    """Of what it shows the rows."""
    KEYS: ClassVar[Sequence[str]] = ()
    """What may be asked for in a filter, where it is not the columns."""
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.TABLE)

    class Resized(Message):
        """The table has another size, so its cells may be cut differently."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", cell_padding=0, cursor_foreground_priority="renderable")
        self.made = Made()
        self._given: dict[str, Row] = {}
        self._rows: dict[str, Row] = {}
        """The rows as they are shown, with one column cut."""
        self._room = 0
        self._order: list[str] = []
        self._linked: frozenset[str] = frozenset()
        self._signed: dict[str, str] = {}
        self._sign_style = Style()
        self._shown: list[Column] = []
        self._several = False
        self._narrow = True
        self._offered: Sequence[Row] = ()
        """The rows with those that the filter hides."""
        self.subject_of: Callable[[Row], Subject] = lambda row: row_subject(row.key, row.cells)
        """What a row is for the filter."""

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        row = self.cursor_row
        return self._order[row] if 0 <= row < len(self._order) else None

    @property
    def keys(self) -> Sequence[str]:
        """The keys of all rows in the order shown."""
        return tuple(self._order)

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows in this order, of each key the last; unchanged cells are left alone, the cursor stays."""
        given = {row.key: row for row in self._sifted(rows)}
        wanted, self._given = self._fitted(given), given
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

    def _fitted(self, given: dict[str, Row]) -> dict[str, Row]:
        """The rows with the flexible column cut to what the others leave; those that were cut before stay."""
        flexible = next((column for column in self._shown if column.flexible), None)
        if flexible is None or not self.size.width:
            return given
        fixed = sum(self._needed(column, given.values()) for column in self._shown if column is not flexible)
        room = max(LEAST, self.size.width - MARK_WIDTH - SCROLLBAR - fixed - self._gap(flexible))
        same, self._room = room == self._room, room
        return {
            key: self._rows[key]
            if same and key in self._rows and self._given.get(key) is row
            else with_cut(row, flexible, room)
            for key, row in given.items()
        }

    def _measure(self) -> None:
        """Set the widths of the columns; DataTable does so later, and by then may have painted lines that it keeps.

        To find out that a column is narrower, it measures the whole column for every cell that is.
        """
        for column in self._shown:
            self.columns[ColumnKey(column.key)].content_width = self._needed(column, self._rows.values())
        width = sum(column.get_render_width(self) for column in self.columns.values())
        self.virtual_size = Size(width, self.virtual_size.height)
        # DataTable would measure every new cell again: half of what it costs to show a row.
        self._new_rows.clear()

    def _needed(self, column: Column, rows: Iterable[Row]) -> int:
        widths = (row.widths.get(column.key, 0) for row in rows)
        return self._gap(column) + max(len(column.label), max(widths, default=0))

    def _gap(self, column: Column) -> int:
        return min(column.gap, 1) if self._narrow else column.gap

    def _empty(self) -> None:
        self.clear()
        self._rows, self._order, self._signed = {}, [], {}

    def go_to(self, key: str) -> bool:
        """Put the cursor on a row and scroll to it; False when there is none of that key."""
        if key not in self._rows:
            return False
        if key != self.current:
            self.move_cursor(row=self._order.index(key))
        return True

    def go_to_first(self) -> None:
        """Put the cursor on the first row, without telling anybody."""
        if self._order and self.current != self._order[0]:
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=0)
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
        self._narrow = width < NARROW
        wanted = (column for column in self.COLUMNS if self._several or not column.of_scopes)
        chosen = cast("LatticetopApp", self.app).preferences.columns.get(self.NAME)
        if chosen is None:
            shown = [column for column in wanted if column.from_width <= width]
        else:
            shown = [column for column in wanted if column is self.COLUMNS[0] or column.key in chosen]
        shown = [column.at(width) for column in shown]
        if shown == self._shown:
            return
        self._shown = shown
        rows, current, depth = self._offered, self.current, self.cursor_row - self.scroll_offset.y
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self.add_column(" ", key="mark", width=MARK_WIDTH)
            for column in shown:
                self.add_column(self._spaced(Text(column.label), column), key=column.key)
            self._rows, self._order, self._signed = {}, [], {}
            self.show(rows)
            if current is not None:
                self._cursor_to(current, depth)

    def notify_style_update(self) -> None:
        """In the terminal's own colours the row of the cursor is reversed as a whole where the focus is."""
        ansi = self.app.current_theme.ansi
        self.cursor_foreground_priority = "css" if ansi and self.has_focus else "renderable"
        # Textual parses `ansi_…`, which Rich does not.
        self._sign_style = Style.from_color(Color.parse(self.app.theme_variables["lt-focus"]).rich_color)
        super().notify_style_update()

    def on_mount(self) -> None:
        """Begin with the columns that are always there, and the filter there was."""
        self.fit(0)
        self.recall()

    def on_resize(self, event: events.Resize) -> None:
        """Columns come and go with the width."""
        self.fit(event.size.width)
        self.post_message(self.Resized())

    def on_click(self, event: events.Click) -> None:
        """Open the row under the cursor, or where a click is to open, any; DataTable asks for the same cell twice."""
        row = event.style.meta.get("row", -1)
        if row >= 0 and (row == self.cursor_row or cast("LatticetopApp", self.app).preferences.click_opens):
            self.cursor_coordinate = Coordinate(row, event.style.meta.get("column", 0))

    def on_data_table_row_highlighted(self) -> None:
        """Move the mark with the cursor."""
        self._mark()

    def _put(self, row: Row) -> None:
        old = self._rows.get(row.key)
        if old is None:
            self.add_row(
                Mark(NOTHING),
                *(self._cell(row, column) for column in self._shown),
                key=row.key,
            )
            self._order.append(row.key)
            return
        if old is row:
            return
        for column in self._shown:
            if differs(old.cells.get(column.key), row.cells.get(column.key)):
                self.update_cell(row.key, column.key, self._cell(row, column))

    def _spaced(self, text: Text, column: Column) -> Text:
        """The text of a cell or a head after its gap, which is one column in a narrow table."""
        spaced = Text(" " * self._gap(column), no_wrap=True)
        spaced.justify = "right" if column.right else "left"
        return spaced.append_text(text)

    def _cell(self, row: Row, column: Column) -> Text:
        text = row.cells.get(column.key, Text())
        safe = clean(text.plain)
        return self._spaced(text if safe == text.plain else Text(safe, text.style), column)

    def _reorder(self, keys: list[str]) -> None:
        self._order = [key for key in self._order if key in self._rows]
        if self._order != keys:
            for rank, key in enumerate(keys):
                self._mark_of(key).rank = rank
            self.sort("mark", key=lambda mark: mark.rank)
            self._order = keys

    def _cursor_to(self, key: str, depth: int) -> None:
        """Put the cursor on a row, and that row as many lines below the top of the table as `depth` says."""
        row = self._order.index(key)
        if row != self.cursor_row:
            self.cursor_coordinate = Coordinate(row, 0)
        if row - depth != self.scroll_offset.y:
            self.virtual_size = Size(self.virtual_size.width, len(self._order) + self.header_height)
            self.scroll_to(y=row - depth, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """A line of the table with the sign of its row, which is no cell: a cell that changes paints all of them."""
        strip, at = super().render_line(y), y - self.header_height
        row = at + self.scroll_offset.y
        sign = self._signed.get(self._order[row]) if at >= 0 and row < len(self._order) else None
        if sign is None or not strip:
            return strip
        style = (next(iter(strip)).style or Style()) + self._sign_style
        return Strip.join([Strip([Segment(sign, style)], MARK_WIDTH), strip.crop(MARK_WIDTH)])

    def _mark(self) -> None:
        """Draw the sign of the rows whose sign changed."""
        signs = dict.fromkeys(self._linked & self._rows.keys(), LINKED)
        if self.current is not None:
            signs[self.current] = CURRENT
        before, self._signed = self._signed, signs
        for key in signs.keys() | before.keys():
            if key in self._rows and signs.get(key) != before.get(key):
                self._mark_of(key).plain = signs.get(key, NOTHING)
                self.refresh_row(self.get_row_index(key))

    def _mark_of(self, key: str) -> Mark:
        mark = self.get_cell(key, "mark")
        assert isinstance(mark, Mark)
        return mark


CURRENT, LINKED, NOTHING = "▌ ", "· ", "  "


class Mark(Text):
    """The cell of the mark column: the row's sign, and its rank, which is the row's place in the order."""

    rank = 0
