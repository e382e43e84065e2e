"""Many blocks as a heatmap: a row of sixteen for each /24 of addresses, each as a cell of two or of five columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from latticetop.model.records.address import BLOCK_SIZE, format_address

if TYPE_CHECKING:
    from latticetop.dashboard.grid.grid_state import GridState
    from latticetop.model.blocks.blocks import BlockMap

LABEL_WIDTH = 15
CELL_WIDTH, WIDE_CELL_WIDTH = 2, 5
BLOCKS_PER_ROW = 16


class Heatmap:
    """Geometry and drawing of a heatmap. Coordinates are those of the whole map; line 0 is the heading."""

    fixed_lines = 1
    """Lines at the top that do not scroll."""

    def __init__(self, state: GridState, width: int = 0) -> None:
        self.state = state
        is_wide = width >= LABEL_WIDTH + WIDE_CELL_WIDTH * BLOCKS_PER_ROW
        self._cell_width = WIDE_CELL_WIDTH if is_wide else CELL_WIDTH
        first = state.blocks.cidr.first if state.blocks.cidr else 0
        self._offset = first // BLOCK_SIZE % BLOCKS_PER_ROW
        """Blocks of the first /24 before the subnet."""
        self._first_row = first - self._offset * BLOCK_SIZE
        self._rows = -(-(self._offset + len(state.blocks)) // BLOCKS_PER_ROW)
        self.size = Size(LABEL_WIDTH + self._cell_width * BLOCKS_PER_ROW, self._rows + 1)

    def region(self, index: int) -> Region:
        """The region of a block."""
        row, column = divmod(self._offset + index, BLOCKS_PER_ROW)
        return Region(LABEL_WIDTH + self._cell_width * column, row + 1, self._cell_width, 1)

    def index_at(self, x: int, y: int) -> int | None:
        """The index of the block at a position; None if there is none."""
        column, row = (x - LABEL_WIDTH) // self._cell_width, y - 1
        if not 0 <= column < BLOCKS_PER_ROW or row < 0:
            return None
        index = row * BLOCKS_PER_ROW + column - self._offset
        return index if 0 <= index < len(self.state.blocks) else None

    def step(self, columns: int, rows: int) -> int:
        """By how much the index grows over columns and rows."""
        return columns + rows * BLOCKS_PER_ROW

    def line(self, y: int) -> Strip:
        """Draw a line."""
        palette = self.state.palette
        if y == 0:
            step = 1 if self._cell_width == WIDE_CELL_WIDTH else 4
            octets = range(0, BLOCKS_PER_ROW, step)
            heading = "".join(f"{f'.{n * BLOCK_SIZE}':<{self._cell_width * step}}" for n in octets)
            return Strip([Segment(" " * LABEL_WIDTH + heading, palette["dim"])])
        row = y - 1
        if row >= self._rows:
            return Strip([])
        start = row * BLOCKS_PER_ROW - self._offset
        has_cursor = start <= self.state.cursor < start + BLOCKS_PER_ROW
        label = format_address(self._first_row + row * 256)
        cells = [self._cell(index) for index in range(start, start + BLOCKS_PER_ROW)]
        return Strip([Segment(f"{label:<{LABEL_WIDTH}}", palette["strong" if has_cursor else "dim"]), *cells])

    def changed_from(self, before: BlockMap) -> set[int]:
        """The blocks that look different from those of an earlier map of the same range."""
        if before.letters == self.state.blocks.letters:
            return set()
        pairs = zip(before.letters, self.state.blocks.letters, strict=True)
        return {index for index, (old, new) in enumerate(pairs) if old != new}

    def _cell(self, index: int) -> Segment:
        state = self.state
        if not 0 <= index < len(state.blocks):
            return Segment(" " * self._cell_width, state.palette["dim"])
        mark = "<" if index == state.cursor else state.mark(index) or " "
        left = (self._cell_width - 1) // 3
        text = " " * left + state.blocks.letters[index] + mark
        return Segment(f"{text:<{self._cell_width}}", state.style(index))
