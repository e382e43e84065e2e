"""Keys and mouse: every place can be reached, and every request reaches the source."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec import structs
from textual.widgets import DataTable

from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.follow.status import Phase
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import (
    ENDPOINT,
    NOW,
    RESOURCE_A,
    RESOURCE_B,
    THIRTY_SIX,
    A,
    B,
    account,
    cluster,
    endpoint,
    eni,
    incident,
    subnet,
    two_subnets,
)
from tests.dashboard.stage import Stage, showing, update

FLEET = account(
    [SubnetReading(subnet(A, "10.10.10.0/26", 59)), SubnetReading(subnet(B, "10.10.9.0/24", 251))],
    [endpoint("vpce-00000000000000001", subnets=[B]), endpoint("vpce-00000000000000002", "Failed", subnets=[A])],
)


async def test_tab_goes_round_the_panes_and_back() -> None:
    async with showing(incident()) as stage:
        focus_order = []
        for key in ("tab", "tab", "tab", "tab", "shift+tab"):
            focus_order.append(stage.app.focused.id or "why" if stage.app.focused else "")
            await stage.press(key)
        assert focus_order == ["endpoint-table", "subnet-table", "why", "grid", "endpoint-table"]
        assert stage.app.focused is stage.grid


async def test_arrows_and_letters_move_over_rows() -> None:
    async with showing(FLEET) as stage:
        table = stage.table("#endpoint-table")
        assert table.current == "vpce-00000000000000002"
        await stage.press("down")
        assert table.current == "vpce-00000000000000001"
        await stage.press("k")
        assert table.current == "vpce-00000000000000002"
        await stage.press("j", "up")
        assert table.current == "vpce-00000000000000002"


async def test_the_cursor_moves_over_cards_and_spells_out_their_block() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("left")
        assert "10.10.10.16/28  Lattice" in stage.pane("#blocks")
        await stage.press("right", "right")
        assert "10.10.10.48/28  reserved by AWS" in stage.pane("#blocks")
        await stage.press("right", "down")
        assert stage.grid.cursor == 3
        await stage.press("home")
        assert stage.grid.cursor == 0
        await stage.press("end", "h")
        assert stage.grid.cursor == 2


async def test_the_cursor_moves_over_the_heat_map() -> None:
    async with showing(account([cluster()])) as stage:
        stage.grid.focus()
        await stage.press("home", "down", "l")
        assert "10.20.1.16/28" in stage.pane("#blocks")
        await stage.press("up")
        assert "10.20.0.16/28" in stage.pane("#blocks")
        await stage.press("pagedown", "pagedown", "pagedown")
        assert stage.grid.cursor == 15 * 16 + 1
        await stage.press("pageup", "pageup", "pageup")
        assert stage.grid.cursor == 1


async def test_half_pages_and_edges_in_the_grid_as_in_vim() -> None:
    async with showing(account([cluster()])) as stage:
        stage.grid.focus()
        await stage.press("g", "l")
        await stage.press("ctrl+d")
        half = stage.grid.cursor - 1
        assert half and half % 16 == 0, "whole rows down, in the same column"
        await stage.press("ctrl+u", "pagedown")
        assert half < stage.grid.cursor - 1 <= 2 * half + 16, "about half a page"
        await stage.press("g", "l", "ctrl+d", "ctrl+u")
        assert stage.grid.cursor == 1
        await stage.press("G")
        assert stage.grid.cursor == 255
        await stage.press("ctrl+d", "g")
        assert stage.grid.cursor == 0


async def test_from_an_endpoint_to_an_interface_and_back() -> None:
    async with showing(incident()) as stage:
        attached = {"AttachTime": datetime(2024, 12, 19, 10, 18, 58, tzinfo=timezone(timedelta(hours=2)))}
        stage.source.answer = {"NetworkInterfaceId": RESOURCE_B, "MacAddress": "02:e2:0e:16:f1:95"} | attached
        await stage.press("enter")
        assert "3 of 3 associations accessible" in stage.text
        assert RESOURCE_A in stage.line("10.10.10.7 ") and RESOURCE_B in stage.line("10.10.10.72 ")
        assert "test-service-network-a" in stage.text
        assert stage.text.count("Accessible") == 3
        await stage.press("down", "enter")
        await stage.until(lambda: "as AWS says now" in stage.text)
        assert stage.source.requests[-1] == RESOURCE_B
        assert "02:e2:0e:16:f1:95" in stage.line("MacAddress")
        assert "2024-12-19 08:18:58 UTC" in stage.line("AttachTime")
        await stage.press("escape")
        assert stage.screen_name == "EndpointScreen"
        await stage.press("backspace")
        assert stage.screen_name == "MainScreen"


async def test_an_association_opens_with_its_whole_name() -> None:
    async with showing(incident()) as stage:
        await stage.press("enter", "tab", "enter")
        assert "vpce-rsc-asc-06a4438e30d46815f" in stage.text
        unbroken = stage.text.replace("│", "").replace(" ", "").replace("\n", "")
        assert "rcfg-0f8b3049b4a9710e0.4232ccc.vpc-lattice-rsc.us-east-1.on.aws" in unbroken


async def test_until_aws_answers_the_last_read_is_shown() -> None:
    async with showing(incident()) as stage:
        stage.source.gate = asyncio.Event()
        stage.source.answer = {"MacAddress": "02:e2:0e:16:f1:95"}
        await stage.press("enter", "enter")
        assert "reading the other attributes" in stage.text
        assert f"VPC Endpoint Interface {ENDPOINT}" in stage.line("Description")
        stage.source.gate.set()
        await stage.until(lambda: "02:e2:0e:16:f1:95" in stage.text)


async def test_when_aws_refuses_the_last_read_stays_with_the_reason() -> None:
    async with showing(incident()) as stage:
        stage.source.answer = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeNetworkInterfaces", "Not allowed.")
        await stage.press("enter", "enter")
        await stage.until(lambda: "from the last read: Not allowed." in stage.text)
        assert f"VPC Endpoint Interface {ENDPOINT}" in stage.line("Description")


async def test_from_a_subnet_to_the_address_that_breaks_its_block_to_the_interface() -> None:
    async with showing(incident()) as stage:
        await stage.press("tab", "enter")
        assert stage.app.focused is stage.grid
        await stage.press("enter")
        assert stage.screen_name == "BlockScreen"
        addresses = [f"10.10.10.{n}" for n in range(32, 48)]
        assert all(address in stage.text for address in addresses)
        assert "1 of 16 in use" in stage.text
        line = stage.line("10.10.10.36  in use")
        assert "in use" in line and "i-0ae4b4d9c4e67eef0" in line and THIRTY_SIX in line
        assert stage.table("#address-table").current == "10.10.10.36"
        await stage.press("enter")
        await stage.until(lambda: "as AWS says now" in stage.text)
        assert stage.source.requests[-1] == THIRTY_SIX


async def test_an_address_that_nobody_holds_opens_nothing() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("enter", "down", "enter")
        assert stage.screen_name == "BlockScreen"
        assert stage.table("#address-table").current == "10.10.10.37"


async def test_the_addresses_of_a_prefix_belong_to_its_interface() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("left", "enter")
        assert stage.text.count("in a prefix") == 16
        assert ENDPOINT in stage.line("10.10.10.31 ")


async def test_the_addresses_reserved_by_aws_are_named() -> None:
    async with showing(incident()) as stage:
        stage.grid.focus()
        await stage.press("home", "enter")
        assert stage.pane("#address-table").count("reserved by AWS") == 4
        assert "in use" in stage.line("10.10.10.7 ") and "in use" in stage.line("10.10.10.13 ")


async def test_q_quits() -> None:
    async with showing(incident()) as stage:
        await stage.press("q")
        assert stage.app._exit


async def test_requests_reach_the_source() -> None:
    async with showing(incident()) as stage:
        await stage.press("r", "z", "z", "a", "a")
        everything = Selection(all_endpoints=True, all_subnets=True)
        assert stage.source.requests == ["refresh", "pause", "resume", everything, Selection()]


async def test_pausing_says_so_and_z_goes_on() -> None:
    async with showing(incident()) as stage:
        await stage.press("z")
        await stage.show(update(incident(), Phase.PAUSED))
        assert "paused" in stage.lines[0]
        await stage.press("z")
        assert stage.source.requests == ["pause", "resume"]


async def test_toggle_all_goes_back_to_what_was_asked_for() -> None:
    chosen = Selection(vpc_ids=("vpc-1",))
    async with showing(incident(), selection=chosen) as stage:
        await stage.press("a", "a")
        assert stage.source.requests[-1] == chosen


async def test_the_source_is_told_which_subnet_is_on_screen() -> None:
    async with showing(incident()) as stage:
        assert stage.source.focused == A
        await stage.press("tab", "down")
        assert stage.source.focused == B


async def test_s_sorts_the_table_at_hand() -> None:
    async with showing(FLEET) as stage:
        first, second = "vpce-00000000000000001", "vpce-00000000000000002"
        table = stage.table("#endpoint-table")
        order = {key: table.get_row_index(key) for key in (first, second)}
        assert order == {second: 0, first: 1}
        while "endpoint▴" not in stage.pane("#endpoints"):
            await stage.press("s")
        assert {key: table.get_row_index(key) for key in order} == {first: 0, second: 1}
        assert table.current == second
        await stage.press("tab")
        while "CIDR▴" not in stage.pane("#subnets"):
            await stage.press("s")
        subnets = stage.table("#subnet-table")
        assert (subnets.get_row_index(B), subnets.get_row_index(A)) == (0, 1)


async def test_a_click_moves_to_a_row_and_another_opens_it() -> None:
    async with showing(FLEET) as stage:
        table = stage.table("#endpoint-table")
        await stage.pilot.click(DataTable, offset=(8, 2))
        await stage.pilot.pause()
        assert table.current == "vpce-00000000000000001"
        assert stage.screen_name == "MainScreen"
        await stage.pilot.click(DataTable, offset=(8, 2))
        await stage.pilot.pause()
        assert stage.screen_name == "EndpointScreen"


async def test_a_click_moves_to_a_card_and_another_opens_it() -> None:
    async with showing(incident()) as stage:
        await stage.pilot.click(BlockGrid, offset=(20, 1))
        await stage.pilot.pause()
        assert stage.grid.cursor == 1 and stage.grid.has_focus
        await stage.pilot.click(BlockGrid, offset=(20, 1))
        await stage.pilot.pause()
        assert stage.screen_name == "BlockScreen"
        assert "10.10.10.16/28" in stage.text


CELLS = [((15, 1), 0), ((17 + 5 * 5, 3), 2 * 16 + 5), ((2, 3), None), ((20, 0), None)]


@pytest.mark.parametrize(("offset", "index"), CELLS)
async def test_a_click_moves_to_a_cell_of_the_heat_map(offset: tuple[int, int], index: int | None) -> None:
    async with showing(account([cluster()])) as stage:
        before = stage.grid.cursor
        await stage.pilot.click(BlockGrid, offset=offset)
        await stage.pilot.pause()
        assert stage.grid.cursor == (before if index is None else index)


C = "subnet-0ccccccccccccccccc"
FIRST, SECOND = "vpce-00000000000000001", "vpce-00000000000000002"


def signs(stage: Stage, selector: str) -> dict[str, str]:
    """What stands before each row: `▌` the cursor, `·` linked."""
    table = stage.table(selector)
    return {key: table.row_marks.get(key, "").strip() for key in table.keys}


async def test_the_endpoint_marks_its_subnets_and_the_subnet_its_endpoints() -> None:
    readings = [
        SubnetReading(subnet(A, "10.10.10.0/26", 57)),
        SubnetReading(subnet(B, "10.10.10.64/26", 57)),
        SubnetReading(subnet(C, "10.10.20.0/26", 57)),
    ]
    endpoints = [endpoint(FIRST, subnets=[A, B]), endpoint(SECOND, subnets=[C])]
    async with showing(account(readings, endpoints)) as stage:
        assert signs(stage, "#endpoint-table") == {FIRST: "▌", SECOND: ""}
        assert signs(stage, "#subnet-table") == {A: "▌", B: "·", C: ""}
        await stage.press("down")
        assert signs(stage, "#subnet-table") == {A: "", B: "", C: "▌"}
        await stage.press("tab", "home")
        assert stage.table("#subnet-table").current == A
        assert signs(stage, "#subnet-table") == {A: "▌", B: "", C: "·"}
        assert signs(stage, "#endpoint-table") == {FIRST: "·", SECOND: "▌"}


async def test_an_interface_links_an_endpoint_that_does_not_name_the_subnet() -> None:
    mine = eni("eni-1", B, "10.10.10.72", description=f"VPC Endpoint Interface: {SECOND}")
    readings = [SubnetReading(subnet(A, "10.10.10.0/26")), SubnetReading(subnet(B, "10.10.10.64/26"), (mine,))]
    endpoints = [endpoint(FIRST, subnets=[A]), endpoint(SECOND, subnets=[])]
    async with showing(account(readings, endpoints)) as stage:
        await stage.press("tab", "down")
        assert stage.table("#subnet-table").current == B
        assert signs(stage, "#endpoint-table") == {FIRST: "▌", SECOND: "·"}


async def test_the_blocks_of_the_endpoint_are_lit() -> None:
    """.7 in the first block and the prefix .16/28 are the endpoint's; .36 is not."""
    async with showing(incident()) as stage:
        letters = stage.pane("#grid").splitlines()[1]
        assert letters.replace("│", " ").split() == ["·", "R", "·", "·", "L", "·", "f", "R"]


