"""The waits between two reads, and the system clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from latticetop.follow.timing import PendingTracker, PollingPolicy, SystemClock
from tests.follow.fakes import START, endpoint


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
    at = [START + timedelta(seconds=seconds) for seconds in (0, 179, 180, 181, 182)]
    assert [tracker.any_recent(pending, time, 180.0) for time in at[:3]] == [True, True, False]
    assert not tracker.any_recent([endpoint("Available")], at[3], 180.0)
    assert tracker.any_recent(pending, at[4], 180.0), "pending again: the timeout starts again"


async def test_the_system_clock_waits_for_the_event_or_the_time() -> None:
    clock, event = SystemClock(), asyncio.Event()
    assert clock.now().utcoffset() == timedelta(0)
    assert await clock.wait(event, 0) is False
    event.set()
    assert await clock.wait(event, None) is True
