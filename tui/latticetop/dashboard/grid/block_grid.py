"""The grid of a subnet's blocks, painted line by line: cards for a few blocks, a heat map for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from latticetop.config.actions import Place
from latticetop.dashboard.find.filtering import Filtering
from latticetop.dashboard.find.searchable import BLOCK_KEYS, find_blocks
from latticetop.dashboard.grid.cards import MOST, Cards
from latticetop.dashboard.grid.heatmap import Heat
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

    from latticetop.dashboard.grid.grid_state import Scene


class BlockGrid(Filtering, ScrollView, can_focus=True):
    """Shows a Scene. The cursor moves over blocks; Enter or a click on the block at the cursor selects it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.GRID)

    class Highlighted(Message):
        """The cursor came to a block."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Selected(Message):
        """A block is to be opened."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._scene: Scene | None = None
        self._plan: Cards | Heat | None = None
        self._width = 0
        self._found: tuple[int, ...] = ()
        self.room = 0
        """Lines there are for the grid; cards that need more give way to the heat map."""

    @property
    def cursor(self) -> int:
        """The index of the block under the cursor."""
        return self._scene.cursor if self._scene else 0

    def show(self, scene: Scene) -> None:
        """Show a scene; when only a few blocks differ from what is shown, only those are painted again."""
        old, self._scene = self._scene, scene
        scene.cursor = max(0, min(scene.cursor, len(scene.blocks) - 1))
        scene.focused = self.has_focus
        if old is None or old.blocks is not scene.blocks:
            self._find()
        if old is None or self._plan is None or old.blocks.cidr != scene.blocks.cidr:
            self._arrange()
            return
        self._plan.scene = scene
        if old.palette is not scene.palette:
            self.refresh()
            return
        for index in self._plan.changed_from(old.blocks) | _moved(old, scene):
            self._repaint(index)
        if old.cursor != scene.cursor:
            self._reveal(scene.cursor)

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that may be asked for."""
        return BLOCK_KEYS

    def look(self) -> None:
        """Go to the first block that is asked for, from the cursor on."""
        self._find()
        if self._found and self.cursor not in self._found:
            self.action_next_match(1)

    def _find(self) -> None:
        blocks = self._scene.blocks if self._scene else ()
        self._found = find_blocks(self._scene.blocks, self.asked) if self._scene and self.asked.terms else ()
        self.narrate(len(self._found), len(blocks))

    def action_next_match(self, step: int) -> None:
        """Go to the next block that is asked for, or the one before; after the last comes the first."""
        beyond = [each for each in self._found if (each > self.cursor if step > 0 else each < self.cursor)]
        if self._found:
            self.go_to((beyond or self._found)[0 if step > 0 else -1])

    def fit(self, room: int) -> None:
        """Take note of how many lines there are."""
        self.room = room
        self._arrange()

    def _arrange(self) -> None:
        if self._scene is None:
            return
        self._plan = self._choose(self._scene)
        self.set_class(isinstance(self._plan, Heat), "-heat")
        self.virtual_size = self._plan.size
        self.styles.height = max(1, min(self._plan.size.height, self.room or self._plan.size.height))
        self.refresh()
        self.call_after_refresh(self._reveal_cursor)

    def _reveal_cursor(self) -> None:
        if self._scene and len(self._scene.blocks):
            self._reveal(self._scene.cursor)

    def _choose(self, scene: Scene) -> Cards | Heat:
        width = self.container_size.width or self.size.width
        if len(scene.blocks) <= MOST:
            for gap in (1, 0):
                cards = Cards(scene, width, gap)
                if cards.size.height <= max(self.room, 3) and cards.size.width <= width:
                    return cards
        return Heat(scene)

    def render_line(self, y: int) -> Strip:
        """Paint one visible line."""
        if self._plan is None:
            return Strip.blank(self.size.width, self.rich_style)
        line = y if y < self._plan.fixed_lines else y + self.scroll_offset.y
        strip = self._plan.line(line).apply_style(self.rich_style)
        return strip.extend_cell_length(self.size.width, self.rich_style).crop(0, self.size.width)

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor by so many columns and rows."""
        if self._plan is not None:
            self._go(self.cursor + self._plan.step(columns, rows))

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful, at the ends by what there is of one."""
        if self._scene is None or self._plan is None:
            return
        row = self._plan.step(0, 1)
        lines = max(1, (self.size.height - self._plan.fixed_lines) // self._plan.region(0).height - 1)
        above, below = self.cursor // row, (len(self._scene.blocks) - 1 - self.cursor) // row
        self._go(self.cursor + row * max(-above, min(below, direction * lines)))

    def action_edge(self, last: bool) -> None:
        """Move the cursor to the first or the last block."""
        if self._scene:
            self.go_to(len(self._scene.blocks) - 1 if last else 0)

    def action_select(self) -> None:
        """Open the block under the cursor."""
        if self._scene and len(self._scene.blocks):
            self.post_message(self.Selected(self.cursor))

    def go_to(self, index: int) -> None:
        """Put the cursor on a block and scroll to it."""
        scene = self._scene
        if scene is None or self._plan is None or not 0 <= index < len(scene.blocks):
            return
        before, scene.cursor = scene.cursor, index
        if before != index:
            self._repaint(before)
            self._repaint(index)
            self.post_message(self.Highlighted(index))
        self._reveal(index)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the block clicked; a click on the block under the cursor opens it."""
        if self._plan is None:
            return
        line = event.y if event.y < self._plan.fixed_lines else event.y + self.scroll_offset.y
        index = self._plan.index_at(event.x + self.scroll_offset.x, line)
        if index is None:
            return
        opens = index == self.cursor or host_of(self).preferences.click_opens
        self.go_to(index)
        if opens:
            self.action_select()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the blocks for another width; keep the cursor in sight."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._arrange()
        self.call_after_refresh(self._reveal_cursor)

    def on_focus(self) -> None:
        """Show that the cursor keys move here."""
        self._set_focused(True)

    def on_blur(self) -> None:
        """Show that they no longer do."""
        self._set_focused(False)

    def _set_focused(self, focused: bool) -> None:
        if self._scene:
            self._scene.focused = focused
            self._repaint(self._scene.cursor)

    def _go(self, index: int) -> None:
        count = len(self._scene.blocks) if self._scene else 0
        if 0 <= index < count:
            self.go_to(index)

    def _reveal(self, index: int) -> None:
        assert self._plan is not None
        region = self._plan.region(index)
        fixed = self._plan.fixed_lines
        top = region.y - fixed
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif region.bottom > self.scroll_offset.y + self.size.height:
            self.scroll_to(y=region.bottom - self.size.height, animate=False)

    def _repaint(self, index: int) -> None:
        assert self._plan is not None
        region = self._plan.region(index).translate((0, -self.scroll_offset.y))
        row = Region(0, region.y, max(self.size.width, 1), region.height)
        self.refresh(row if isinstance(self._plan, Heat) else region)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines the whole grid takes."""
        return self._plan.size.height if self._plan else 1


def _moved(old: Scene, new: Scene) -> set[int]:
    """The blocks whose marks or lights differ, or that the cursor left and came to."""
    changed = set(old.marked ^ new.marked | old.lit ^ new.lit | old.planned ^ new.planned)
    return changed | {old.cursor, new.cursor} if old.cursor != new.cursor else changed
