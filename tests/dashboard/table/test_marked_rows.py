"""Which cells of a table are drawn again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from textual.geometry import Region
from textual.widgets import DataTable

from latticetop.model.snapshot import Snapshot
from tests.dashboard.accounts import account, endpoint
from tests.dashboard.stage import showing

FIRST, SECOND = "vpce-00000000000000001", "vpce-00000000000000002"


def endpoints(state_of_second: str) -> Snapshot:
    return account(endpoints=[endpoint(FIRST, "Failed"), endpoint(SECOND, state_of_second)])


@contextmanager
def cells_drawn() -> Iterator[list[tuple[int, int]]]:
    """The row and the column of each cell of the endpoints that is drawn inside the block, but those of the header."""
    drawn: list[tuple[int, int]] = []
    draw = DataTable._render_cell

    def recorded(table: DataTable[Any], row: int, column: int, *rest: Any, **options: Any) -> Any:
        if table.id == "endpoint-table" and row >= 0:
            drawn.append((row, column))
        return draw(table, row, column, *rest, **options)

    with patch.object(DataTable, "_render_cell", recorded):
        yield drawn


async def test_where_one_cell_is_another_the_others_are_not_drawn_again() -> None:
    async with showing(endpoints("Pending")) as stage:
        with cells_drawn() as drawn:
            await stage.show(endpoints("Expired"))
            await stage.until(lambda: "Expired" in stage.pane("#endpoints"))
    assert {row for row, _ in drawn} == {1}
    state_and_what_it_changes = 3
    assert 0 < len(set(drawn)) <= state_and_what_it_changes


async def test_when_the_focus_goes_only_the_row_under_the_cursor_is_drawn_again() -> None:
    async with showing(endpoints("Pending")) as stage:
        with cells_drawn() as drawn:
            await stage.press("tab")
        assert {row for row, _ in drawn} == {0}
        focused = stage.app.query_one("#endpoint-table", DataTable)
        before = [list(strip) for strip in focused.render_lines(Region(0, 0, *focused.size))]
        await stage.press("tab", "tab", "tab")
        assert focused.has_focus
        focused._clear_caches()
        await stage.press("tab")
        assert [list(strip) for strip in focused.render_lines(Region(0, 0, *focused.size))] == before
