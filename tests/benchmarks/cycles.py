"""Following an account: what a read costs when nothing changed, or one subnet, or ten, against the first read.

A quiet read is measured whole, then without the share of the sweep, then without ENIs at all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple, Self
from unittest.mock import patch

import boto3

from latticetop.aws import Settings, connect
from latticetop.aws.reader import AwsReader
from latticetop.follow.loop import Follower
from latticetop.follow.schedule import LastRead, ReadSchedule, urgent_subnets
from latticetop.follow.status import Update
from latticetop.model.records.resources import Endpoint, Subnet
from tests.benchmarks import REGION

INTERVAL = 15.0
QUIET = 20
"""Reads over which the quiet ones are averaged: five minutes, in which every subnet has its turn."""


QUIET_APART = 10
"""Reads over which quiet ones without the sweep are averaged."""


class Read(NamedTuple):
    """A read, or the average of several: seconds of processor and in all, requests, most requests of one."""

    cpu: float
    wall: float
    calls: float
    most: int


class Part(Enum):
    """What of a read's ENIs is read."""

    ALL = "nothing changed"
    NO_SWEEP = "… without the sweep"
    LISTS = "… lists only"


class PartTurns(ReadSchedule):
    """The turns of the product, of which a part is taken."""

    part = Part.ALL

    def next(
        self, subnets: Mapping[str, Subnet], known: Mapping[str, LastRead], endpoints: Iterable[Endpoint], now: float
    ) -> list[str]:
        """The subnets to read now."""
        listed = list(endpoints)
        everything = super().next(subnets, known, listed, now)
        match PartTurns.part:
            case Part.ALL:
                return everything
            case Part.NO_SWEEP:
                return urgent_subnets(subnets, known, listed, self.focus)
            case Part.LISTS:
                return []


class Clock:
    """Pauses are skipped when the benchmark says so, and reads take no time at all."""

    def __init__(self) -> None:
        self._monotonic = 0.0
        self._resting, self._go = asyncio.Event(), asyncio.Event()

    def now(self) -> datetime:
        """The time, which stands still during a read."""
        return datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(seconds=self._monotonic)

    def monotonic(self) -> float:
        """The seconds skipped so far."""
        return self._monotonic

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until the benchmark goes on."""
        self._resting.set()
        await self._go.wait()
        self._go.clear()
        self._monotonic += seconds or 0
        return event.is_set()

    async def rest(self) -> None:
        """Until the follower rests."""
        await self._resting.wait()
        self._resting.clear()

    def go_on(self) -> None:
        """End the pause."""
        self._go.set()


class Following:
    """A follow loop, read by read."""

    def __init__(self, url: str) -> None:
        self._settings = Settings(region=REGION, endpoint_url=url, sandbox=True)
        self._clock = Clock()
        self._updates: list[Any] = []
        with patch("latticetop.follow.loop.ReadSchedule", PartTurns):
            self._follower = Follower(self._open_reader, interval=INTERVAL, clock=self._clock, random=lambda: 0.5)
        self._task: asyncio.Task[None] | None = None

    async def next(self) -> Read:
        """Let it read, and wait for the end of that."""
        cpu, wall = time.process_time(), time.perf_counter()
        if self._task is None:
            self._task = asyncio.create_task(self._follower.run(self._publish))
        else:
            self._clock.go_on()
        await self._clock.rest()
        calls = self._updates[-1].status.calls
        return Read(time.process_time() - cpu, time.perf_counter() - wall, calls, calls)

    def focus(self) -> list[str]:
        """Put the first subnet on screen; the ids of all."""
        subnet_ids = sorted(self._updates[-1].snapshot.subnets)
        self._follower.focus(subnet_ids[0])
        return subnet_ids

    async def _open_reader(self) -> AwsReader:
        return await connect(self._settings)

    def _publish(self, update: Update) -> None:
        self._updates[:] = [update]

    async def __aenter__(self) -> Self:
        await (await self._open_reader()).close()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def measure(url: str) -> dict[str, Read]:
    """The reads by name, the first one first; what the SDK takes to be loaded is not in it."""
    PartTurns.part = Part.ALL
    async with Following(url) as following:
        reads = {"first": await following.next()}
        subnet_ids = following.focus()
        for PartTurns.part in Part:
            times = QUIET if PartTurns.part is Part.ALL else QUIET_APART
            reads[PartTurns.part.value] = _average([await following.next() for _ in range(times)])
        PartTurns.part = Part.NO_SWEEP
        add = _adder(url)
        for count in (1, 10):
            for subnet_id in subnet_ids[-count:]:
                await asyncio.to_thread(add, subnet_id)
            reads[f"{count} changed, without the sweep"] = await following.next()
    return reads


def _average(reads: list[Read]) -> Read:
    cpu, wall, calls = (sum(each) / len(reads) for each in list(zip(*reads, strict=True))[:3])
    return Read(cpu, wall, calls, max(read.most for read in reads))


def _adder(url: str) -> Callable[[str], Any]:
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    ec2 = boto3.client("ec2", region_name=REGION, endpoint_url=url, **keys)
    return lambda subnet_id: ec2.create_network_interface(SubnetId=subnet_id)
