"""The owners of a subnet: who breaks its blocks, what goes free with them, and the plan without them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs
from textual.widgets import Input

from latticetop.dashboard.owners import screen as owners_screen
from latticetop.dashboard.plan.screen import PlanScreen
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import A, account, elsewhere, eni, subnet
from tests.dashboard.stage import FakeSource, Stage, playing, showing, update

POD, NODE = "aws-k8s-branch-eni", "aws-K8S-i-2"


def interfaces() -> tuple[NetworkInterface, ...]:
    """In blocks 1 to 5 of 8: a pod; a pod and an instance; a pod and a node; the node's prefix; a function."""
    function = eni("eni-6", A, "10.0.0.81", description="AWS Lambda VPC ENI-thumbnails-1")
    return (
        eni("eni-1", A, "10.0.0.17", description=POD),
        eni("eni-2", A, "10.0.0.33", description=POD),
        eni("eni-3", A, "10.0.0.50", description=POD),
        eni("eni-4", A, "10.0.0.34", instance_id="i-1"),
        eni("eni-5", A, "10.0.0.51", prefixes=["10.0.0.64/28"], instance_id="i-2", description=NODE),
        structs.replace(function, security_group_ids=("sg-1",)),
    )


def cluster(*more: NetworkInterface, unaccounted: int = 0) -> Snapshot:
    """An account of that subnet: 128 addresses, less 5 of AWS, 6 single ones and a prefix."""
    reading = SubnetReading(subnet(A, "10.0.0.0/25", 101, name="eks-a"), (*interfaces(), *more), (), unaccounted)
    return account([reading])


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with showing(cluster()) as stage:
        await stage.press("O")
        yield stage


def file_in(folder: Path) -> Path:
    """The only JSON file of a folder."""
    (path,) = folder.glob("*.json")
    return path


def counts(stage: Stage) -> dict[str, list[str]]:
    """The last three numbers of each row, by the owner: the blocks it breaks, those it breaks alone, those it frees."""
    table = stage.table("#owner-table")
    cells = [row.cells for row in table.shown_rows]
    return {row["owner"].plain: [row[key].plain for key in ("broken", "alone", "freed")] for row in cells}


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 60)])
async def test_each_owner_with_what_it_breaks_and_what_goes_free_with_it(size: tuple[int, int]) -> None:
    async with showing(cluster(), size) as stage:
        await stage.press("O")
        assert counts(stage) == {
            "EKS pod": ["3", "1", "1"],
            "Lambda sg-1": ["1", "1", "1"],
            "EKS node i-2": ["1", "0", "1"],
            "i-1": ["1", "0", "0"],
        }
        for line, numbers in (("EKS pod", "3 1 1"), ("Lambda sg-1", "1 1 1"), ("EKS node i-2", "1 0 1")):
            assert numbers in " ".join(stage.line(line).split()), stage.text
        assert "EKS pod breaks 3 blocks, 1 of them alone. 1 block is free when it goes." in stage.words
        assert "Delete the pod that uses eni-1, and so for 2 more ENIs" in stage.words
        assert "10.0.0.0/25 eks-a" in stage.words


async def test_the_subnet_is_told_in_blocks_nodes_and_pods(stage: Stage) -> None:
    """One of eight blocks is free: enough for a prefix, and its node's address is in a fragmented block, if it is."""
    assert "4 fragmented or full blocks · 1 free · +0-1 nodes of 1 /28 · 16 pods" in stage.words
    assert "101 addresses free · 1 block free · +0-1 nodes of 1 /28" in stage.words, "below the grid"


async def test_owners_that_are_ticked_go_together(stage: Stage) -> None:
    await stage.press("space", "end", "space")
    assert stage.line("EKS pod").count("[x]") == stage.line(" i-1 ").count("[x]") == 1
    assert "2 blocks go free with the 2 ticked ones together; p plans without them." in stage.words
    await stage.press("space")
    assert "1 block goes free with the ticked one; p plans without it." in stage.words


async def test_who_frees_no_block_is_not_advised_to_go_before_it_does(stage: Stage) -> None:
    """The instance shares its one block with a pod."""
    none = "frees no block unless others in its blocks go too"
    await stage.press("end")
    assert none in stage.line("[ ] i-1") and f"It {none}." in stage.pane_words("#owner-details")
    assert "replace i-1" not in stage.text
    await stage.press("home", "space", "end")
    assert none in stage.line("[ ] i-1") and "Terminate or replace i-1." in stage.pane_words("#owner-details")
    await stage.press("space")
    assert "terminate or replace i-1" in stage.line("[x] i-1")


