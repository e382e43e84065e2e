"""The follow loop while the clock of the machine is set, and while AWS does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from latticetop.follow import loop
from latticetop.follow.freshness import DataState, Freshness, freshness_of, present
from latticetop.follow.loop import Follower
from latticetop.follow.status import Phase
from latticetop.model.records.problem import ProblemKind
from latticetop.model.records.resources import Subnet
from tests.follow.conftest import Rig
from tests.follow.fakes import START, A, B, with_count

HOUR, YEARS = 3600.0, 20 * 365 * 86_400.0
STEPS = [-HOUR, HOUR, -YEARS, YEARS]


def freshness(rig: Rig) -> Freshness:
    """What would be said now of the last update."""
    status = rig.screen.last.status
    return freshness_of(status, present(status, rig.clock.monotonic(), datetime.min))


async def hang(rig: Rig, begin: Callable[[], None]) -> asyncio.Event:
    """Begin a read that has no answer before the event is set."""
    gate = rig.reader.gate = asyncio.Event()
    rig.reader.entered.clear()
    begin()
    await rig.reader.entered.wait()
    return gate


@pytest.mark.parametrize("step", STEPS)
async def test_a_clock_that_is_set_changes_no_wait(rig: Rig, step: float) -> None:
    async with rig.follow():
        await rig.clock.rest()
        for _ in range(3):
            rig.reader.operations.clear()
            rig.clock.set_forward(step)
            assert await rig.clock.cycle(15) == 15
            assert rig.reader.operations.count("subnets") == 1
            step = -step


@pytest.mark.parametrize("step", STEPS)
async def test_a_clock_that_is_set_during_a_read_changes_no_age(rig: Rig, step: float) -> None:
    async with rig.follow():
        await rig.clock.rest()
        gate = await hang(rig, lambda: rig.clock.advance(15))
        rig.clock.set_forward(step)
        rig.clock.advance(4)
        assert freshness(rig) == (DataState.LIVE, 19.0, 0.0)
        gate.set()
        await rig.clock.rest()
        rig.clock.advance(3)
        assert freshness(rig) == (DataState.LIVE, 3.0, 0.0)


async def test_waits_after_failures_and_for_credentials_keep_their_length(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        for kind, wait in ((ProblemKind.THROTTLED, 30), (ProblemKind.EXPIRED, 60)):
            rig.reader.failures = {"all": kind}
            assert await rig.clock.cycle(15) == wait
            rig.clock.set_forward(-HOUR)
            rig.reader.failures = {}
            assert await rig.clock.cycle(wait) == 15
            assert rig.screen.last.status.problem is None


async def test_after_a_step_all_times_are_those_of_the_clock_as_it_is_now(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED}
        rig.clock.set_forward(-HOUR)
        await rig.clock.cycle(15)
        snapshot = rig.screen.last.snapshot
        assert snapshot is not None
        before = START - timedelta(hours=1)
        assert snapshot.taken_at == snapshot.read_at["subnets"] == before + timedelta(seconds=15)
        assert snapshot.read_at[A] == before


async def test_a_step_does_not_confirm_a_count_that_was_read_once(rig: Rig) -> None:
    """A count and ENIs that differ count as hidden addresses only if both were read twice."""
    rig.reader.subnet_list = with_count(rig.reader.subnet_list, A, 50)
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED, "subnets": ProblemKind.ACCESS_DENIED}
        for step in STEPS:
            rig.clock.set_forward(step)
            await rig.clock.cycle(15)
            snapshot = rig.screen.last.snapshot
            assert snapshot is not None and snapshot.subnets[A].unaccounted == 0
        rig.reader.failures = {}
        rig.clock.set_forward(-HOUR)
        await rig.clock.cycle(15)
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None and snapshot.subnets[A].unaccounted == 7


@pytest.mark.parametrize("step", STEPS)
async def test_reservations_are_read_in_turn_whatever_the_clock_shows(rig: Rig, step: float) -> None:
    async with rig.follow():
        await rig.clock.rest()
        rig.reader.reservation_reads.clear()
        rig.clock.set_forward(step)
        for _ in range(24):
            await rig.clock.cycle(15)
    assert rig.reader.reservation_reads == [A, B]


@pytest.mark.fault("hang")
async def test_a_read_that_hangs_makes_the_data_stale_without_an_update(rig: Rig) -> None:
    async with rig.follow():
        await rig.clock.rest()
        await hang(rig, lambda: rig.clock.advance(15))
        updates = len(rig.screen.updates)
        rig.clock.advance(15)
        assert freshness(rig) == (DataState.LIVE, 30.0, 15.0)
        rig.clock.advance(1)
        assert freshness(rig) == (DataState.STALE, 31.0, 16.0)
        assert len(rig.screen.updates) == updates


@pytest.mark.fault("hang")
async def test_a_first_read_that_hangs_says_so(rig: Rig) -> None:
    rig.reader.gate = asyncio.Event()
    async with rig.follow():
        await rig.reader.entered.wait()
        assert freshness(rig) == (DataState.CONNECTING, None, 0.0)
        rig.clock.advance(6)
        assert freshness(rig) == (DataState.CONNECTING, None, 6.0)


@pytest.mark.fault("latency")
async def test_every_response_of_a_slow_list_is_told_and_the_list_is_not_given_up(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of five pages, eight seconds each."""
    told = list[Freshness]()

    async def subnets() -> tuple[Subnet, ...]:
        for _ in range(5):
            rig.clock.advance(8)
            rig.reader.on_response()
            told.append(freshness(rig))
            follower.resume()
            await asyncio.sleep(0)
        monkeypatch.undo()
        return tuple(rig.reader.subnet_list)

    async with rig.follow() as follower:
        await rig.clock.rest()
        monkeypatch.setattr(rig.reader, "subnets", subnets)
        rig.reader.operations.clear()
        await rig.clock.cycle(15)
    live, reading = DataState.LIVE, DataState.READING
    assert told == [(live, 23.0, 0.0), *((reading, age, 0.0) for age in (31.0, 39.0, 47.0, 55.0))]
    assert rig.reader.operations.count("subnets") == 1, "only the read that resume has asked for"
    assert rig.screen.last.status.answered_at is None


