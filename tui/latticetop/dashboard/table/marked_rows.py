"""A table whose rows have a sign before them: what is under the cursor, what is linked to something elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.color import Color
from textual.strip import Strip
from textual.widgets import DataTable

from latticetop.dashboard.table.column_layout import MARK_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping

CURRENT, LINKED = "▌ ", "· "


class SignedTable(DataTable[Text]):
    """Draws the signs over its first column; as cells they would have all cells painted whenever one changes."""

    signs: Mapping[str, str] = {}
    """The signs by the keys of their rows."""
    _sign_style = Style()

    def key_at(self, row: int) -> str | None:
        """The key of a row; None where there is none."""
        raise NotImplementedError

    def show_signs(self, signs: Mapping[str, str]) -> None:
        """Draw these signs, and no others."""
        before, self.signs = self.signs, signs
        for key in signs.keys() | before.keys():
            if key in self.rows and signs.get(key) != before.get(key):
                self.refresh_row(self.get_row_index(key))

    def render_line(self, y: int) -> Strip:
        """A line of the table with the sign of its row."""
        strip, at = super().render_line(y), y - self.header_height
        key = self.key_at(at + self.scroll_offset.y) if at >= 0 else None
        sign = self.signs.get(key or "")
        if sign is None or not strip:
            return strip
        style = (next(iter(strip)).style or Style()) + self._sign_style
        return Strip.join([Strip([Segment(sign, style)], MARK_WIDTH), strip.crop(MARK_WIDTH)])

    def notify_style_update(self) -> None:
        """In the terminal's own colours the row of the cursor is reversed as a whole where the focus is."""
        ansi = self.app.current_theme.ansi
        self.cursor_foreground_priority = "css" if ansi and self.has_focus else "renderable"
        # Textual parses `ansi_…`, which Rich does not.
        self._sign_style = Style.from_color(Color.parse(self.app.theme_variables["lt-focus"]).rich_color)
        super().notify_style_update()
