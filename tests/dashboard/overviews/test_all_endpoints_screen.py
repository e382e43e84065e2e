"""Every endpoint of every account and Region in one list."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.status import Phase
from tests.dashboard.accounts import ELSEWHERE, ENDPOINT, NOW, ROOMY, account, elsewhere, endpoint, incident
from tests.dashboard.stage import FakeSource, Stage, playing, update

FILE = f"latticetop-endpoints-{NOW:%Y%m%dT%H%M%SZ}.json"
HEALTHY = "vpce-00000000000000001"


def other_account() -> FakeSource:
    """An account in another Region with one endpoint that is well."""
    one = endpoint(HEALTHY, subnets=(ROOMY,), vpc_endpoint_type="Interface", service_name="ssm")
    return FakeSource(update(account(elsewhere().subnets.values(), [one], scope=ELSEWHERE)))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    others = [FollowedScope(FakeSource(update(incident())), "shop", "us-east-1")]
    async with playing(other_account(), others=others, title="good") as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("2")
        yield stage


async def test_the_endpoints_of_all_accounts_the_worst_first(stage: Stage) -> None:
    failed, healthy = [line for line in stage.lines if "vpce-" in line]
    assert "Failed" in failed and "3 of 3" in failed and "shop" in failed and "us-east-1" in failed
    assert "Available" in healthy and "good" in healthy and "eu-west-1" in healthy
    assert "2 endpoints in 2 accounts and Regions · 1 in trouble" in stage.words


async def test_enter_opens_the_endpoint_in_its_account(stage: Stage) -> None:
    await stage.press("enter")
    assert stage.screen_name == "EndpointScreen" and "shop 2/2" in stage.lines[0] and ENDPOINT in stage.text
    await stage.press("escape", "end", "enter")
    assert "good 1/2" in stage.lines[0] and HEALTHY in stage.text


async def test_it_is_searched_as_the_endpoints_of_one_account_are(stage: Stage) -> None:
    await stage.press("slash", *"verdict:failed", "enter")
    assert [line for line in stage.lines if "vpce-" in line and "Available" in line] == []
    assert "Failed" in stage.line("vpce-0e3b")


async def test_the_account_is_there_at_60_columns(stage: Stage) -> None:
    await stage.pilot.resize_terminal(60, 20)
    await stage.pilot.pause()
    assert "Failed" in stage.line("shop") and "3 of 3" in stage.line(ENDPOINT[:9])


async def test_what_was_not_read_is_not_counted_as_none() -> None:
    unread = FakeSource(update(None, Phase.CONNECTING))
    others = [FollowedScope(unread, "payments", "us-east-1")]
    async with playing(FakeSource(update(None, Phase.CONNECTING)), others=others) as stage:
        await stage.until(lambda: all(scope.update is not None for scope in stage.app.scopes))
        await stage.press("2")
        assert "No endpoint has been read yet." in stage.words and "endpoints of 2 not read" in stage.words


async def test_associations_that_were_not_read_are_not_none() -> None:
    unread = FakeSource(update(account([], [endpoint(HEALTHY)], unread=["associations"], scope=ELSEWHERE)))
    others = [FollowedScope(unread, "payments", "eu-west-1")]
    async with playing(FakeSource(update(incident())), others=others, title="shop") as stage:
        await stage.until(lambda: all(scope.view is not None for scope in stage.app.scopes))
        await stage.press("2")
        assert stage.line("payments").split()[3] == "?" and "3 of 3" in stage.line(ENDPOINT[:9])


async def test_the_export_has_account_and_region(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await stage.press("x")
    await stage.press_for_notice("enter")
    rows = json.loads((tmp_path / FILE).read_text())["rows"]
    assert [(row["account_id"], row["region"], row["vpc_endpoint_id"]) for row in rows] == [
        ("123456789012", "us-east-1", ENDPOINT),
        ("210987654321", "eu-west-1", HEALTHY),
    ]
