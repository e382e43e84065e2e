"""The waits between two reads, and the system clock."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from latticetop.follow.timing import PendingTracker, PollingPolicy, SystemClock
from tests.follow.fakes import endpoint


def no_jitter() -> float:
    return 0.5


@pytest.mark.parametrize(
    ("interval", "pending", "wait"),
    [
        (15.0, False, 15.0),
        (15.0, True, 5.0),
        (1.0, False, 5.0),
        (1.0, True, 5.0),
        (0.0, False, None),
        (0.0, True, None),
    ],
)
def test_the_wait_after_a_successful_read(interval: float, pending: bool, wait: float | None) -> None:
    assert PollingPolicy(interval).after_success(pending=pending, random=no_jitter) == wait


def test_waits_after_failures_are_doubled_up_to_a_maximum() -> None:
    waits = [PollingPolicy(15.0).after_failures(failures, no_jitter) for failures in (1, 2, 3, 4, 5, 1_000)]
    assert waits == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0]
    assert PollingPolicy(0.0).after_failures(1, no_jitter) is None


@pytest.mark.parametrize(("interval", "wait"), [(15.0, 60.0), (0.0, None)])
def test_the_wait_without_credentials(interval: float, wait: float | None) -> None:
    assert PollingPolicy(interval).without_credentials(no_jitter) == wait


@pytest.mark.parametrize(("random", "wait"), [(0.0, 13.5), (0.5, 15.0), (0.75, 15.75)])
def test_jitter_changes_a_wait_by_a_tenth_at_most(random: float, wait: float) -> None:
    assert PollingPolicy(15.0).after_success(pending=False, random=lambda: random) == pytest.approx(wait)


def test_an_endpoint_is_recently_pending_until_the_timeout() -> None:
    tracker, pending = PendingTracker(), [endpoint("Pending")]
    at = [0.0, 179.0, 180.0, 181.0, 182.0]
    assert [tracker.any_recent(pending, time, 180.0) for time in at[:3]] == [True, True, False]
    assert not tracker.any_recent([endpoint("Available")], at[3], 180.0)
    assert tracker.any_recent(pending, at[4], 180.0), "pending again: the timeout starts again"


async def test_the_system_clock_waits_for_the_event_or_the_time() -> None:
    clock, event = SystemClock(), asyncio.Event()
    assert clock.now().utcoffset() == timedelta(0)
    assert await clock.wait(event, 0) is False
    event.set()
    assert await clock.wait(event, None) is True


async def test_a_wait_ends_soon_after_the_machine_was_suspended() -> None:
    """The timers of the event loop do not count the time in which it was."""

    class SuspendedClock(SystemClock):
        suspended = iter([0.0, 0.0, 601.0])

        def monotonic(self) -> float:
            return next(self.suspended)

    assert await SuspendedClock(max_timer=0.0).wait(asyncio.Event(), 600.0) is False


def test_the_monotonic_clock_counts_the_time_in_which_the_machine_is_suspended() -> None:
    clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    before = time.clock_gettime(clock_id)
    assert before <= SystemClock().monotonic() <= time.clock_gettime(clock_id)
