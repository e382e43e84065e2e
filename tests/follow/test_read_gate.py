"""The gate: how many reads run at the same time, and whose turn is next."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from latticetop.follow.loop import Follower
from latticetop.follow.read_gate import ReadGate
from latticetop.follow.status import Phase
from tests.follow.conftest import Rig
from tests.follow.fakes import FakeReader, Screen


async def settle() -> None:
    """Let all tasks go on as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Reads:
    """Reads by number; those under way are in `running`, in the order of their turns."""

    def __init__(self, gate: ReadGate) -> None:
        self._gate = gate
        self._ends: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.running: list[int] = []
        self.urgent: set[int] = set()

    async def start(self, *numbers: int) -> None:
        for number in numbers:
            self._ends[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._read(number))
        await settle()

    async def end(self, number: int) -> None:
        self._ends[number].set()
        await settle()

    async def cancel(self, *numbers: int) -> None:
        for number in numbers:
            self.tasks[number].cancel()
        await settle()

    async def _read(self, number: int) -> None:
        async with self._gate.turn(lambda: number in self.urgent):
            self.running.append(number)
            try:
                await self._ends[number].wait()
            finally:
                self.running.remove(number)


async def test_at_most_so_many_run_in_the_order_in_which_they_came() -> None:
    reads = Reads(gate := ReadGate(2))
    await reads.start(1, 2, 3, 4)
    assert (reads.running, gate.is_full) == ([1, 2], True)
    await reads.end(2)
    assert reads.running == [1, 3]
    await reads.end(1)
    assert reads.running == [3, 4]
    await reads.end(3)
    assert (reads.running, gate.is_full) == ([4], False)


async def test_one_that_becomes_urgent_is_next() -> None:
    reads = Reads(ReadGate(1))
    await reads.start(1, 2, 3)
    reads.urgent.add(3)
    await reads.end(1)
    assert reads.running == [3]


async def test_a_read_that_fails_gives_its_turn_away() -> None:
    gate = ReadGate(1)
    with pytest.raises(ZeroDivisionError):
        async with gate.turn():
            1 // 0  # noqa: B018
    assert not gate.is_full


async def test_a_cancelled_read_leaves_no_turn_taken() -> None:
    reads = Reads(gate := ReadGate(1))
    await reads.start(1, 2, 3)
    await reads.cancel(2)
    await reads.cancel(1)
    assert reads.running == [3]
    await reads.end(3)
    assert not gate.is_full


@pytest.mark.parametrize("cancelled", list(permutations((1, 2))))
async def test_a_turn_that_ends_together_with_the_wait_of_the_next_one_goes_to_the_one_after(
    cancelled: tuple[int, ...],
) -> None:
    reads = Reads(gate := ReadGate(1))
    await reads.start(1, 2, 3)
    await reads.cancel(*cancelled)
    assert reads.running == [3] and reads.tasks[1].cancelled() and reads.tasks[2].cancelled()
    await reads.end(3)
    assert not gate.is_full


async def test_a_turn_that_a_cancelled_read_was_just_given_goes_to_the_one_after() -> None:
    reads = Reads(gate := ReadGate(1))
    await reads.start(1, 2, 3)
    reads.tasks[1].cancel()
    reads.tasks[1].add_done_callback(lambda _: reads.tasks[2].cancel())
    await settle()
    assert reads.running == [3] and reads.tasks[2].cancelled()
    await reads.end(3)
    assert not gate.is_full


async def test_a_read_that_is_cancelled_as_its_turn_comes_passes_it_on() -> None:
    reads = Reads(ReadGate(1))
    await reads.start(1, 2, 3)
    reads._ends[1].set()
    await asyncio.sleep(0)
    await reads.cancel(2)
    assert reads.running == [3]


async def test_followers_with_one_gate_read_one_after_the_other(rig: Rig) -> None:
    gate, other, screen = ReadGate(1), FakeReader(rig.clock), Screen()

    async def connect() -> FakeReader:
        return other

    rig.reader.gate = asyncio.Event()
    async with rig.follow(gate=gate):
        await rig.reader.entered.wait()
        waiting = asyncio.create_task(Follower(connect, clock=rig.clock, random=lambda: 0.5, gate=gate).run(screen))
        await settle()
        assert (screen.phases, other.operations) == ([Phase.CONNECTING], [])
        assert screen.last.status.answered_at is None, "nothing has been asked yet"
        assert screen.last.status.queued and not rig.screen.last.status.queued
        rig.reader.gate.set()
        await other.entered.wait()
        assert not screen.last.status.queued
        assert rig.screen.last.status.phase is Phase.WAITING
        waiting.cancel()


async def test_a_follower_paused_before_its_turn_does_not_read(rig: Rig) -> None:
    gate = ReadGate(1)
    async with gate.turn(), rig.follow(gate=gate) as follower:
        await settle()
        follower.pause()
        assert rig.screen.last.status.phase is Phase.PAUSED
    assert rig.reader.operations == []


async def test_a_follower_paused_before_its_turn_reads_when_it_goes_on(rig: Rig) -> None:
    gate = ReadGate(1)
    async with rig.follow(gate=gate) as follower:
        async with gate.turn():
            await settle()
            follower.pause()
        await rig.clock.rest()
        assert (rig.reader.operations, rig.screen.last.status.phase) == ([], Phase.PAUSED)
        follower.resume()
        await rig.reader.entered.wait()
