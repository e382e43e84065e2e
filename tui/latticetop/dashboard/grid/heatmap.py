"""Many blocks as a heat map: one row of sixteen per /24 of address space, two columns a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip

from latticetop.model.records.address import BLOCK_SIZE, format_address

if TYPE_CHECKING:
    from latticetop.dashboard.grid.grid_state import Scene
    from latticetop.model.blocks.blocks import BlockMap

LABEL = 15
CELL = 2
PER_ROW = 16


class Heat:
    """The geometry and the painting of a heat map. Line 0 is the head and does not scroll."""

    fixed_lines = 1

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        first = scene.blocks.cidr.first if scene.blocks.cidr else 0
        self._offset = first // BLOCK_SIZE % PER_ROW
        self._first_row = first - self._offset * BLOCK_SIZE
        self.rows = -(-(self._offset + len(scene.blocks)) // PER_ROW)
        self.size = Size(LABEL + CELL * PER_ROW, self.rows + 1)

    def region(self, index: int) -> Region:
        """Where a block is drawn, in lines from the top of the whole map."""
        row, column = divmod(self._offset + index, PER_ROW)
        return Region(LABEL + CELL * column, row + 1, CELL, 1)

    def index_at(self, x: int, y: int) -> int | None:
        """The block drawn at a place of the whole map."""
        column, row = (x - LABEL) // CELL, y - 1
        if not 0 <= column < PER_ROW or row < 0:
            return None
        index = row * PER_ROW + column - self._offset
        return index if 0 <= index < len(self.scene.blocks) else None

    def step(self, columns: int, rows: int) -> int:
        """How far the cursor's index moves."""
        return columns + rows * PER_ROW

    def line(self, y: int) -> Strip:
        """Paint one line of the whole map."""
        if y == 0:
            head = "".join(f"{f'.{n * BLOCK_SIZE}':<{CELL * 4}}" for n in range(0, PER_ROW, 4))
            return Strip([Segment(" " * LABEL + head, self.scene.palette["dim"])])
        row = y - 1
        if row >= self.rows:
            return Strip([])
        start = row * PER_ROW - self._offset
        has_cursor = start <= self.scene.cursor < start + PER_ROW
        label = format_address(self._first_row + row * 256)
        style = self.scene.palette["strong" if has_cursor else "dim"]
        cells = [self._cell(index) for index in range(start, start + PER_ROW)]
        return Strip([Segment(f"{label:<{LABEL}}", style), *cells])

    def changed_from(self, old: BlockMap) -> set[int]:
        """The blocks whose letters differ from those of an earlier map of the same range."""
        if old.letters == self.scene.blocks.letters:
            return set()
        pairs = zip(old.letters, self.scene.blocks.letters, strict=True)
        return {index for index, (was, now) in enumerate(pairs) if was != now}

    def _cell(self, index: int) -> Segment:
        scene = self.scene
        if not 0 <= index < len(scene.blocks):
            return Segment(" " * CELL, scene.palette["dim"])
        letter = scene.blocks.letters[index]
        sign = "<" if index == scene.cursor else scene.sign(index) or " "
        return Segment(letter + sign, scene.style(index))
