"""Accounts that are all alike, in a process of their own: AssumeRole leads into any of them, with latency.

The simulator answers each kind of request once; what it answered is kept, and sent with the number of the account that
asks. Reservations are limited as EC2 limits them: a hundred at once, and twenty a second after that.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import web

from latticetop.simulator import ManualClock, Server
from latticetop.simulator.account import ACCOUNT_ID, SimulatedAccount
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.scenarios.service_networks import add_service_network, create_endpoint_as_user
from latticetop.simulator.vpcs import add_subnet, add_vpc

SUBNETS, ENDPOINTS, INTERFACES_PER_SUBNET = 12, 3, 5
LARGE_VPCS, LARGE_SUBNETS = 25, 200
BURST, PER_SECOND = 100.0, 20.0
_LIMITED = b"Action=GetSubnetCidrReservations"
_THROTTLED = (
    "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error>"
    "</Errors><RequestID>1</RequestID></Response>"
)
_CALLER = re.compile(r"Credential=ASIA(\d{12})ROLE/")
_ASSUMED = re.compile(rb"arn%3Aaws%3Aiam%3A%3A(\d{12})%3Arole")
_HOME = ACCOUNT_ID.encode()
_Kept = tuple[int, str, bytes]
"""Status, content type and body of an answer."""


@contextmanager
def serving(milliseconds: int, size: str = "small") -> Iterator[str]:
    """Serve as many accounts of a size as anybody asks for; yields the URL."""
    command = [sys.executable, "-m", __name__, str(milliseconds), size]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def roles(count: int) -> str:
    """A latticetop.toml with a role in each of so many accounts."""
    arns = (f"arn:aws:iam::{210_000_000_000 + number}:role/latticetop" for number in range(count))
    return "".join(f'[[roles]]\narn = "{arn}"\n' for arn in arns)


def fill(account: SimulatedAccount) -> None:
    """Add a VPC with subnets, ENIs in each, and service-network endpoints."""
    region = account.region()
    vpc = add_vpc(region, "10.0.0.0/16")
    zones = ("us-east-1a", "us-east-1b", "us-east-1c")
    subnets = [
        add_subnet(region, vpc.id, f"10.0.{number}.0/24", availability_zone=zones[number % 3])
        for number in range(SUBNETS)
    ]
    for subnet in subnets:
        for _ in range(INTERFACES_PER_SUBNET):
            create_interface(region, NetworkInterfaceRequest(subnet_id=subnet.id, address_request=AddressRequest()))
    for number in range(ENDPOINTS):
        network = add_service_network(region, f"platform-{number}", resources=("orders-db",))
        create_endpoint_as_user(region, network, subnets[2 * number : 2 * number + 2], f"platform-{number}")


def fill_large(account: SimulatedAccount) -> None:
    """Add 25 VPCs with 200 subnets each, and a service-network endpoint in two subnets of each VPC."""
    region = account.region()
    network = add_service_network(region, "platform", resources=("orders-db",))
    for number in range(LARGE_VPCS):
        vpc = add_vpc(region, f"10.{number}.0.0/16")
        subnets = [
            add_subnet(region, vpc.id, f"10.{number}.{index}.0/24", availability_zone=f"us-east-1{'ab'[index % 2]}")
            for index in range(LARGE_SUBNETS)
        ]
        create_endpoint_as_user(region, network, subnets[:2], f"platform-{number}")


SIZES = {"small": fill, "large": fill_large}


class Bucket:
    """EC2's token bucket for one operation."""

    def __init__(self) -> None:
        self._tokens, self._at = BURST, time.monotonic()

    def take(self) -> bool:
        """Whether a request may pass now."""
        now = time.monotonic()
        self._tokens, self._at = min(BURST, self._tokens + PER_SECOND * (now - self._at)), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Alike:
    """A door to an account, which is any account to those who come through it."""

    def __init__(self, url: str, seconds: float, session: aiohttp.ClientSession) -> None:
        self._url, self._seconds, self._session = url, seconds, session
        self._kept: dict[object, _Kept] = {}
        self._buckets: defaultdict[bytes, Bucket] = defaultdict(Bucket)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request as the account that it is signed for, or that it asks to be let into."""
        body = await request.read()
        headers = request.headers
        caller, assumed = _CALLER.search(headers.get("Authorization", "")), _ASSUMED.search(body)
        account = assumed[1] if assumed else caller[1].encode() if caller else _HOME
        body = body.replace(account, _HOME)
        key = (request.method, request.path_qs, body, headers.get("X-Amz-Target"))
        due = asyncio.create_task(asyncio.sleep(self._seconds))
        if _LIMITED in body and not self._buckets[account].take():
            await due
            return web.Response(text=_THROTTLED, status=503, content_type="text/xml")
        if key not in self._kept:
            self._kept[key] = await self._ask(request, body)
        status, content_type, answer = self._kept[key]
        await due
        return web.Response(body=answer.replace(_HOME, account), status=status, headers={"Content-Type": content_type})

    async def _ask(self, request: web.BaseRequest, body: bytes) -> _Kept:
        names = ("Authorization", "Content-Type", "X-Amz-Target")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        async with self._session.request(
            request.method, self._url + request.path_qs, data=body, headers=headers
        ) as answer:
            return answer.status, answer.headers["Content-Type"], await answer.read()


async def _serve(milliseconds: int, size: str) -> None:
    clock = ManualClock()
    async with Server("empty", clock=clock) as server, aiohttp.ClientSession() as session:
        SIZES[size](server.account)
        clock.advance(3600)
        runner = web.ServerRunner(web.Server(Alike(server.url, milliseconds / 1000, session).handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
