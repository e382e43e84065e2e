"""The grid of a subnet's blocks, drawn line by line: cards for a few blocks, a heatmap for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from latticetop.config.actions import KeyContext
from latticetop.dashboard.find.filtering import Filterable
from latticetop.dashboard.find.searchable import BLOCK_KEYS, find_blocks
from latticetop.dashboard.grid.cards import MAX_CARDS, Cards
from latticetop.dashboard.grid.grid_state import NO_BLOCKS
from latticetop.dashboard.grid.heatmap import Heatmap
from latticetop.dashboard.keys.bindings import bindings_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

    from latticetop.dashboard.grid.grid_state import GridState

MIN_CARD_LINES = 3


class BlockGrid(Filterable, ScrollView, can_focus=True):
    """Shows a GridState. The cursor moves over blocks; Enter, or a click on the block at the cursor, selects it.

    With `click_opens` a click on any block selects it.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.GRID)

    class BlockHighlighted(Message):
        """The cursor moved to a block."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class BlockSelected(Message):
        """A block is to be opened."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, click_opens: bool, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._click_opens = click_opens
        self._grid_state: GridState | None = None
        self._view: Cards | Heatmap | None = None
        self._width = 0
        self._available_lines = 0

    @property
    def cursor(self) -> int:
        """The index of the block under the cursor."""
        return self._grid_state.cursor if self._grid_state else 0

    def show(self, state: GridState) -> None:
        """Show a state. If only some blocks differ from what is shown, only those are drawn again."""
        before, self._grid_state = self._grid_state, state
        state.cursor = max(0, min(state.cursor, len(state.blocks) - 1))
        state.focused = self.has_focus
        if before is None or before.blocks is not state.blocks:
            self._find_matches()
        else:
            state.matches = before.matches
        if before is None or self._view is None or before.blocks.cidr != state.blocks.cidr:
            self._choose_view()
            return
        self._view.state = state
        if before.palette is not state.palette or before.found != state.found:
            self.refresh()
        else:
            for index in self._view.changed_from(before.blocks) | state.marks_differ_from(before):
                self._refresh_block(index)
        if before.cursor != state.cursor:
            self._scroll_to_block(state.cursor)

    def set_available_lines(self, lines: int) -> None:
        """Set how many lines there are for the grid; if cards need more, there is a heatmap instead."""
        self._available_lines = lines
        self._choose_view()

    def _choose_view(self) -> None:
        if self._grid_state is None:
            return
        self._view = self._fitting_view(self._grid_state)
        self.set_class(isinstance(self._view, Heatmap), "-heat")
        self.virtual_size = self._view.size
        self.styles.height = max(1, min(self._view.size.height, self._available_lines or self._view.size.height))
        self.refresh()
        self.call_after_refresh(self._scroll_to_cursor)

    def _fitting_view(self, state: GridState) -> Cards | Heatmap:
        width = self.container_size.width or self.size.width
        if len(state.blocks) <= MAX_CARDS:
            for gap in (1, 0):
                cards = Cards(state, width, gap)
                if cards.size.height <= max(self._available_lines, MIN_CARD_LINES) and cards.size.width <= width:
                    return cards
        return Heatmap(state, width)

    def render_line(self, y: int) -> Strip:
        """Draw a visible line."""
        if self._view is None:
            return Strip.blank(self.size.width, self.rich_style)
        line = y if y < self._view.fixed_lines else y + self.scroll_offset.y
        strip = self._view.line(line).apply_style(self.rich_style)
        return strip.extend_cell_length(self.size.width, self.rich_style).crop(0, self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines of the whole grid."""
        return self._view.size.height if self._view else 1

    def _refresh_block(self, index: int) -> None:
        assert self._view is not None
        region = self._view.region(index).translate((0, -self.scroll_offset.y))
        row = Region(0, region.y, max(self.size.width, 1), region.height)
        # A heatmap highlights the label of the cursor's row too.
        self.refresh(row if isinstance(self._view, Heatmap) else region)

    def go_to(self, index: int) -> None:
        """Put the cursor on a block and scroll to it; nothing if there is no such block."""
        state = self._grid_state
        if state is None or self._view is None or not 0 <= index < len(state.blocks):
            return
        before, state.cursor = state.cursor, index
        if before != index:
            self._refresh_block(before)
            self._refresh_block(index)
            self.post_message(self.BlockHighlighted(index))
        self._scroll_to_block(index)

    def _scroll_to_cursor(self) -> None:
        if self._grid_state and len(self._grid_state.blocks):
            self._scroll_to_block(self._grid_state.cursor)

    def _scroll_to_block(self, index: int) -> None:
        assert self._view is not None
        region = self._view.region(index)
        top = region.y - self._view.fixed_lines
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif region.bottom > self.scroll_offset.y + self.size.height:
            self.scroll_to(y=region.bottom - self.size.height, animate=False)

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that a query may have."""
        return BLOCK_KEYS

    def apply_query(self) -> None:
        """Mark every matching block, and go to the first one."""
        self._find_matches()
        self.refresh()
        if self._grid_state and self._grid_state.matches:
            self.go_to(min(self._grid_state.matches))

    def _find_matches(self) -> None:
        state = self._grid_state
        if state is not None:
            searching = bool(self.filter_query.terms)
            state.matches = frozenset(find_blocks(state.blocks, self.filter_query)) if searching else NO_BLOCKS
            self.show_match_count(len(state.matches), len(state.blocks))

    def action_next_match(self, step: int) -> None:
        """Go to the next block found, or with -1 to the previous one; the first follows the last."""
        found, forward = sorted(self._grid_state.found if self._grid_state else ()), step > 0
        ahead = [index for index in found if (index > self.cursor if forward else index < self.cursor)]
        if found:
            self.go_to((ahead or found)[0 if forward else -1])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable going to the next match where blocks are found, also without a query."""
        if action == "next_match" and self._grid_state and self._grid_state.found:
            return True
        return super().check_action(action, parameters)

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor by columns and rows."""
        if self._view is not None:
            self.go_to(self.cursor + self._view.step(columns, rows))

    def action_page(self, direction: int) -> None:
        """Move the cursor by a page, or to the first or last row."""
        self._move_rows(direction * (self._rows_on_screen - 1))

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half a page, or to the first or last row."""
        self._move_rows(direction * max(1, self._rows_on_screen // 2))

    @property
    def _rows_on_screen(self) -> int:
        """The rows of blocks that are on screen; two if it has fewer."""
        if self._view is None:
            return 2
        return max(2, (self.size.height - self._view.fixed_lines) // self._view.region(0).height)

    def _move_rows(self, rows: int) -> None:
        if self._grid_state is None or self._view is None:
            return
        per_row = self._view.step(0, 1)
        above, below = self.cursor // per_row, (len(self._grid_state.blocks) - 1 - self.cursor) // per_row
        self.go_to(self.cursor + per_row * max(-above, min(below, rows)))

    def action_edge(self, last: bool) -> None:
        """Move the cursor to the first or the last block."""
        if self._grid_state:
            self.go_to(len(self._grid_state.blocks) - 1 if last else 0)

    def action_select(self) -> None:
        """Open the block under the cursor."""
        if self._grid_state and len(self._grid_state.blocks):
            self.post_message(self.BlockSelected(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a block; open the block under the cursor, or any block with `click_opens`."""
        if self._view is None:
            return
        line = event.y if event.y < self._view.fixed_lines else event.y + self.scroll_offset.y
        index = self._view.index_at(event.x + self.scroll_offset.x, line)
        if index is None:
            return
        opens = index == self.cursor or self._click_opens
        self.go_to(index)
        if opens:
            self.action_select()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the blocks for the width; keep the cursor visible."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._choose_view()
        self.call_after_refresh(self._scroll_to_cursor)

    def on_focus(self) -> None:
        """Draw the cursor with the focus."""
        self._set_focused(True)

    def on_blur(self) -> None:
        """Draw the cursor without the focus."""
        self._set_focused(False)

    def _set_focused(self, focused: bool) -> None:
        if self._grid_state:
            self._grid_state.focused = focused
            self._refresh_block(self._grid_state.cursor)
