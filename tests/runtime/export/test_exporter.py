"""Simulated accounts, exported: one that is refused, two names for one account, all Regions, and none at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from latticetop.aws import SessionCache, Settings
from latticetop.config.organization import Organization
from latticetop.config.settings import Config
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from latticetop.reports.metrics_text import snapshot_lines
from latticetop.runtime import organization
from latticetop.runtime.build import FollowOptions, scopes_of_all_regions
from latticetop.runtime.export import exporter as exporting
from latticetop.runtime.export.exporter import Exporter, Shard
from latticetop.runtime.targets import Target, targets_of
from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from tests.command import PATIENCE
from tests.exposed import Samples, samples
from tests.follow.fakes import FakeClock
from tests.runtime.estate import HOME, MEMBER, ids_of

NEW, STRANGER = "444455556666", "999988887777"
"""An account that is added later, and one whose role nobody may assume."""


@pytest.fixture(scope="module")
def estate() -> Iterator[ServerThread]:
    with ServerThread("estate:interfaces=40,regions=2,accounts=2", clock=ManualClock()) as server:
        yield server


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "STAGGERED_OVER", 0.1)
    monkeypatch.setattr(exporting, "_LOOK", 0.01)
    monkeypatch.setattr(exporting, "_REUSED_FOR", -1.0)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "any")


def of_role(server: ServerThread, account_id: str, name: str = "", region: str = "us-east-1") -> Target:
    role = f"arn:aws:iam::{account_id}:role/latticetop"
    name = name or account_id
    return Target(Settings(region=region, endpoint_url=server.url, role_arn=role, role=name), name)


def home(server: ServerThread, region: str = "us-east-1", profile: str = "") -> Target:
    return Target(Settings(profile=profile, region=region, endpoint_url=server.url, sandbox=True))


@asynccontextmanager
async def exporting_all(
    targets: Iterable[Target], interval: float = 1.0, listing: Config | None = None, shard: Shard | None = None
) -> AsyncIterator[Exporter]:
    options = FollowOptions(
        targets=list(targets),
        listing=listing or Config(),
        selection=Selection(),
        interval=interval,
        min_interval=interval,
        at_once=4,
    )
    exporter = Exporter(options, shard=shard)
    running = asyncio.create_task(exporter.run())
    try:
        yield exporter
    finally:
        running.cancel()
        await asyncio.wait([running])


async def rendered(exporter: Exporter, until: Callable[[Samples], bool]) -> Samples:
    """What is exported once a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = samples((await exporter.render()).body.decode())
            if until(found):
                return found
            await asyncio.sleep(0.02)


async def test_accounts_are_exported_and_a_refused_one_is_down_from_the_start(estate: ServerThread) -> None:
    targets = [of_role(estate, account_id) for account_id in (MEMBER, STRANGER)]
    async with exporting_all([home(estate), *targets]) as exporter:
        found = await rendered(exporter, lambda found: len(found.values("scope_up")) == 3)
        assert not exporter.is_ready
        assert found.values("scope_up") == [0, 0, 0]
        assert {labels["account_id"] for labels in found.labels("scope_up")} == {"", MEMBER, STRANGER}
        found = await rendered(
            exporter, lambda found: sum(found.values("scope_up")) == 2 and "scope_problem" in found.names
        )
        assert exporter.is_ready
    for account_id in (HOME, MEMBER):
        subnets = {labels["subnet_id"] for labels in found.labels("subnet_info", account_id=account_id)}
        assert subnets and subnets <= ids_of(estate, account_id, "us-east-1", "subnets")
        endpoints = {labels["vpc_endpoint_id"] for labels in found.labels("endpoint_info", account_id=account_id)}
        assert endpoints <= ids_of(estate, account_id, "us-east-1", "endpoints")
    assert found.values("scope_up", account_id=STRANGER) == [0]
    (problem,) = found.labels("scope_problem")
    assert (problem["account_id"], problem["operation"]) == (STRANGER, "sts:AssumeRole")
    assert found.values("aws_requests_total", operation="DescribeSubnets", outcome="ok")


async def test_two_names_of_one_account_have_its_subnets_once(estate: ServerThread) -> None:
    targets = [of_role(estate, MEMBER, name) for name in ("first", "second")]
    async with exporting_all(targets) as exporter:
        found = await rendered(exporter, lambda found: sum(found.values("scope_up")) == 2)
    assert {labels["scope"] for labels in found.labels("scope_up")} == {"first", "second"}
    assert found.labels("subnet_info")