async def test_what_to_do_is_copied_if_it_frees_a_block(stage: Stage) -> None:
    def copied() -> dict[str, str]:
        assert isinstance(stage.app.screen, owners_screen.OwnersScreen)
        return {item.label: item.text for item in stage.app.screen.copy_items()}

    await stage.press("end", "space")
    assert "what to do" not in copied() and copied()["ids"] == "i-1"
    await stage.press("home", "space")
    assert "terminate or replace i-1" in copied()["what to do"]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)])
async def test_owners_whose_ids_differ_look_different(size: tuple[int, int]) -> None:
    nodes = ["i-0aaa1111111112222", "i-0aaa3333333332222"]
    interfaces = [eni(f"eni-{n}", A, f"10.0.0.{17 + n}", instance_id=node) for n, node in enumerate(nodes)]
    async with showing(account([SubnetReading(subnet(A, "10.0.0.0/25", 120), tuple(interfaces))]), size) as stage:
        await stage.press("O")
        names = [row["owner"] for row in (row.cells for row in stage.table("#owner-table").shown_rows)]
        assert len({name.plain for name in names}) == 2


async def test_enter_marks_the_blocks_of_the_owner_in_the_grid_and_n_goes_from_one_to_the_next(stage: Stage) -> None:
    await stage.press("enter")
    assert stage.grid.has_focus and stage.pane("#grid").count("/ f /") == 3
    cursors = [stage.grid.cursor]
    for key in ("n", "n", "n"):
        await stage.press(key)
        cursors.append(stage.grid.cursor)
    assert cursors == [1, 2, 3, 1]
    await stage.press("escape", "end")
    assert stage.table("#owner-table").has_focus and stage.pane("#grid").count("/ f /") == 1
    await stage.press("escape")
    assert stage.screen_name == "MainScreen"


async def test_on_a_low_screen_the_grid_takes_the_place_of_the_owners() -> None:
    async with showing(cluster(), (60, 20)) as stage:
        await stage.press("O")
        assert "10.0.0.16/28" not in stage.text
        await stage.press("enter")
        assert "[ ] EKS pod" not in stage.text and "10.0.0.16/28" in stage.text
        await stage.press("escape")
        assert "[ ] EKS pod" in stage.text


async def test_the_plan_is_made_as_if_the_ticked_owners_were_gone(stage: Stage) -> None:
    await stage.press("space", "end", "space", "p")
    assert isinstance(stage.app.screen, PlanScreen)
    decision = stage.app.screen.session.decision(A)
    assert decision is not None and decision.reading.blocks.letters == "R..fA f.R".replace(" ", "")
    await stage.press("escape")
    assert stage.screen_name == "OwnersScreen" and stage.line("EKS pod").count("[x]") == 1


async def test_of_many_interfaces_that_go_the_plan_names_the_first_and_counts_the_others() -> None:
    pods = [eni(f"eni-p{n}", A, f"10.0.0.{97 + n}", description=POD) for n in range(7)]
    async with showing(cluster(*pods)) as stage:
        await stage.press("O", "p")
        assert "simulated as freed: eni-1, eni-2, eni-3, eni-p0 and 6 more" in stage.words


@pytest.mark.parametrize(
    ("node", "question"),
    [(NODE, ("0", "1", "2", "0")), ("", ("0", "0", "1", "1"))],
    ids=["nodes", "prefixes"],
)
@pytest.mark.parametrize("keys", [("p",), ("O", "p")], ids=["of the subnet", "of its owners"])
async def test_the_plan_opens_with_what_the_subnet_is_for(
    keys: tuple[str, ...], node: str, question: tuple[str, ...]
) -> None:
    """An EKS node as large as the one there, or a bare prefix; no endpoint, of which there is none."""
    prefixes = ["10.0.0.64/28", "10.0.0.80/28"]
    pod = eni("eni-1", A, "10.0.0.17", description=POD)
    holder = eni("eni-2", A, "10.0.0.4", prefixes=prefixes, instance_id="i-2", description=node)
    async with showing(account([SubnetReading(subnet(A, "10.0.0.0/25", 89), (pod, holder))])) as stage:
        await stage.press(*keys)
        numbers = [stage.app.screen.query_one(f"#{name}", Input) for name in ("nodes", "per-node", "prefixes")]
        endpoints = stage.app.screen.query_one("#endpoints", Input)
        assert (endpoints.value or endpoints.placeholder, *(number.value for number in numbers)) == question


async def test_without_a_tick_the_owner_under_the_cursor_is_planned_away(stage: Stage) -> None:
    await stage.press("p")
    assert isinstance(stage.app.screen, PlanScreen)
    assert stage.app.screen.session.removed == ["eni-1", "eni-2", "eni-3"]


