"""Following an account: what a read costs when nothing changed, or one subnet, or ten, against the first read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import boto3

from latticetop.aws import Settings, connect
from latticetop.aws.reader import AwsReader
from latticetop.follow.loop import Follower
from latticetop.follow.status import Update

from . import REGION

INTERVAL = 15.0
QUIET = 20
"""Reads over which the quiet ones are averaged: five minutes, in which every subnet has its turn."""


class Read(NamedTuple):
    """A read, or the average of several: seconds of processor, requests, the largest number of requests of one."""

    cpu: float
    calls: float
    most: int


class Clock:
    """Pauses are skipped when the benchmark says so, and reads take no time at all."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 9, tzinfo=UTC)
        self._resting, self._go = asyncio.Event(), asyncio.Event()

    def now(self) -> datetime:
        """The time, which stands still during a read."""
        return self._now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until the benchmark goes on."""
        self._resting.set()
        await self._go.wait()
        self._go.clear()
        self._now += timedelta(seconds=seconds or 0)
        return event.is_set()

    async def rest(self) -> None:
        """Until the follower rests."""
        await self._resting.wait()
        self._resting.clear()

    def go_on(self) -> None:
        """End the pause."""
        self._go.set()


async def measure(url: str) -> dict[str, Read]:
    """The reads by name, the first one first."""
    settings, clock = Settings(region=REGION, endpoint_url=url, sandbox=True), Clock()
    last: list[Any] = []

    async def open_reader() -> AwsReader:
        return await connect(settings)

    def publish(update: Update) -> None:
        last[:] = [update]

    follower = Follower(open_reader, interval=INTERVAL, clock=clock, random=lambda: 0.5)
    started = time.process_time()
    following = asyncio.create_task(follower.run(publish))
    await clock.rest()
    reads = {"first": Read(time.process_time() - started, last[0].status.calls, last[0].status.calls)}
    subnet_ids = sorted(last[0].snapshot.subnets)
    follower.focus(subnet_ids[0])

    async def one() -> Read:
        began = time.process_time()
        clock.go_on()
        await clock.rest()
        return Read(time.process_time() - began, last[0].status.calls, last[0].status.calls)

    quiet = [await one() for _ in range(QUIET)]
    reads["nothing changed"] = _average(quiet)
    for count in (1, 10):
        add = _adder(url)
        for subnet_id in subnet_ids[-count:]:
            await asyncio.to_thread(add, subnet_id)
        reads[f"{count} changed"] = await one()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    return reads


def _average(reads: list[Read]) -> Read:
    total = len(reads)
    return Read(sum(r.cpu for r in reads) / total, sum(r.calls for r in reads) / total, max(r.most for r in reads))


def _adder(url: str) -> Callable[[str], Any]:
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    ec2 = boto3.client("ec2", region_name=REGION, endpoint_url=url, **keys)
    return lambda subnet_id: ec2.create_network_interface(SubnetId=subnet_id)
