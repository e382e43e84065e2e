"""An hour of polling in an account that changes all the time, with all kinds of faults. Set SOAK_HOURS for longer."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from latticetop.follow.loop import Follower
from latticetop.model.records.address import format_address
from latticetop.model.records.problem import ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import EVERYTHING, Screen
from tests.follow.soak import World, allocated_blocks, open_files, read_with_boto3, world

HOURS = float(os.environ.get("SOAK_HOURS", "1"))
LEAK_SIZE = 2
"""The memory blocks that a leak of one object with its content would add in each read."""
POOL_SIZE = 16
"""The connections that a client keeps at most; there are 3 clients, and both ends are in this process."""


def as_dict(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot in the form of `read_with_boto3`."""
    readings = snapshot.subnets.values()
    return {
        "subnets": {
            r.subnet.subnet_id: (str(r.subnet.cidr_block), r.subnet.available_ip_address_count) for r in readings
        },
        "interfaces": {
            each.network_interface_id: (
                each.subnet_id,
                each.status,
                sorted(map(format_address, each.addresses)),
                sorted(map(str, each.prefixes)),
            )
            for reading in readings
            for each in reading.interfaces
        },
        "described": {
            each.network_interface_id: each.description.startswith("VPC Endpoint Interface")
            for reading in readings
            for each in reading.interfaces
        },
        "endpoints": {key: each.state for key, each in snapshot.endpoints.items()},
        "associations": {
            key: (each.vpc_endpoint_id, each.accessibility) for key, each in snapshot.associations.items()
        },
        "reservations": {
            (each.subnet_id, str(each.cidr), each.reservation_type) for r in readings for each in r.reservations
        },
    }


class LastUpdate(Screen):
    """The last update, and the kinds of problems in all updates."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[ProblemKind] = set()

    def __call__(self, update: Any) -> None:
        self.updates[:] = [update]
        self.kinds |= {each.kind for each in update.snapshot.problems} if update.snapshot else set()
        self.kinds |= {update.status.problem.kind} if update.status.problem else set()

    @property
    def snapshot(self) -> Snapshot:
        assert self.last.snapshot is not None
        return self.last.snapshot


async def compare(shown: LastUpdate, each: World) -> None:
    assert as_dict(shown.snapshot) == await asyncio.to_thread(read_with_boto3, each.server.url)
    assert shown.snapshot.problems == ()


async def calm(each: World, follower: Follower, wait: float) -> tuple[float, int, int]:
    """The account as it was at first, and a connection just made: the wait, the allocated blocks and the tasks."""
    each.clear()
    each.server.account.faults.set(["expire"])
    follower.refresh()
    wait = await each.advance(wait)
    assert follower._reader is None
    wait = await each.settle(wait)
    each.clear()
    wait = await each.advance(await each.advance(wait))
    return wait, allocated_blocks(each), len(asyncio.all_tasks())


@pytest.mark.timeout(600 * max(HOURS, 1))
async def test_an_hour_of_faults_leaks_nothing_and_misses_nothing() -> None:
    files, shown = open_files(), LastUpdate()
    async with world(seed=6) as each:
        follower = Follower(each.open_reader, EVERYTHING, clock=each.clock, random=lambda: 0.5)
        following = asyncio.create_task(follower.run(shown))
        await each.clock.rest()
        wait = await each.settle(await each.run(1000, 15.0))
        await compare(shown, each)
        wait, before, tasks = await calm(each, follower, wait)
        reads = -len(each.clock.waits)
        wait = await each.settle(await each.run(3600 * HOURS, wait))
        await compare(shown, each)
        wait, after, tasks_then = await calm(each, follower, wait)
        reads += len(each.clock.waits)
        connections = open_files() - files
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert after - before < LEAK_SIZE * reads
    assert tasks_then == tasks
    assert connections <= 2 * 3 * POOL_SIZE
    assert open_files() == files
    assert shown.kinds >= {
        ProblemKind.THROTTLED,
        ProblemKind.UNREACHABLE,
        ProblemKind.EXPIRED,
        ProblemKind.ACCESS_DENIED,
        ProblemKind.BAD_ANSWER,
        ProblemKind.SERVICE_ERROR,
    }
