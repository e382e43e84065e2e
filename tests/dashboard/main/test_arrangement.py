"""The main screen holds the answer at every size: state, reason, culprit, fix, free addresses and free blocks."""

from __future__ import annotations

import pytest

from latticetop.model.records.resources import Association
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import ENDPOINT, A, B, account, cluster, endpoint, incident, subnet
from tests.dashboard.stage import Stage, showing


def _cells(stage: Stage, cidr: str) -> list[str]:
    row = next(line for line in stage.pane("#subnets").splitlines() if cidr in line)
    return row.replace("│", " ").replace("▌", " ").replace("·", " ").split()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 30), (120, 36), (200, 60)], ids=str)
async def test_the_first_screen_has_state_reason_culprit_and_free_counts(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        assert "Failed" in stage.pane("#endpoints") and "3 of 3" in stage.pane("#endpoints")
        why = stage.pane_words("#why")
        assert "no ENI in us-east-1a: no /28 block is free there" in why
        assert "10.10.10.32/28 f one address: 10.10.10.36 (i-0ae4" in why
        for step in ("1 reserve 10.10.10.16/28", "2 reserve 10.10.10.80/28", "3 terminate or replace i-0ae4",
                     "4 delete vpce-0e3b", "5 create the endpoint again"):  # fmt: skip
            assert step in why
        assert _cells(stage, "10.10.10.0/26")[1:6] == ["a", "10.10.10.0/26", "40", "0", "0"]
        assert _cells(stage, "10.10.10.64/26")[1:6] == ["b", "10.10.10.64/26", "42", "1", "0"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=str)
async def test_the_whole_fix_is_there_without_scrolling(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        why = stage.pane_words("#why")
        shown = why.replace("i-0ae4b4d9c4e67eef0", "i-0ae4…eef0")
        assert "Fix 1 reserve 10.10.10.16/28 and 10.10.10.32/28 in subnet-0a84" in shown
        assert "3 terminate or replace i-0ae4…eef0 (10.10.10.36) → frees 10.10.10.32/28 4 delete" in shown
        assert "→ frees 2 blocks: 10.10.10.16/28, 10.10.10.96/28 5 create the endpoint again" in shown
        assert not any(bar.display for bar in stage.app.screen.query("#why ScrollBar"))


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_ids_are_whole_where_there_is_room(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        assert ENDPOINT in stage.pane("#endpoint-table")
        assert A in stage.pane("#subnet-table") and B in stage.pane("#subnet-table")


@pytest.mark.parametrize("size", [(41, 12), (60, 20), (80, 24), (100, 30)], ids=str)
async def test_free_addresses_and_free_blocks_are_columns_at_every_size(size: tuple[int, int]) -> None:
    async with showing(account([cluster()]), size=size) as stage:
        heading = stage.pane("#subnet-table").splitlines()[0]
        assert "addr" in heading and "/28" in heading


async def test_on_a_narrow_screen_the_grid_opens_over_the_whole_width_and_closes() -> None:
    async with showing(incident(), size=(80, 24)) as stage:
        assert not stage.app.screen.query_one("#blocks").display
        await stage.press("tab", "tab", "enter")
        assert stage.grid.has_focus
        assert stage.app.screen.query_one("#blocks").outer_size.width == 80
        assert "10.10.10.36  eni-0c2b8e61f7a4d9035 of i-0ae4b4d9c4e67eef0" in stage.pane("#blocks")
        assert "esc tables" in stage.lines[-1]
        await stage.press("escape")
        assert stage.table("#subnet-table").has_focus and "Fix" in stage.pane("#why")
        assert "esc tables" not in stage.lines[-1]


async def test_tab_goes_round_the_panes_in_their_order_on_screen() -> None:
    async with showing(incident(), size=(80, 24)) as stage:
        tops = []
        for _ in range(3):
            assert stage.app.focused is not None
            tops.append(stage.app.focused.region.y)
            await stage.press("tab")
        assert tops == sorted(tops) and stage.table("#endpoint-table").has_focus
        await stage.pilot.resize_terminal(120, 36)
        await stage.press("tab")
        assert stage.table("#subnet-table").has_focus


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_without_endpoints_the_subnets_have_the_whole_width_and_the_focus(size: tuple[int, int]) -> None:
    roomy = SubnetReading(subnet(B, "10.10.11.0/24", 251))
    full = SubnetReading(subnet(A, "10.10.10.0/28", 11))
    async with showing(account([roomy, full]), size=size) as stage:
        assert "No VPC Lattice endpoint in us-east-1 of account 123456789012." in stage.pane_words("#endpoints")
        assert stage.app.screen.query_one("#subnets").outer_size.width == size[0]
        table = stage.table("#subnet-table")
        assert table.has_focus and table.current == A and list(table.keys) == [A, B]
        assert "10.10.10.0/28" in stage.pane("#blocks")
        await stage.show(incident())
        assert stage.table("#endpoint-table").has_focus


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_the_focused_table_gets_the_room_where_both_are_long(size: tuple[int, int]) -> None:
    ids = [f"vpce-{n:017x}" for n in range(30)]
    associations = [Association(f"vpce-rsc-asc-{each}", each, accessibility="Accessible") for each in ids]
    readings = [SubnetReading(subnet(f"subnet-{n:017x}", f"10.0.{n}.0/24", 251)) for n in range(30)]
    endpoints = [endpoint(each, "Failed", ("subnet-00000000000000000", A)) for each in ids]
    async with showing(account(readings, endpoints, associations), size=size) as stage:
        first, second = (stage.app.screen.query_one(pane) for pane in ("#endpoints", "#subnets"))
        assert first.outer_size.height > second.outer_size.height > 3
        await stage.press("tab", "tab")
        assert second.outer_size.height > first.outer_size.height > 3
        heights = [stage.app.screen.query_one(pane).outer_size.height for pane in ("#why", "#endpoints", "#subnets")]
        assert sum(heights) == size[1] - 2


async def test_what_the_findings_do_not_need_shows_more_subnets() -> None:
    readings = [SubnetReading(subnet(f"subnet-{n:017x}", f"10.0.{n}.0/24", 251)) for n in range(30)]
    healthy = endpoint("vpce-00000000000000001", subnets=("subnet-00000000000000000",))
    failed = endpoint("vpce-00000000000000002", "Failed", subnets=("subnet-00000000000000000", A))
    async with showing(account(readings, [healthy, failed]), size=(80, 24)) as stage:
        first, second = (stage.app.screen.query_one(pane) for pane in ("#endpoints", "#subnets"))
        before = (first.outer_size.height, second.outer_size.height)
        await stage.press("down")
        assert stage.table("#endpoint-table").current == healthy.vpc_endpoint_id
        why = stage.pane("#why").splitlines()
        assert len([line for line in why if not line.strip()]) == 0
        assert second.outer_size.height > before[1] and first.outer_size.height == before[0]


async def test_above_the_open_grid_the_counts_are_whole() -> None:
    reading = SubnetReading(subnet(A, "10.10.10.0/24", 251, availability_zone="us-east-1a", tags={"Name": "x" * 40}))
    async with showing(account([reading]), size=(80, 24)) as stage:
        title = stage.pane("#blocks").splitlines()[0]
        assert "251 addresses free · 14 blocks free" in title and "us-east-1a" in title and "…" in title


async def test_a_small_screen_names_the_association_that_is_broken() -> None:
    broken = Association("vpce-rsc-asc-1", ENDPOINT, accessibility="Inaccessible", failure_code="ResourceGone")
    async with showing(account([], [endpoint(ENDPOINT)], [broken]), size=(80, 24)) as stage:
        assert "ResourceGone" in stage.pane("#why")
