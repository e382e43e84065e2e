"""Several accounts and Regions: the command as a child process, the dashboard through Pilot."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from latticetop.aws import Connector, Settings, SessionCache
from latticetop.config.settings import load_config
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.follow.loop import Follower
from latticetop.follow.subnet_selection import Selection
from latticetop.reports import copy_items
from latticetop.runtime.build import read_snapshot
from latticetop.runtime.targets import Target, other_regions, targets_of
from latticetop.simulator import ManualClock, ServerThread
from tests.command import KEYS, Ended, run
from tests.dashboard.stage import Tap, playing

HOME, MEMBER = "123456789012", "123456789013"
ROLE = f"arn:aws:iam::{MEMBER}:role/latticetop"


@pytest.fixture(scope="module")
def estate() -> Iterator[ServerThread]:
    """Two accounts with two Regions in use each."""
    with ServerThread("estate:interfaces=40,regions=2,accounts=2", clock=ManualClock()) as server:
        yield server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "latticetop.toml"
    path.write_text(f'[[roles]]\narn = "{ROLE}"\nname = "member"\n')
    return path


def command(server: ServerThread, *arguments: str, **environment: str) -> Ended:
    return run(*arguments, "--endpoint-url", server.url, **KEYS, **environment)


def scopes(ended: Ended) -> list[dict[str, Any]]:
    document = json.loads(ended.out)
    assert document["schema"] == "latticetop.check-scopes/1"
    found: list[dict[str, Any]] = document["scopes"]
    return found


def ids(server: ServerThread, account_id: str, region: str, of: str) -> set[str]:
    def look(account: Any) -> set[str]:
        return set(getattr((account if account.id == account_id else account.members[account_id]).region(region), of))

    return server.call(look)


def test_several_regions_are_read_and_told_one_after_the_other(estate: ServerThread) -> None:
    regions = ("ap-northeast-1", "us-east-1")
    flags = [flag for region in regions for flag in ("--region", region)]
    found = scopes(command(estate, "check", "--json", "--all-subnets", *flags))
    assert [scope["region"] for scope in found] == list(regions)
    for scope in found:
        assert scope["check"]["account_id"] == HOME
        assert {subnet["subnet_id"] for subnet in scope["check"]["subnets"]} == ids(
            estate, HOME, scope["region"], "subnets"
        )
    text = command(estate, "check", *flags).out
    assert text.startswith("2 scopes: ")
    assert text.index("ap-northeast-1") < text.index("us-east-1")


def test_all_regions_are_those_of_the_account(estate: ServerThread) -> None:
    found = scopes(command(estate, "check", "--json", "--region", "all", AWS_DEFAULT_REGION="eu-west-1"))
    regions = [scope["region"] for scope in found]
    assert regions[0] == "eu-west-1"
    assert len(regions) == len(set(regions)) == 17
    assert regions[1:] == sorted(regions[1:])
    assert {scope["region"] for scope in found if scope["check"]["subnets"]} == {"us-east-1", "ap-northeast-1"}


def test_a_role_of_the_file_leads_into_a_member_account(estate: ServerThread, file: Path) -> None:
    where = ("--region", "us-east-1")
    ended = command(estate, "check", "--json", *where, LATTICETOP_CONFIG=str(file))
    document = json.loads(ended.out)
    assert document["account_id"] == MEMBER
    assert {endpoint["vpc_endpoint_id"] for endpoint in document["endpoints"]} == ids(
        estate, MEMBER, "us-east-1", "endpoints"
    )


async def test_a_command_taken_from_a_role_reads_its_account(
    estate: ServerThread, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**KEYS, "LATTICETOP_CONFIG": str(file)}.items():
        monkeypatch.setenv(name, value)
    config = structs.replace(load_config(), endpoint_url=estate.url, regions=("us-east-1",))
    (place,) = targets_of(config)
    snapshot = await read_snapshot(place.settings, Selection())
    words = shlex.split(dict(copy_items.of_scope(snapshot.scope, {}))["latticetop"])
    ended = run(*words[words.index("latticetop") + 1 :], "check", "--json", LATTICETOP_CONFIG=str(file), **KEYS)
    assert json.loads(ended.out)["account_id"] == snapshot.scope.account_id == MEMBER


def test_a_scope_that_fails_fails_alone(estate: ServerThread, file: Path) -> None:
    file.write_text(file.read_text() + '[[roles]]\narn = "arn:aws:iam::210987654321:role/latticetop"\nname = "other"\n')
    where = ("--region", "us-east-1")
    ended = command(estate, "check", "--json", *where, LATTICETOP_CONFIG=str(file))
    member, other = scopes(ended)
    assert (member["name"], member["check"]["account_id"], member["problem"]) == ("member", MEMBER, None)
    assert (other["name"], other["check"], other["exit_code"]) == ("other", None, 3)
    assert other["problem"]["kind"] == "no-credentials"
    assert "AssumeRole was refused" in other["problem"]["message"]
    text = command(estate, "check", *where, LATTICETOP_CONFIG=str(file))
    assert "1 cannot be told" in text.out
    assert "AssumeRole was refused" in text.out
    assert text.code == ended.code == max(1, member["exit_code"])


def test_an_unknown_profile_among_others_is_a_mistake(estate: ServerThread) -> None:
    ended = command(estate, "check", "--region", "us-east-1", "--profile", "nobody", "--profile", "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no AWS profile 'nobody'." in ended.err


def test_a_mistake_in_the_file_ends_with_2(estate: ServerThread, file: Path) -> None:
    file.write_text("intervall = 5\n")
    ended = command(estate, "check", LATTICETOP_CONFIG=str(file))
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean 'interval'?" in ended.err


def test_explain_and_plan_find_the_scope_of_an_id(estate: ServerThread) -> None:
    (endpoint,) = ids(estate, HOME, "ap-northeast-1", "endpoints")
    everywhere = ("--region", "all")
    told = json.loads(command(estate, "explain", endpoint, "--json", *everywhere, AWS_REGION="us-east-1").out)
    assert told["vpc_endpoint_id"] == endpoint
    subnet = min(ids(estate, HOME, "ap-northeast-1", "subnets"))
    planned = command(estate, "plan", "--subnet-ids", subnet, "--json", *everywhere, AWS_REGION="us-east-1")
    assert subnet in planned.out
    assert planned.code in (0, 1)
    for missing in (("explain", "vpce-00000000000000000"), ("plan", "--subnet-ids", "subnet-00000000000000000")):
        ended = command(estate, *missing, "--region", "us-east-1", "--region", "us-west-2")
        assert ended.code == 2
        assert "in any of 2 scopes" in ended.err


def test_a_budget_that_cannot_be_kept_is_refused(estate: ServerThread) -> None:
    ended = command(estate, "check", "--max-calls", "3", "--region", "us-east-1")
    assert ended.code == 2
    assert "give at least 10" in ended.err


async def test_the_dashboard_adds_the_regions_of_all_as_they_are_found(estate: ServerThread) -> None:
    shared, heard = SessionCache(), asyncio.Event()
    place = Target(Settings(region="all", endpoint_url=estate.url, sandbox=True))

    def follow(place: Target) -> Tap:
        return Tap(Follower(Connector(place.settings, shared)), heard)

    async def more() -> AsyncIterator[FollowedScope]:
        for each in await other_regions(place, shared):
            yield FollowedScope(follow(each), each.title, each.settings.region)

    async with playing(follow(place), more=more(), title="") as stage:
        watched = stage.app.scopes
        await stage.until(lambda: len(watched) == 17 and all(each.view is not None for each in watched))
        assert len({each.view.snapshot.scope.region for each in watched if each.view}) == 17
        assert "1/17" in stage.lines[0]
        await stage.press("o")
        assert "ap-northeast-1" in stage.text
        assert "in 17 scopes" in stage.words
        await stage.press("escape", "[")
        assert "us-west-2" in stage.lines[0]
