"""The numbers of a plan: their meaning is that of the options of `latticetop plan`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from textual.widgets import Input

from latticetop.dashboard.plan.form import PlanForm
from tests.dashboard.accounts import incident
from tests.dashboard.plan.test_screen import SIZES, enter_number, open_plan, press, verdict
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
        for part in ("endpoints", "resources 3", "AWS builds ‹auto›", f"{stage.app.key_to('numbers')} edits"):
            assert part in " ".join(stage.lines[1].split())
        for part in ("nodes 0", "/28 a node 1", "pods a node", "bare /28 0"):
            assert part in " ".join(stage.lines[2].split())
        await press(stage, "numbers")
        assert "+ - change" in " ".join(stage.lines[1].split())


async def test_prefixes_alone_mean_no_endpoint(stage: Stage) -> None:
    await enter_number(stage, "prefixes", 60)
    assert "60 /28 prefixes" in stage.lines[3] and "endpoint" not in stage.lines[3]
    assert "Needs 60 /28 blocks in each subnet." in verdict(stage)


async def test_nodes_alone_mean_no_endpoint_and_pods_make_prefixes(stage: Stage) -> None:
    """110 pods are seven prefixes of 16, and one is kept warm."""
    await enter_number(stage, "nodes", 3)
    assert "3 EKS nodes with 1 /28 prefix each" in stage.lines[3] and "endpoint" not in stage.lines[3]
    await enter_number(stage, "pods", 110)
    assert value(stage, "per-node") == "8" and "3 EKS nodes with 8 /28 prefixes each" in stage.lines[3]
    await enter_number(stage, "per-node", 2)
    assert value(stage, "pods") == "" and "3 EKS nodes with 2 /28 prefixes each" in stage.lines[3]


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
    assert "‹today›" in stage.lines[1] and "Needs one /28 block and 5 single addresses" in verdict(stage)
    await stage.press("space")
    assert "‹2024›" in stage.lines[1] and "Needs 2 /28 blocks and 2 single addresses" in verdict(stage)
    await stage.press("down")
    assert "‹today›" in stage.lines[1]
    await stage.press("up", "up")
    assert "‹auto›" in stage.lines[1]


async def test_an_empty_number_counts_as_none(stage: Stage) -> None:
    form = stage.app.screen.query_one(PlanForm)
    for name in ("resources", "nodes", "per-node", "prefixes"):
        stage.app.screen.query_one(f"#{name}", Input).value = ""
    await stage.pilot.pause()
    assert (form.demand.endpoints, form.demand.resources, form.demand.prefixes_per_node) == (1, 0, 1)
