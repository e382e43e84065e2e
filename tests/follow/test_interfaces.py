"""Long reads of ENIs: side by side, told of as pages come, whole subnets taken over, failures kept apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from latticetop.follow.interfaces import Seen, read_interfaces
from latticetop.follow.parts import INTERFACES, Parts
from latticetop.follow.schedule import SEEN_WITHIN
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface
from tests.follow.conftest import Rig
from tests.follow.fakes import VPC, FakeClock, FakeReader, interface, subnet

MANY = 24
SUBNETS = [f"subnet-{number:02}" for number in range(MANY)]


class LongReader(FakeReader):
    """Two dozen full /22, of which two ENIs each are told of; every page takes a second."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.subnet_list = [subnet(name, f"10.{number}.0.0/22", 0) for number, name in enumerate(SUBNETS)]
        self.interface_list = [
            interface(f"eni-{place}-{number}", name, f"10.{number}.0.{place}", prefix=f"10.{number}.1.{16 * place}/28")
            for number, name in enumerate(SUBNETS)
            for place in (8, 9)
        ]
        self.page_takes = timedelta(seconds=1)
        self.refused: set[str] = set()
        self.at_once = self.most_at_once = 0

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.refused.intersection(subnet_ids):
                raise ReadError(Problem(ProblemKind.THROTTLED, "ec2:DescribeNetworkInterfaces", "Slower."))
            async for page in super().interfaces(subnet_ids):
                await asyncio.sleep(0)
                self.clock.time += self.page_takes
                yield page
        finally:
            self.at_once -= 1


@pytest.fixture
async def reader(clock: FakeClock) -> LongReader:
    return LongReader(clock)


@pytest.fixture
async def parts(reader: LongReader) -> Parts:
    return Parts(subnets={each.subnet_id: each for each in reader.subnet_list})


async def test_groups_are_read_side_by_side(reader: LongReader, parts: Parts, clock: FakeClock) -> None:
    await read_interfaces(reader, SUBNETS, parts, clock)
    assert reader.most_at_once == 8
    assert len(reader.looked_into) == 24
    assert set(parts.interfaces) == set(parts.known) == set(SUBNETS)
    assert [each.network_interface_id for each in parts.interfaces[SUBNETS[3]]] == ["eni-8-3", "eni-9-3"]


async def test_it_is_told_how_many_addresses_were_seen_of_how_many(
    reader: LongReader, parts: Parts, clock: FakeClock
) -> None:
    told: list[Seen] = []
    await read_interfaces(reader, SUBNETS, parts, clock, told.append)
    expected = MANY * (1024 - 5)
    assert told[0] == (17, expected)
    assert told[-1] == (MANY * 2 * 17, expected)
    assert told == sorted(told)
    await read_interfaces(reader, SUBNETS[:2], parts, clock, told.append)
    assert len(told) == 2 * MANY


async def test_a_failure_keeps_what_is_whole_and_ends_what_was_not_begun(
    reader: LongReader, parts: Parts, clock: FakeClock
) -> None:
    reader.refused = {SUBNETS[9]}
    await read_interfaces(reader, SUBNETS, parts, clock)
    assert SUBNETS[0] in parts.known
    assert SUBNETS[9] not in parts.known
    assert SUBNETS[-1] not in parts.known
    assert len(reader.looked_into) < MANY
    assert parts.problems[INTERFACES].kind is ProblemKind.THROTTLED
    reader.refused = set()
    await read_interfaces(reader, SUBNETS, parts, clock)
    assert INTERFACES not in parts.problems
    assert set(parts.known) == set(SUBNETS)


async def test_what_is_as_before_keeps_its_object(reader: LongReader, parts: Parts, clock: FakeClock) -> None:
    await read_interfaces(reader, SUBNETS[:2], parts, clock)
    before = parts.interfaces
    reader.interface_list.append(interface("eni-new", SUBNETS[1], "10.1.0.77"))
    await read_interfaces(reader, SUBNETS[:2], parts, clock)
    assert parts.interfaces[SUBNETS[0]] is before[SUBNETS[0]]
    assert len(parts.interfaces[SUBNETS[1]]) == 3


async def test_the_screen_fills_as_groups_are_whole(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
    filling = [update for update in rig.screen.updates if update.status.progress]
    assert len(filling) > 10
    assert {update.status.phase for update in filling} == {Phase.READING}
    read = [sum(name in update.snapshot.read_at for name in SUBNETS) for update in filling if update.snapshot]
    assert read == sorted(read)
    assert read[0] == 0
    assert 0 < read[len(read) // 2] < MANY
    assert rig.screen.last.status.progress is None
    assert rig.screen.last.snapshot is not None
    assert set(SUBNETS) <= rig.screen.last.snapshot.read_at.keys()


async def test_later_reads_look_into_what_changed_what_is_on_screen_and_a_share_of_the_rest(
    rig: Rig, reader: LongReader
) -> None:
    # Enough ENIs for three pages, so that not all of them fit one call.
    reader.page_takes = timedelta()
    reader.subnet_list = [subnet(name, f"10.{number}.0.0/24", 126) for number, name in enumerate(SUBNETS)]
    reader.interface_list = [
        interface(f"eni-{number}-{place}", name, f"10.{number}.0.{place}")
        for number, name in enumerate(SUBNETS)
        for place in range(4, 129)
    ]
    async with rig.follow() as follower:
        await rig.clock.rest()
        follower.focus(SUBNETS[20])
        for _ in range(5):
            reader.looked_into.clear()
            await rig.clock.cycle(15)
            (looked,) = reader.looked_into
            assert looked[0] == SUBNETS[20]
            assert len(looked) == 8
        changed = reader.subnet_list[23]
        reader.subnet_list[23] = subnet(changed.subnet_id, "10.23.0.0/24", 125)
        reader.looked_into.clear()
        await rig.clock.cycle(15)
        assert reader.looked_into[0][:2] == (SUBNETS[20], SUBNETS[23])
        follower.refresh()
        reader.looked_into.clear()
        await rig.clock.rest()
        assert {name for group in reader.looked_into for name in group} == set(SUBNETS)
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    ages = [(snapshot.taken_at - snapshot.read_at[name]).total_seconds() for name in SUBNETS]
    assert max(ages) <= SEEN_WITHIN
    assert snapshot.vpcs[VPC].vpc_id == VPC
