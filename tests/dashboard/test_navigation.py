"""The messages by which screens ask the app to show or to save something, and what the app does about each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.message import Message

from latticetop.dashboard.navigation import (
    BreadcrumbSelected,
    EndpointInvestigated,
    EndpointSelected,
    FilterAccepted,
    FilterKept,
    InterfaceSelected,
    ScenarioSelected,
    ScopeSelected,
    SortOrderKept,
    SubnetHighlighted,
    SubnetSelected,
    VpcSelected,
)
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.address import parse_address
from tests.dashboard.accounts import ENDPOINT, NOW, RESOURCE_A, ROOMY, VPC, B, elsewhere, incident
from tests.dashboard.stage import FakeSource, Stage, showing, update


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    other = FollowedScope(FakeSource(update(elsewhere())), "production", "eu-west-1")
    async with showing(incident(), others=[other]) as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        yield stage


async def post(stage: Stage, message: Message) -> None:
    """Post a message on the screen on top, as its widgets do."""
    stage.app.screen.post_message(message)
    await stage.pilot.pause()


async def test_a_subnet_is_shown_on_the_main_screen_of_its_scope(stage: Stage) -> None:
    await stage.press("e")
    await post(stage, SubnetSelected(1, ROOMY, parse_address("10.8.0.33")))
    assert (stage.screen_name, stage.app.scope_index) == ("MainScreen", 1)
    assert stage.table("#subnet-table").current == ROOMY
    assert stage.grid.has_focus and stage.grid.cursor == 2


async def test_a_vpc_filters_the_subnets(stage: Stage) -> None:
    await post(stage, VpcSelected(1, VPC))
    assert stage.app.scope_index == 1
    assert stage.table("#subnet-table").filter_query.text == f"vpc:{VPC}"


@pytest.mark.parametrize(
    ("message", "screen", "below"),
    [
        (EndpointSelected(0, ENDPOINT), "EndpointScreen", "ChangesScreen"),
        (EndpointSelected(1, ENDPOINT), "EndpointScreen", "ChangesScreen"),
        (InterfaceSelected(0, RESOURCE_A), "InterfaceScreen", "MainScreen"),
        (ScopeSelected(0), "MainScreen", "MainScreen"),
    ],
)
async def test_an_overview_gives_way_to_what_is_selected_in_it_and_stays_below_an_endpoint(
    stage: Stage, message: Message, screen: str, below: str
) -> None:
    await stage.press("w")
    await post(stage, message)
    assert stage.screen_name == screen
    await stage.press("escape")
    assert stage.screen_name == below


async def test_a_scope_is_shown_with_its_own_cursors(stage: Stage) -> None:
    await stage.press("tab", "down")
    assert stage.table("#subnet-table").current == B
    await post(stage, ScopeSelected(1))
    assert "production 2/2" in stage.lines[0] and stage.table("#subnet-table").current != B
    await post(stage, ScopeSelected(0))
    assert "prod-network 1/2" in stage.lines[0] and stage.table("#subnet-table").current != B


async def test_a_breadcrumb_closes_the_screens_above_it_and_never_the_main_screen(stage: Stage) -> None:
    await stage.press("enter", "enter")
    assert stage.screen_name == "InterfaceScreen"
    await post(stage, BreadcrumbSelected(2))
    assert stage.screen_name == "EndpointScreen"
    await post(stage, BreadcrumbSelected(0))
    assert stage.screen_name == "MainScreen"


async def test_the_highlighted_subnet_is_read_first(stage: Stage) -> None:
    await post(stage, SubnetHighlighted(B))
    assert stage.source.focused == B


async def test_an_investigation_is_kept_for_the_scope_on_screen(stage: Stage) -> None:
    snapshot = incident()
    investigation = Investigation(snapshot, snapshot.endpoints[ENDPOINT], NOW)
    await post(stage, EndpointInvestigated(ENDPOINT, investigation))
    assert stage.app.screen_data.investigations == {ENDPOINT: investigation}
    assert not stage.app.scopes[1].investigations


async def test_filters_and_sort_orders_are_saved(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with showing(incident(), saved_state=SavedState(path)) as stage:
        await post(stage, FilterKept("subnets", "az:a"))
        await post(stage, FilterAccepted("subnets", "free:0"))
        await post(stage, SortOrderKept("subnets", "cidr"))
        await stage.poll_until(lambda: SavedState(path).order("subnets") == "cidr")
    assert SavedState(path).filter("subnets") == "az:a"


async def test_a_scenario_ends_the_app_after_it_was_named() -> None:
    played: list[str] = []
    async with showing(incident(), play=played.append) as stage:
        await post(stage, ScenarioSelected("empty"))
        assert played == ["empty"] and stage.app._exit