@pytest.mark.parametrize(
    ("seconds", "requests", "reads"), [(9.0, 1, 0), (10.0, 1, 1), (2.0, 2, 1), (1.0, 9, 0), (60.0, 3, 1)]
)
@pytest.mark.fault("hang")
async def test_a_request_gives_up_a_read_without_an_answer(rig: Rig, seconds: float, requests: int, reads: int) -> None:
    """One after ten seconds, the second one after two."""
    async with rig.follow() as follower:
        await rig.clock.rest()
        await hang(rig, lambda: rig.clock.advance(15))
        rig.clock.advance(seconds)
        rig.reader.operations.clear()
        rig.reader.gate = None
        for _ in range(requests):
            follower.refresh()
        if not reads:
            await asyncio.sleep(0)
            assert rig.reader.operations == []
            return
        assert await rig.clock.rest() == 15
        assert rig.reader.operations.count("subnets") == reads
        assert rig.screen.last.status.phase is Phase.WAITING
        assert freshness(rig) == (DataState.LIVE, 0.0, 0.0)


@pytest.mark.parametrize("request_read", [Follower.refresh, Follower.renew, Follower.resume])
async def test_a_connection_that_hangs_is_given_up_too(rig: Rig, request_read: Callable[[Follower], None]) -> None:
    rig.reader.gate = asyncio.Event()
    async with rig.follow() as follower:
        await rig.reader.entered.wait()
        rig.clock.advance(10)
        rig.reader.gate = None
        request_read(follower)
        await rig.clock.rest()
    assert rig.screen.last.snapshot is not None


async def test_what_a_read_that_was_given_up_had_read_is_kept(rig: Rig) -> None:
    async with rig.follow() as follower:
        await rig.clock.rest()
        rig.reader.lattice_gate = asyncio.Event()
        rig.reader.subnet_list = with_count(rig.reader.subnet_list, A, 50)
        rig.reader.gate = None
        gate = await hang(rig, lambda: rig.clock.advance(15))
        rig.clock.advance(10)
        rig.reader.failures = {"interfaces": ProblemKind.ACCESS_DENIED}
        rig.reader.gate = None
        follower.refresh()
        await rig.clock.rest()
        assert not gate.is_set()
    snapshot = rig.screen.last.snapshot
    assert snapshot is not None
    assert snapshot.subnets[A].subnet.available_ip_address_count == 50
    assert snapshot.read_at[A] == START


async def test_connections_that_do_not_close_do_not_keep_the_loop(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(loop, "_MAX_CLOSE_SECONDS", 0.0)
    monkeypatch.setattr(rig.reader, "close", never)
    async with rig.follow():
        await rig.clock.rest()
