"""What can be sorted: a table whose rows come in an order of their own, and go by a column when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.dashboard.table.rows import Column, Row


RISING, FALLING = "▴", "▾"
"""Beside the label of the column that sorts."""


_FALLING = "falling"


class Order(NamedTuple):
    """By which column, by its key, and whether from the greatest down."""

    column: str
    falling: bool = False

    def __str__(self) -> str:
        return f"{self.column} {_FALLING}" if self.falling else self.column

    @property
    def turned(self) -> Order:
        """The other way round."""
        return Order(self.column, not self.falling)

    @property
    def sign(self) -> str:
        """The direction."""
        return FALLING if self.falling else RISING


def by(column: Column) -> Order:
    """The order that is asked for first where it is a column's."""
    return Order(column.key, column.falling)


def parse_order(text: str, columns: Iterable[Column]) -> Order | None:
    """An order as `str` wrote it; None where it is by none of the columns."""
    key, _, way = text.partition(" ")
    known = way in ("", _FALLING) and any(column.key == key and column.sorts for column in columns)
    return Order(key, way == _FALLING) if known else None


def following(order: Order | None, columns: Sequence[Column], own: Order | None) -> Order | None:
    """The order of the next of the columns; after the last comes the rows' own, where that is by no column."""
    found: list[Order | None] = [by(column) for column in columns]
    if own is None:
        found.append(None)
    at = next((place for place, each in enumerate(found) if each and order and each.column == order.column), -1)
    return found[(at + 1) % len(found)] if found else None


def in_order(rows: Sequence[Row], order: Order) -> Sequence[Row]:
    """The rows sorted; those of one rank as they came, those without one at the end either way."""
    ranked = [row for row in rows if row.rank(order.column) is not None]
    ranked.sort(key=lambda row: row.rank(order.column), reverse=order.falling)
    return [*ranked, *(row for row in rows if row.rank(order.column) is None)]
