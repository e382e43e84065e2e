"""Which cells of a table are drawn again."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from textual.widgets import DataTable

from latticetop.model.snapshot import Snapshot
from tests.dashboard.accounts import account, endpoint
from tests.dashboard.stage import showing

FIRST, SECOND = "vpce-00000000000000001", "vpce-00000000000000002"


def endpoints(state_of_second: str) -> Snapshot:
    return account(endpoints=[endpoint(FIRST, "Failed"), endpoint(SECOND, state_of_second)])


async def test_where_one_cell_is_another_the_others_are_not_drawn_again() -> None:
    drawn: list[tuple[int, int]] = []
    draw = DataTable._render_cell

    def recorded(table: DataTable[Any], row: int, column: int, *rest: Any, **options: Any) -> Any:
        if table.id == "endpoint-table" and row >= 0:
            drawn.append((row, column))
        return draw(table, row, column, *rest, **options)

    async with showing(endpoints("Pending")) as stage:
        with patch.object(DataTable, "_render_cell", recorded):
            await stage.show(endpoints("Expired"))
            await stage.until(lambda: "Expired" in stage.pane("#endpoints"))
    assert {row for row, _ in drawn} == {1}
    state_and_what_it_changes = 3
    assert 0 < len(set(drawn)) <= state_and_what_it_changes
