"""Simulated time and its queue of actions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from latticetop.simulator import ManualClock, RunningClock
from latticetop.simulator.clock import INCIDENT_START


def test_a_running_clock_multiplies_real_time() -> None:
    readings = iter([100.0, 101.5, 101.5])
    clock = RunningClock(speed=8.0, monotonic=lambda: next(readings))
    assert clock.current_time() == INCIDENT_START + timedelta(seconds=12)
    assert clock.seconds_until(INCIDENT_START + timedelta(seconds=20)) == 1.0
    with pytest.raises(ValueError, match="speed"):
        RunningClock(speed=0)


def test_actions_run_in_order_at_their_due_times() -> None:
    clock = ManualClock()
    times: list[float] = []
    for seconds in (30, 10, 20):
        clock.call_later(seconds, lambda: times.append((clock.now() - INCIDENT_START).total_seconds()))
    clock.call_later(5, lambda: clock.call_later(10, lambda: times.append(-1)))
    clock.advance(25)
    assert times == [10, -1, 20]
    clock.finish()
    assert times == [10, -1, 20, 30]
