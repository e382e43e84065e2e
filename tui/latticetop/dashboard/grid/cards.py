"""Up to sixteen blocks as cards: the block, its letter, and whose it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from latticetop.dashboard.text.format import cut
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.grid.grid_state import GridState
    from latticetop.model.blocks.blocks import Block, BlockMap

MAX_CARDS = 16
MIN_WIDTH, MAX_WIDTH = 11, 14
CARD_LINES = 3
_ID = re.compile(r"[a-z-]+-[0-9a-f]{8,17}")


class Cards:
    """Geometry and drawing of the cards; `gap` is the number of blank lines between rows."""

    fixed_lines = 0
    """Lines at the top that do not scroll."""

    def __init__(self, state: GridState, width: int, gap: int = 1) -> None:
        self.state = state
        count = len(state.blocks)
        fitting = max(1, (width + 1) // (MIN_WIDTH + 1))
        self._per_row = next((n for n in (16, 8, 4, 2, 1) if n <= fitting and n <= max(count, 1)), 1)
        self._card_width = min(MAX_WIDTH, (width + 1) // self._per_row - 1)
        self._row_height = CARD_LINES + gap
        rows = -(-count // self._per_row)
        self.size = Size(self._per_row * (self._card_width + 1) - 1, max(0, rows * self._row_height - gap))

    def region(self, index: int) -> Region:
        """The region of a card."""
        row, column = divmod(index, self._per_row)
        return Region(column * (self._card_width + 1), row * self._row_height, self._card_width, CARD_LINES)

    def index_at(self, x: int, y: int) -> int | None:
        """The index of the card at a position; None if there is none."""
        column, row = x // (self._card_width + 1), y // self._row_height
        index = row * self._per_row + column
        return index if column < self._per_row and 0 <= index < len(self.state.blocks) else None

    def step(self, columns: int, rows: int) -> int:
        """By how much the index grows over columns and rows."""
        return columns + rows * self._per_row

    def line(self, y: int) -> Strip:
        """Draw a line."""
        row, card_line = divmod(y, self._row_height)
        if card_line >= CARD_LINES:
            return Strip([])
        first = row * self._per_row
        segments: list[Segment] = []
        for index in range(first, min(first + self._per_row, len(self.state.blocks))):
            segments += [self._segment(index, card_line), Segment(" ", self.state.palette["dim"])]
        return Strip(segments)

    def changed_from(self, before: BlockMap) -> set[int]:
        """The blocks that look different from those of an earlier map of the same range."""
        blocks = self.state.blocks
        return {i for i in range(len(blocks)) if _content(blocks.block(i)) != _content(before.block(i))}

    def _segment(self, index: int, card_line: int) -> Segment:
        state, width = self.state, self._card_width
        block = state.blocks.block(index)
        mark = state.mark(index)
        letter = f"{mark} {block.state.value} {mark}".strip()
        bottom = "planned" if index in state.planned else caption(block)
        text = cut((f".{block.cidr.first & 255}/28", letter, bottom)[card_line], width - 2)
        padding = width - 2 - cell_len(text)
        edges = "││" if index == state.cursor else "  "
        padded = " " * (padding // 2) + text + " " * (padding - padding // 2)
        return Segment(f"{edges[0]}{padded}{edges[1]}", state.style(index, bold=card_line < 2))


def caption(block: Block) -> str:
    """The last line of a card: an owner, an address, a count, or the state."""
    match block.state:
        case BlockState.LATTICE | BlockState.ALLOCATED:
            owner = owner_of(block.prefixes[0].interface)
            return _short_id(clean(owner.name or owner.kind.value)) if len(block.prefixes) == 1 else "several"
        case BlockState.FRAGMENTED if len(block.uses) == 1:
            return f"only .{block.uses[0].address & 255}"
        case BlockState.FRAGMENTED | BlockState.FULL:
            return f"{len(block.uses)} in use"
        case BlockState.RESERVED:
            addresses = [use.address for use in block.uses] or block.reserved_addresses[-1:]
            return " ".join(f".{address & 255}" for address in addresses)
        case BlockState.EXPLICIT:
            return "explicit"
        case BlockState.PREFIX_RESERVED:
            return "prefix"
        case BlockState.FREE:
            return "free"


def _content(block: Block) -> tuple[str, str]:
    return block.state.value, caption(block)


def _short_id(name: str) -> str:
    """The beginning of an id, `vpce-0e3b`; other names as they are."""
    return name[: name.rindex("-") + 5] if _ID.fullmatch(name) else name
