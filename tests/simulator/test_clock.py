"""Simulated time that waits for its viewer."""

from __future__ import annotations

from datetime import timedelta

from latticetop.simulator.clock import INCIDENT_START, RunningClock


def test_a_paused_clock_starts_when_it_is_resumed() -> None:
    real = [100.0]
    clock = RunningClock(speed=10, monotonic=lambda: real[0], paused=True)
    done: list[str] = []
    clock.call_later(5, lambda: done.append("five"))
    real[0] += 60
    assert (clock.current_time(), clock.run_due(), clock.is_running) == (INCIDENT_START, False, False)
    clock.resume()
    real[0] += 1
    assert (clock.current_time(), clock.run_due(), clock.is_running) == (
        INCIDENT_START + timedelta(seconds=10),
        True,
        True,
    )
    clock.resume()
    assert clock.current_time() == INCIDENT_START + timedelta(seconds=10)
    assert done == ["five"]
