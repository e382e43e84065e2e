"""What a grid shows: the blocks, the cursor, what is marked and what is lit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.style import Style

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.blocks.blocks import BlockMap

_CURSOR = Style(bold=True, reverse=True)
_STRONG = Style(bold=True)


@dataclass
class Scene:
    """Blocks with the cursor's index; the indexes marked as changed, lit as the endpoint's own, taken in a plan."""

    blocks: BlockMap
    palette: Palette
    cursor: int = 0
    focused: bool = False
    marked: frozenset[int] = frozenset()
    lit: frozenset[int] = frozenset()
    planned: frozenset[int] = frozenset()

    def sign(self, index: int) -> str:
        """What stands beside the letter: `+` planned, `*` changed lately, `·` the endpoint's own."""
        if index in self.planned:
            return "+"
        return "*" if index in self.marked else "·" if index in self.lit else ""

    def style(self, index: int, strong: bool = False) -> Style:
        """The style of a block's letter."""
        style = self.palette.block(self.blocks.letters[index])
        if index == self.cursor and not strong:
            return style + (_CURSOR if self.focused else _STRONG)
        return style + _STRONG if strong else style
