"""What can be sorted: a table whose rows come in an order of their own, and go by a column when one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual.message import Message

from latticetop.dashboard.widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget as _Widget
    from textual.widgets import DataTable

    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.widgets.rows import Column, Row
else:
    # Textual takes the style and the parts of a widget from its first base alone.
    _Widget = object

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


class Sorting(_Widget):
    """Has an order; `look` is called when it is another. Stands before the kind of widget."""

    NAME: ClassVar[str] = ""
    COLUMNS: ClassVar[Sequence[Column]] = ()
    OWN: ClassVar[str] = ""
    """The column by which its rows come sorted, by its key; empty for none."""
    _asked_order: Order | None = None

    class Sorted(Message):
        """Another order is asked for."""

    @property
    def own_order(self) -> Order | None:
        """The order in which the rows come, where it is a column's."""
        return next((by(column) for column in self.COLUMNS if column.key == self.OWN), None)

    @property
    def order(self) -> Order | None:
        """By what the rows are sorted."""
        return self._asked_order or self.own_order

    @property
    def sortable(self) -> Sequence[Column]:
        """The columns to sort by, those also that there is no room for."""
        raise NotImplementedError

    def look(self) -> None:
        """Show the rows in their order."""
        raise NotImplementedError

    def sign_of(self, column: Column) -> str:
        """The direction of a column that sorts, else nothing."""
        return self.order.sign if self.order and self.order.column == column.key else ""

    def sort_by(self, order: Order | None) -> None:
        """Sort otherwise; None is the order in which the rows come."""
        self._asked_order = None if order == self.own_order else order
        self.look()

    def recall_order(self) -> None:
        """Sort as before the start."""
        if (text := self._lattice.memory.order(self.NAME)) and (order := parse_order(text, self.COLUMNS)):
            self.sort_by(order)

    def sorted_rows(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows in the order asked for."""
        return in_order(rows, self._asked_order) if self._asked_order else rows

    def tell_order(self, shown: Iterable[Column]) -> None:
        """Say in the title by what is sorted where the head that would tell is not shown."""
        order = self._asked_order
        hidden = order is not None and all(column.key != order.column for column in shown)
        label = next((c.label for c in self.COLUMNS if order and c.key == order.column), "")
        for pane in self.ancestors:
            if isinstance(pane, Pane):
                pane.set_order(f"by {label} {order.sign}" if order and hidden else "")

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._ask(following(self.order, self.sortable, self.own_order))

    def action_turn(self) -> None:
        """Turn the order round."""
        if self.order:
            self._ask(self.order.turned)

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        """Sort by the column whose head was clicked; by the one that sorts, the other way round."""
        column = next((each for each in self.sortable if each.key == event.column_key.value), None)
        if column is not None:
            self._ask(self.order.turned if self.order and self.order.column == column.key else by(column))

    def _ask(self, order: Order | None) -> None:
        self.sort_by(order)
        self._lattice.remember(order=(self.NAME, str(self._asked_order or "")))
        self.post_message(self.Sorted())

    @property
    def _lattice(self) -> LatticetopApp:
        return cast("LatticetopApp", self.app)
