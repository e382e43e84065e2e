"""Buckets on a clock that stands until somebody waits."""

from __future__ import annotations

import asyncio

import pytest

from latticetop.aws.buckets import CAPACITY, PER_SECOND, Bucket, call_budget
from latticetop.aws.settings import Settings
from latticetop.simulator import ManualClock, Server

from .conftest import reading


class Time:
    """Moves on by what is slept; one sleeper at a time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def times_of(bucket: Bucket, time: Time, count: int) -> list[float]:
    async def take() -> list[float]:
        found = []
        for _ in range(count):
            await bucket.take()
            found.append(time.now - 100)
        return found

    return asyncio.run(take())


def test_a_full_bucket_gives_all_it_has_and_then_as_fast_as_it_fills() -> None:
    time = Time()
    bucket = Bucket(3, 2.0, clock=time, sleep=time.sleep)
    assert times_of(bucket, time, 6) == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5])
    time.now += 10
    assert times_of(bucket, time, 4) == pytest.approx([11.5, 11.5, 11.5, 12.0])


async def test_whoever_comes_first_is_served_first() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    bucket = Bucket(1, 1.0, clock=lambda: 0.0, sleep=sleep)
    await asyncio.gather(*(bucket.take() for _ in range(4)))
    assert waits == pytest.approx([1, 2, 3])


@pytest.mark.parametrize("per_minute", [2, 7, 60])
def test_no_minute_has_more_than_its_budget(per_minute: int, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    bucket = call_budget(per_minute)
    monkeypatch.setattr(bucket, "_clock", time)
    monkeypatch.setattr(bucket, "_sleep", time.sleep)
    monkeypatch.setattr(bucket, "_full_at", time.now)
    times = times_of(bucket, time, 5 * per_minute)
    assert all(sum(start <= each < start + 59.99 for each in times) <= per_minute for start in times)
    assert times[-1] < 10 * 60


def test_a_bucket_is_below_what_ec2_allows() -> None:
    assert (CAPACITY, PER_SECOND) < (100, 20)


async def test_every_request_is_taken_from_the_budget_that_readers_share(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    class Counted(Bucket):
        async def take(self) -> None:
            nonlocal taken
            taken += 1

    from latticetop.aws import connect

    async with Server("empty", clock=ManualClock()) as server:
        budget, settings = Counted(), Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
        for _ in range(2):
            reader = await connect(settings, budget=budget)
            await reader.scope()
            await reader.subnets()
            await reader.close()
    assert taken == len(server.calls) == 4
    async with Server("empty", clock=ManualClock()) as server, reading(server.url) as reader:
        await reader.subnets()
        assert taken == 4
