"""A table with a mark before rows: the row under the cursor, and rows linked to what another pane shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import DataTable

from latticetop.dashboard.table.column_layout import MARK_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CELL_LINES = 4_000
"""Cells whose lines are kept: those of some ten screens."""
CURSOR_MARK, LINKED_MARK = "▌ ", "· "


class MarkedRowsTable(DataTable[Text]):
    """Draws the marks over its first column: as cells, each change of a mark would have all cells drawn again."""

    row_marks: Mapping[str, str] = {}
    """The mark of each marked row, by its key."""
    _mark_style = Style()

    def __init__(self, **options: Any) -> None:
        self._cell_lines: dict[tuple[object, ...], tuple[Text, list[list[Segment]]]] = {}
        """The cells as they were drawn last and their lines, by place and look."""
        self._style_updates = 0
        self._refreshes_rows = False
        super().__init__(**options)

    def _render_cell(
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,
        hover: bool = False,
    ) -> list[list[Segment]]:
        # Private to Textual, which draws every cell of a line again when one is another, as an age, and all cells when
        # the focus comes or goes, though only what is under the cursor then looks otherwise.
        if row_index < 0 or column_index < 0:
            return super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        cell = self.get_cell_at(Coordinate(row_index, column_index))
        key: tuple[object, ...] = (row_index, column_index, base_style, width)
        if cursor or hover:
            key += (cursor, hover, self._show_hover_cursor, self._pseudo_class_state, self._style_updates)
        kept = self._cell_lines.get(key)
        if kept is not None and kept[0] is cell:
            return kept[1]
        lines = super()._render_cell(row_index, column_index, base_style, width, cursor, hover)
        if len(self._cell_lines) >= MAX_CELL_LINES:
            self._cell_lines.clear()
        self._cell_lines[key] = cell, lines
        return lines

    def _clear_caches(self) -> None:
        super()._clear_caches()
        self._cell_lines.clear()

    def key_at(self, index: int) -> str | None:
        """The key of a row by its index; None if there is no such row."""
        raise NotImplementedError

    def update_cells(self, key: str, cells: Mapping[str, Text]) -> None:
        """Replace cells of a row, by the keys of their columns.

        Only this row is painted again, where DataTable paints all: many are left as they are when ages are drawn.
        """
        self._refreshes_rows = True
        try:
            for column, cell in cells.items():
                self.update_cell(key, column, cell)
        finally:
            self._refreshes_rows = False
        self._refresh_line(self.get_row_index(key))

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Paint again, as every widget, unless the cells of a row are being replaced."""
        if self._refreshes_rows:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _refresh_line(self, row_index: int) -> None:
        """Paint the line of a row again, if it is in sight; every row has one line."""
        line = self.header_height + row_index - self.scroll_offset.y
        if self.header_height <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def show_row_marks(self, marks: Mapping[str, str]) -> None:
        """Show these marks and no others."""
        before, self.row_marks = self.row_marks, marks
        for key in marks.keys() | before.keys():
            if key in self.rows and marks.get(key) != before.get(key):
                self._refresh_line(self.get_row_index(key))

    def render_line(self, y: int) -> Strip:
        """Render a line with the mark of its row."""
        strip, line = super().render_line(y), y - self.header_height
        key = self.key_at(line + self.scroll_offset.y) if line >= 0 else None
        mark = self.row_marks.get(key or "")
        if mark is None or not strip:
            return strip
        style = (next(iter(strip)).style or Style()) + self._mark_style
        return Strip.join([Strip([Segment(mark, style)], MARK_WIDTH), strip.crop(MARK_WIDTH)])

    def notify_style_update(self) -> None:
        """Take the mark's colour from the theme. In the terminal's own colours, reverse the whole cursor row."""
        ansi = self.app.current_theme.ansi
        self.cursor_foreground_priority = "css" if ansi and self.has_focus else "renderable"
        # Textual parses `ansi_…`, which Rich does not.
        self._mark_style = Style.from_color(Color.parse(self.app.theme_variables["lt-focus"]).rich_color)
        self._style_updates += 1
        super().notify_style_update()
