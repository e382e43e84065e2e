"""An hour in the life of an account in a moment: things come and go, calls fail in every way, and it is followed."""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import Settings, connect, sdk
from latticetop.aws.limits import PageSizes
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.follow.reader import Reader
from latticetop.simulator import ManualClock, RandomOrder, Server
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.errors import ApiError
from latticetop.simulator.operations import OPERATIONS
from latticetop.simulator.operations.context import OperationContext
from latticetop.simulator.operations.pagination import PageStore
from tests.follow.fakes import START, VPC, A, B, FakeClock

ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"
ROUND = 900.0
"""Seconds in which everything has been read anew: what is read seldom is five minutes old at most, after a back-off."""
FAULTS = (
    "throttle", "throttle:0.3", "deny", "deny:ec2:DescribeSubnets", "expire", "reset:0.5", "truncate:0.3", "html:0.3",
    "malformed:0.3", "hang", "latency:0.001", "counts:3", "hide:0.4", "repeat", "token", "deny:vpc-lattice:*",
)  # fmt: skip


async def at_once(_: float) -> None:
    """A sleep that takes no time."""


class World:
    """The account, with its faults, and the clocks that say when it is read."""

    def __init__(self, server: Server, account_clock: ManualClock, clock: FakeClock, seed: int) -> None:
        self.server, self.account_clock, self.clock = server, account_clock, clock
        self.random = Random(seed)
        self.hung = asyncio.Event()
        self.changes = 0
        self.made: dict[str, list[str]] = {"interface": [], "endpoint": [], "reservation": []}
        self._context = OperationContext(server.account, server.account.region(), PageStore(), {})
        faults, ended = server.account.faults, server.account.faults.wait_until_ended

        async def noted(kind: str, action: str) -> None:
            self.hung.set()
            await ended(kind, action)

        faults.wait_until_ended = noted  # type: ignore[method-assign]

    async def open_reader(self) -> Reader:
        settings = Settings(region="us-east-1", endpoint_url=self.server.url, sandbox=True)
        return await connect(settings, PageSizes(ec2=5, associations=5))

    def do(self, operation: str, **params: Any) -> Any:
        """A write, as the API carries it out; None when AWS would refuse it."""
        with suppress(ApiError):
            answer = OPERATIONS["ec2"][operation](self._context, params)
            self.changes += 1
            return answer
        return None

    def churn(self) -> None:
        """One thing comes or goes."""
        kind, subnet_id = self.random.choice(list(self.made)), self.random.choice([A, B])
        if self.made[kind] and self.random.random() < 0.55:
            self._remove(kind, self.made[kind].pop(self.random.randrange(len(self.made[kind]))))
        elif kind == "interface":
            prefixes = {"Ipv4PrefixCount": 1} if self.random.random() < 0.4 else {}
            self.made[kind] += filter(None, [self._interface(subnet_id, **prefixes)])
        elif kind == "endpoint":
            wanted = {"VpcEndpointType": "ServiceNetwork", "VpcId": VPC, "ServiceNetworkArn": ARN, "SubnetIds": [A, B]}
            if answer := self.do("CreateVpcEndpoint", **wanted):
                self.made[kind].append(answer["VpcEndpoint"]["VpcEndpointId"])
        else:
            cidr = f"10.10.10.{64 * (subnet_id == B) + 16 * self.random.randrange(4)}/28"
            which = self.random.choice(["prefix", "explicit"])
            answer = self.do("CreateSubnetCidrReservation", SubnetId=subnet_id, Cidr=cidr, ReservationType=which)
            if answer:
                self.made[kind].append(answer["SubnetCidrReservation"]["SubnetCidrReservationId"])

    def _remove(self, kind: str, name: str) -> None:
        if kind == "interface":
            self.do("DeleteNetworkInterface", NetworkInterfaceId=name)
        elif kind == "endpoint":
            self.do("DeleteVpcEndpoints", VpcEndpointIds=[name])
        else:
            self.do("DeleteSubnetCidrReservation", SubnetCidrReservationId=name)

    def clear(self) -> None:
        """All that came goes."""
        for kind, ids in self.made.items():
            while ids:
                self._remove(kind, ids.pop())

    def trouble(self) -> None:
        """Faults come or end; most of the time there are none."""
        count = self.random.choice([0, 0, 0, 1, 1, 2])
        self.server.account.faults.set(self.random.sample(FAULTS, count))

    async def pass_by(self, seconds: float) -> float:
        """Let so much time pass, and the account be read; how long the follower means to wait then."""
        self.account_clock.advance(seconds)
        self.hung.clear()
        self.clock.advance(seconds)
        resting, hung = asyncio.ensure_future(self.clock.rest()), asyncio.ensure_future(self.hung.wait())
        await asyncio.wait([resting, hung], return_when=asyncio.FIRST_COMPLETED)
        if not resting.done():
            self.server.account.faults.set([])
        hung.cancel()
        wait = await resting
        assert wait is not None
        return wait

    async def live(self, seconds: float, wait: float, *, trouble: bool = True) -> float:
        """So much life; how long the follower means to wait at its end."""
        end = self.clock.time.timestamp() + seconds
        while self.clock.time.timestamp() < end:
            self.churn()
            if trouble:
                self.trouble()
            wait = await self.pass_by(wait)
        return wait

    async def settle(self, wait: float) -> float:
        """No trouble any more, one last change that no count tells of, and a round in which everything is read."""
        self.server.account.faults.set([])
        wait = await self._swap(wait)
        self.account_clock.finish()
        end = self.clock.time.timestamp() + ROUND
        while self.clock.time.timestamp() < end:
            wait = await self.pass_by(wait)
        return wait

    async def _swap(self, wait: float) -> float:
        """An interface in each subnet that has room for it, and a while later another in its place."""
        self.account_clock.finish()
        first = [(each, self._interface(each)) for each in (A, B)]
        for _ in range(3):
            wait = await self.pass_by(wait)
        for subnet_id, name in first:
            if name:
                self._remove("interface", name)
                self.made["interface"] += filter(None, [self._interface(subnet_id)])
        return wait

    def _interface(self, subnet_id: str, **more: Any) -> str:
        answer = self.do("CreateNetworkInterface", SubnetId=subnet_id, **more)
        return str(answer["NetworkInterface"]["NetworkInterfaceId"]) if answer else ""


