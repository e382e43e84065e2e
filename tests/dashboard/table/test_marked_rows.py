"""Which cells of a table are drawn again, and which of its rows are painted again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from textual.geometry import Region
from textual.widgets import DataTable
from textual.widgets.data_table import ColumnKey

from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import A, B, account, endpoint, subnet
from tests.dashboard.stage import Stage, showing

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


async def test_only_the_row_that_reads_otherwise_is_painted_again() -> None:
    async with showing(endpoints("Pending")) as stage:
        table = stage.table("#endpoint-table")
        painted: list[int] = []
        paint = DataTable.render_line

        def recorded(self: DataTable[Any], y: int) -> Any:
            if self is table:
                painted.append(y)
            return paint(self, y)

        with patch.object(DataTable, "render_line", recorded):
            await stage.show(endpoints("Expired"))
            await stage.until(lambda: "Expired" in stage.pane("#endpoints"))
    second_row = 2
    assert set(painted) == {second_row}


async def test_where_a_column_gets_wider_at_the_cost_of_another_every_row_is_painted_again() -> None:
    def named(state_of_second: str) -> Snapshot:
        long_name = "a-name-that-has-to-be-cut-since-the-pane-is-not-as-wide-as-that"
        return account(
            endpoints=[endpoint(FIRST, "Failed", name="b"), endpoint(SECOND, state_of_second, name=long_name)]
        )

    async with showing(named("Pending"), size=(200, 36)) as stage:
        table = stage.table("#endpoint-table")
        keys, size, width = table.keys, table.virtual_size, table.columns[ColumnKey("state")].width
        await stage.show(named("PendingAcceptance"))
        assert (table.keys, table.virtual_size) == (keys, size) and table.columns[ColumnKey("state")].width > width
        await require_painted_whole(stage)


async def test_a_row_whose_mark_goes_is_painted_again() -> None:
    readings = [SubnetReading(subnet(A, "10.10.10.0/26", 59)), SubnetReading(subnet(B, "10.10.10.64/26", 59))]
    of_each = [endpoint(FIRST, "Failed", subnets=[]), endpoint(SECOND, "Failed", subnets=[A])]
    async with showing(account(readings, of_each)) as stage:
        assert "· vpce-0000…0002" in stage.text
        await stage.press("tab", "down")
        assert "· vpce" not in stage.text
        await require_painted_whole(stage)


@pytest.mark.parametrize("seed", range(4))
async def test_rows_painted_one_by_one_look_as_the_table_painted_whole(seed: int) -> None:
    random, states = Random(seed), ["Available", "Pending", "Expired", "Failed", "PendingAcceptance"]
    numbers, state_of, name_of = range(60), dict.fromkeys(range(90), "Available"), dict.fromkeys(range(90), "")
    async with showing(account(), size=(80, 24)) as stage:
        await stage.press("tab")
        for _ in range(16):
            if not random.randrange(3):
                numbers = range(random.randrange(3), random.randrange(3, 90))
            state_of |= {random.choice(numbers): random.choice(states) for _ in range(random.choice([0, 0, 1, 9]))}
            name_of |= {random.choice(numbers): random.choice(["", "a", "longer"]) for _ in range(random.randrange(9))}
            await stage.show(
                account(endpoints=[endpoint(f"vpce-{n:017x}", state_of[n], name=name_of[n]) for n in numbers])
            )
            await stage.press(*random.choices(["down", "up", "pagedown", "end", "home", "O", "tab"], k=2))
            await require_painted_whole(stage)


async def require_painted_whole(stage: Stage) -> None:
    """Require that the screen looks as it does once all rows of its tables are painted again."""
    shown = segments(stage)
    for table in stage.app.screen.query(DataTable):
        table._clear_caches()
        table.refresh()
    await stage.pilot.pause()
    assert segments(stage) == shown


def segments(stage: Stage) -> list[list[Any]]:
    """What is on the screen, with its styles."""
    return [list(strip) for strip in stage.app.screen._compositor.render_strips()]


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
