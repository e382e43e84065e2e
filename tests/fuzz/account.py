"""A simulated account over HTTP, in which the answers to some actions are replaced."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web

from latticetop.aws import SessionCache, Settings, connect
from latticetop.aws.organizations import list_membership
from latticetop.aws.reader import AwsReader
from latticetop.simulator import SCENARIOS, ManualClock, SimulatedAccount
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.ec2_resources import SimulatedCluster
from latticetop.simulator.organization import ROOT_ID
from latticetop.simulator.region import SimulatedRegion
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.scenarios import find_scenario
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory
from latticetop.simulator.scenarios.service_networks import (
    add_resource_gateway,
    add_service_network,
    add_vpc_association,
)
from latticetop.simulator.wire.messages import HttpRequest
from tests.fuzz.example import Answer
from tests.hostile import ARN, VPC
from tests.recordings import AccountClock

SCENARIO = "incident"
SUBNET, SUBNET_B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"
ENDPOINT = "vpce-0e3b1bfc42d162c4a"
CLUSTER = "orders"
START, WINDOW = SCENARIOS[SCENARIO].start, timedelta(minutes=15)
"""The time of the events that are read: from the beginning of the scenario on."""


class FuzzedAccount:
    """The account of the incident an hour after its end; time stands still there.

    `replaced` are the answers to actions (`ec2:DescribeVpcs`) that are not the simulator's own, `real` the last of the
    simulator's own to each action.
    """

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.replaced: Mapping[str, Answer] = {}
        self.real: dict[str, Answer] = {}
        self.url = ""
        account = SimulatedAccount(clock=self.clock)
        scenario, options = find_scenario(SCENARIO)
        scenario.prepare(account, options)
        self.clock.finish()
        self.network_arns = (ARN, _add_rarer_resources(account.region("us-east-1")))
        organization = account.manage_organization()
        self.unit_id = organization.add_unit("Workloads", ROOT_ID).id
        organization.add_unit("Production", self.unit_id)
        account.add_member_account("111122223333", "payments", self.unit_id)
        self.clock.advance(3600)
        self._dispatcher = Dispatcher(account)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[FuzzedAccount]:
        """Serve the account on loopback until the end of the block."""
        runner = web.ServerRunner(web.Server(self._handle))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://localhost:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @property
    def settings(self) -> Settings:
        """The settings to reach the account."""
        return Settings(region="us-east-1", endpoint_url=self.url, sandbox=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AwsReader]:
        """A reader of the account until the end of the block."""
        reader = await connect(self.settings)
        try:
            yield reader
        finally:
            await reader.close()

    @property
    def read_clock(self) -> AccountClock:
        """A clock for reading, whose waits end at once."""
        return AccountClock(self.clock)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.clock.advance(1)  # The simulator limits the rate of LookupEvents.
        response = self._dispatcher.respond(
            HttpRequest(
                method=request.method,
                path=request.rel_url.raw_path,
                query=request.rel_url.raw_query_string,
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.read(),
            )
        )
        call = self._dispatcher.calls[-1]
        action = f"{call.service}:{call.operation}"
        headers = {"Content-Type": response.content_type, **response.headers}
        self.real[action] = Answer(response.status, headers, response.body.encode())
        answer = self.replaced.get(action, self.real[action])
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


def _add_rarer_resources(region: SimulatedRegion) -> str:
    """Add what the incident lacks to its second subnet; return the ARN of a further service network."""
    subnet = region.subnet(SUBNET_B)
    add_reservation(region, subnet.id, "10.10.10.112/28", "prefix", "nodes")
    InterfaceFactory(region).eks_node(subnet, "cluster", 1, "i-0b71f2c6d80e9a534")
    add_resource_gateway(region, "gateway", [subnet], address_count=1)
    network = add_service_network(region, "network", services=["orders"], resources=["database"])
    add_vpc_association(region, network, subnet.vpc_id)
    region.put_cluster(SimulatedCluster(name=CLUSTER, vpc_id=subnet.vpc_id, subnet_ids=(subnet.id,)))
    return network.arn


def ignore_progress(_: str) -> None:
    """Take a sentence on how far a long read is."""


async def call(reader: AwsReader, action: str, account: FuzzedAccount) -> object:
    """What a reader makes of an action's answer; for ENIs also with all members. Raises ReadError."""
    match action.partition(":")[2]:
        case "GetCallerIdentity":
            return await reader.scope()
        case "DescribeRegions":
            return await reader.regions()
        case "DescribeVpcs":
            return await reader.vpcs()
        case "DescribeSubnets":
            return await reader.subnets()
        case "DescribeVpcEndpoints":
            return await reader.endpoints()
        case "DescribeVpcEndpointAssociations":
            return await reader.associations()
        case "GetSubnetCidrReservations":
            return await reader.reservations(SUBNET_B)
        case "DescribeNetworkInterfaces":
            await reader.describe_interface("eni-0f995ce7b1b9589de")
            return [interface async for page in reader.interfaces([SUBNET, SUBNET_B]) for interface in page]
        case "LookupEvents":
            return await reader.event_history(START, START + WINDOW, ignore_progress)
        case "DescribeCluster":
            return await reader.cluster(CLUSTER)
        case "ListAccounts":
            return await list_membership(account.settings, SessionCache())
        case "ListAccountsForParent" | "ListOrganizationalUnitsForParent":
            return await list_membership(account.settings, SessionCache(), [account.unit_id])
        case _:
            return await reader.lattice(account.network_arns, [VPC])
