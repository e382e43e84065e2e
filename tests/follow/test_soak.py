"""An hour of polling in an account that changes all the time, with all kinds of faults, and a clock that is set.

Set SOAK_HOURS for longer.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from math import inf
from typing import Any

import pytest

from latticetop.follow.freshness import DataState, freshness_of, present
from latticetop.follow.loop import Follower
from latticetop.model.records.address import format_address
from latticetop.model.records.problem import ProblemKind
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import EVERYTHING, Screen
from tests.follow.soak import World, allocated_blocks, open_files, read_with_boto3, world

HOURS = float(os.environ.get("SOAK_HOURS", "1"))
LEAK_SIZE = 2
"""The memory blocks that a leak of one object with its content would add in each read."""
KEPT_SIZE = 1_000
"""The memory blocks of kept connections and idle threads: as many as happened to be needed together, not in a read."""
POOL_SIZE = 16
"""The connections that a client needs at most; there are 3 clients, and both ends are in this process."""


def as_dict(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot in the form of `read_with_boto3`."""
    readings = snapshot.subnets.values()
    return {
        "subnets": {
            r.subnet.subnet_id: (str(r.subnet.cidr_block), r.subnet.available_ip_address_count) for r in readings
        },
        "interfaces": {
            interface.network_interface_id: (
                interface.subnet_id,
                interface.status,
                sorted(map(format_address, interface.addresses)),
                sorted(map(str, interface.prefixes)),
            )
            for reading in readings
            for interface in reading.interfaces
        },
        "described": {
            interface.network_interface_id: interface.description.startswith("VPC Endpoint Interface")
            for reading in readings
            for interface in reading.interfaces
        },
        "endpoints": {key: endpoint.state for key, endpoint in snapshot.endpoints.items()},
        "associations": {key: (a.vpc_endpoint_id, a.accessibility) for key, a in snapshot.associations.items()},
        "reservations": {
            (reservation.subnet_id, str(reservation.cidr), reservation.reservation_type)
            for reading in readings
            for reservation in reading.reservations
        },
    }


class LastUpdate(Screen):
    """The last update, and the kinds of problems in all updates."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[ProblemKind] = set()

    def __call__(self, update: Any) -> None:
        self.updates[:] = [update]
        self.kinds |= {problem.kind for problem in update.snapshot.problems} if update.snapshot else set()
        self.kinds |= {update.status.problem.kind} if update.status.problem else set()

    @property
    def snapshot(self) -> Snapshot:
        assert self.last.snapshot is not None
        return self.last.snapshot


async def compare(last_update: LastUpdate, account: World) -> None:
    assert as_dict(last_update.snapshot) == await asyncio.to_thread(read_with_boto3, account.server.url)
    assert last_update.snapshot.problems == ()


def check_freshness(account: World, last_update: LastUpdate) -> None:
    """Live data was read within two intervals, and after a read without faults it is live; no time is in the future."""
    status, now = last_update.last.status, account.clock.monotonic()
    at = present(status, now, account.clock.now())
    freshness = freshness_of(status, at)
    assert at == account.clock.now(), "a step of the clock is followed"
    if (snapshot := last_update.last.snapshot) is not None:
        assert snapshot.taken_at <= at and max(snapshot.read_at.values()) <= at
    age = inf if freshness.age is None else freshness.age
    assert age >= now - account.could_read_at
    assert freshness.state is not DataState.LIVE or age <= 30
    if not account.faults:
        assert (freshness.state, freshness.age) == (DataState.LIVE, 0.0)


async def calm(account: World, follower: Follower, wait: float) -> tuple[float, int, int]:
    """The account as it was at first, and a connection just made: the wait, the allocated blocks and the tasks."""
    account.clear()
    account.server.account.faults.set(["expire"])
    follower.refresh()
    wait = await account.advance(wait)
    assert follower._reader is None
    wait = await account.settle(wait)
    account.clear()
    wait = await account.advance(await account.advance(wait))
    return wait, allocated_blocks(account), client_tasks()


def client_tasks() -> int:
    """The number of tasks without those of the server, which has one or two for each connection that is kept."""
    return sum("RequestHandler" not in repr(task.get_coro()) for task in asyncio.all_tasks())


@pytest.mark.timeout(600 * max(HOURS, 1))
async def test_an_hour_of_faults_leaks_nothing_and_misses_nothing() -> None:
    files, last_update = open_files(), LastUpdate()
    async with world(seed=6) as account:
        follower = Follower(account.open_reader, EVERYTHING, clock=account.clock, random=lambda: 0.5)
        task = asyncio.create_task(follower.run(last_update))
        await account.clock.rest()
        account.follower, account.check = follower, partial(check_freshness, account, last_update)
        wait = await account.settle(await account.run(1000, 15.0))
        await compare(last_update, account)
        wait, before, tasks = await calm(account, follower, wait)
        reads = -len(account.clock.waits)
        wait = await account.settle(await account.run(3600 * HOURS, wait))
        await compare(last_update, account)
        wait, after, tasks_then = await calm(account, follower, wait)
        reads += len(account.clock.waits)
        connections = open_files() - files
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert account.given_up > 5
    assert after - before < LEAK_SIZE * reads + KEPT_SIZE
    assert tasks_then == tasks
    assert connections <= 2 * 3 * POOL_SIZE
    assert open_files() == files
    assert last_update.kinds >= {
        ProblemKind.THROTTLED,
        ProblemKind.UNREACHABLE,
        ProblemKind.EXPIRED,
        ProblemKind.ACCESS_DENIED,
        ProblemKind.BAD_ANSWER,
        ProblemKind.SERVICE_ERROR,
    }
