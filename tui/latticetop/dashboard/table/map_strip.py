"""A map in one line: each block where there is room for all, else how many blocks are in each state."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.model.blocks.blocks import ASSIGNABLE_LETTERS, BlockState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from latticetop.dashboard.theme.palette import Palette

BAR = {"LA": "█", "RFX": "▓", "f": "▒", ".P": "▁"}
"""The cells of a bar: prefixes, blocks that nothing can be done about, fragmented blocks, assignable blocks."""
_SEPARATORS = (" · ", " ")


def map_strip(letters: str, width: int, palette: Palette) -> Text:
    """Return a map in at most `width` columns.

    Each block is a letter on its colour. Where there are more blocks than columns it is `f 114 · A 40 · . 38`, the most
    common state first, and where that is too long as well, a bar of their shares, which has no letters at all.
    """
    if len(letters) <= width:
        return Text.assemble(*((letter, palette.block(letter)) for letter in letters))
    counts = Counter(letters)
    return next(_numbers(counts, width, palette), None) or _bar(counts, width, palette)


def _numbers(counts: Counter[str], width: int, palette: Palette) -> Iterator[Text]:
    """Yield the numbers of blocks that fit: of all states, else of all but those that AWS reserves."""
    ordered = counts.most_common()
    for entries in (ordered, [(letter, count) for letter, count in ordered if letter != BlockState.RESERVED]):
        parts = [Text.assemble((letter, palette.block(letter)), f" {count:,}") for letter, count in entries]
        length = sum(map(len, parts))
        for separator in _SEPARATORS:
            if length + len(separator) * (len(parts) - 1) <= width:
                yield Text(separator, palette["dim"]).join(parts)


def _bar(counts: Mapping[str, int], width: int, palette: Palette) -> Text:
    groups = {letters: sum(counts.get(letter, 0) for letter in letters) for letters in BAR}
    text = Text()
    for letters, cells in _shares(groups, width).items():
        commonest = max(letters, key=lambda letter: counts.get(letter, 0))
        text.append(BAR[letters] * cells, palette.ink(commonest))
    return text


def _shares(groups: Mapping[str, int], width: int) -> dict[str, int]:
    """Divide `width` cells by the numbers of blocks; assignable blocks have a cell however few they are."""
    total = sum(groups.values())
    cells = {letters: count * width // total for letters, count in groups.items()}
    by_rest = sorted(groups, key=lambda letters: -(groups[letters] * width % total))
    for letters in by_rest[: width - sum(cells.values())]:
        cells[letters] += 1
    if groups[ASSIGNABLE_LETTERS] and not cells[ASSIGNABLE_LETTERS]:
        cells[max(cells, key=lambda letters: cells[letters])] -= 1
        cells[ASSIGNABLE_LETTERS] = 1
    return cells
