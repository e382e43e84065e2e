"""Works out ahead, in small steps, what an update takes to be shown, so that keys are heeded in between."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from latticetop.model.address import BLOCK_SIZE
from latticetop.model.capacity import fits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from latticetop.follow.status import Publish, Update
    from latticetop.model.snapshot import Snapshot, SubnetReading

MUCH, STEP = 10_000, 2_000
"""ENIs and blocks together: from so many on it is done in steps, and so many make a step, a few milliseconds."""
MOST_WAITING = 20
"""Updates that wait; more take the place of the last, so that it shows what is newest, and no memory is filled."""
PAUSE = 2.0
"""How many times as long as a step took the event loop is left to others."""


class Ahead:
    """Passes the updates of one scope on in their order, each when its subnets are worked out.

    `start` runs a coroutine beside the others.
    """

    def __init__(self, publish: Publish, start: Callable[[Coroutine[None, None, None]], object]) -> None:
        self._publish, self._start = publish, start
        self._waiting: deque[Update] = deque()

    def __call__(self, update: Update) -> None:
        """Pass an update on: at once when that is little work and none is before it."""
        if self._waiting:
            if len(self._waiting) == MOST_WAITING:
                self._waiting.pop()
            self._waiting.append(update)
        elif sum(map(_weight, _new(update.snapshot))) < MUCH:
            self._publish(update)
        else:
            self._waiting.append(update)
            self._start(self._work())

    async def _work(self) -> None:
        while self._waiting:
            began = time.perf_counter()
            for _ in steps(self._waiting[0].snapshot):
                await asyncio.sleep(PAUSE * (time.perf_counter() - began))
                began = time.perf_counter()
            self._publish(self._waiting.popleft())


def steps(snapshot: Snapshot | None) -> Iterator[None]:
    """Work out the maps, the room and the endpoints' ENIs of subnets that are new; stops after each step."""
    done = 0
    for reading in _new(snapshot):
        fits(reading)
        _ = reading.described_interfaces
        done += _weight(reading)
        if done >= STEP:
            done = 0
            yield


def _new(snapshot: Snapshot | None) -> list[SubnetReading]:
    """The readings without a map; they keep it in their own __dict__, as cached_property does."""
    return [reading for reading in snapshot.subnets.values() if "blocks" not in reading.__dict__] if snapshot else []


def _weight(reading: SubnetReading) -> int:
    cidr = reading.subnet.cidr_block
    return len(reading.interfaces) + (cidr.size // BLOCK_SIZE if cidr else 0)
