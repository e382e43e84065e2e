"""Every call of the reader against the simulator: paging, parameters and records."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from latticetop.aws import OPERATIONS, Connector, Settings, connect
from latticetop.aws.limits import PageSizes
from latticetop.aws.reader import AwsReader
from latticetop.follow.one_shot import read_once
from latticetop.follow.reader import Reader
from latticetop.model.records.address import format_address
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.records.resources import NetworkInterface
from latticetop.model.snapshot import Scope
from latticetop.simulator import ManualClock, Server, SimulatedAccount
from latticetop.simulator.ec2_resources import SimulatedEndpoint, SimulatedEndpointAssociation, SimulatedOperator
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.reservations import add_reservation
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.aws.conftest import CannedServer, always, reading, refusal
from tests.aws.test_identity import MEMBER

COUNT = 13
NETWORK_ARN = "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09"


def fill(account: SimulatedAccount) -> str:
    """Create 13 of each resource in the account; return the id of the subnet with the ENIs and reservations."""
    region = account.region()
    vpcs = [add_vpc(region, f"10.{number}.0.0/16") for number in range(1, COUNT + 1)]
    subnets = [add_subnet(region, vpcs[0].id, f"10.1.{number}.0/24") for number in range(COUNT)]
    for number in range(COUNT):
        create_interface(
            region,
            NetworkInterfaceRequest(subnet_id=subnets[0].id, address_request=AddressRequest(prefix_count=number % 2)),
        )
        add_reservation(region, subnets[0].id, f"10.1.0.{128 + 4 * number}/30", "explicit")
        region.put_endpoint(
            SimulatedEndpoint(
                id=f"vpce-{number:017x}",
                endpoint_type="Interface" if number == 0 else "ServiceNetwork",
                vpc_id=vpcs[0].id,
                state="Available",
                owner_id=account.id,
                created_at=account.world.clock.now(),
                service_network_arn=NETWORK_ARN,
            )
        )
        region.put_association(
            SimulatedEndpointAssociation(
                id=f"vpce-rsc-asc-{number:017x}",
                endpoint_id="vpce-00000000000000001",
                service_network_arn=NETWORK_ARN,
                service_network_name="test-service-network-a",
                resource_arn="arn",
                dns_name="name",
                hosted_zone_id="Z",
            )
        )
    return subnets[0].id


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server("empty", clock=ManualClock()) as server:
        yield server


async def interfaces(reader: AwsReader, subnet_ids: list[str]) -> list[NetworkInterface]:
    return [interface async for page in reader.interfaces(subnet_ids) for interface in page]


def requests(server: Server, operation: str) -> list[dict[str, object]]:
    return [dict(call.params) for call in server.calls if call.operation == operation]


async def test_every_call_is_read_to_the_end_over_three_pages(server: Server) -> None:
    subnet_id = fill(server.account)
    region = server.account.region()
    responses = list[int]()
    async with reading(server.url, PageSizes(ec2=5, associations=5)) as reader:
        reader.on_response = lambda: responses.append(reader.calls)
        assert {vpc.vpc_id for vpc in await reader.vpcs()} == set(region.vpcs)
        assert {subnet.subnet_id for subnet in await reader.subnets()} == set(region.subnets)
        assert {endpoint.vpc_endpoint_id for endpoint in await reader.endpoints()} == set(region.endpoints)
        assert {association.association_id for association in await reader.associations()} == set(region.associations)
        enis = await interfaces(reader, [subnet_id])
        assert {eni.network_interface_id for eni in enis} == set(region.interfaces)
        reservations = {str(reservation.cidr) for reservation in await reader.reservations(subnet_id)}
        assert reservations == {reservation.cidr for reservation in region.reservations.values()}
        assert await reader.scope() == Scope("123456789012", "us-east-1", endpoint_url=server.url)
        assert "us-east-1" in await reader.regions()
        pages = Counter(call.operation for call in server.calls)
        assert reader.calls == len(server.calls)
    assert responses == list(range(1, len(server.calls) + 1)), "each is told before the next request"
    listed = {name.partition(":")[2] for name in OPERATIONS if name.startswith(("ec2:", "sts:"))}
    assert listed == set(pages)
    alone = {"GetCallerIdentity": 1, "DescribeRegions": 1}
    assert {name: count for name, count in pages.items() if count < 3} == alone


async def test_only_listed_operations_are_called_each_with_its_page_size(server: Server) -> None:
    subnet_id = fill(server.account)
    async with reading(server.url) as reader:
        await reader.vpcs()
        await reader.subnets()
        await reader.endpoints()
        await reader.associations()
        await interfaces(reader, [subnet_id])
        await reader.reservations(subnet_id)
    assert {f"{call.service}:{call.operation}" for call in server.calls} <= OPERATIONS
    sizes = {call.operation: call.params.get("MaxResults") for call in server.calls}
    assert sizes.pop("DescribeVpcEndpointAssociations") == 100
    assert set(sizes.values()) == {1000}


async def test_endpoints_are_filtered_by_type_and_never_by_state(server: Server) -> None:
    fill(server.account)
    async with reading(server.url) as reader:
        endpoints = await reader.endpoints(("ServiceNetwork",))
        await reader.endpoints()
    assert len(endpoints) == COUNT - 1
    assert {endpoint.service_network_arn for endpoint in endpoints} == {NETWORK_ARN}
    filtered, unfiltered = requests(server, "DescribeVpcEndpoints")
    assert filtered["Filters"] == [{"Name": "vpc-endpoint-type", "Values": ["ServiceNetwork"]}]
    assert "Filters" not in unfiltered


async def test_service_managed_interfaces_are_requested(server: Server) -> None:
    region = server.account.region()
    subnet_id = next(iter(region.subnets))
    managed = create_interface(
        region,
        NetworkInterfaceRequest(
            subnet_id=subnet_id,
            address_request=AddressRequest(),
            operator=SimulatedOperator(principal="eks.amazonaws.com", hidden_by_default=True),
        ),
    )
    async with reading(server.url) as reader:
        (eni,) = await interfaces(reader, [subnet_id])
    assert (eni.network_interface_id, eni.operator) == (managed.id, "eks.amazonaws.com")


async def test_ids_go_into_filters_two_hundred_at_a_time(server: Server) -> None:
    async with reading(server.url) as reader:
        await interfaces(reader, [f"subnet-{number:017x}" for number in range(401)])
        await interfaces(reader, [])
    filters = [params["Filters"] for params in requests(server, "DescribeNetworkInterfaces")]
    assert [len(names[0]["Values"]) for names in filters] == [200, 200, 1]  # type: ignore[index]


async def test_one_interface_with_all_its_members(server: Server) -> None:
    subnet_id = fill(server.account)
    created = next(iter(server.account.region().interfaces.values()))
    async with reading(server.url) as reader:
        record = await reader.describe_interface(created.id)
        with pytest.raises(ReadError) as error:
            await reader.describe_interface("eni-00000000000000bad")
    assert (record["SubnetId"], record["PrivateIpAddress"], record["MacAddress"]) == (
        subnet_id,
        created.primary_address,
        created.mac_address,
    )
    assert error.value.problem.kind is ProblemKind.NOT_FOUND


async def test_an_interface_that_was_deleted() -> None:
    nothing = (
        '<DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        "<networkInterfaceSet/></DescribeNetworkInterfacesResponse>"
    )
    async with CannedServer(always(nothing)).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.describe_interface("eni-0f995ce7b1b9589de")
    assert error.value.problem.message == "There is no network interface eni-0f995ce7b1b9589de."
    assert error.value.problem.next_step == "It may have been deleted."


async def test_it_implements_the_reader_protocol(server: Server) -> None:
    async with reading(server.url) as opened:
        reader: Reader = opened
        assert reader.calls == 0


async def test_the_final_state_of_the_incident() -> None:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server, reading(server.url) as reader:
        clock.finish()
        (endpoint,) = await reader.endpoints(("ServiceNetwork",))
        assert (endpoint.vpc_endpoint_id, endpoint.state) == ("vpce-0e3b1bfc42d162c4a", "Failed")
        assert endpoint.network_interface_ids == ("eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9")
        assert (endpoint.failure_reason, endpoint.last_error_code) == ("", "")
        assert endpoint.creation_timestamp is not None
        assert endpoint.creation_timestamp.isoformat() == "2024-12-19T08:18:49.081000+00:00"
        associations = await reader.associations()
        assert [association.accessible for association in associations] == [True, True, True]
        assert {association.service_network_name for association in associations} == {"test-service-network-a"}
        enis = await interfaces(reader, ["subnet-0a84d8f4554925b16"])
        prefixes = {format_address(eni.addresses[0]): [str(prefix) for prefix in eni.prefixes] for eni in enis}
        assert prefixes == {"10.10.10.36": [], "10.10.10.7": ["10.10.10.16/28"], "10.10.10.13": []}
        counts = {subnet.subnet_id: subnet.available_ip_address_count for subnet in await reader.subnets()}
        assert counts["subnet-0a84d8f4554925b16"] == 40


ESTATE = "estate:interfaces=40,regions=1,accounts=2"
STS_DENIED = "Access to sts:GetCallerIdentity is denied."


async def test_the_account_id_is_unknown_when_all_is_denied() -> None:
    async with CannedServer(always(refusal("AccessDenied"), 403)).serve() as canned, reading(canned.url) as reader:
        scope = await reader.scope()
    assert scope.account_problem
    assert (scope.account_id, scope.account_problem.operation) == ("", "sts:GetCallerIdentity")
    assert scope.account_problem.message == f"{STS_DENIED} The account id is unknown."
    assert scope.account_problem.next_step == "Allow sts:GetCallerIdentity in the IAM policy of this identity."


@pytest.mark.parametrize(
    ("scenario", "source"),
    [(ESTATE, "the owner of its VPC endpoints"), ("eks", "the owner of its network interfaces")],
)
async def test_without_sts_the_owner_of_what_is_listed_tells_the_account(scenario: str, source: str) -> None:
    async with Server(scenario, clock=ManualClock()) as server, reading(server.url) as reader:
        server.account.faults.set(["deny:sts:*"])
        scope = await reader.scope()
    assert scope.account_id == "123456789012"
    assert scope.account_problem
    assert scope.account_problem.message == f"{STS_DENIED} The account id is {source}."


async def test_without_sts_the_role_tells_the_account(keys: None) -> None:
    role = f"arn:aws:iam::{MEMBER}:role/teams/latticetop"
    async with Server(ESTATE, clock=ManualClock()) as server:
        settings = Settings(region="us-east-1", endpoint_url=server.url, role_arn=role)
        reader = await connect(settings)
        await reader.subnets()
        server.account.faults.set(["deny:sts:GetCallerIdentity"])
        scope = await reader.scope()
        await reader.close()
    assert scope.account_id == MEMBER
    assert scope.account_problem
    assert scope.account_problem.message == f"{STS_DENIED} The account id is from the ARN of the role."


async def test_the_source_of_the_account_is_told_with_the_snapshot() -> None:
    async with Server("incident", clock=ManualClock()) as server, reading(server.url) as reader:
        server.account.faults.set(["deny:sts:*"])
        snapshot = await read_once(reader)
    assert snapshot.scope.account_problem in snapshot.problems


async def test_the_account_is_asked_for_while_the_model_of_ec2_is_loaded(server: Server) -> None:
    settings = Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
    reader = await Connector(settings, scope_first=True)()
    try:
        assert [(await reader.scope()).account_id for _ in range(2)] == ["123456789012"] * 2
        assert [call.operation for call in server.calls] == ["GetCallerIdentity"] * 2
    finally:
        await reader.close()


async def test_an_account_that_nobody_waits_for_is_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    async with CannedServer(always(refusal("AccessDenied"), 403)).serve() as server:
        settings = Settings(region="us-east-1", endpoint_url=server.url, sandbox=True)
        reader = await Connector(settings, scope_first=True)()
        with pytest.raises(ReadError):
            await reader.vpcs()
        assert sorted(request.action for request in server.requests) == ["DescribeVpcs", "GetCallerIdentity"]
        await reader.close()
        del reader
        gc.collect()
    assert "never retrieved" not in caplog.text
