"""Rate limiters on a clock that advances only while somebody waits."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from latticetop.aws import SessionCache, Settings, connect
from latticetop.aws.limits import EC2_BURST, EC2_REQUESTS_PER_SECOND
from latticetop.aws.rate_limiter import RateLimiter, account_rate_limiter
from latticetop.simulator import ManualClock, Server

ROLE = "arn:aws:iam::123456789012:role/reader"


class SleepClock:
    """Advances by the time that is slept, for one sleeper at a time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def request_times(limiter: RateLimiter, clock: SleepClock, count: int) -> list[float]:
    """The seconds since the clock's start at which so many requests are allowed."""

    async def acquire() -> list[float]:
        times = []
        for _ in range(count):
            await limiter.acquire()
            times.append(clock.now - 100)
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


async def test_readers_of_one_account_share_its_limiter_for_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    limiters: list[RateLimiter] = []

    async def acquire(limiter: RateLimiter) -> None:
        limiters.append(limiter)

    async with Server("empty", clock=ManualClock()) as server:
        sessions, settings = SessionCache(60), Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
        with_role = structs.replace(settings, role_arn=ROLE)
        readers = [await connect(scope_settings, sessions=sessions) for scope_settings in (settings, with_role)]
        for reader in readers:
            assert (await reader.scope()).account_id == "123456789012"
        monkeypatch.setattr("latticetop.aws.rate_limiter.RateLimiter.acquire", acquire)
        for reader in readers:
            await reader.subnets()
            await reader.close()
        account_limiter = sessions.rate_limiter(settings, "123456789012")
    assert account_limiter is not None
    assert limiters.count(account_limiter) == 2


async def test_without_a_maximum_there_is_no_account_limiter() -> None:
    assert SessionCache().rate_limiter(Settings(), "123456789012") is None
