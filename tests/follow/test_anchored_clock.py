"""A time of day that goes on evenly while the clock of the machine is set."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from latticetop.follow.anchored_clock import AnchoredClock
from tests.follow.fakes import START, FakeClock

YEARS = 20 * 365 * 86_400.0


@pytest.mark.parametrize("step", [-3600.0, 3600.0, -YEARS, YEARS, -1.0])
def test_the_time_of_day_follows_a_step_only_when_told_to(step: float) -> None:
    machine = FakeClock()
    clock = AnchoredClock(machine)
    machine.advance(60)
    machine.set_forward(step)
    assert clock.now() == START + timedelta(seconds=60)
    machine.advance(5)
    assert clock.follow_step() == timedelta(seconds=step)
    assert clock.now() == machine.now() == START + timedelta(seconds=65 + step)
    assert clock.follow_step() == timedelta()


def test_drift_is_no_step() -> None:
    machine = FakeClock()
    clock = AnchoredClock(machine)
    machine.set_forward(0.9)
    assert clock.follow_step() == timedelta()
    assert clock.now() == START


async def test_it_waits_by_the_clock_of_the_machine() -> None:
    machine = FakeClock()
    clock = AnchoredClock(machine)
    event = asyncio.Event()
    for seconds in (30.0, None):
        waiting = asyncio.create_task(clock.wait(event, seconds))
        assert await machine.rest() == seconds
        machine.advance(29)
        await asyncio.sleep(0)
        assert not waiting.done()
        machine.advance(1)
        if seconds is None:
            event.set()
        assert await waiting is (seconds is None)
    assert clock.monotonic() == machine.monotonic()
