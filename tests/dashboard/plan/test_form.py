"""The numbers of a plan: their meaning is that of the options of `latticetop plan`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from unittest.mock import ANY

import pytest
from textual.widgets import Input

from latticetop.dashboard.plan.form import Choice, PlanForm
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import A, B, account, incident, subnet
from tests.dashboard.plan.test_screen import SIZES, enter_number, open_plan, press, steps_known, verdict
from tests.dashboard.stage import Stage, showing


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with showing(incident()) as stage:
        await open_plan(stage)
        yield stage


def value(stage: Stage, name: str) -> str:
    return stage.app.screen.query_one(f"#{name}", Input).value


@pytest.mark.parametrize("size", SIZES)
async def test_all_numbers_and_the_key_to_edit_them_are_on_screen(size: tuple[int, int]) -> None:
    async with showing(incident(), size=size) as stage:
        await open_plan(stage)
        for part in ("endpoints", "resources 3", "IP ‹ipv4›"):
            assert part in " ".join(stage.lines[1].split())
        for part in ("nodes 0", "/28 a node 1", "pods a node", "bare /28 0"):
            assert part in " ".join(stage.lines[2].split())
        for part in ("AWS builds ‹auto›", f"{stage.app.key_to('numbers')} edits"):
            assert part in " ".join(stage.lines[3].split())
        await press(stage, "numbers")
        assert "+ - change" in " ".join(stage.lines[3].split())


async def test_prefixes_alone_mean_no_endpoint(stage: Stage) -> None:
    await enter_number(stage, "prefixes", 60)
    assert "60 /28 prefixes" in stage.lines[4] and "endpoint" not in stage.lines[4]
    assert "Needs 60 /28 blocks in each subnet." in verdict(stage)


async def test_nodes_alone_mean_no_endpoint_and_pods_make_prefixes(stage: Stage) -> None:
    """110 pods are seven prefixes of 16, and one is kept warm."""
    await enter_number(stage, "nodes", 3)
    assert "3 EKS nodes with 1 /28 prefix each" in stage.lines[4] and "endpoint" not in stage.lines[4]
    await enter_number(stage, "pods", 110)
    assert value(stage, "per-node") == "8" and "3 EKS nodes with 8 /28 prefixes each" in stage.lines[4]
    await enter_number(stage, "per-node", 2)
    assert value(stage, "pods") == "" and "3 EKS nodes with 2 /28 prefixes each" in stage.lines[4]


async def test_endpoints_that_are_named_are_planned_beside_prefixes(stage: Stage) -> None:
    await enter_number(stage, "prefixes", 2)
    await enter_number(stage, "endpoints", 1)
    text = "1 service-network endpoint with 3 resource configurations and 2 /28 prefixes"
    assert text in verdict(stage)


async def test_keys_change_a_number_and_leave_it(stage: Stage) -> None:
    await press(stage, "numbers")
    await stage.press("tab", "+", "up", "-")
    assert value(stage, "resources") == "4"
    await stage.press("escape")
    assert stage.screen_name == "PlanScreen" and stage.app.focused is stage.app.screen.query_one("#plan-step-list")
    await press(stage, "numbers")
    await stage.press("+")
    assert value(stage, "endpoints") == "2", "one is meant where none is written"
    await stage.press("-", "-", "-", "-")
    assert value(stage, "endpoints") == "0"


async def test_letters_are_keys_and_not_text(stage: Stage) -> None:
    await press(stage, "numbers")
    await stage.press("question_mark")
    assert stage.screen_name == "HelpScreen"


async def test_the_behaviour_is_auto_today_or_2024(stage: Stage) -> None:
    stage.app.screen.query_one("#behaviour").focus()
    await stage.press("+")
    assert "‹today›" in stage.lines[3] and "Needs one /28 block and 5 single addresses" in verdict(stage)
    await stage.press("space")
    assert "‹2024›" in stage.lines[3] and "Needs 2 /28 blocks and 2 single addresses" in verdict(stage)
    await stage.press("down")
    assert "‹today›" in stage.lines[3]
    await stage.press("up", "up")
    assert "‹auto›" in stage.lines[3]


IPV6_RANGE = "2600:1f18:1:2::/64"


def with_ipv6() -> Snapshot:
    """A subnet with IPv4 alone, one with both and one with IPv6 alone, each in a zone of its own and free."""
    subnets = [
        subnet(A, "10.0.0.0/24", 251),
        subnet(B, "10.0.1.0/24", 251, availability_zone="us-east-1b", ipv6_cidr_blocks=(IPV6_RANGE,)),
        subnet(C, "", availability_zone="us-east-1c", ipv6_cidr_blocks=(IPV6_RANGE,)),
    ]
    return account([SubnetReading(each) for each in subnets])


C = "subnet-0cccccccccccccccc"


@pytest.mark.parametrize(
    ("address_type", "fits"),
    [("ipv4", {A: "fits", B: "fits"}),
     ("dualstack", {A: "cannot fit", B: "fits"}),
     ("ipv6", {A: "cannot fit", B: "cannot fit", C: "fits"})],
)  # fmt: skip
async def test_the_address_type_decides_which_subnets_are_possible(address_type: str, fits: dict[str, str]) -> None:
    """AWS: dual stack needs a subnet with both, IPv6 one with IPv6 alone (privatelink-access-service-networks)."""
    async with showing(with_ipv6()) as stage:
        await open_plan(stage)
        await choose_address_type(stage, address_type)
        rows = stage.table("#plan-table").shown_rows
        assert {row.key: row.cells["answer"].plain for row in rows} == fits
        capacity = {key: {"cannot fit": "0", "fits": "-" if address_type == "ipv6" else ANY} for key in fits}
        assert {row.key: row.cells["fits"].plain for row in rows} == {key: capacity[key][fits[key]] for key in fits}
        form = stage.app.screen.query_one(PlanForm)
        assert form.demand.ip_address_type.value == address_type


async def choose_address_type(stage: Stage, address_type: str) -> None:
    choice = stage.app.screen.query_one("#ip-address-type", Choice)
    choice.focus()
    await stage.pilot.pause()
    while choice.value != address_type:
        await stage.press("+")
    await steps_known(stage)


async def test_the_command_names_the_address_type() -> None:
    async with showing(with_ipv6()) as stage:
        await open_plan(stage)
        await choose_address_type(stage, "dualstack")
        stage.table("#plan-table").focus()
        await press(stage, "best-subnets")
        await stage.press_for_notice("y")
        assert "--ip-address-type dualstack" in stage.app.clipboard and B in stage.app.clipboard


async def test_endpoints_with_ipv6_alone_need_no_ipv4(stage: Stage) -> None:
    await choose_address_type(stage, "ipv6")
    assert "Needs /80 prefixes of IPv6 and no IPv4 address in each subnet." in verdict(stage)
    assert "us-east-1a 10.10.10.0/26: cannot fit, the subnet has no IPv6 range." in verdict(stage)


async def test_what_the_command_line_refuses_has_no_answer_and_no_command(stage: Stage) -> None:
    await choose_address_type(stage, "ipv6")
    await enter_number(stage, "nodes", 1)
    await enter_number(stage, "endpoints", 1)
    assert verdict(stage) == "IPv6 is planned for endpoints alone, without nodes and /28 prefixes."
    assert "10.10.10.0/26" not in stage.text and "FIT" not in stage.text
    await press(stage, "best-subnets")
    await enter_number(stage, "nodes", 0)
    assert "CANNOT FIT" in stage.lines[4] and "10.10.10.0/26" in stage.text


async def test_an_empty_number_counts_as_none(stage: Stage) -> None:
    form = stage.app.screen.query_one(PlanForm)
    for name in ("resources", "nodes", "per-node", "prefixes"):
        stage.app.screen.query_one(f"#{name}", Input).value = ""
    await stage.pilot.pause()
    assert (form.demand.endpoints, form.demand.resources, form.demand.prefixes_per_node) == (1, 0, 1)
