"""Cells of a table: the one that marks a row, and when two look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from rich.style import Style

CURRENT, LINKED, NOTHING = "▌ ", "· ", "  "


class Mark(Text):
    """The cell of the mark column; its rank is the row's place in the order."""

    def __init__(self, sign: str = NOTHING, rank: int = 0, style: Style | str = "") -> None:
        super().__init__(sign, style)
        self.rank = rank


def alike(one: Text | None, other: Text | None) -> bool:
    """Whether two cells read and look the same. (Texts that differ in their base style only are equal to Rich.)"""
    return one == other and (one is None or other is None or one.style == other.style)
