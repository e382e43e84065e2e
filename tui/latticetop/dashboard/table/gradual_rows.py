"""Shows many rows in a table some at a time, so that keys are handled in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latticetop.dashboard.table.keyed_table import KeyedTable
    from latticetop.dashboard.table.rows import Row

ROWS_AT_ONCE = 250
"""New rows between two times that keys are handled: with 0.2 ms each, about 50 ms."""
PAUSE = 0.01
"""Seconds that are left to others after that."""


class GradualRows:
    """The rows of one table. The first ones are shown at once; a row that is the same as before is not made again."""

    def __init__(self, table: KeyedTable) -> None:
        self._table = table
        self._arguments: Sequence[tuple[str, tuple[object, ...]]] = ()
        self._make: Callable[..., Row] | None = None
        self._goes_on = False

    def show(
        self, arguments: Sequence[tuple[str, tuple[object, ...]]], make: Callable[..., Row], first: str = ""
    ) -> None:
        """Show the result of `make` for each key and its arguments, in this order; the row `first` is among the first.

        A filter or another order needs all rows: with one, they are shown at once.
        """
        self._arguments, self._make = arguments, make
        self._show_some(first)

    def _show_some(self, first: str = "") -> None:
        table = self._table
        needs_all = bool(table.filter_query.terms) or table.order != table.default_order
        assert self._make is not None
        limit = len(self._arguments) if needs_all else ROWS_AT_ONCE
        rows, are_all = table.row_cache.some_rows(self._arguments, self._make, limit, first)
        table.show(rows)
        if not are_all and not self._goes_on:
            self._goes_on = True
            table.set_timer(PAUSE, self._go_on)

    def _go_on(self) -> None:
        self._goes_on = False
        self._show_some()