async def test_what_a_command_needs_is_copied(stage: Stage) -> None:
    await stage.press_for_notice("y")
    assert stage.app.clipboard == "eni-1 eni-2 eni-3"
    await stage.press("down", "down", "space", "down", "space")
    await stage.press_for_notice("y")
    assert stage.app.clipboard == "i-2 i-1"
    await stage.press("enter")
    await stage.press_for_notice("y")
    assert stage.app.clipboard == "10.0.0.32/28", "of the grid, the block"


async def test_the_export_has_whole_ranges(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await stage.press_for_notice("x", "enter")
    pods, *_, instance = json.loads(file_in(tmp_path).read_text())["rows"]
    assert pods["owner"] == "EKS pod" and pods["interfaces"] == ["eni-1", "eni-2", "eni-3"]
    assert pods["broken_blocks"] == ["10.0.0.16/28", "10.0.0.32/28", "10.0.0.48/28"]
    assert pods["broken_alone"] == pods["freed_blocks"] == ["10.0.0.16/28"]
    assert instance["action"] == "frees no block unless others in its blocks go too"
    assert instance["actions"] == ["terminate or replace i-1"] and instance["freed_blocks"] == []


async def test_a_search_in_the_table_finds_an_owner_by_an_interface(stage: Stage) -> None:
    await stage.press("slash", *"eni:eni-2", "enter")
    assert list(counts(stage)) == ["EKS pod"]


async def test_what_others_hold_unseen_is_said() -> None:
    async with showing(cluster(unaccounted=3)) as stage:
        await stage.press("O")
        assert "AWS counts 3 addresses more as in use than its ENIs have: their owners are unknown" in stage.words
    hidden = account([SubnetReading(subnet(A, "10.0.0.0/25", 120), (), (), 3)])
    async with showing(hidden) as stage:
        await stage.press("O")
        assert "their owners are unknown" in stage.pane_words("#owners-pane") and "No address" not in stage.text


async def test_reservations_that_were_not_read_are_said_beside_what_goes_free() -> None:
    denied = Problem(ProblemKind.ACCESS_DENIED, "ec2:GetSubnetCidrReservations", "Access was denied.")
    reading = SubnetReading(subnet(A, "10.0.0.0/25", 101), interfaces())
    async with showing(account([reading], problems=[denied], unread=[reservations_part(A)])) as stage:
        await stage.press("O")
        assert "ec2:GetSubnetCidrReservations" in stage.pane_words("#owner-details")


@pytest.mark.parametrize("denied", [False, True])
async def test_unread_interfaces_are_no_owners(denied: bool) -> None:
    problem = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeNetworkInterfaces", "Access was denied.")
    unread = account([SubnetReading(subnet(A, "10.0.0.0/25", 101))], problems=[problem] if denied else (), unread=[A])
    async with showing(unread) as stage:
        await stage.press("O")
        said = "ec2:DescribeNetworkInterfaces" if denied else "The interfaces of this subnet have not been read yet."
        assert said in stage.pane_words("#owners-pane")
        assert "is in use" not in stage.text


async def test_many_owners_are_ranked_in_a_thread_and_follow_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners_screen, "MAX_RANKED_AT_ONCE", 0)
    async with showing(cluster()) as stage:
        await stage.press("O")
        await stage.poll_until(lambda: "EKS pod" in stage.text)
        await stage.show(cluster(eni("eni-7", A, "10.0.0.97", instance_id="i-7")))
        await stage.poll_until(lambda: "i-7" in stage.text)
        assert counts(stage)["i-7"] == ["1", "1", "1"]


async def test_from_the_list_of_all_subnets_it_opens_in_the_account_of_the_subnet() -> None:
    other = FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")
    async with playing(FakeSource(update(cluster())), others=[other]) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("o", "end", "O")
        assert stage.screen_name == "OwnersScreen" and "10.8.0.0/24" in stage.text
        assert "No address of this subnet is in use." in stage.words and stage.app.scope_index == 1


async def test_keys_that_come_at_once_lead_to_the_subnet_that_the_cursor_is_on_by_then() -> None:
    subnets = [SubnetReading(subnet(f"subnet-{n}", f"10.0.{n}.0/25", 123)) for n in range(5)]
    async with showing(account(subnets)) as stage:
        table = stage.table("#subnet-table")
        table.action_cursor_down()
        table.action_cursor_down()
        stage.app.action_owners()
        await stage.pilot.pause()
        assert stage.screen_name == "OwnersScreen" and "10.0.2.0/25" in stage.pane("#owners-pane")


async def test_without_a_subnet_it_says_so() -> None:
    async with showing(account()) as stage:
        await stage.press_for_notice("O")
        assert stage.notices == ["The cursor is on no subnet."]
