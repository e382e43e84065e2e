"""The columns and rows of a KeyedTable."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field, structs
from rich.cells import cell_len
from rich.text import Text

from latticetop.dashboard.text.distinct_cuts import distinct_cuts
from latticetop.dashboard.text.format import cut_end
from latticetop.dashboard.text.printable import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DIGITS = re.compile(r"([0-9]{1,15})")
LEAST_NAME_WIDTH, LEAST_SENTENCE_WIDTH = 14, 24
GOOD_WIDTH = 20
"""The width of a flexible column below which the ids of columns before it are cut."""
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")


class Column(Struct, frozen=True):
    """A column of a table.

    `from_width` is the width of the table from which the column is shown, `gap` the blanks before it. Tables narrower
    than `below` show the label `short`. A `flexible` column is cut to the width that the others leave, so that texts
    that differ are shown so that they differ, or at its end if it is a `sentence`. A column that is
    `of_scopes` is shown if several scopes are followed, one that is `if_used` if some row has a text in it. Sorting by
    a `descending` column begins with the greatest. A column sorts if it has a label and is a `value`.
    """

    key: str
    label: str
    from_width: int = 0
    right: bool = False
    gap: int = 2
    flexible: bool = False
    sentence: bool = False
    of_scopes: bool = False
    if_used: bool = False
    short: str = ""
    below: int = 0
    descending: bool = False
    value: bool = True

    @property
    def sorts(self) -> bool:
        """Whether a table can be sorted by it."""
        return self.value and bool(self.label)

    @property
    def least_width(self) -> int:
        """The width of a flexible column below which the names of columns before it are cut too."""
        return LEAST_SENTENCE_WIDTH if self.sentence else LEAST_NAME_WIDTH

    def cuts(self, texts: Iterable[str], width: int) -> dict[str, str]:
        """The texts that are wider than this, as they are cut."""
        if self.sentence:
            return {text: cut_end(text, width) for text in texts if cell_len(text) > width}
        return distinct_cuts(texts, width)

    def at(self, width: int) -> Column:
        """The column in a table of a width."""
        return structs.replace(self, label=self.short) if width < self.below else self


class Row(Struct, frozen=True, dict=True):
    """A row: its key, its cells by column key, and the record it is about, for the screen that shows it.

    Cells are cleaned of what a terminal acts upon, and of line ends.
    `sort_values` are those of columns whose text does not sort right; None comes last.
    """

    key: str
    cells: dict[str, Text] = field(default_factory=dict)
    sort_values: Mapping[str, Any] = field(default_factory=dict)
    record: object = None

    def __post_init__(self) -> None:
        for key, text in self.cells.items():
            self.cells[key] = one_line(text)

    @cached_property
    def widths(self) -> Mapping[str, int]:
        """The width of each cell, in columns of the screen."""
        return {key: text.cell_len for key, text in self.cells.items()}

    def sort_value(self, column: str) -> Any:
        """The value by which a column sorts the row; None if it has none."""
        if column in self.sort_values:
            return self.sort_values[column]
        return sort_key(self.cells[column].plain) if column in self.cells else None


class RowCache:
    """The rows made last, with the arguments they were made of. Equal arguments give the same row object."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._arguments: dict[str, tuple[object, ...]] = {}

    def rows(self, arguments: Iterable[tuple[str, tuple[object, ...]]], make: Callable[..., Row]) -> list[Row]:
        """The result of `make` for each key and its arguments; of a key that comes twice, the last."""
        by_key = dict(arguments)
        unchanged = {key for key, parts in by_key.items() if self._arguments.get(key) == parts}
        self._rows = {key: self._rows[key] if key in unchanged else make(*parts) for key, parts in by_key.items()}
        self._arguments = by_key
        return list(self._rows.values())

    def some_rows(
        self, arguments: Iterable[tuple[str, tuple[object, ...]]], make: Callable[..., Row], limit: int, first: str = ""
    ) -> tuple[list[Row], bool]:
        """As `rows`, but make at most `limit` rows, the row `first` before others, and say whether no row is left.

        A row that is left stays as it was before; a new one is not among the rows yet.
        """
        by_key = dict(arguments)
        left = [key for key, parts in by_key.items() if self._arguments.get(key) != parts]
        if first in by_key:
            left.sort(key=lambda key: key != first)
        made = {key: make(*by_key[key]) for key in left[:limit]}
        kept = {key: made.get(key) or self._rows.get(key) for key in by_key}
        self._arguments = {
            key: by_key[key] if key in made or key not in self._arguments else self._arguments[key]
            for key, row in kept.items()
            if row is not None
        }
        self._rows = {key: row for key, row in kept.items() if row is not None}
        return list(self._rows.values()), len(left) <= limit


@lru_cache(maxsize=1 << 14)
def sort_key(text: str) -> tuple[str | int, ...] | None:
    """The sort value of a text: words in lower case, numbers as numbers; None for a cell without a value."""
    plain = _THOUSANDS.sub("", text).strip().lstrip("≤ ").casefold()
    if plain in ("", "-", "?"):
        return None
    return tuple(int(part) if index % 2 else part for index, part in enumerate(_DIGITS.split(plain)))


def cell_differs(old: Text | None, new: Text | None) -> bool:
    """Whether two cells look different; Rich compares texts without their style."""
    return old is not new and (old is None or new is None or old != new or old.style != new.style)


def with_texts(row: Row, texts: Mapping[str, str]) -> Row:
    """The row with other texts in some columns, in the styles of the cells."""
    if not texts:
        return row
    cells = {key: row.cells[key].copy() for key in texts}
    for key, cell in cells.items():
        cell.plain = texts[key]
    return structs.replace(row, cells=row.cells | cells)
