"""What a grid shows: the blocks, the cursor, and the blocks that are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from rich.style import Style

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import BlockMap

NO_BLOCKS: frozenset[int] = frozenset()
FOUND_MARK = "/"
_CURSOR = Style(bold=True, reverse=True)
_BOLD = Style(bold=True)


class GridState(Struct):
    """The blocks of a subnet, and the indexes of some of them.

    `changed` are those that changed recently, `endpoint_blocks` those of the endpoint under the cursor, `planned` those
    that a plan takes, `owner_blocks` those of the owner under the cursor, and `matches` those that match a search.
    """

    blocks: BlockMap
    palette: Palette
    cursor: int = 0
    focused: bool = False
    changed: frozenset[int] = NO_BLOCKS
    endpoint_blocks: frozenset[int] = NO_BLOCKS
    planned: frozenset[int] = NO_BLOCKS
    owner_blocks: frozenset[int] = NO_BLOCKS
    matches: frozenset[int] = NO_BLOCKS

    @property
    def found(self) -> frozenset[int]:
        """The blocks that a search found; without a search, those of the owner. If there are any, others are dimmed."""
        return self.matches or self.owner_blocks

    def mark(self, index: int) -> str:
        """The character beside the letter: `+` planned, `/` found, `*` changed, `·` the endpoint's."""
        if index in self.planned:
            return "+"
        if index in self.found:
            return FOUND_MARK
        return "*" if index in self.changed else "·" if index in self.endpoint_blocks else ""

    def style(self, index: int, bold: bool = False) -> Style:
        """The style of a block; `bold` is bold instead of showing the cursor."""
        dimmed = self.found and index not in self.found
        style = self.palette["dim"] if dimmed else self.palette.block(self.blocks.letters[index])
        if index == self.cursor and not bold:
            return style + (_CURSOR if self.focused else _BOLD)
        return style + _BOLD if bold else style

    def marks_differ_from(self, before: GridState) -> set[int]:
        """The blocks whose mark is another than before, but for those found, or that the cursor left or reached."""
        indexes = set(
            before.changed ^ self.changed
            | before.endpoint_blocks ^ self.endpoint_blocks
            | before.planned ^ self.planned
        )
        return indexes | {before.cursor, self.cursor} if before.cursor != self.cursor else indexes