async def test_all_regions_are_exported_and_empty_ones_rest(estate: ServerThread) -> None:
    async with exporting_all([home(estate, region="all")]) as exporter:
        found = await rendered(
            exporter, lambda found: len(found.values("scope_up")) > 10 and all(found.values("scope_up"))
        )
    regions = {labels["region"] for labels in found.labels("scope_up")}
    used = {labels["region"] for labels in found.labels("subnet_info")}
    assert len(regions) == len(found.labels("scope_up"))
    assert used < regions and len(used) == 2
    assert {found.values("scope_interval_seconds", region=region)[0] for region in used} == {1}
    assert {found.values("scope_interval_seconds", region=region)[0] for region in regions - used} == {1800}


async def test_it_is_not_ready_before_it_knows_all_regions_of_an_account_that_it_can_read(
    estate: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.Event()

    async def regions(*arguments: Any) -> AsyncIterator[Any]:
        await told.wait()
        async for each in scopes_of_all_regions(*arguments):
            yield each

    monkeypatch.setattr(exporting, "scopes_of_all_regions", regions)
    async with exporting_all([home(estate, region="all")]) as exporter:
        await rendered(exporter, lambda found: found.values("scope_up") == [1])
        assert not exporter.is_ready
        told.set()
        await rendered(exporter, lambda found: len(found.values("scope_up")) > 10 and exporter.is_ready)
    async with exporting_all([of_role(estate, STRANGER, region="all")]) as exporter:
        told.clear()
        await rendered(exporter, lambda _: exporter.is_ready)


async def test_a_shard_that_gets_its_first_account_late_waits_for_it(
    estate: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    exporter = Exporter(FollowOptions(targets=[], selection=Selection(), interval=60.0), clock=clock)
    running = asyncio.create_task(exporter.run())
    await clock.rest()
    for _ in range(2):
        await clock.cycle(exporting.FIRST_READ_LIMIT)
    exporter.follow([of_role(estate, STRANGER)])
    for _ in range(3):
        await clock.cycle(1)
    assert not running.done()
    running.cancel()
    await asyncio.wait([running])


async def test_targets_come_and_go_while_it_runs(estate: ServerThread) -> None:
    first, second = home(estate), of_role(estate, MEMBER)
    async with exporting_all([first]) as exporter:
        await rendered(exporter, lambda found: found.values("scope_up") == [1])
        exporter.follow([first, second])
        await rendered(exporter, lambda found: found.values("scope_up") == [1, 1])
        exporter.follow([second])
        found = await rendered(exporter, lambda found: found.values("scope_up") == [1])
        assert {labels["account_id"] for labels in found.labels("subnet_info")} == {MEMBER}


async def test_accounts_of_an_organization_come_and_go_and_a_refused_listing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(organization, "LIST_INTERVAL", 0.1)
    monkeypatch.setattr(organization, "LIST_RETRY", 0.1)
    with ServerThread("organization:accounts=2", clock=ManualClock()) as server:
        config = Config(regions=("us-east-1",), endpoint_url=server.url, organization=Organization("latticetop"))
        targets = targets_of(await organization.with_members(config, SessionCache()))
        async with exporting_all(targets, listing=config) as exporter:
            server.call(lambda home: home.add_member_account(NEW, "new"))
            await rendered(exporter, lambda found: found.values("scope_up", account_id=NEW) == [1])
            server.call(lambda home: home.faults.set(["deny:organizations:*"]))
            found = await rendered(
                exporter, lambda found: bool(found.labels("scope_problem", operation="organizations:ListAccounts"))
            )
            assert found.values("scope_up", account_id="") == [0], "the listing itself"
            server.call(lambda home: home.faults.set([]))
            server.call(suspend)
            found = await rendered(exporter, lambda found: not found.labels("scope_up", account_id=NEW))
            assert found.labels("scope_problem", operation="organizations:ListAccounts") == []


def suspend(home: SimulatedAccount) -> None:
    assert home.organization is not None
    home.organization.members[NEW].state = "SUSPENDED"


@pytest.mark.parametrize("shard", [Shard(0, 2), Shard(1, 2)])
async def test_a_shard_follows_only_its_accounts(estate: ServerThread, shard: Shard) -> None:
    targets = [of_role(estate, account_id) for account_id in (HOME, MEMBER, STRANGER)]
    held = {target.settings.account_id for target in targets if shard.holds(target)}
    async with exporting_all(targets, shard=shard) as exporter:
        found = await rendered(exporter, lambda found: len(found.labels("scope_up")) == len(held))
        assert {labels["account_id"] for labels in found.labels("scope_up")} == held


async def test_a_scrape_calls_nothing_of_aws(estate: ServerThread) -> None:
    def requests(found: Samples) -> float:
        return sum(found.values("aws_requests_total"))

    async with exporting_all([home(estate)], interval=3600.0) as exporter:
        found = await rendered(exporter, lambda found: found.values("scope_up") == [1] and requests(found) > 0)
        for _ in range(5):
            again = await rendered(exporter, lambda _: True)
        assert requests(again) == requests(found)


async def test_what_was_read_is_rendered_before_it_is_scraped(
    estate: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered_for: list[str] = []
    was_rendered = asyncio.Event()

    def counted(one: Snapshot, *arguments: Any, **more: Any) -> Any:
        rendered_for.append(one.scope.account_id)
        yield from snapshot_lines(one, *arguments, **more)
        was_rendered.set()

    monkeypatch.setattr("latticetop.runtime.export.exported_scope.snapshot_lines", counted)
    async with exporting_all([home(estate)], interval=3600.0) as exporter:
        async with asyncio.timeout(PATIENCE):
            await was_rendered.wait()
        await rendered(exporter, lambda found: bool(found.labels("subnet_info")))
    assert rendered_for == [HOME]


async def test_before_it_follows_anything_it_is_not_ready() -> None:
    exporter = Exporter(FollowOptions(targets=[], selection=Selection(), interval=60.0))
    assert not exporter.is_ready
    async with exporting_all([]) as running:
        await asyncio.sleep(0)
        assert running.is_ready


async def test_a_text_is_given_to_everybody_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_REUSED_FOR", 1.0)
    clock = FakeClock()
    exporter = Exporter(FollowOptions(targets=[], selection=Selection(), interval=60.0), clock=clock)
    first = await exporter.render()
    clock.advance(1)
    assert await exporter.render() is first
    assert await exporter.render("application/openmetrics-text") is not first
    again = await exporter.render()
    clock.advance(1.1)
    assert await exporter.render() is not again


async def test_without_any_account_in_time_it_ends(estate: ServerThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "FIRST_READ_LIMIT", 1.0)
    options = FollowOptions(targets=[of_role(estate, STRANGER)], selection=Selection(), interval=60.0)
    with pytest.raises(ReadError) as raised:
        async with asyncio.timeout(PATIENCE):
            await Exporter(options).run()
    assert raised.value.problem.kind is not ProblemKind.USAGE
    assert str(raised.value).startswith("No account could be read within ")


async def test_if_all_were_asked_for_wrongly_it_ends_with_the_mistake(estate: ServerThread) -> None:
    wrong = Target(Settings(profile="nobody", region="us-east-1", endpoint_url=estate.url))
    options = FollowOptions(targets=[wrong], selection=Selection(), interval=60.0)
    with pytest.raises(ReadError) as raised:
        async with asyncio.timeout(PATIENCE):
            await Exporter(options).run()
    assert raised.value.problem.kind is ProblemKind.USAGE
    assert "nobody" in str(raised.value)


async def test_with_one_right_target_a_mistake_in_another_is_a_metric(estate: ServerThread) -> None:
    wrong = Target(Settings(profile="nobody", region="us-east-1", endpoint_url=estate.url))
    async with exporting_all([home(estate), wrong]) as exporter:
        found = await rendered(
            exporter, lambda found: sum(found.values("scope_up")) == 1 and bool(found.labels("scope_problem"))
        )
    assert [labels["kind"] for labels in found.labels("scope_problem")] == ["usage"]


def test_the_shards_hold_every_account_once_with_all_its_regions() -> None:
    accounts = [f"{210_000_000_000 + number}" for number in range(200)]
    targets = [
        Target(Settings(region=region, role_arn=f"arn:aws:iam::{account}:role/r", role=f"name-{account}"))
        for account in accounts
        for region in ("us-east-1", "eu-west-1")
    ]
    shards = [[target for target in targets if Shard(number, 5).holds(target)] for number in range(5)]
    assert sorted(map(id, (target for shard in shards for target in shard))) == sorted(map(id, targets))
    for shard in shards:
        held = [target.settings.account_id for target in shard]
        assert all(held.count(account) == 2 for account in held)
        assert 20 <= len(set(held)) <= 60, "of 40 on the average"
    assert all(Shard().holds(target) for target in targets)


def test_a_shard_is_by_the_hash_of_the_account_so_that_it_is_the_same_everywhere() -> None:
    # printf 123456789012 | sha256sum ends with 0x…, whose last digit decides for sixteen shards.
    import hashlib

    last = int(hashlib.sha256(b"123456789012").hexdigest()[-1], 16)
    target = Target(Settings(role_arn="arn:aws:iam::123456789012:role/latticetop"))
    assert [number for number in range(16) if Shard(number, 16).holds(target)] == [last]
