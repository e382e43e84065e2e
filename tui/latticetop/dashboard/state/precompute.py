"""Compute ahead in a thread, in small steps, what it takes to show an update, so that keys are handled meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.model.capacity.counting_subnets import counts
from latticetop.model.capacity.decide import capacity_of
from latticetop.model.endpoints.verdict import verdict_for
from latticetop.model.records.address import BLOCK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from latticetop.follow.status import Update
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading

MIN_STEPPED_WORK, STEP_WORK = 5_000, 2_000
"""ENIs plus blocks: from so many on they are computed in steps, and so many make a step of a few milliseconds."""
VERDICT_WORK, FAILED_WORK, FAILED_WORK_PER_SUBNET = 100, 2_000, 10
"""ENIs and blocks that take as long as the verdict on an endpoint; on a failed one, whose fix may be another subnet."""
MAX_QUEUED = 20
"""Updates in the queue; a further one replaces the last, so that the newest is shown and memory stays bounded."""
PAUSE_RATIO = 2.0
"""How many times as long as the step before it a pause lasts, in which it leaves the processor to others."""
_DONE = object()


class PrecomputeQueue:
    """Publishes the updates of one scope in their order, each once the view of its snapshot is computed.

    `publish` gets an update and the view; `start` runs a coroutine function in the background.
    """

    def __init__(
        self,
        publish: Callable[[Update, SnapshotView | None], None],
        start: Callable[[Callable[[], Coroutine[None, None, None]]], object],
    ) -> None:
        self._publish, self._start = publish, start
        self._queue: deque[Update] = deque()
        self._view: SnapshotView | None = None

    def __call__(self, update: Update) -> None:
        """Publish an update: at once if it is little work and the queue is empty."""
        if self._queue:
            if len(self._queue) == MAX_QUEUED:
                self._queue.pop()
            self._queue.append(update)
        elif self._work_of(update.snapshot) < MIN_STEPPED_WORK:
            self._publish(update, self._view)
        else:
            self._queue.append(update)
            self._start(self._work)

    async def _work(self) -> None:
        while self._queue:
            started = time.perf_counter()
            self._update_view(self._queue[0].snapshot)
            steps = precompute_steps(self._view)
            while await asyncio.to_thread(next, steps, _DONE) is not _DONE:
                await asyncio.sleep(PAUSE_RATIO * (time.perf_counter() - started))
                started = time.perf_counter()
            self._publish(self._queue.popleft(), self._view)

    def _update_view(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None and (self._view is None or self._view.snapshot is not snapshot):
            self._view = SnapshotView(snapshot)

    def _work_of(self, snapshot: Snapshot | None) -> int:
        self._update_view(snapshot)
        if snapshot is None or self._view is None:
            return 0
        return sum(map(_work_of_subnet, _unmapped(snapshot))) + sum(
            _work_of_verdict(endpoint, snapshot) for endpoint in self._view.unassessed
        )


def precompute_steps(view: SnapshotView | None) -> Iterator[None]:
    """Compute what is derived of new subnets and the verdicts, and yield at each step.

    Of a subnet these are the map, the capacity, the ENIs by endpoint and, without a free block, whether it counts.
    """
    done = 0
    for work in _compute(view) if view else ():
        done += work
        if done >= STEP_WORK:
            done = 0
            yield


def _compute(view: SnapshotView) -> Iterator[int]:
    """Compute one part after the other, and yield how much work each was."""
    for reading in _unmapped(view.snapshot):
        capacity_of(reading)
        _ = reading.described_interfaces
        if not reading.blocks.free:
            counts(view.snapshot, reading.subnet.subnet_id)
        yield _work_of_subnet(reading)
    for endpoint in view.unassessed:
        view.assessment(endpoint.vpc_endpoint_id)
        yield _work_of_verdict(endpoint, view.snapshot)


def _unmapped(snapshot: Snapshot) -> list[SubnetReading]:
    return [reading for reading in snapshot.subnets.values() if not reading.is_mapped]


def _work_of_verdict(endpoint: Endpoint, snapshot: Snapshot) -> int:
    is_wrong = verdict_for(endpoint.state, ()).wrong
    return FAILED_WORK + FAILED_WORK_PER_SUBNET * len(snapshot.subnets) if is_wrong else VERDICT_WORK


def _work_of_subnet(reading: SubnetReading) -> int:
    cidr = reading.subnet.cidr_block
    return len(reading.interfaces) + (cidr.size // BLOCK_SIZE if cidr else 0)
