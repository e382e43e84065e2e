"""Buckets on a clock that stands until somebody waits."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from latticetop.aws import Settings, Shared, connect
from latticetop.aws.rate_limiter import CAPACITY, PER_SECOND, Bucket, call_budget
from latticetop.simulator import ManualClock, Server

ROLE = "arn:aws:iam::123456789012:role/reader"


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


async def test_readers_of_one_account_share_its_budget_and_take_every_request_from_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[Bucket] = []

    async def take(bucket: Bucket) -> None:
        taken.append(bucket)

    async with Server("empty", clock=ManualClock()) as server:
        shared, settings = Shared(60), Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
        readers = [await connect(each, shared=shared) for each in (settings, structs.replace(settings, role_arn=ROLE))]
        for reader in readers:
            assert (await reader.scope()).account_id == "123456789012"
        monkeypatch.setattr("latticetop.aws.rate_limiter.Bucket.take", take)
        for reader in readers:
            await reader.subnets()
            await reader.close()
        of_the_account = shared.budget(settings, "123456789012")
    assert taken.count(of_the_account) == 2  # type: ignore[arg-type]


async def test_without_a_budget_only_the_buckets_of_aws_count() -> None:
    assert Shared().budget(Settings(), "123456789012") is None
