"""Rate limiters on a clock that advances only while somebody waits."""

from __future__ import annotations

import asyncio

import pytest

from latticetop.aws.limits import EC2_BURST, EC2_REQUESTS_PER_SECOND
from latticetop.aws.rate_limiter import RateLimiter, account_rate_limiter
from tests.aws.conftest import SleepClock


def request_times(limiter: RateLimiter, clock: SleepClock, count: int) -> list[float]:
    """The times at which so many requests are allowed, in seconds from the clock's start."""

    async def acquire() -> list[float]:
        times = []
        for _ in range(count):
            await limiter.acquire()
            times.append(clock.now)
        return times

    return asyncio.run(acquire())


def test_a_burst_is_allowed_at_once_and_further_requests_at_the_rate() -> None:
    clock = SleepClock()
    limiter = RateLimiter(3, 2.0, clock=clock, sleep=clock.sleep)
    assert request_times(limiter, clock, 6) == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5])
    clock.now += 10
    assert request_times(limiter, clock, 4) == pytest.approx([11.5, 11.5, 11.5, 12.0])


async def test_requests_are_allowed_in_the_order_of_the_calls() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    limiter = RateLimiter(1, 1.0, clock=lambda: 0.0, sleep=sleep)
    await asyncio.gather(*(limiter.acquire() for _ in range(4)))
    assert waits == pytest.approx([1, 2, 3])


@pytest.mark.parametrize("per_minute", [2, 7, 60])
def test_no_minute_has_more_requests_than_the_maximum(per_minute: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SleepClock()
    limiter = account_rate_limiter(per_minute)
    monkeypatch.setattr(limiter, "_clock", clock)
    monkeypatch.setattr(limiter, "_sleep", clock.sleep)
    monkeypatch.setattr(limiter, "_full_at", clock.now)
    times = request_times(limiter, clock, 5 * per_minute)
    assert all(sum(start <= time < start + 59.99 for time in times) <= per_minute for start in times)
    assert times[-1] < 10 * 60


def test_the_default_is_below_ec2s_limits() -> None:
    assert (EC2_BURST, EC2_REQUESTS_PER_SECOND) < (100, 20)