async def test_a_link_goes_with_the_endpoint() -> None:
    async with showing(incident()) as stage:
        assert signs(stage, "#subnet-table") == {A: "▌", B: "·"}
        await stage.show(incident(before=True))
        assert "·" not in signs(stage, "#subnet-table").values()


async def test_only_what_changed_is_put_into_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    updated_rows: list[str] = []
    update_cell = DataTable.update_cell

    def record_update(self: DataTable[Any], row_key: Any, column_key: Any, value: Any, **more: Any) -> None:
        updated_rows.append(str(row_key))
        update_cell(self, row_key, column_key, value, **more)

    monkeypatch.setattr(DataTable, "update_cell", record_update)
    async with showing(two_subnets("10.10.10.72")) as stage:
        table = stage.table("#subnet-table")
        updated_rows.clear()
        rows = list(table.row_cache._rows.values())
        await stage.show(two_subnets("10.10.10.72"))
        assert updated_rows == []
        assert all(one is other for one, other in zip(rows, table.row_cache._rows.values(), strict=True))
        await stage.show(two_subnets("10.10.10.72", "10.10.10.90"))
        assert set(updated_rows) == {B}


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_old_cidr_reservations_are_told_with_their_age(size: tuple[int, int]) -> None:
    """What is free rests on them; elsewhere than in the subnet on screen they are read once an hour."""
    whole = incident()
    old = structs.replace(whole, read_at=whole.read_at | {reservations_part(A): NOW - timedelta(minutes=42)})
    async with showing(old, size) as stage:
        stage.app.screen.query_one(BlockGrid).focus()
        await stage.until(lambda: "CIDR reservations as of 42 min ago." in stage.pane("#blocks"))
        assert ".32/28" in stage.pane("#blocks")
        await stage.show(incident())
        assert "CIDR reservations" not in stage.pane("#blocks")
