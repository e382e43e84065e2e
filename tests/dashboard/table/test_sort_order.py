"""Sorting: every table, by key and by click, either way round; the head says so, and it outlasts reads and restarts."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from rich.text import Text

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.preferences import Preferences
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row, sort_key
from latticetop.dashboard.table.sort_order import SortOrder, next_order, parse_sort_order, sort_rows
from latticetop.follow.status import Phase
from latticetop.model.snapshot import SubnetReading
from tests.command import PATIENCE
from tests.dashboard.accounts import (
    RESOURCE_A,
    RESOURCE_B,
    ROOMY,
    TAKEN,
    TIGHT,
    A,
    B,
    account,
    at,
    elsewhere,
    endpoint,
    incident,
    recorded_associations,
    subnet,
    with_state,
)
from tests.dashboard.overviews.test_problems_screen import RESERVATIONS, THROTTLED, having
from tests.dashboard.stage import FakeSource, Stage, playing, showing, update

ZONE_A, ZONE_B, SIX = "subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"
SUBNETS = account(
    [
        SubnetReading(subnet(ZONE_A, "10.9.0.0/25", 120, name="node-10")),
        SubnetReading(subnet(ZONE_B, "10.8.0.0/21", 1204, name="Node-9", availability_zone="us-east-1b")),
        SubnetReading(subnet(SIX, "", name="six", availability_zone="us-east-1c")),
    ]
)


async def click(stage: Stage, table: str, label: str) -> None:
    """Click on the head of a column."""
    region = stage.table(table).region
    head = stage.lines[region.y][region.x : region.right]
    await stage.pilot.click(offset=(region.x + head.index(label), region.y))
    await stage.pilot.pause()


def shown(stage: Stage, table: str) -> list[str]:
    return list(stage.table(table).keys)


async def sort_by(stage: Stage, table: str, head: str) -> None:
    """Press s until this head sorts, or the title says so."""
    stage.table(table).focus()
    async with asyncio.timeout(PATIENCE):
        while head not in stage.text:
            await stage.press("s")


async def kept(stage: Stage) -> None:
    """Until what is remembered has been written."""
    if workers := [worker for worker in stage.app.workers if worker.group == "save state"]:
        await stage.app.workers.wait_for_complete(workers)


async def test_a_click_on_a_head_sorts_and_a_second_one_turns_it_round() -> None:
    async with showing(SUBNETS) as stage:
        table = "#subnet-table"
        assert "▴/28" in stage.pane(table), "the tightest come first by themselves"
        assert shown(stage, table) == [ZONE_A, ZONE_B, SIX]
        await click(stage, table, "CIDR")
        assert (shown(stage, table), "CIDR▴" in stage.pane(table)) == ([ZONE_B, ZONE_A, SIX], True)
        await click(stage, table, "CIDR")
        assert (shown(stage, table), "CIDR▾" in stage.pane(table)) == ([ZONE_A, ZONE_B, SIX], True)
        assert "/28▴" not in stage.pane(table) and "▴/28" not in stage.pane(table)
        await click(stage, table, "az")
        assert (shown(stage, table), "az▴" in stage.pane(table)) == ([ZONE_A, ZONE_B, SIX], True)
        await click(stage, table, "az")
        assert (shown(stage, table), "az▾" in stage.pane(table)) == ([SIX, ZONE_B, ZONE_A], True)
        await click(stage, table, "addr")
        assert shown(stage, table) == [ZONE_A, ZONE_B, SIX], "1,204 is more than 120, no range comes last"
        await click(stage, table, "addr")
        assert shown(stage, table) == [ZONE_B, ZONE_A, SIX]
        await click(stage, table, "map")
        assert "▾addr" in stage.pane(table), "a map is nothing to sort by"
        await click(stage, table, "/28")
        await click(stage, table, "/28")
        assert (shown(stage, table), "▾/28" in stage.pane(table)) == ([ZONE_B, ZONE_A, SIX], True)


async def test_s_goes_from_column_to_column_and_S_turns_round() -> None:
    async with showing(SUBNETS) as stage:
        stage.table("#subnet-table").focus()
        heads = []
        for _ in range(8):
            heads += [word for word in stage.pane("#subnets").replace("VPC ▴", "VPC▴").split() if "▴" in word]
            await stage.press("s")
        assert heads == ["▴/28", "▴fits", "VPC▴", "subnet▴", "az▴", "CIDR▴", "▴addr", "▴/28"]
        assert shown(stage, "#subnet-table") == [ZONE_A, ZONE_B, SIX]
        await sort_by(stage, "#subnet-table", "subnet▴")
        assert shown(stage, "#subnet-table") == [ZONE_B, ZONE_A, SIX], "9 comes before 10, large letters are as small"
        await stage.press("S")
        assert shown(stage, "#subnet-table") == [SIX, ZONE_A, ZONE_B] and "subnet▾" in stage.pane("#subnets")
        await stage.press("S")
        assert "subnet▴" in stage.pane("#subnets")


async def test_of_a_column_that_is_not_shown_the_title_says_that_it_sorts() -> None:
    async with showing(SUBNETS, (80, 36)) as stage:
        await sort_by(stage, "#subnet-table", "by VPC ▴")
        assert "VPC" not in stage.pane("#subnet-table")
        await stage.pilot.resize_terminal(240, 36)
        await stage.pilot.pause()
        assert "by VPC" not in stage.pane("#subnets") and "VPC▴" in stage.pane("#subnet-table")
        await stage.pilot.resize_terminal(80, 36)
        await stage.pilot.pause()
        assert "by VPC ▴" in stage.pane("#subnets")


async def test_endpoints_are_sorted_by_what_aws_says_the_newest_or_how_much_is_accessible() -> None:
    ids = [f"vpce-0000000000000000{n}" for n in range(3)]
    endpoints = [
        endpoint(endpoint_id, state, creation_timestamp=TAKEN - timedelta(days=age))
        for endpoint_id, state, age in zip(ids, ("Available", "Failed", "Pending"), (2, 3, 1), strict=True)
    ]
    associations = recorded_associations()
    replaced = [replace_endpoint(endpoint_id, ids[0]) for endpoint_id in associations[:1]]
    async with showing(account([], endpoints, replaced), size=(240, 36)) as stage:
        assert shown(stage, "#endpoint-table") == [ids[1], ids[2], ids[0]] and "AWS says▴" in stage.pane("#endpoints")
        await click(stage, "#endpoint-table", "AWS says")
        assert shown(stage, "#endpoint-table") == [ids[0], ids[2], ids[1]]
        await click(stage, "#endpoint-table", "created")
        assert shown(stage, "#endpoint-table") == [ids[2], ids[0], ids[1]], "the newest first"
        assert "created▾" in stage.pane("#endpoints") and "2024-12-16 08:20" in stage.pane("#endpoints")
        await click(stage, "#endpoint-table", "accessible")
        assert shown(stage, "#endpoint-table")[0] == ids[0], "the others have no association"


def replace_endpoint(association: Any, endpoint_id: str) -> Any:
    return structs.replace(association, vpc_endpoint_id=endpoint_id)


async def test_the_order_outlasts_reads_and_restarts_and_a_broken_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        await stage.press("enter")
        assert shown(stage, "#interface-table") == [RESOURCE_A, RESOURCE_B] and "role▴" in stage.pane("#interfaces")
        await click(stage, "#interface-table", "primary")
        await click(stage, "#interface-table", "primary")
        assert shown(stage, "#interface-table") == [RESOURCE_B, RESOURCE_A], "10.10.10.72 comes after 10.10.10.7"
        await stage.show(incident())
        assert shown(stage, "#interface-table") == [RESOURCE_B, RESOURCE_A]
        await stage.press("escape", "enter")
        assert shown(stage, "#interface-table") == [RESOURCE_B, RESOURCE_A], "as long as the app runs"
        assert not path.exists(), "an order that was not to be kept ends with the app"
        stage.table("#interface-table").focus()
        await stage.press("K")
        await kept(stage)
        assert stage.notices == ["The sort order is saved for the next start."]
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        await stage.press("enter")
        assert shown(stage, "#interface-table") == [RESOURCE_B, RESOURCE_A] and "primary▾" in stage.pane("#interfaces")
        stage.table("#interface-table").focus()
        await stage.press("=")
        assert shown(stage, "#interface-table") == [RESOURCE_A, RESOURCE_B] and "role▴" in stage.pane("#interfaces")
        await kept(stage)
    assert "interfaces" not in path.read_text(), "its own order need not be remembered"
    path.write_text('{"orders": {"subnets": "free addresses", "endpoints": "", "estate": "cidr falling falling"}}')
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        assert "▴/28" in stage.pane("#subnets")
        await stage.press("o")
        assert "▴/28" in stage.pane("#all-subnets-table")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_a_stray_sort_says_how_it_is_undone(size: tuple[int, int]) -> None:
    async with showing(incident(), size) as stage:
        await stage.press("s")
        assert "Sorted; = resets the order, K keeps it." in stage.lines[-1]
        await stage.press("=")
        assert "Sorted" not in stage.lines[-1] and stage.table("#endpoint-table").order == SortOrder("state")


async def test_an_untouched_cursor_stays_on_its_row_when_sorted() -> None:
    async with showing(SUBNETS) as stage:
        table = stage.table("#subnet-table")
        table.focus()
        await stage.press("down")
        assert table.current == ZONE_B
        await click(stage, "#subnet-table", "CIDR")
        await stage.show(structs.replace(SUBNETS))
        assert (table.current, table.cursor_row, table.row_marks[ZONE_B]) == (ZONE_B, 0, "▌ ")


async def test_changes_are_sorted() -> None:
    async with showing(at(incident(before=True), -60)) as stage:
        await stage.show(at(with_state(incident(), "Pending"), -30))
        await stage.show(at(incident(), 0))
        await stage.press("w")
        newest = shown(stage, "#change-table")
        assert "UTC▾" in stage.pane("#change-pane") and len(newest) > 2
        await stage.press("S")
        assert shown(stage, "#change-table") == newest[::-1] and "UTC▴" in stage.pane("#change-pane")
        await sort_by(stage, "#change-table", "what▴")
        cells = [stage.table("#change-table").get_cell(key, "what") for key in shown(stage, "#change-table")]
        first = [cell.plain.split()[0].lower() for cell in cells]
        assert first[:2] == ["3", "10.10.10.16/28"] and first[2:] == sorted(first[2:])


async def test_new_changes_leave_the_cursor_alone_where_the_newest_are_not_asked_for() -> None:
    async with showing(at(incident(before=True), -60)) as stage:
        await stage.show(at(with_state(incident(), "Pending"), -30))
        await stage.press("w")
        await sort_by(stage, "#change-table", "what▴")
        await stage.press("home")
        table = stage.table("#change-table")
        before = table.current
        await stage.show(at(incident(before=True), 0))
        assert (table.row_count > 1, table.current) == (True, before)


async def test_an_untouched_cursor_is_on_the_trouble_whatever_the_order() -> None:
    memory = SavedState()
    memory.set_order("endpoints", "id")
    ids = [f"vpce-0000000000000000{n}" for n in range(3)]
    endpoints = [
        endpoint(endpoint_id, state) for endpoint_id, state in zip(ids, ("Available", "Pending", "Failed"), strict=True)
    ]
    async with showing(account([], endpoints), saved_state=memory) as stage:
        table = stage.table("#endpoint-table")
        assert (shown(stage, "#endpoint-table"), table.current) == (ids, ids[2])
        await stage.show(account([], [endpoint(endpoint_id, "Failed") for endpoint_id in ids]))
        assert table.current == ids[0]


async def test_problems_are_sorted() -> None:
    async with showing(having(RESERVATIONS, THROTTLED)) as stage:
        await stage.press("exclamation_mark")
        await stage.show(having(RESERVATIONS))
        holds, over = shown(stage, "#problem-table")
        assert "now▴" in stage.pane("#problem-pane")
        await click(stage, "#problem-table", "kind")
        assert shown(stage, "#problem-table") == [holds, over], "access-denied before throttled"
        await click(stage, "#problem-table", "kind")
        assert shown(stage, "#problem-table") == [over, holds]
        await click(stage, "#problem-table", "times")
        assert shown(stage, "#problem-table") == [holds, over], "met twice, and once"


async def test_scopes_are_sorted_and_stand_again_as_they_are_gone_through() -> None:
    others = [FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")]
    async with playing(FakeSource(update(incident())), others=others) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("c")
        assert shown(stage, "#scope-table") == ["0", "1"] and "▴" not in stage.pane("#scope-table")
        await click(stage, "#scope-table", "Region")
        assert shown(stage, "#scope-table") == ["1", "0"]
        await click(stage, "#scope-table", "in trouble")
        assert shown(stage, "#scope-table") == ["0", "1"] and "▾in trouble" in stage.pane("#scope-table")
        await stage.press("end", "enter")
        assert stage.app.scope_index == 1
        await stage.press("c")
        async with asyncio.timeout(PATIENCE):
            while "▴" in stage.pane("#scope-table") or "▾" in stage.pane("#scope-table"):
                await stage.press("s")
        assert shown(stage, "#scope-table") == ["0", "1"]


async def test_all_subnets_are_sorted_over_all_scopes() -> None:
    others = [FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")]
    async with playing(FakeSource(update(incident())), size=(140, 36), others=others) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("o")
        await click(stage, "#all-subnets-table", "CIDR")
        assert shown(stage, "#all-subnets-table") == [f"1 {ROOMY}", f"1 {TIGHT}", f"0 {A}", f"0 {B}"]
        await click(stage, "#all-subnets-table", "CIDR")
        assert shown(stage, "#all-subnets-table") == [f"0 {B}", f"0 {A}", f"1 {TIGHT}", f"1 {ROOMY}"]
        await stage.press("home", "enter")
        assert (stage.app.scope_index, stage.table("#subnet-table").current) == (0, B)


async def test_what_an_endpoint_has_is_sorted() -> None:
    first, *rest = recorded_associations()
    broken = structs.replace(
        rest[-1], accessibility="Inaccessible", resource_arn=f"{first.resource_arn.rsplit('/', 1)[0]}/zzzz"
    )
    whole = incident()
    associations_by_id = {association.association_id: association for association in (first, *rest[:-1], broken)}
    async with showing(structs.replace(whole, associations=associations_by_id), size=(200, 50)) as stage:
        await stage.press("enter")
        assert shown(stage, "#association-table")[0] == broken.association_id, "what is not accessible comes first"
        await click(stage, "#association-table", "AWS says")
        assert shown(stage, "#association-table")[-1] == broken.association_id
        await click(stage, "#association-table", "resource")
        arns = [associations_by_id[key].resource_arn.rsplit("/", 1)[-1] for key in shown(stage, "#association-table")]
        assert arns[-1].endswith("zzzz") and "resource▴" in stage.pane("#associations")


async def test_addresses_and_a_plan_are_sorted() -> None:
    # Without the endpoint nothing shows that this account builds with two blocks a zone, so that one fits in B.
    async with showing(structs.replace(incident(), endpoints={}, associations={})) as stage:
        stage.grid.focus()
        await stage.press("enter")
        await click(stage, "#address-table", "owner")
        assert shown(stage, "#address-table")[0] == "10.10.10.36", "addresses without an owner come last"
        await click(stage, "#address-table", "owner")
        assert shown(stage, "#address-table")[:2] == ["10.10.10.36", "10.10.10.32"]
        await stage.press("escape", "p")
        assert shown(stage, "#plan-table") == [A, B] and "az▴" in stage.pane("#plan-table")
        await click(stage, "#plan-table", "fits")
        assert shown(stage, "#plan-table") == [A, B]
        await stage.press("S")
        assert shown(stage, "#plan-table") == [B, A]
        await click(stage, "#plan-table", "this plan")
        assert shown(stage, "#plan-table") == [B, A], "what may fit before what cannot"


async def test_counts_over_time_are_sorted() -> None:
    async with showing(incident()) as stage:
        await stage.press("t")
        assert shown(stage, "#trend-table") == [A, B] and "runs out▴" in stage.pane("#trend-table")
        await click(stage, "#trend-table", "now")
        await click(stage, "#trend-table", "now")
        assert shown(stage, "#trend-table") == [B, A] and "▾now" in stage.pane("#trend-table")


async def test_in_ascii_the_direction_is_a_letter() -> None:
    async with showing(incident(), ascii_only=True) as stage:
        assert "^/28" in stage.pane("#subnets")
        await click(stage, "#subnet-table", "/28")
        assert "v/28" in stage.pane("#subnets")


async def test_other_keys_sort_where_a_key_map_says_so() -> None:
    keys = Preferences({"sort": ("z",), "turn": ("Z",)})
    async with showing(incident(), preferences=keys) as stage:
        await stage.press("tab", "s", "S")
        assert "▴/28" in stage.pane("#subnets")
        await stage.press("Z")
        assert "▾/28" in stage.pane("#subnets")


async def test_nothing_read_is_sorted_too() -> None:
    async with showing(update(None, Phase.CONNECTING)) as stage:
        await stage.press("s", "S", "s")
        assert shown(stage, "#endpoint-table") == []


def every_table(kind: type[KeyedTable] = KeyedTable) -> list[type[KeyedTable]]:
    return [kind, *(table for child in kind.__subclasses__() for table in every_table(child))]


def test_a_table_in_an_order_of_its_own_names_a_column_that_sorts() -> None:
    for table in every_table():
        if table.DEFAULT_SORT:
            assert [column.sorts for column in table.COLUMNS if column.key == table.DEFAULT_SORT] == [True], table


@pytest.mark.parametrize(
    "rising",
    [
        ["", "1", "2", "10", "1,204", "12,040"],
        ["10.8.0.0/24", "10.10.9.0/24", "10.10.10.0/28", "10.10.10.0/26"],
        ["0", "0-1", "1", "1-2", "≤ 3", "4"],
        ["alpha", "Beta", "gamma 9", "gamma 10"],
        ["9" * 40, "a"],
        ["", "ä"],
    ],
)
def test_what_a_text_is_worth(rising: list[str]) -> None:
    sorting = [text for text in rising if sort_key(text) is not None]
    pairs = list(pairwise(sorting))
    # /26 is less than /28 as a number.
    assert all(sort_key(one) <= sort_key(other) or "/28" in one for one, other in pairs)  # type: ignore[operator]
    assert all(sort_key(text) is None for text in ("", "-", "?", "  ", "≤ "))


def rows(*values: object) -> list[Row]:
    return [Row(str(place), {}, {"n": value}) for place, value in enumerate(values)]


def test_what_has_no_rank_comes_last_either_way_and_equals_stay_as_they_were() -> None:
    unsorted = rows(2, None, 1, 2, None, 3)
    assert [row.key for row in sort_rows(unsorted, SortOrder("n"))] == ["2", "0", "3", "5", "1", "4"]
    assert [row.key for row in sort_rows(unsorted, SortOrder("n", descending=True))] == ["5", "0", "3", "2", "1", "4"]
    assert Row("k", {"n": Text("- ")}).sort_value("n") is None and Row("k").sort_value("n") is None


COLUMNS = (Column("a", "A"), Column("b", "B", descending=True), Column("c", "C", value=False), Column("d", ""))


def test_orders_are_written_and_read_again() -> None:
    for order in (SortOrder("a"), SortOrder("a", descending=True), SortOrder("b")):
        assert parse_sort_order(str(order), COLUMNS) == order
    assert [parse_sort_order(text, COLUMNS) for text in ("c", "d", "e falling", "", " ", "a x")] == [None] * 6
    assert structs.replace(COLUMNS[0], label="").sorts is False


def test_after_the_last_column_the_rows_own_order_comes_again() -> None:
    sorts = [column for column in COLUMNS if column.sorts]
    assert next_order(None, sorts, None) == SortOrder("a")
    assert next_order(SortOrder("a", descending=True), sorts, None) == SortOrder("b", descending=True)
    assert next_order(SortOrder("b"), sorts, None) is None
    assert next_order(SortOrder("b"), sorts, SortOrder("a")) == SortOrder("a")
    assert next_order(None, [], None) is None and next_order(SortOrder("x"), [], SortOrder("x")) is None
