"""Several scopes at once: the list of all subnets, and going from one scope to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from msgspec import structs

from latticetop.dashboard.overviews import all_subnets_screen, all_subnets_table
from latticetop.dashboard.overviews.all_subnets_table import AllSubnetsTable, ScopedSubnet
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.table.gradual_rows import ROWS_AT_ONCE
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Row
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import ROOMY, TIGHT, A, B, account, elsewhere, eni, incident, subnet
from tests.dashboard.stage import FakeSource, Stage, playing, showing, update


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    other = FakeSource(update(elsewhere()))
    async with playing(
        FakeSource(update(incident())), others=[FollowedScope(other, "production", "eu-west-1")]
    ) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        yield stage


def rows(stage: Stage) -> list[str]:
    names = (A[:10], B[:10], ROOMY[:10], TIGHT[:10])
    return [line for line in stage.lines if "10." in line and any(name in line for name in names)]


async def test_all_subnets_of_all_scopes_the_tightest_first(stage: Stage) -> None:
    await stage.press("o")
    text = [line.split("10.", 1)[1].split()[0] for line in rows(stage)]
    assert text == ["10.10.0/26", "8.1.0/27", "10.10.64/26", "8.0.0/24"], "of the two without one, that of an endpoint"
    assert "4 subnets in 2 accounts and Regions · 2 without a free /28 · 1 endpoint in trouble" in stage.words
    assert "production" in stage.line("10.8.0.0/24") and "eu-west-1" in stage.line("10.8.0.0/24")
    assert "RLfR" in stage.line("10.10.10.0/26")
    assert "R..............R" in stage.line("10.8.0.0/24")


async def test_it_is_sorted_by_what_one_asks_for(stage: Stage) -> None:
    await stage.press("o")
    while "Region▴" not in stage.pane("#all-subnets-table"):
        await stage.press("s")
    first = rows(stage)[0]
    assert "eu-west-1" in first and "10.8.1.0/27" in first


async def test_enter_leads_to_the_subnet_in_its_scope(stage: Stage) -> None:
    await stage.press("o", "end", "enter")
    await stage.until(lambda: stage.screen_name == "MainScreen")
    assert "production 2/2" in stage.lines[0]
    assert stage.table("#subnet-table").current == ROOMY
    assert "10.8.0.0/24" in stage.pane("#blocks")


async def test_brackets_go_from_scope_to_scope(stage: Stage) -> None:
    await stage.press("right_square_bracket")
    assert "eu-west-1" in stage.lines[0]
    await stage.press("right_square_bracket")
    assert "us-east-1" in stage.lines[0]
    assert stage.table("#subnet-table").current == A


async def test_one_scope_fails_alone(stage: Stage) -> None:
    problem = Problem(ProblemKind.EXPIRED, "", "The credentials have expired.", "Sign in again.")
    other = stage.app.scopes[1].source
    assert isinstance(other, FakeSource)
    other.send(update(elsewhere(), problem=problem))
    await stage.until(lambda: stage.app.scopes[1].update is not None and True)
    assert "have expired" not in stage.text
    await stage.press("right_square_bracket")
    await stage.until(lambda: "The credentials have expired." in stage.text)
    assert "10.8.0.0/24" in stage.text


async def test_with_one_scope_account_and_region_are_not_told_twice() -> None:
    async with playing(FakeSource(update(incident()))) as stage:
        await stage.until(lambda: "RLfR" in stage.text)
        await stage.press("o")
        assert "Region" not in stage.text
        assert "next account" not in stage.text
        assert "2 subnets · 1 without a free /28" in stage.words


async def test_a_list_of_scopes_tells_how_each_fares_and_leads_there(stage: Stage) -> None:
    await stage.press("c")
    assert stage.screen_name == "ScopesScreen"
    here, there = (line for line in stage.pane("#scope-table").splitlines() if "live" in line)
    for cell in ("prod-network", "123456789012", "us-east-1"):
        assert cell in here
    assert here.split("us-east-1")[1].split()[:3] == ["1", "2", "1"]
    assert there.split("eu-west-1")[1].split()[:3] == ["0", "2", "1"]
    await stage.press("down", "enter")
    await stage.until(lambda: stage.screen_name == "MainScreen")
    assert "production 2/2" in stage.lines[0]


async def test_a_scope_that_could_not_be_read_says_why_in_the_list() -> None:
    refused = Problem(ProblemKind.NO_CREDENTIALS, "", "AssumeRole was refused.", "Check the role.")
    other = FakeSource(update(None, Phase.NEEDS_CREDENTIALS, problem=refused))
    others = [FollowedScope(other, "payments", "eu-west-1")]
    async with playing(FakeSource(update(incident())), size=(180, 36), others=others) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.press("c")
        line = stage.line("payments")
    assert "eu-west-1" in line and "no valid credentials" in line and "AssumeRole was refused." in line


async def test_one_scope_alone_needs_no_list() -> None:
    async with playing(FakeSource(update(incident()))) as stage:
        await stage.press("c")
        assert stage.screen_name == "MainScreen"


async def test_what_the_age_means_stands_beneath_the_list(stage: Stage) -> None:
    await stage.press("o")
    assert "age: since ENIs were read; changes show at the next read" in stage.text
    await stage.pilot.resize_terminal(60, 20)
    await stage.pilot.pause()
    assert "changes show at the next read" in stage.text


async def test_a_scope_that_comes_while_the_list_is_open_is_told_apart_at_once() -> None:
    may_follow = asyncio.Event()

    async def more() -> AsyncIterator[FollowedScope]:
        await may_follow.wait()
        yield FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")

    async with playing(FakeSource(update(incident())), more=more()) as stage:
        await stage.until(lambda: stage.app.view is not None)
        await stage.press("o")
        assert "Region" not in stage.pane("#all-subnets-pane")
        may_follow.set()
        await stage.until(lambda: len(stage.app.scopes) == 2 and stage.app.scopes[1].view is not None)
        await stage.pilot.pause()
        assert "Region" in stage.pane("#all-subnets-pane")
        assert "eu-west-1" in stage.line("10.8.0.0/24")


async def test_the_other_scopes_are_listed_though_the_one_on_screen_cannot_be_read() -> None:
    refused = Problem(ProblemKind.NO_CREDENTIALS, "", "No credentials found.")
    here = FakeSource(update(None, Phase.NEEDS_CREDENTIALS, problem=refused))
    others = [FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")]
    async with playing(here, others=others) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.press("o")
        assert "10.8.1.0/27" in stage.text


@pytest.mark.parametrize(("size", "shown"), [((120, 36), True), ((80, 24), False)])
async def test_the_owner_of_a_shared_subnet_is_a_column_where_there_is_one(size: tuple[int, int], shown: bool) -> None:
    own = incident()
    shared = structs.replace(own.subnets[B], subnet=structs.replace(own.subnets[B].subnet, owner_id="210987654321"))
    async with showing(own, size=size) as stage:
        await stage.press("o")
        assert "owner" not in stage.line("CIDR")
        await stage.show(structs.replace(own, subnets=own.subnets | {B: shared}))
        assert ("owner" in stage.line("CIDR")) is shown
        assert ("210987654321" in stage.line("10.10.10.64/26")) is shown
        assert "210987654321" not in stage.line("10.10.10.0/26")
        await stage.show(own)
        assert "owner" not in stage.line("CIDR")


async def test_the_main_screen_names_the_owner_of_a_shared_subnet() -> None:
    own = incident()
    shared = structs.replace(own.subnets[B], subnet=structs.replace(own.subnets[B].subnet, owner_id="210987654321"))
    async with showing(own, size=(200, 60)) as stage:
        assert "owner" not in stage.pane("#subnets")
        await stage.show(structs.replace(own, subnets=own.subnets | {B: shared}))
        assert "210987654321" in stage.pane("#subnets")


def node_subnet(available: int = 150) -> SubnetReading:
    """A node with four prefixes on two interfaces, in the first of fourteen blocks: ten are free."""
    interfaces = (
        eni("eni-1", A, "10.0.0.4", prefixes=["10.0.0.16/28", "10.0.0.32/28"], instance_id="i-1", description=NODE),
        eni("eni-2", A, "10.0.0.5", prefixes=["10.0.0.48/28", "10.0.0.64/28"], instance_id="i-1", description=NODE),
    )
    return SubnetReading(subnet(A, "10.0.0.0/24", available), interfaces)


NODE = "aws-K8S-i-1"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_where_eks_nodes_hold_prefixes_the_capacity_is_in_nodes_and_pods_too(size: tuple[int, int]) -> None:
    """Ten blocks are free: 160 pods. Two nodes take eight, but their four addresses may fragment three of the ten."""
    async with showing(account([node_subnet(), SubnetReading(subnet(B, "10.0.1.0/24", 251))]), size=size) as stage:
        await stage.press("o")
        cells = {row.key: row.cells for row in stage.table("#all-subnets-table").shown_rows}
        assert [cells[f"0 {A}"][key].plain for key in ("nodes", "pods")] == ["1-2", "160"]
        assert [cells[f"0 {B}"][key].plain for key in ("nodes", "pods")] == ["", ""]
        assert "nodes" in stage.line("CIDR") and "pods" in stage.line("CIDR")
        assert "160" in stage.line("10.0.0.0/24")
        if size[1] > 24:
            await stage.press("question_mark")
            assert "how many more EKS nodes fit" in stage.words and "how many pods fit" in stage.words


async def test_nodes_and_pods_are_bounds_where_reservations_were_not_read() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Access was denied.")
    unread = account([node_subnet()], problems=[denied], unread=[reservations_part(A)])
    async with showing(unread) as stage:
        await stage.press("o")
        (row,) = stage.table("#all-subnets-table").shown_rows
        assert [row.cells[key].plain for key in ("nodes", "pods")] == ["0-2", "0-160"]


async def test_subnets_are_found_by_the_nodes_and_pods_that_still_fit() -> None:
    async with showing(account([node_subnet(), SubnetReading(subnet(B, "10.0.1.0/24", 251))])) as stage:
        await stage.press("o", "slash", *"nodes:<3 pods:>100", "enter")
        assert "10.0.0.0/24" in stage.text and "10.0.1.0/24" not in stage.text


async def test_without_nodes_that_hold_prefixes_there_are_no_such_columns() -> None:
    async with showing(incident()) as stage:
        await stage.press("o")
        assert "nodes" not in stage.line("CIDR") and "pods" not in stage.line("CIDR")


async def test_the_main_screen_of_an_account_with_nodes_and_no_endpoint_counts_in_nodes_and_pods() -> None:
    async with showing(account([node_subnet()]), size=(80, 24)) as stage:
        heading = stage.line("CIDR")
        assert "nodes" in heading and "pods" in heading and "fits" not in heading
        assert "160" in stage.line("10.0.0.0/24")
        await stage.show(incident())
        assert "fits" in stage.line("CIDR") and "nodes" not in stage.line("CIDR")


def many(count: int) -> Snapshot:
    """An account with so many subnets, the first of them the tightest."""
    cidrs = [f"10.{index // 256}.{index % 256}.0/{28 if index == 0 else 24}" for index in range(count)]
    return account(SubnetReading(subnet(f"subnet-{index:017x}", cidr, 251)) for index, cidr in enumerate(cidrs))


async def test_of_very_many_subnets_the_tightest_are_there_at_once_and_each_row_is_made_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    make = all_subnets_table.subnet_row

    def make_counted(scoped: ScopedSubnet, *arguments: Any) -> Row:
        made.append(scoped.subnet_id)
        return make(scoped, *arguments)

    monkeypatch.setattr(all_subnets_screen, "subnet_row", make_counted)
    count = 2 * ROWS_AT_ONCE + 1
    snapshot = many(count)
    async with playing(FakeSource(update(snapshot))) as stage:
        await stage.until(lambda: stage.app.view is not None)
        shown: list[int] = []
        show = AllSubnetsTable.show

        def show_counted(table: AllSubnetsTable, rows: Sequence[Row]) -> None:
            shown.append(len(rows))
            show(table, rows)

        monkeypatch.setattr(AllSubnetsTable, "show", show_counted)
        await stage.press("o")
        await stage.poll_until(lambda: len(table_of(stage).keys) == count)
        assert sorted({*shown} - {0}) == [ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, count], "keys are handled in between"
        assert table_of(stage).current == "0 subnet-00000000000000000"
        assert sorted(made) == sorted(snapshot.subnets)


async def test_a_filter_searches_every_subnet_though_not_all_are_shown_yet() -> None:
    count = 2 * ROWS_AT_ONCE + 1
    async with playing(FakeSource(update(many(count)))) as stage:
        await stage.until(lambda: stage.app.view is not None)
        await stage.press("o", "slash", *f"10.{(count - 1) // 256}.{(count - 1) % 256}.0/24", "enter")
        await stage.poll_until(lambda: len(table_of(stage).keys) == 1)
        assert table_of(stage).current == f"0 subnet-{count - 1:017x}"


def table_of(stage: Stage) -> KeyedTable:
    return stage.table("#all-subnets-table")


NO_SUBNETS_ALLOWED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "Not allowed.")


async def test_it_says_why_there_is_no_subnet() -> None:
    async with showing(account()) as stage:
        await stage.press("o")
        assert "There is no subnet in us-east-1." in stage.words
        await stage.show(account(unread=["subnets"], problems=[NO_SUBNETS_ALLOWED]))
        assert "The subnets could not be read: ec2:DescribeSubnets is denied." in stage.words
    async with showing(update(None, Phase.CONNECTING)) as stage:
        await stage.press("o")
        assert "Reading…" in stage.words


async def test_of_several_accounts_it_says_which_ones_were_not_read_and_why() -> None:
    denied = account(unread=["subnets"], problems=[NO_SUBNETS_ALLOWED])
    other = FakeSource(update(denied))
    async with playing(
        FakeSource(update(account())), others=[FollowedScope(other, "payments", "us-east-1")], title="shop"
    ) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("o")
        reason = "The subnets could not be read: ec2:DescribeSubnets is denied."
        assert f"payments us-east-1: {reason}" in stage.words and "shop us-east-1:" not in stage.words
        other.send(update(account()))
        await stage.until(lambda: "could not be read" not in stage.words)
        assert "There is no subnet in any of 2 accounts" in stage.words
