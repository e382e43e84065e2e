"""What stays where it is while reads come in, what follows them, and what is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from textual import events
from textual.widgets import DataTable, Static

from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.state.followed_scope import RECENT_READS
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import ENDPOINT, A, B, account, endpoint, eni, incident, incident_interfaces, subnet
from tests.dashboard.stage import Stage, showing


def named(number: int) -> str:
    return f"vpce-{number:017x}"


def fleet(numbers: range, failed: tuple[int, ...] = ()) -> Snapshot:
    """Endpoints with these numbers, in that order unless some failed: trouble comes first."""
    reading = SubnetReading(subnet(A, "10.10.10.0/26", 59))
    return account([reading], [endpoint(named(n), "Failed" if n in failed else "Available") for n in numbers])


def depth(stage: Stage) -> int:
    """How many lines below the top of the table its cursor is drawn."""
    table = stage.table("#endpoint-table")
    return table.cursor_row - table.scroll_offset.y


async def test_the_cursor_and_its_place_on_screen_outlast_rows_that_come_and_go() -> None:
    async with showing(fleet(range(100, 160))) as stage:
        table = stage.table("#endpoint-table")
        await stage.press(*["down"] * 30)
        assert table.current == named(130)
        place = depth(stage)
        assert 0 <= place < table.size.height

        for numbers in (range(160), range(120, 160), range(129, 190), range(400), range(125, 135)):
            await stage.show(fleet(numbers))
            assert table.current == named(130)
            assert table.row_count == len(numbers)
            if len(numbers) > 20:
                assert depth(stage) == place or table.scroll_offset.y in (0, table.max_scroll_y)
            place = depth(stage)
            assert 0 <= place < table.size.height - 1

        await stage.show(fleet(range(100, 160), failed=(150, 151)))
        assert table.current == named(130)
        assert [table.get_row_index(named(n)) for n in (150, 151, 100, 130)] == [0, 1, 2, 32]


async def test_a_cursor_whose_row_goes_moves_to_the_next_that_stays() -> None:
    async with showing(fleet(range(10))) as stage:
        table = stage.table("#endpoint-table")
        await stage.press(*["down"] * 5)
        await stage.show(account(endpoints=[endpoint(named(n)) for n in (0, 1, 7, 8)]))
        assert table.current == named(7)
        assert named(7) in stage.pane("#why")
        await stage.show(fleet(range(3)))
        assert table.current == named(1)
        await stage.show(account())
        assert table.row_count == 0
        assert table.current is None


async def test_the_chosen_sort_outlasts_reads() -> None:
    async with showing(fleet(range(4), failed=(3,))) as stage:
        table = stage.table("#endpoint-table")
        while "endpoint▴" not in stage.pane("#endpoints"):
            await stage.press("s")
        await stage.show(fleet(range(6), failed=(5,)))
        assert [table.get_row_index(named(n)) for n in range(6)] == list(range(6))
        assert "endpoint▴" in stage.pane("#endpoints")


async def test_an_untouched_cursor_follows_the_trouble_and_a_moved_one_does_not() -> None:
    async with showing(fleet(range(4))) as stage:
        table = stage.table("#endpoint-table")
        await stage.show(fleet(range(4), failed=(2,)))
        assert table.current == named(2)
        await stage.press("down")
        assert table.current == named(0)
        await stage.show(fleet(range(4), failed=(3,)))
        assert table.current == named(0)


async def test_an_untouched_screen_shows_the_subnet_that_lacks_a_block() -> None:
    async with showing(incident(before=True)) as stage:
        await stage.show(incident())
        assert stage.table("#subnet-table").current == A
        assert "10.10.10.0/26" in stage.pane("#blocks")


async def test_the_cursor_of_each_grid_is_kept() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("home")
        stage.table("#subnet-table").focus()
        await stage.press("down")
        assert "10.10.10.64/26" in stage.pane("#blocks")
        await stage.press("up")
        await stage.show(incident())
        assert stage.grid.cursor == 0


async def test_a_block_that_changed_is_marked_for_a_few_reads() -> None:
    service = eni("eni-0735a3b9f10ac264c", B, "10.10.10.77", prefixes=["10.10.10.80/28"],
                  description=f"VPC Endpoint Interface: {ENDPOINT}")  # fmt: skip
    async with showing(incident(before=True)) as stage:
        assert "*" not in stage.pane("#blocks")
        stage.table("#subnet-table").focus()
        if stage.table("#subnet-table").current == A:
            await stage.press("down")
        await stage.show(incident(extra_b=[service]))
        assert stage.pane("#blocks").count("* L *") == 2
        for left in range(RECENT_READS - 1, -1, -1):
            await stage.show(incident(extra_b=[service]))
            assert ("* L *" in stage.pane("#blocks")) == (left > 0)
        await stage.show(incident())
        assert stage.pane("#blocks").count("* . *") == 1


async def test_one_snapshot_published_twice_counts_as_one_read() -> None:
    async with showing(incident(before=True)) as stage:
        end = incident()
        for _ in range(RECENT_READS + 1):
            await stage.show(end)
        assert stage.app.current_scope.recent_blocks.of(A) == {1}


class Spies:
    """Counts what is drawn again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: list[str] = []
        for owner, name in (
            (DataTable, "update_cell"),
            (DataTable, "add_row"),
            (DataTable, "remove_row"),
            (DataTable, "sort"),
            (DataTable, "clear"),
            (BlockGrid, "refresh"),
            (Static, "update"),
        ):
            monkeypatch.setattr(owner, name, self._counting(getattr(owner, name), f"{owner.__name__}.{name}"))

    def _counting(self, original: Any, name: str) -> Any:
        def counted(widget: Any, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(widget, StatusLine):
                self.drawn.append(name)
            return original(widget, *args, **kwargs)

        return counted


async def test_a_read_that_brings_nothing_new_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(incident()) as stage:
        spies = Spies(monkeypatch)
        await stage.show(incident())
        assert spies.drawn == []


async def test_a_read_draws_only_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(incident()) as stage:
        spies = Spies(monkeypatch)
        end = incident()
        b = end.subnets[B]
        fewer = structs.replace(b, subnet=structs.replace(b.subnet, available_ip_address_count=41))
        await stage.show(structs.replace(end, subnets=end.subnets | {B: fewer}))
        assert spies.drawn == ["DataTable.update_cell"]


async def test_moving_the_cursor_draws_the_marks_and_no_cell_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(fleet(range(300))) as stage:
        await stage.press("down")
        spies = Spies(monkeypatch)
        await stage.press("down")
        signs = stage.pane("#endpoint-table").split("\n")[1:5]
        assert [line.startswith("▌") for line in signs] == [False, False, True, False]
        assert not {
            "DataTable.update_cell",
            "DataTable.add_row",
            "DataTable.sort",
            "DataTable.clear",
            "BlockGrid.refresh",
        } & set(spies.drawn)


async def test_only_the_cards_that_read_otherwise_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that moves within its block changes no letter, but what the card says."""
    in_a, _ = incident_interfaces()
    moved = structs.replace(in_a[2], addresses=(in_a[2].addresses[0] + 1,))
    async with showing(incident()) as stage:
        regions: list[Any] = []
        monkeypatch.setattr(BlockGrid, "refresh", lambda _, *drawn, **__: regions.append(drawn))
        end = incident()
        reading = SubnetReading(end.subnets[A].subnet, (*in_a[:2], moved))
        await stage.show(structs.replace(end, subnets=end.subnets | {A: reading}))
        assert len(regions) == 1 and len(regions[0]) == 1
        assert regions[0][0].x == stage.grid._view.region(2).x  # type: ignore[union-attr]


async def test_an_endpoint_that_changed_hands_is_never_lost() -> None:
    """Rows replaced altogether, a hundred at a time, and back."""
    async with showing(fleet(range(100))) as stage:
        table = stage.table("#endpoint-table")
        await stage.show(fleet(range(100, 200)))
        assert (table.row_count, table.current) == (100, named(100))
        await stage.show(fleet(range(100)))
        assert (table.row_count, table.current) == (100, named(0))
        cells = [table.get_row_at(row)[1].plain for row in range(3)]
        assert cells == ["vpce-0000…0000", "vpce-0000…0001", "vpce-0000…0002"]


async def test_the_mouse_scrolls_and_selects_rows_and_clicks_keys_of_the_key_line() -> None:
    readings = [SubnetReading(subnet(f"subnet-{n:017x}", f"10.9.{n}.0/24", 251)) for n in range(60)]
    async with showing(account(readings)) as stage:
        table = stage.table("#subnet-table")
        await stage.pilot.click(offset=(stage.lines[-1].index("all subnets"), 35))
        assert stage.screen_name == "AllSubnetsScreen"
        await stage.press("escape")
        for _ in range(4):
            wheel = events.MouseScrollDown(table, 5, 3, 0, 1, 0, False, False, False)
            table.post_message(wheel)
            await stage.pilot.pause()
        await stage.pilot.pause()
        assert table.scroll_offset.y > 0
        before = table.current
        await stage.pilot.click(table, offset=(6, 3))
        assert table.current != before
