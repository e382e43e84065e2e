"""Sort orders of a table: by which column, in which direction, and as text to be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.dashboard.table.rows import Column, Row

ASCENDING_ARROW, DESCENDING_ARROW = "▴", "▾"
"""Shown beside the label of the column that sorts."""
_DESCENDING = "falling"
"""The word for it in saved sort orders."""


class SortOrder(NamedTuple):
    """The key of the column that sorts, and the direction. `str` gives the form that is saved."""

    column: str
    descending: bool = False

    def __str__(self) -> str:
        return f"{self.column} {_DESCENDING}" if self.descending else self.column

    @property
    def opposite(self) -> SortOrder:
        """The same column in the other direction."""
        return SortOrder(self.column, not self.descending)

    @property
    def arrow(self) -> str:
        """The direction as a character."""
        return DESCENDING_ARROW if self.descending else ASCENDING_ARROW


def initial_order(column: Column) -> SortOrder:
    """The order when a column is chosen to sort by."""
    return SortOrder(column.key, column.descending)


def parse_sort_order(text: str, columns: Iterable[Column]) -> SortOrder | None:
    """Parse a saved order; None if none of the columns sorts by it."""
    key, _, direction = text.partition(" ")
    is_valid = direction in ("", _DESCENDING) and any(column.key == key and column.sorts for column in columns)
    return SortOrder(key, direction == _DESCENDING) if is_valid else None


def next_order(order: SortOrder | None, columns: Sequence[Column], default: SortOrder | None) -> SortOrder | None:
    """The order by the next column. If the table's default is no column's, None is the order after the last."""
    orders: list[SortOrder | None] = [initial_order(column) for column in columns]
    if default is None:
        orders.append(None)
    matching = (i for i, candidate in enumerate(orders) if candidate and order and candidate.column == order.column)
    return orders[(next(matching, -1) + 1) % len(orders)] if orders else None


def sort_rows(rows: Sequence[Row], order: SortOrder) -> Sequence[Row]:
    """Sort stably; rows without a sort value come last in either direction."""
    ranked = [row for row in rows if row.sort_value(order.column) is not None]
    ranked.sort(key=lambda row: row.sort_value(order.column), reverse=order.descending)
    return [*ranked, *(row for row in rows if row.sort_value(order.column) is None)]
