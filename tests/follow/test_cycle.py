"""Reading VPC Lattice records: after EC2, at long intervals, and without delaying EC2."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from latticetop.follow.one_shot import read_once
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.follow.conftest import Rig
from tests.follow.fakes import ENDPOINT, A, B, FakeClock, FakeReader, endpoint

ARN, OTHER_ARN = "arn:sn-1", "arn:sn-2"


@pytest.fixture
async def reader(clock: FakeClock) -> FakeReader:
    reader = FakeReader(clock)
    reader.endpoint_list = [structs.replace(endpoint("Available"), service_network_arn=ARN)]
    return reader


def no_progress(_: str) -> None:
    """Ignore the progress."""


def last_snapshot(rig: Rig) -> Snapshot:
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    return snapshot


def networks(snapshot: Snapshot) -> set[str]:
    return set(snapshot.lattice.networks or ())


async def test_the_snapshot_of_ec2_is_published_before_vpc_lattice_answers(rig: Rig) -> None:
    rig.reader.lattice_gate = asyncio.Event()
    async with rig.follow():
        await rig.reader.lattice_entered.wait()
        assert {A, B} <= last_snapshot(rig).read_at.keys()
        assert last_snapshot(rig).lattice == Lattice()
        rig.reader.lattice_gate.set()
        await rig.clock.rest()
        assert networks(last_snapshot(rig)) == {ARN}
        assert "lattice" in last_snapshot(rig).read_at


async def test_it_is_read_again_on_refresh_and_after_a_change_of_endpoints_or_associations(rig: Rig) -> None:
    async with rig.follow(interval=15) as follower:
        await rig.clock.rest()
        for _ in range(40):
            await rig.clock.cycle(15)
        assert rig.reader.operations.count("lattice") == 1
        follower.refresh()
        await rig.clock.rest()
        assert rig.reader.operations.count("lattice") == 2
        rig.reader.association_list = []
        for _ in range(19):
            await rig.clock.cycle(15)
        assert rig.reader.operations.count("lattice") == 2
        for _ in range(30):
            await rig.clock.cycle(15)
        assert rig.reader.operations.count("lattice") == 3


async def test_a_new_service_network_is_read_in_the_next_cycle(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        new = structs.replace(endpoint("Available", id="vpce-2"), service_network_arn=OTHER_ARN)
        rig.reader.endpoint_list = [*rig.reader.endpoint_list, new]
        await rig.clock.cycle(15)
        assert networks(last_snapshot(rig)) == {ARN, OTHER_ARN}
        await rig.clock.cycle(15)
    assert rig.reader.operations.count("lattice") == 2


async def test_without_a_service_network_nothing_is_read(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Available")]
    async with rig.follow():
        await rig.clock.rest()
    assert "lattice" not in rig.reader.operations


@pytest.mark.parametrize("kind", [ProblemKind.ACCESS_DENIED, ProblemKind.THROTTLED, ProblemKind.UNREACHABLE])
async def test_a_failure_is_a_problem_of_the_snapshot_and_is_retried_after_five_minutes(
    rig: Rig, kind: ProblemKind
) -> None:
    rig.reader.failures = {"lattice": kind}
    async with rig.follow():
        await rig.clock.rest()
        await rig.clock.cycle(15)
        assert rig.reader.operations.count("lattice") == 1
        assert [problem.kind for problem in last_snapshot(rig).problems] == [kind]
        assert rig.screen.last.status.problem is None
        rig.reader.failures = {}
        await rig.clock.cycle(300)
        assert networks(last_snapshot(rig)) == {ARN}
        assert last_snapshot(rig).problems == ()


async def test_after_expired_credentials_it_is_retried_in_the_next_cycle(rig: Rig) -> None:
    rig.reader.failures = {"lattice": ProblemKind.EXPIRED}
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {}
        await rig.clock.cycle(15)
        assert networks(last_snapshot(rig)) == {ARN}
        assert last_snapshot(rig).problems == ()


async def test_a_transient_failure_keeps_the_previous_records(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.failures = {"lattice": ProblemKind.UNREACHABLE}
        follower.refresh()
        await rig.clock.rest()
        assert networks(last_snapshot(rig)) == {ARN}
        rig.reader.failures = {"lattice": ProblemKind.ACCESS_DENIED}
        follower.refresh()
        await rig.clock.rest()
        assert last_snapshot(rig).lattice == Lattice()


async def test_read_once_reads_it_only_if_requested(reader: FakeReader, clock: FakeClock) -> None:
    assert (await read_once(reader, clock=clock)).lattice == Lattice()
    assert "lattice" not in reader.operations
    assert networks(await read_once(reader, clock=clock, lattice=True)) == {ARN}


async def test_without_a_resolver_there_is_a_problem(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        investigation = await follower.investigate(ENDPOINT, no_progress, resolve=True)
        without_names = await follower.investigate(ENDPOINT, no_progress)
    assert [problem.message for problem in investigation.problems] == [
        "DNS names were not resolved: there is no resolver."
    ]
    assert without_names.problems == ()


async def test_an_investigation_waits_for_a_running_read_of_vpc_lattice(rig: Rig) -> None:
    rig.reader.lattice_gate = asyncio.Event()
    texts: list[str] = []
    async with rig.follow() as follower:
        await rig.reader.lattice_entered.wait()
        task = asyncio.create_task(follower.investigate(ENDPOINT, texts.append))
        await asyncio.sleep(0)
        rig.reader.lattice_gate.set()
        investigation = await task
        assert networks(investigation.snapshot) == {ARN}
        assert texts[0] == "reading VPC Lattice"
        await follower.investigate(ENDPOINT, texts.append)
    assert rig.reader.operations.count("lattice") == 1
    assert texts.count("reading VPC Lattice") == 1


async def test_an_investigation_of_an_unknown_endpoint_raises_key_error(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        with pytest.raises(KeyError):
            await follower.investigate("vpce-0", no_progress)


async def test_the_vpcs_of_failed_endpoints_are_read_for_their_associations(
    reader: FakeReader, clock: FakeClock
) -> None:
    """Only there could an association replace an endpoint."""
    failed = structs.replace(endpoint("Failed"), service_network_arn=ARN, vpc_id="vpc-failed")
    works = structs.replace(
        endpoint("Available"), vpc_endpoint_id="vpce-2", service_network_arn=ARN, vpc_id="vpc-works"
    )
    without_network = structs.replace(failed, vpc_endpoint_id="vpce-3", service_network_arn="", vpc_id="vpc-interface")
    reader.endpoint_list = [failed, works, without_network]
    await read_once(reader, clock=clock, lattice=True)
    assert reader.lattice_vpc_ids == ["vpc-failed"]
