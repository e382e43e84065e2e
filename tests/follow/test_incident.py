"""The incident, followed over HTTP from before the endpoint is created to its failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import pytest

from latticetop.aws import Settings, connect
from latticetop.follow.investigate import investigate
from latticetop.follow.loop import Follower
from latticetop.follow.one_shot import read_once
from latticetop.follow.reader import Reader
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.explanation import explain
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import EniRole, role_of
from latticetop.model.snapshot import Snapshot, changed_blocks
from latticetop.simulator import ManualClock, Server
from tests.follow.fakes import VPC, A, B, FakeClock, Screen

ENDPOINT = "vpce-0e3b1bfc42d162c4a"


class Scene(NamedTuple):
    """The simulated account with its clock, and the follower's clock and published updates."""

    account_clock: ManualClock
    server: Server
    clock: FakeClock
    screen: Screen

    async def after(self, seconds: float) -> Snapshot:
        """Let time pass in the account, and read it."""
        self.account_clock.advance(seconds)
        return await self.read()

    async def read(self) -> Snapshot:
        await self.clock.cycle(self.clock.waits[-1] or 0)
        snapshot = self.screen.last.snapshot
        assert snapshot is not None
        return snapshot


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    account_clock, clock, screen = ManualClock(), FakeClock(), Screen()
    async with Server("incident", clock=account_clock) as server:

        async def open_reader() -> Reader:
            return await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

        follower = Follower(open_reader, Selection(vpc_ids=(VPC,)), clock=clock, random=lambda: 0.5)
        task = asyncio.create_task(follower.run(screen))
        await clock.rest()
        yield Scene(account_clock, server, clock, screen)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def free_counts(snapshot: Snapshot) -> tuple[int, int]:
    return tuple(snapshot.subnets[key].subnet.available_ip_address_count for key in (A, B))  # type: ignore[return-value]


def maps(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.subnets[A].blocks.letters, snapshot.subnets[B].blocks.letters


async def test_the_endpoint_goes_from_pending_to_failed(scene: Scene) -> None:
    before = scene.screen.last.snapshot
    assert before is not None
    assert (before.endpoints, free_counts(before), maps(before)) == ({}, (57, 59), ("R.fR", "R..R"))

    pending = await scene.after(12)
    assert pending.endpoints[ENDPOINT].state == "Pending"
    assert scene.clock.waits[-1] == 5.0

    scene.account_clock.finish()
    failed = await scene.read()
    endpoint = failed.endpoints[ENDPOINT]
    assert endpoint.state == "Failed"
    assert endpoint.creation_timestamp == datetime.fromisoformat("2024-12-19T08:18:49.081000+00:00")
    assert free_counts(failed)[0] == 40
    assert maps(failed) == ("RLfR", "R.LR")
    assert [association.accessible for association in failed.associations_by_endpoint[ENDPOINT]] == [True, True, True]
    assert {role_of(interface) for interface in failed.interfaces_by_endpoint[ENDPOINT]} == {EniRole.RESOURCE}
    assert changed_blocks(before, failed) == {A: (1,), B: (2,)}
    assert (failed.problems, scene.screen.last.status.problem) == ((), None)
    assert failed.scope.account_id == "123456789012"


async def test_the_service_interface_of_the_second_subnet_is_created_and_deleted(scene: Scene) -> None:
    maps_of_b = {maps(await scene.after(5))[1] for _ in range(40)}
    assert "RLLR" in maps_of_b
    assert maps(await scene.read()) == ("RLfR", "R.LR")


async def test_after_the_failure_the_interval_is_15_s_and_a_cycle_four_calls(scene: Scene) -> None:
    scene.account_clock.finish()
    await scene.read()
    served = len(scene.server.calls)
    await scene.read()
    assert scene.clock.waits[-1] == 15.0
    assert sorted(call.operation for call in scene.server.calls[served:]) == [
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DescribeVpcEndpointAssociations",
        "DescribeVpcEndpoints",
    ]
    assert scene.screen.last.status.calls == 4


async def test_read_once_has_the_same_result() -> None:
    account_clock = ManualClock()
    async with Server("incident", clock=account_clock) as server:
        account_clock.finish()
        reader = await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))
        snapshot = await read_once(reader, clock=FakeClock())
        await reader.close()
    assert maps(snapshot) == ("RLfR", "R.LR")
    lists = {"endpoints", "associations", "subnets", "vpcs"}
    assert set(snapshot.read_at) == {*lists, A, B, f"reservations {A}", f"reservations {B}"}


async def test_an_investigation_over_http_has_events_names_and_vpc_lattice() -> None:
    account_clock = ManualClock()

    async def resolve(name: str) -> tuple[str, ...]:
        return tuple(server.account.resolve_dns_name(name))

    async with Server("incident", clock=account_clock) as server:
        account_clock.finish()
        account_clock.advance(600)
        reader = await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))
        snapshot = await read_once(reader, clock=FakeClock(), lattice=True)
        texts: list[str] = []
        investigation = await investigate(reader, snapshot, ENDPOINT, texts.append, resolve=resolve, clock=FakeClock())
        await reader.close()
    explanation = explain(investigation)
    assert [(row.offset, len(row.entry.times)) for row in explanation.events] == [
        (0, 1),
        (8, 1),
        (9, 1),
        (22, 1),
        (33, 5),
        (99, 1),
    ]
    assert investigation.timeline is not None
    assert investigation.timeline.unrelated_events > 0
    assert [(pair.past, pair.current) for pair in explanation.maps] == [("RLfR", "RLfR")]
    locations = {format_address(address): place for name in explanation.names for address, place in name.locations}
    location = locations["10.10.10.31"]
    assert location is not None
    assert (location.network_interface_id, str(location.block)) == ("eni-0f995ce7b1b9589de", "10.10.10.16/28")
    assert any("the service network has no service" in finding.sentence for finding in explanation.findings)
    assert not any("denied" in sentence or "not resolved" in sentence for sentence in explanation.missing_data)
    assert texts[0] == "reading CloudTrail events"
