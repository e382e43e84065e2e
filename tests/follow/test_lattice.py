"""VPC Lattice's side: after EC2's, seldom, and never in its way."""

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


def quiet(_: str) -> None:
    """Nobody is told how far it is."""


def shown(rig: Rig) -> Snapshot:
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    return snapshot


def networks(snapshot: Snapshot) -> set[str]:
    return set(snapshot.lattice.networks or ())


async def test_the_whole_picture_of_ec2_is_shown_before_vpc_lattice_answers(rig: Rig) -> None:
    rig.reader.lattice_gate = asyncio.Event()
    async with rig.follow():
        await rig.reader.lattice_entered.wait()
        assert {A, B} <= shown(rig).read_at.keys()
        assert shown(rig).lattice == Lattice()
        rig.reader.lattice_gate.set()
        await rig.clock.rest()
        assert networks(shown(rig)) == {ARN}
        assert "lattice" in shown(rig).read_at


async def test_it_is_read_again_when_asked_for_or_when_an_endpoint_or_association_has_changed(rig: Rig) -> None:
    async with rig.follow(interval=15) as follower:
        await rig.clock.rest()
        for _ in range(40):
            await rig.clock.cycle(15)
        assert rig.reader.asked.count("lattice") == 1
        follower.refresh()
        await rig.clock.rest()
        assert rig.reader.asked.count("lattice") == 2
        rig.reader.association_list = []
        for _ in range(19):
            await rig.clock.cycle(15)
        assert rig.reader.asked.count("lattice") == 2
        for _ in range(30):
            await rig.clock.cycle(15)
        assert rig.reader.asked.count("lattice") == 3


async def test_a_new_service_network_is_read_at_once(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        new = structs.replace(endpoint("Available", id="vpce-2"), service_network_arn=OTHER_ARN)
        rig.reader.endpoint_list = [*rig.reader.endpoint_list, new]
        await rig.clock.cycle(15)
        assert networks(shown(rig)) == {ARN, OTHER_ARN}
        await rig.clock.cycle(15)
    assert rig.reader.asked.count("lattice") == 2


async def test_without_a_service_network_nothing_is_asked(rig: Rig) -> None:
    rig.reader.endpoint_list = [endpoint("Available")]
    async with rig.follow():
        await rig.clock.rest()
    assert "lattice" not in rig.reader.asked


@pytest.mark.parametrize("kind", [ProblemKind.ACCESS_DENIED, ProblemKind.THROTTLED, ProblemKind.UNREACHABLE])
async def test_a_failure_is_said_hinders_nothing_and_is_tried_again_after_five_minutes(
    rig: Rig, kind: ProblemKind
) -> None:
    rig.reader.fails = {"lattice": kind}
    async with rig.follow():
        await rig.clock.rest()
        await rig.clock.cycle(15)
        assert rig.reader.asked.count("lattice") == 1
        assert [problem.kind for problem in shown(rig).problems] == [kind]
        assert rig.screen.last.status.problem is None
        rig.reader.fails = {}
        await rig.clock.cycle(300)
        assert networks(shown(rig)) == {ARN}
        assert shown(rig).problems == ()


async def test_where_credentials_ran_out_it_is_not_waited_for_five_minutes(rig: Rig) -> None:
    rig.reader.fails = {"lattice": ProblemKind.EXPIRED}
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.fails = {}
        await rig.clock.cycle(15)
        assert networks(shown(rig)) == {ARN}
        assert shown(rig).problems == ()


async def test_what_was_known_stays_through_a_failure_that_passes(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.fails = {"lattice": ProblemKind.UNREACHABLE}
        follower.refresh()
        await rig.clock.rest()
        assert networks(shown(rig)) == {ARN}
        rig.reader.fails = {"lattice": ProblemKind.ACCESS_DENIED}
        follower.refresh()
        await rig.clock.rest()
        assert shown(rig).lattice == Lattice()


async def test_one_read_brings_it_only_when_asked_to(reader: FakeReader, clock: FakeClock) -> None:
    assert (await read_once(reader, clock=clock)).lattice == Lattice()
    assert "lattice" not in reader.asked
    assert networks(await read_once(reader, clock=clock, lattice=True)) == {ARN}


async def test_names_cannot_be_asked_for_without_a_resolver(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        found = await follower.investigate(ENDPOINT, quiet, resolve=True)
        unasked = await follower.investigate(ENDPOINT, quiet)
    assert [problem.message for problem in found.problems] == ["There is no resolver to ask for the names."]
    assert unasked.problems == ()


async def test_an_investigation_waits_for_vpc_lattice_and_asks_it_once(rig: Rig) -> None:
    rig.reader.lattice_gate = asyncio.Event()
    told: list[str] = []
    async with rig.follow() as follower:
        await rig.reader.lattice_entered.wait()
        asking = asyncio.create_task(follower.investigate(ENDPOINT, told.append))
        await asyncio.sleep(0)
        rig.reader.lattice_gate.set()
        found = await asking
        assert networks(found.snapshot) == {ARN}
        assert told[0] == "asking VPC Lattice"
        await follower.investigate(ENDPOINT, told.append)
    assert rig.reader.asked.count("lattice") == 1
    assert told.count("asking VPC Lattice") == 1


async def test_an_endpoint_that_is_gone_by_then_is_unknown(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        with pytest.raises(KeyError):
            await follower.investigate("vpce-0", quiet)