@asynccontextmanager
async def world(seed: int) -> AsyncIterator[World]:
    """An account that allocates at random, read as fast as the machine can."""
    # A dashboard that ran in this process before may have told the collector what to pass over.
    gc.callbacks[:] = [each for each in gc.callbacks if type(each).__module__ != "latticetop.runtime.gc_tuning"]
    gc.unfreeze()
    account_clock, clock = ManualClock(), FakeClock()
    clock.time = START
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
        patch.setattr(sdk, "RateLimiter", partial(RateLimiter, sleep=at_once))
        async with Server("incident", clock=account_clock, seed=seed) as server:
            server.account.world.address_order = RandomOrder(seed)
            yield World(server, account_clock, clock, seed)


def held(lived: World) -> int:
    """Blocks of memory that Python has handed out, without the test's and the server's records and bounded caches."""
    lived.server.calls.clear()
    lived.server.account.region().event_history.events.clear()
    lived.clock.waits[:] = [None] * len(lived.clock.waits)
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()
        elif isinstance(each, Dispatcher):
            each._xml_cache.clear()
            each._pages = PageStore()
    re.purge()
    gc.collect()
    return sys.getallocatedblocks()


def open_files() -> int:
    """Files and connections that this process has open, the server's ends of them among them."""
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


def plainly(url: str) -> dict[str, Any]:
    """The account as boto3 and nothing else reads it."""
    keys = {"aws_access_key_id": "plain", "aws_secret_access_key": "plain"}
    ec2 = boto3.client("ec2", region_name="us-east-1", endpoint_url=url, config=Config(proxies={}), **keys)
    interfaces = ec2.describe_network_interfaces(IncludeManagedResources=True)["NetworkInterfaces"]
    found = {
        "subnets": {
            each["SubnetId"]: (each["CidrBlock"], each["AvailableIpAddressCount"])
            for each in ec2.describe_subnets()["Subnets"]
        },
        "interfaces": {
            each["NetworkInterfaceId"]: (
                each["SubnetId"],
                each["Status"],
                sorted(item["PrivateIpAddress"] for item in each["PrivateIpAddresses"]),
                sorted(item["Ipv4Prefix"] for item in each.get("Ipv4Prefixes", ())),
            )
            for each in interfaces
        },
        "described": {
            each["NetworkInterfaceId"]: each["Description"].startswith("VPC Endpoint Interface") for each in interfaces
        },
        "endpoints": {each["VpcEndpointId"]: each["State"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]},
        "associations": {
            each["Id"]: (each["VpcEndpointId"], each["AssociatedResourceAccessibility"])
            for each in ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
        },
        "reservations": {
            (subnet_id, each["Cidr"], each["ReservationType"])
            for subnet_id in (A, B)
            for each in ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)["SubnetIpv4CidrReservations"]
        },
    }
    ec2.close()
    return found
