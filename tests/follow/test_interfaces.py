"""Long reads of ENIs: groups at the same time, progress after every page, complete groups kept after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from latticetop.follow.interfaces import ReadProgress, read_interfaces
from latticetop.follow.read_state import INTERFACES, ReadState
from latticetop.follow.schedule import MAX_AGE
from latticetop.follow.status import Phase
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface
from tests.follow.conftest import Rig
from tests.follow.fakes import VPC, FakeClock, FakeReader, interface, subnet

MANY = 24
SUBNETS = [f"subnet-{number:02}" for number in range(MANY)]


class LongReader(FakeReader):
    """24 full /22 subnets with two visible ENIs each; every page takes a second."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.subnet_list = [subnet(name, f"10.{number}.0.0/22", 0) for number, name in enumerate(SUBNETS)]
        self.interface_list = [
            interface(f"eni-{place}-{number}", name, f"10.{number}.0.{place}", prefix=f"10.{number}.1.{16 * place}/28")
            for number, name in enumerate(SUBNETS)
            for place in (8, 9)
        ]
        self.page_duration = 1.0
        self.throttled: set[str] = set()
        self.concurrent = self.max_concurrent = 0

    async def interfaces(self, subnet_ids: Sequence[str]) -> AsyncIterator[tuple[NetworkInterface, ...]]:
        self.concurrent += 1
        self.max_concurrent = max(self.max_concurrent, self.concurrent)
        try:
            if self.throttled.intersection(subnet_ids):
                raise ReadError(Problem(ProblemKind.THROTTLED, "ec2:DescribeNetworkInterfaces", "Slower."))
            async for page in super().interfaces(subnet_ids):
                await asyncio.sleep(0)
                self.clock.advance(self.page_duration)
                yield page
        finally:
            self.concurrent -= 1


@pytest.fixture
async def reader(clock: FakeClock) -> LongReader:
    return LongReader(clock)


@pytest.fixture
async def state(reader: LongReader) -> ReadState:
    return ReadState(subnets={subnet.subnet_id: subnet for subnet in reader.subnet_list})


async def test_eight_groups_are_read_at_the_same_time(reader: LongReader, state: ReadState, clock: FakeClock) -> None:
    await read_interfaces(reader, SUBNETS, state, clock)
    assert reader.max_concurrent == 8
    assert len(reader.interface_reads) == 24
    assert set(state.interfaces) == set(state.last_reads) == set(SUBNETS)
    assert [each.network_interface_id for each in state.interfaces[SUBNETS[3]]] == ["eni-8-3", "eni-9-3"]


async def test_progress_counts_addresses(reader: LongReader, state: ReadState, clock: FakeClock) -> None:
    progress: list[ReadProgress] = []
    await read_interfaces(reader, SUBNETS, state, clock, progress.append)
    expected = MANY * (1024 - 5)
    assert progress[0] == (17, expected)
    assert progress[-1] == (MANY * 2 * 17, expected)
    assert progress == sorted(progress)
    await read_interfaces(reader, SUBNETS[:2], state, clock, progress.append)
    assert len(progress) == 2 * MANY


async def test_a_failure_keeps_complete_groups_and_starts_no_further_ones(
    reader: LongReader, state: ReadState, clock: FakeClock
) -> None:
    reader.throttled = {SUBNETS[9]}
    await read_interfaces(reader, SUBNETS, state, clock)
    assert SUBNETS[0] in state.last_reads
    assert SUBNETS[9] not in state.last_reads
    assert SUBNETS[-1] not in state.last_reads
    assert len(reader.interface_reads) < MANY
    assert state.problems[INTERFACES].kind is ProblemKind.THROTTLED
    reader.throttled = set()
    await read_interfaces(reader, SUBNETS, state, clock)
    assert INTERFACES not in state.problems
    assert set(state.last_reads) == set(SUBNETS)


async def test_equal_interfaces_keep_their_object(reader: LongReader, state: ReadState, clock: FakeClock) -> None:
    await read_interfaces(reader, SUBNETS[:2], state, clock)
    before = state.interfaces
    reader.interface_list.append(interface("eni-new", SUBNETS[1], "10.1.0.77"))
    await read_interfaces(reader, SUBNETS[:2], state, clock)
    assert state.interfaces[SUBNETS[0]] is before[SUBNETS[0]]
    assert len(state.interfaces[SUBNETS[1]]) == 3


async def test_complete_groups_are_published_during_the_read(rig: Rig) -> None:
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


async def test_later_reads_have_the_focus_changed_subnets_and_a_share_of_the_others(
    rig: Rig, reader: LongReader
) -> None:
    # Enough ENIs for three pages, so that not all of them fit one call.
    reader.page_duration = 0.0
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
            reader.interface_reads.clear()
            await rig.clock.cycle(15)
            (subnet_ids,) = reader.interface_reads
            assert subnet_ids[0] == SUBNETS[20]
            assert len(subnet_ids) == 8
        changed = reader.subnet_list[23]
        reader.subnet_list[23] = subnet(changed.subnet_id, "10.23.0.0/24", 125)
        reader.interface_reads.clear()
        await rig.clock.cycle(15)
        assert reader.interface_reads[0][:2] == (SUBNETS[20], SUBNETS[23])
        follower.refresh()
        reader.interface_reads.clear()
        await rig.clock.rest()
        assert {name for group in reader.interface_reads for name in group} == set(SUBNETS)
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    ages = [(snapshot.taken_at - snapshot.read_at[name]).total_seconds() for name in SUBNETS]
    assert max(ages) <= MAX_AGE
    assert snapshot.vpcs[VPC].vpc_id == VPC
