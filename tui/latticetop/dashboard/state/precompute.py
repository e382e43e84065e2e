"""Works out ahead, in small steps, what an update takes to be shown, so that keys are heeded in between."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from latticetop.dashboard.state.snapshot_view import View
from latticetop.model.capacity.decide import fits
from latticetop.model.records.address import BLOCK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from latticetop.follow.status import Update
    from latticetop.model.snapshot import Snapshot, SubnetReading

MUCH, STEP = 5_000, 2_000
"""ENIs and blocks together: from so many on it is done in steps, and so many make a step, a few milliseconds."""
VERDICT = 100
"""As many of them take as long as the verdict on an endpoint."""
MOST_WAITING = 20
"""Updates that wait; more take the place of the last, so that it shows what is newest, and no memory is filled."""
PAUSE = 2.0
"""How many times as long as a step took the event loop is left to others."""


class Ahead:
    """Passes the updates of one scope on in their order, each when the view of its snapshot is worked out.

    `start` runs a coroutine beside the others.
    """

    def __init__(
        self, publish: Callable[[Update, View | None], None], start: Callable[[Coroutine[None, None, None]], object]
    ) -> None:
        self._publish, self._start = publish, start
        self._waiting: deque[Update] = deque()
        self._view: View | None = None

    def __call__(self, update: Update) -> None:
        """Pass an update on: at once when that is little work and none is before it."""
        if self._waiting:
            if len(self._waiting) == MOST_WAITING:
                self._waiting.pop()
            self._waiting.append(update)
        elif self._work_of(update.snapshot) < MUCH:
            self._publish(update, self._view)
        else:
            self._waiting.append(update)
            self._start(self._work())

    async def _work(self) -> None:
        while self._waiting:
            began = time.perf_counter()
            self._look_at(self._waiting[0].snapshot)
            for _ in steps(self._view):
                await asyncio.sleep(PAUSE * (time.perf_counter() - began))
                began = time.perf_counter()
            self._publish(self._waiting.popleft(), self._view)

    def _look_at(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None and (self._view is None or self._view.snapshot is not snapshot):
            self._view = View(snapshot)

    def _work_of(self, snapshot: Snapshot | None) -> int:
        self._look_at(snapshot)
        if snapshot is None or self._view is None:
            return 0
        return sum(map(_weight, _new(snapshot))) + VERDICT * len(self._view.unassessed)


def steps(view: View | None) -> Iterator[None]:
    """Work out the maps, the room and the endpoints' ENIs of subnets that are new, and verdicts; stops at each step."""
    done = 0
    for weight in _working_out(view) if view else ():
        done += weight
        if done >= STEP:
            done = 0
            yield


def _working_out(view: View) -> Iterator[int]:
    for reading in _new(view.snapshot):
        fits(reading)
        _ = reading.described_interfaces
        yield _weight(reading)
    for endpoint_id in view.unassessed:
        view.assessment(endpoint_id)
        yield VERDICT


def _new(snapshot: Snapshot) -> list[SubnetReading]:
    """The readings without a map; they keep it in their own __dict__, as cached_property does."""
    return [reading for reading in snapshot.subnets.values() if "blocks" not in reading.__dict__]


def _weight(reading: SubnetReading) -> int:
    cidr = reading.subnet.cidr_block
    return len(reading.interfaces) + (cidr.size // BLOCK_SIZE if cidr else 0)
