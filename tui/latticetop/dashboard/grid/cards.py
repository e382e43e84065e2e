"""A few blocks as cards that say what is in them: the block, its letter, whose it is."""

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
    from latticetop.dashboard.grid.grid_state import Scene
    from latticetop.model.blocks.blocks import Block, BlockMap

MOST = 16
NARROWEST, WIDEST = 11, 14
LINES = 3
_ID = re.compile(r"[a-z-]+-[0-9a-f]{8,17}")


class Cards:
    """The geometry and the painting of up to sixteen cards; `gap` is the blank lines between two rows."""

    fixed_lines = 0

    def __init__(self, scene: Scene, width: int, gap: int = 1) -> None:
        self.scene = scene
        count = len(scene.blocks)
        fits = max(1, (width + 1) // (NARROWEST + 1))
        self.per_row = next((n for n in (16, 8, 4, 2, 1) if n <= fits and n <= max(count, 1)), 1)
        self.card_width = min(WIDEST, (width + 1) // self.per_row - 1)
        self._pitch = LINES + gap
        rows = -(-count // self.per_row)
        self.size = Size(self.per_row * (self.card_width + 1) - 1, max(0, rows * self._pitch - gap))

    def region(self, index: int) -> Region:
        """Where a card is drawn."""
        row, column = divmod(index, self.per_row)
        return Region(column * (self.card_width + 1), row * self._pitch, self.card_width, LINES)

    def index_at(self, x: int, y: int) -> int | None:
        """The card at a place."""
        column, row = x // (self.card_width + 1), y // self._pitch
        index = row * self.per_row + column
        return index if column < self.per_row and 0 <= index < len(self.scene.blocks) else None

    def step(self, columns: int, rows: int) -> int:
        """How far the cursor's index moves."""
        return columns + rows * self.per_row

    def line(self, y: int) -> Strip:
        """Paint one line."""
        row, part = divmod(y, self._pitch)
        if part >= LINES:
            return Strip([])
        first = row * self.per_row
        segments: list[Segment] = []
        for index in range(first, min(first + self.per_row, len(self.scene.blocks))):
            segments += [self._part(index, part), Segment(" ", self.scene.palette["dim"])]
        return Strip(segments)

    def changed_from(self, old: BlockMap) -> set[int]:
        """The blocks whose cards read otherwise than they did for an earlier map of the same range."""
        new = self.scene.blocks
        return {i for i in range(len(new)) if _face(new.block(i)) != _face(old.block(i))}

    def _part(self, index: int, part: int) -> Segment:
        scene, width = self.scene, self.card_width
        block = scene.blocks.block(index)
        sign = scene.sign(index)
        letter = f"{sign} {block.state.value} {sign}".strip()
        told = "planned" if index in scene.planned else caption(block)
        text = (f".{block.cidr.first & 255}/28", letter, told)[part]
        room = width - 2
        text = cut(text, room)
        left = (room - cell_len(text)) // 2
        edges = "││" if index == scene.cursor else "  "
        padded = " " * left + text + " " * (room - left - cell_len(text))
        return Segment(f"{edges[0]}{padded}{edges[1]}", scene.style(index, strong=part < 2))


def caption(block: Block) -> str:
    """What a card says of its block: an owner, an address, a count."""
    match block.state:
        case BlockState.LATTICE | BlockState.ALLOCATED:
            owner = owner_of(block.prefixes[0].interface)
            return _brief(clean(owner.name or owner.kind.value)) if len(block.prefixes) == 1 else "several"
        case BlockState.FRAGMENTED if len(block.uses) == 1:
            return f"only .{block.uses[0].address & 255}"
        case BlockState.FRAGMENTED | BlockState.FULL:
            return f"{len(block.uses)} in use"
        case BlockState.RESERVED:
            used = [use.address for use in block.uses] or block.kept[-1:]
            return " ".join(f".{address & 255}" for address in used)
        case BlockState.EXPLICIT:
            return "explicit"
        case BlockState.PREFIX_RESERVED:
            return "held"
        case BlockState.FREE:
            return "free"


def _face(block: Block) -> tuple[str, str]:
    return block.state.value, caption(block)


def _brief(name: str) -> str:
    """An id's beginning, `vpce-0e3b`; anything else as it is."""
    return name[: name.rindex("-") + 5] if _ID.fullmatch(name) else name
