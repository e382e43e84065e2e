"""The columns and rows of a KeyedTable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from rich.text import Text

from latticetop.dashboard.text.format import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DIGITS = re.compile(r"([0-9]{1,15})")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")


@dataclass(frozen=True)
class Column:
    """A column: its key, its label, from which table width it is shown (0 always), its alignment, the gap before it.

    A flexible column is cut to what the others leave of the width, in the middle, a sentence at its end; of several
    it is the last one shown. In tables narrower than `below` it has its `short` label. One `of_scopes` is shown where
    there are several scopes, which it tells apart. A `falling` one is sorted from the greatest down at first; one
    that is no `value`, or has no label, sorts nothing.
    """

    key: str
    label: str
    from_width: int = 0
    right: bool = False
    gap: int = 2
    flexible: bool = False
    sentence: bool = False
    of_scopes: bool = False
    short: str = ""
    below: int = 0
    falling: bool = False
    value: bool = True

    @property
    def sorts(self) -> bool:
        """Whether a table can be sorted by it."""
        return self.value and bool(self.label)

    def at(self, width: int) -> Column:
        """The column as a table of this width has it."""
        return replace(self, label=self.short) if width < self.below else self


@dataclass(frozen=True)
class Row:
    """A row: its key and the cells by column key. The same object again costs a table nothing.

    `ranks` are what the columns sort by whose cells do not say it themselves; None comes last.
    """

    key: str
    cells: dict[str, Text] = field(default_factory=dict)
    ranks: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def widths(self) -> Mapping[str, int]:
        """The columns of the screen that each cell takes."""
        return {key: text.cell_len for key, text in self.cells.items()}

    def rank(self, column: str) -> Any:
        """What a column sorts the row by; None where there is nothing to sort by."""
        if column in self.ranks:
            return self.ranks[column]
        return worth(self.cells[column].plain) if column in self.cells else None


class Made:
    """The rows made last, each with what it was made of: what is made of the same again is the same object."""

    def __init__(self) -> None:
        self.last: dict[str, Row] = {}
        self._of: dict[str, tuple[object, ...]] = {}

    def rows(self, wanted: Iterable[tuple[str, tuple[object, ...]]], make: Callable[..., Row]) -> list[Row]:
        """For each key and what its row is made of, `make` called with that, where it differs from the last time."""
        of = dict(wanted)
        same = {key for key, parts in of.items() if self._of.get(key) == parts}
        self.last = {key: self.last[key] if key in same else make(*parts) for key, parts in of.items()}
        self._of = of
        return list(self.last.values())


@lru_cache(maxsize=1 << 14)
def worth(text: str) -> tuple[str | int, ...] | None:
    """What a text sorts by: its words without regard to case, its numbers as numbers; None for a cell without any."""
    plain = _THOUSANDS.sub("", text).strip().lstrip("≤ ").casefold()
    if plain in ("", "-", "?"):
        return None
    return tuple(int(part) if place % 2 else part for place, part in enumerate(_DIGITS.split(plain)))


def differs(old: Text | None, new: Text | None) -> bool:
    """Whether a cell looks otherwise; two texts are equal whatever their style."""
    return old is not new and (old is None or new is None or old != new or old.style != new.style)


def with_cut(row: Row, column: Column, room: int) -> Row:
    """The row with the cell of a column cut to so many columns of the screen."""
    text = row.cells.get(column.key)
    if text is None or text.cell_len <= room:
        return row
    if column.sentence:
        shorter = text.copy()
        shorter.truncate(room, overflow="ellipsis")
    else:
        shorter = Text(cut(text.plain, room), text.style)
    return replace(row, cells=row.cells | {column.key: shorter})
