"""A simulated account that changes at random, with random faults, followed without real waits."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import Settings, connect, http_session, sdk
from latticetop.aws.limits import PageSizes
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.simulator import ManualClock, RandomOrder, Server, http_faults
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations import OPERATIONS
from latticetop.simulator.operations.context import OperationContext
from latticetop.simulator.operations.pagination import PageStore
from tests.follow.fakes import VPC, A, B, FakeClock

ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
ROUND = 900.0
"""Seconds in which everything is read again: the longest interval is five minutes, after a back-off."""
FAULTS = (
    "throttle", "throttle:0.3", "deny", "deny:ec2:DescribeSubnets", "expire", "reset:0.5", "truncate:0.3", "html:0.3",
    "malformed:0.3", "hang", "latency:0.001", "counts:3", "hide:0.4", "repeat", "token", "deny:vpc-lattice:*",
    "login-page:0.3", "login-page", "redirect:0.3", "oversize:ec2:DescribeVpcEndpoints", "drip", "clock:9",
)  # fmt: skip
TOTAL_FAULTS = {"throttle", "deny", "deny:ec2:DescribeSubnets", "expire", "login-page", "clock:9"}
"""Faults with which no read is successful."""
HOUR, YEARS = 3600.0, 20 * 365 * 86_400.0
STEPS = (0.0, 0.0, 0.0, -HOUR, HOUR, -YEARS, YEARS, 90.0, -90.0)
"""Seconds by which the clock of the machine is set before a read."""
GIVE_UP_SECONDS = 10.0
"""Seconds without an answer after which `r` gives up a read."""
MAX_RESPONSE_BYTES = 1 << 18
"""The limit of a response here: no answer of the account is as long, and an endless one is cut off soon."""


_SEND_SLOWLY = http_faults._send_slowly


async def no_sleep(_: float) -> None:
    """Return immediately."""


class World:
    """The account with its faults, its clock, and the follower's clock."""

    def __init__(self, server: Server, account_clock: ManualClock, clock: FakeClock, seed: int) -> None:
        self.server, self.account_clock, self.clock = server, account_clock, clock
        self.random = Random(seed)
        self.stuck = asyncio.Event()
        """Set when a response does not come, or not as a whole."""
        self.follower: Follower | None = None
        """Without it no read is given up, and no step of the clock and no slow response is tried."""
        self.could_read_at = clock.monotonic()
        """The end of the last cycle in which a read may have been successful; monotonic."""
        self.faults: set[str] = set()
        """The faults of the last read; none if it was stuck, since it went on without them then."""
        self.check: Callable[[], None] = lambda: None
        """Called after each read."""
        self.changes = self.given_up = 0
        self.created: dict[str, list[str]] = {"interface": [], "endpoint": [], "reservation": []}
        self._context = OperationContext(server.account, server.account.region(), PageStore(), {})
        faults, ended = server.account.faults, server.account.faults.wait_until_ended

        async def record_hang(kind: str, action: str) -> None:
            self.stuck.set()
            await ended(kind, action)

        faults.wait_until_ended = record_hang  # type: ignore[method-assign]

    async def send_slowly(self, *arguments: Any) -> Any:
        """Send a response a byte a second."""
        self.stuck.set()
        return await _SEND_SLOWLY(*arguments)

    async def open_reader(self) -> Reader:
        settings = Settings(region="us-east-1", endpoint_url=self.server.url, sandbox=True)
        return await connect(settings, PageSizes(ec2=5, associations=5))

    def do(self, operation: str, **params: Any) -> Any:
        """Call a mutating operation of the API; None if it is refused."""
        with suppress(ApiError):
            answer = OPERATIONS["ec2"][operation](self._context, params)
            self.changes += 1
            return answer
        return None

    def churn(self) -> None:
        """Create or delete one resource at random."""
        kind, subnet_id = self.random.choice(list(self.created)), self.random.choice([A, B])
        if self.created[kind] and self.random.random() < 0.55:
            self._remove(kind, self.created[kind].pop(self.random.randrange(len(self.created[kind]))))
        elif kind == "interface":
            prefixes = {"Ipv4PrefixCount": 1} if self.random.random() < 0.4 else {}
            self.created[kind] += filter(None, [self._interface(subnet_id, **prefixes)])
        elif kind == "endpoint":
            params = {"VpcEndpointType": "ServiceNetwork", "VpcId": VPC, "ServiceNetworkArn": ARN, "SubnetIds": [A, B]}
            if answer := self.do("CreateVpcEndpoint", **params):
                self.created[kind].append(answer["VpcEndpoint"]["VpcEndpointId"])
        else:
            cidr = f"10.10.10.{64 * (subnet_id == B) + 16 * self.random.randrange(4)}/28"
            reservation_type = self.random.choice(["prefix", "explicit"])
            answer = self.do(
                "CreateSubnetCidrReservation", SubnetId=subnet_id, Cidr=cidr, ReservationType=reservation_type
            )
            if answer:
                self.created[kind].append(answer["SubnetCidrReservation"]["SubnetCidrReservationId"])

    def _remove(self, kind: str, name: str) -> None:
        if kind == "interface":
            self.do("DeleteNetworkInterface", NetworkInterfaceId=name)
        elif kind == "endpoint":
            self.do("DeleteVpcEndpoints", VpcEndpointIds=[name])
        else:
            self.do("DeleteSubnetCidrReservation", SubnetCidrReservationId=name)

    def clear(self) -> None:
        """Delete all created resources."""
        for kind, ids in self.created.items():
            while ids:
                self._remove(kind, ids.pop())

    def trouble(self) -> None:
        """Set random faults; most of the time none."""
        count = self.random.choice([0, 0, 0, 1, 1, 2])
        faults = [fault for fault in FAULTS if fault != "drip" or self.follower]
        self.server.account.faults.set(self.random.sample(faults, count))
        if self.follower:
            self.clock.set_forward(self.random.choice(STEPS))

    async def advance(self, seconds: float) -> float:
        """Let seconds pass and the account be read; return the seconds of the follower's next wait."""
        self.account_clock.advance(seconds)
        self.stuck.clear()
        self.faults = {str(fault).removesuffix(":1") for fault in self.server.account.faults.active}
        self.clock.advance(seconds)
        resting, stuck = asyncio.ensure_future(self.clock.rest()), asyncio.ensure_future(self.stuck.wait())
        await asyncio.wait([resting, stuck], return_when=asyncio.FIRST_COMPLETED)
        if not resting.done():
            self._end_hang(give_up="drip" in self.faults or self.random.random() < 0.5)
            self.faults.clear()
        stuck.cancel()
        wait = await resting
        assert wait is not None
        if not self.faults & TOTAL_FAULTS:
            self.could_read_at = self.clock.monotonic()
        self.check()
        return wait

    def _end_hang(self, *, give_up: bool) -> None:
        if give_up and self.follower:
            self.given_up += 1
            self.clock.advance(GIVE_UP_SECONDS)
            self.follower.refresh()
        self.server.account.faults.set([])

    async def run(self, seconds: float, wait: float, *, trouble: bool = True) -> float:
        """Run for seconds with changes and faults; return the seconds of the follower's next wait."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            self.churn()
            if trouble:
                self.trouble()
            wait = await self.advance(wait)
        return wait

    async def settle(self, wait: float) -> float:
        """End the faults, make a last change that no count shows, and wait until everything is read again."""
        self.server.account.faults.set([])
        wait = await self._swap(wait)
        self.account_clock.finish()
        end = self.clock.monotonic() + ROUND
        while self.clock.monotonic() < end:
            wait = await self.advance(wait)
        return wait

    async def _swap(self, wait: float) -> float:
        """Create an interface in each subnet if possible, and replace it some cycles later."""
        self.account_clock.finish()
        first = [(subnet_id, self._interface(subnet_id)) for subnet_id in (A, B)]
        for _ in range(3):
            wait = await self.advance(wait)
        for subnet_id, name in first:
            if name:
                self._remove("interface", name)
                self.created["interface"] += filter(None, [self._interface(subnet_id)])
        return wait

    def _interface(self, subnet_id: str, **params: Any) -> str:
        answer = self.do("CreateNetworkInterface", SubnetId=subnet_id, **params)
        return str(answer["NetworkInterface"]["NetworkInterfaceId"]) if answer else ""


@asynccontextmanager
async def world(seed: int) -> AsyncIterator[World]:
    """An account that allocates addresses at random, read without waits."""
    # A dashboard that ran in this process before may have frozen objects.
    gc.unfreeze()
    account_clock, clock = ManualClock(), FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
        patch.setattr(sdk, "RateLimiter", partial(RateLimiter, sleep=no_sleep))
        patch.setattr(http_session, "RESPONSE_BYTES", MAX_RESPONSE_BYTES)
        async with Server("incident", clock=account_clock, seed=seed) as server:
            server.account.world.address_order = RandomOrder(seed)
            account = World(server, account_clock, clock, seed)
            patch.setattr(http_faults, "_send_slowly", account.send_slowly)
            yield account


def allocated_blocks(world: World) -> int:
    """The memory blocks allocated by Python, without records of the test and the server and bounded caches."""
    world.server.calls.clear()
    world.server.account.region().event_history.events.clear()
    world.clock.waits[:] = [None] * len(world.clock.waits)
    for value in gc.get_objects():
        if isinstance(value, functools._lru_cache_wrapper):
            value.cache_clear()
        elif isinstance(value, Dispatcher):
            value._xml_cache.clear()
            value._pages = PageStore()
    re.purge()
    gc.collect()
    return sys.getallocatedblocks()


def open_files() -> int:
    """The number of open files and connections of this process, those of the server included."""
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


def read_with_boto3(url: str) -> dict[str, Any]:
    """The account, read by boto3 alone."""
    keys = {"aws_access_key_id": "plain", "aws_secret_access_key": "plain"}
    ec2 = boto3.client("ec2", region_name="us-east-1", endpoint_url=url, config=Config(proxies={}), **keys)
    interfaces = ec2.describe_network_interfaces(IncludeManagedResources=True)["NetworkInterfaces"]
    account = {
        "subnets": {
            subnet["SubnetId"]: (subnet["CidrBlock"], subnet["AvailableIpAddressCount"])
            for subnet in ec2.describe_subnets()["Subnets"]
        },
        "interfaces": {
            interface["NetworkInterfaceId"]: (
                interface["SubnetId"],
                interface["Status"],
                sorted(item["PrivateIpAddress"] for item in interface["PrivateIpAddresses"]),
                sorted(item["Ipv4Prefix"] for item in interface.get("Ipv4Prefixes", ())),
            )
            for interface in interfaces
        },
        "described": {
            i["NetworkInterfaceId"]: i["Description"].startswith("VPC Endpoint Interface") for i in interfaces
        },
        "endpoints": {e["VpcEndpointId"]: e["State"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]},
        "associations": {
            a["Id"]: (a["VpcEndpointId"], a["AssociatedResourceAccessibility"])
            for a in ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
        },
        "reservations": {
            (subnet_id, r["Cidr"], r["ReservationType"])
            for subnet_id in (A, B)
            for r in ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)["SubnetIpv4CidrReservations"]
        },
    }
    ec2.close()
    return account
