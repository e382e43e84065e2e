"""A DataTable whose rows are shown by key: a refresh changes only cells that differ, and the cursor keeps its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.coordinate import Coordinate
from textual.geometry import Size
from textual.message import Message
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey

from latticetop.config.actions import KeyContext
from latticetop.dashboard.find.filtering import Filterable
from latticetop.dashboard.find.searchable import row_fields
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.navigation import FilterKept, SortOrderKept, SortOrderSelected
from latticetop.dashboard.table.column_layout import MARK_WIDTH, ColumnLayout
from latticetop.dashboard.table.marked_rows import CURSOR_MARK, LINKED_MARK, MarkedRowsTable
from latticetop.dashboard.table.rows import Column, Row, RowCache, cell_differs
from latticetop.dashboard.table.sort_order import SortOrder, initial_order, next_order, parse_sort_order, sort_rows
from latticetop.dashboard.text.format import cut
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.query import SearchFields, matches
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual import events
    from textual.binding import BindingType

    from latticetop.dashboard.table.table_settings import TableSettings

MAX_ROWS_REMOVED = 32
"""Removing a row costs a pass over all of them: if more are to be removed, the table is filled again."""

MAX_QUERY_WIDTH = 60
"""Columns of a query that is repeated because nothing matches it; what was pasted may be long."""


class KeyedTable(Filterable, MarkedRowsTable):
    """A table of keyed rows, with a filter and a sort order. Its first column shows the marks of rows."""

    SETTINGS_NAME: ClassVar[str] = ""
    """The table's name in `latticetop.config.columns`."""
    COLUMNS: ClassVar[Sequence[Column]] = ()
    """Their keys stand in `latticetop.config.columns` too, which may not import this package; a test compares them."""
    DEFAULT_SORT: ClassVar[str] = ""
    """The key of the column by which rows come sorted; empty if they do not."""
    ROW_NOUN: ClassVar[str] = "row"
    QUERY_KEYS: ClassVar[Sequence[str]] = ()
    """The keys of a query, if they are not those of the columns."""
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.TABLE)

    class TableResized(Message):
        """The table has another size, so its cells may be cut differently."""

    def __init__(self, settings: TableSettings, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", cell_padding=0, cursor_foreground_priority="renderable")
        self.extent = ""
        """What the rows are all of: ` of us-east-1 in account 123456789012`; empty if the title says it."""
        self._settings = settings
        self.row_cache = RowCache()
        self.search_fields_of: Callable[[Row], SearchFields] = lambda row: row_fields(row.key, row.cells)
        """The search fields of a row."""
        self._layout = ColumnLayout(self._order_arrow)
        self._chosen_order: SortOrder | None = None
        self._given_rows: Sequence[Row] = ()
        """All rows, those included that do not match the filter."""
        self._shown_rows: dict[str, Row] = {}
        """The rows as they are shown, with one column cut."""
        self._keys: list[str] = []
        """The keys of the rows in the order shown."""
        self._linked_keys: frozenset[str] = frozenset()
        self._shows_scopes = False
        self._used_columns: frozenset[str] = frozenset()

    @property
    def keys(self) -> Sequence[str]:
        """The keys of the rows in the order shown."""
        return tuple(self._keys)

    @property
    def shown_rows(self) -> Sequence[Row]:
        """The rows in the order shown."""
        return [self._shown_rows[key] for key in self._keys]

    @property
    def current(self) -> str | None:
        """The key of the row under the cursor."""
        return self.key_at(self.cursor_row)

    @property
    def current_row(self) -> Row | None:
        """The row under the cursor."""
        return self._shown_rows.get(self.current or "")

    def key_at(self, index: int) -> str | None:
        """The key of a row by its index; None if there is no such row."""
        return self._keys[index] if 0 <= index < len(self._keys) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows as filter and sort order have them, of each key the last; the cursor keeps its row.

        Only cells that differ are drawn. The same row object again costs nothing.
        """
        self._given_rows = rows
        self._show_used_columns(rows)
        matching = self._matching(rows)
        ordered = sort_rows(matching, self._chosen_order) if self._chosen_order else matching
        shown = self._layout.cut_rows({row.key: row for row in ordered}, self.size.width)
        keys = list(shown)
        if keys == self._keys and all(self._shown_rows[key] is row for key, row in shown.items()):
            return
        removed = [key for key in self._shown_rows if key not in shown]
        current, depth = self._surviving_key(shown), self._cursor_depth
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            if len(removed) > MAX_ROWS_REMOVED:
                self._remove_all_rows()
            else:
                for key in removed:
                    self.remove_row(key)
            for row in shown.values():
                self._put_row(row)
            self._shown_rows = shown
            self._set_widths()
            self._set_order(keys)
            if current is not None:
                self._restore_cursor(current, depth)
        self._draw_marks()

    def _put_row(self, row: Row) -> None:
        old = self._shown_rows.get(row.key)
        if old is None:
            cells = (self._layout.cell(row, column) for column in self._layout.columns)
            self.add_row(PositionCell(), *cells, key=row.key)
            self._keys.append(row.key)
        elif old is not row:
            columns = [c for c in self._layout.columns if cell_differs(old.cells.get(c.key), row.cells.get(c.key))]
            if columns:
                self.update_cells(row.key, {column.key: self._layout.cell(row, column) for column in columns})

    def _remove_all_rows(self, columns: bool = False) -> None:
        self.clear(columns=columns)
        self._shown_rows, self._keys, self.row_marks = {}, [], {}

    def _set_order(self, keys: list[str]) -> None:
        self._keys = [key for key in self._keys if key in self._shown_rows]
        if self._keys != keys:
            self._keys = keys
            self._apply_order()

    def _apply_order(self) -> None:
        """Put the rows into the order of their keys, and draw all lines again."""
        for position, key in enumerate(self._keys):
            cell = self.get_cell(key, "mark")
            assert isinstance(cell, PositionCell)
            cell.position = position
        self.sort("mark", key=lambda cell: cell.position)

    def show_scope_columns(self, shown: bool) -> None:
        """Show or hide the columns that tell scopes apart."""
        if shown != self._shows_scopes:
            self._shows_scopes = shown
            self._fit_columns(self.size.width)

    def _show_used_columns(self, rows: Sequence[Row]) -> None:
        """Show the columns that are only shown if they are used, and that are."""
        columns = [column.key for column in self.COLUMNS if column.if_used]
        used = frozenset(key for key in columns if any(row.cells.get(key) for row in rows))
        if used != self._used_columns:
            self._used_columns = used
            self._fit_columns(self.size.width)

    def _fit_columns(self, width: int) -> None:
        """Show the columns that a table of a width has room for."""
        if not self._layout.set_columns(self._available_columns, width, self._settings.columns):
            return
        rows, current, depth = self._given_rows, self.current, self._cursor_depth
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            self._remove_all_rows(columns=True)
            self.add_column(Text(" "), key="mark", width=MARK_WIDTH)
            for column in self._layout.columns:
                self.add_column(self._layout.heading(column), key=column.key, width=self._layout.width_of(column, ()))
            self.show(rows)
            if current in self._shown_rows:
                self._restore_cursor(current, depth)
        self._show_order_in_title()

    @property
    def _available_columns(self) -> Sequence[Column]:
        return [
            column
            for column in self.COLUMNS
            if (self._shows_scopes or not column.of_scopes) and (column.key in self._used_columns or not column.if_used)
        ]

    def _set_widths(self) -> None:
        """Set the widths of the columns; DataTable does so later, and by then may have painted lines that it keeps.

        It would also measure every new cell, which takes half the time of a row, and whole columns for every change.
        """
        before = [column.width for column in self.columns.values()]
        for column in self._layout.columns:
            self.columns[ColumnKey(column.key)].width = self._layout.width_of(column, self._shown_rows.values())
        if before != [column.width for column in self.columns.values()]:
            self.refresh()
        width = sum(column.get_render_width(self) for column in self.columns.values())
        self.virtual_size = Size(width, self.virtual_size.height)
        # Private to Textual: without it, listing the subnets of 100,000 ENIs takes 1.2 times as long.
        getattr(self, "_new_rows", set()).clear()

    def go_to(self, key: str) -> bool:
        """Put the cursor on a row and scroll to it; False if the row is not shown."""
        if key not in self._shown_rows:
            return False
        if key != self.current:
            self.move_cursor(row=self._keys.index(key))
        return True

    def put_cursor_on_first(self, keys: Iterable[str]) -> None:
        """Put the cursor on the first of these rows that is shown, without a RowHighlighted message."""
        with self.prevent(DataTable.RowHighlighted):
            moved = any(self.go_to(key) for key in keys)
        if moved:
            self._draw_marks()

    def reveal(self, key: str) -> bool:
        """Put the cursor on a row, and remove the filter if it hides the row; False if there is no such row."""
        if key not in self._shown_rows and any(row.key == key for row in self._given_rows):
            self.action_clear_filter()
        return self.go_to(key)

    def link(self, keys: frozenset[str]) -> None:
        """Mark the rows that are linked to the cursor of another table."""
        if keys != self._linked_keys:
            self._linked_keys = keys
            self._draw_marks()

    def _draw_marks(self) -> None:
        marks = dict.fromkeys(self._linked_keys & self._shown_rows.keys(), LINKED_MARK)
        if self.current is not None:
            marks[self.current] = CURSOR_MARK
        self.show_row_marks(marks)

    @property
    def _cursor_depth(self) -> int:
        """The lines of the table above the cursor."""
        return self.cursor_row - self.scroll_offset.y

    def _surviving_key(self, rows: Mapping[str, Row]) -> str | None:
        """The key under the cursor if it is among `rows`, else the nearest one after it, else before it."""
        cursor = max(0, self.cursor_row)
        nearest = [*self._keys[cursor:], *self._keys[:cursor][::-1]]
        return next((key for key in nearest if key in rows), next(iter(rows), None))

    def _restore_cursor(self, key: str, depth: int) -> None:
        """Put the cursor on a row, and scroll so that as many lines as before are above it."""
        row = self._keys.index(key)
        if row != self.cursor_row:
            self.cursor_coordinate = Coordinate(row, 0)
        if row - depth != self.scroll_offset.y:
            self.virtual_size = Size(self.virtual_size.width, len(self._keys) + self.header_height)
            self.scroll_to(y=row - depth, animate=False, immediate=True)

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that a query may have: by default those of the columns."""
        return self.QUERY_KEYS or [column.key for column in self.COLUMNS]

    def apply_query(self) -> None:
        """Show the rows that match."""
        self.show(self._given_rows)

    def action_next_match(self, step: int) -> None:
        """Go to the next row, or with -1 to the previous one; the first follows the last."""
        if self._keys:
            self.move_cursor(row=(self.cursor_row + step) % len(self._keys))

    def _matching(self, rows: Sequence[Row]) -> Sequence[Row]:
        matching = rows
        if self.filter_query.terms:
            self.load_interface_texts()
            matching = [row for row in rows if matches(self.filter_query, self.search_fields_of(row))]
        self.show_match_count(len(matching), len(rows), "" if matching or not rows else self._no_match_text(len(rows)))
        return matching

    def _no_match_text(self, total: int) -> str:
        text = cut(self.filter_query.text.strip(), MAX_QUERY_WIDTH)
        searched = f"Searched: {counted(total, self.ROW_NOUN)}{self.extent}."
        return f'No {self.ROW_NOUN} matches "{text}"; {self._settings.clear_filter_key} shows all.\n{searched}'

    @property
    def default_order(self) -> SortOrder | None:
        """The order in which rows come; None if it is no column's."""
        return next((initial_order(column) for column in self.COLUMNS if column.key == self.DEFAULT_SORT), None)

    @property
    def order(self) -> SortOrder | None:
        """The order in force."""
        return self._chosen_order or self.default_order

    @property
    def sortable_columns(self) -> Sequence[Column]:
        """The columns to sort by, also those without room."""
        return [column for column in self._available_columns if column.sorts]

    def sort_by(self, order: SortOrder | None) -> None:
        """Sort the rows; None is the default order."""
        before = list(self._keys)
        self._chosen_order = None if order == self.default_order else order
        self.apply_query()
        for column in self._layout.columns:
            self.columns[ColumnKey(column.key)].label = self._layout.heading(column)
        if before == self._keys:
            self._set_widths()
            self._apply_order()
        self._show_order_in_title()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._choose_order(next_order(self.order, self.sortable_columns, self.default_order))

    def action_turn(self) -> None:
        """Sort in the other direction."""
        if self.order:
            self._choose_order(self.order.opposite)

    def action_reset_order(self) -> None:
        """Sort by default, and forget the saved order."""
        self._choose_order(None)
        self.post_message(SortOrderKept(self.SETTINGS_NAME, ""))

    def action_keep_order(self) -> None:
        """Save the filter and the order for the next start."""
        if self.SAVES_FILTER:
            self.post_message(FilterKept(self.SETTINGS_NAME, self.filter_text))
        self.post_message(SortOrderKept(self.SETTINGS_NAME, str(self._chosen_order or "")))

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half a page."""
        rows = max(1, (self.size.height - self.header_height) // 2)
        self.move_cursor(row=max(0, min(self.row_count - 1, self.cursor_row + direction * rows)))

    def _choose_order(self, order: SortOrder | None) -> None:
        self.sort_by(order)
        self.post_message(SortOrderSelected(self.SETTINGS_NAME, str(self._chosen_order or "")))

    def _order_arrow(self, column: Column) -> str:
        return self.order.arrow if self.order and self.order.column == column.key else ""

    def _show_order_in_title(self) -> None:
        """Show the order in the pane's title if the column that sorts is not shown."""
        order = self._chosen_order
        hidden = order is not None and all(column.key != order.column for column in self._layout.columns)
        label = next((c.label for c in self.COLUMNS if order and c.key == order.column), "")
        for pane in self.ancestors:
            if isinstance(pane, Pane):
                pane.set_order(f"by {label} {order.arrow}" if order and hidden else "")

    def on_mount(self) -> None:
        """Add the columns that are always shown; restore the filter and the sort order."""
        self._fit_columns(0)
        if self.SAVES_FILTER:
            self.filter_by(self._settings.filter_text)
        saved = parse_sort_order(self._settings.sort_order, self.COLUMNS)
        if saved is not None:
            self.sort_by(saved)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns to the width."""
        self._fit_columns(event.size.width)
        self.post_message(self.TableResized())

    def on_click(self, event: events.Click) -> None:
        """Open the row under the cursor, or any row if the settings say so; DataTable wants two clicks on a cell."""
        row = event.style.meta.get("row", -1)
        if row >= 0 and (row == self.cursor_row or self._settings.click_opens):
            self.cursor_coordinate = Coordinate(row, event.style.meta.get("column", 0))

    def on_data_table_row_highlighted(self) -> None:
        """Move the mark with the cursor."""
        self._draw_marks()

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column whose heading was clicked; in the other direction if it sorts already."""
        column = next((column for column in self.sortable_columns if column.key == event.column_key.value), None)
        if column is not None:
            is_current = self.order is not None and self.order.column == column.key
            self._choose_order(self.order.opposite if self.order and is_current else initial_order(column))


class PositionCell(Text):
    """A cell of the first column: no text, and the position of its row in the order."""

    position = 0
