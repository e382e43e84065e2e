"""The advised steps of the incident, carried out to the letter on the account as it was built in December 2024."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator.scenarios.incident import ENDPOINT, SERVICE_NETWORK_ARN, SUBNET_A, SUBNET_B, VPC

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator import ManualClock
    from tests.simulator.clients import Clients


def reserve_and_free(clients: Clients) -> None:
    """Reserve the block of 10.10.10.36 as `prefix`, then terminate the instance that fragments it."""
    ec2 = clients.ec2
    ec2.create_subnet_cidr_reservation(SubnetId=SUBNET_A, Cidr="10.10.10.32/28", ReservationType="prefix")
    ec2.terminate_instances(InstanceIds=["i-0ae4b4d9c4e67eef0"])


def create_again(clients: Clients, clock: ManualClock) -> dict[str, Any]:
    ec2 = clients.ec2
    endpoint = ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId=VPC,
        ServiceNetworkArn=SERVICE_NETWORK_ARN,
        SubnetIds=[SUBNET_A, SUBNET_B],
    )["VpcEndpoint"]
    clock.finish()
    described: dict[str, Any] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][
        0
    ]
    return described


def prefixes_in(clients: Clients, endpoint_id: str) -> dict[str, list[str]]:
    """The /28 prefixes of an endpoint, by subnet."""
    filters = [{"Name": "description", "Values": [f"VPC Endpoint Interface*{endpoint_id}"]}]
    prefixes: dict[str, list[str]] = {SUBNET_A: [], SUBNET_B: []}
    for interface in clients.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]:
        prefixes[interface["SubnetId"]] += [prefix["Ipv4Prefix"] for prefix in interface.get("Ipv4Prefixes", [])]
    return prefixes


def test_beside_the_failed_endpoint_the_second_one_fails_too(incident: Clients, clock: ManualClock) -> None:
    """Two blocks are needed in each zone, and one is free: the resource ENI takes it, the service ENI finds none."""
    clock.finish()
    reserve_and_free(incident)
    endpoint = create_again(incident, clock)
    assert endpoint["State"] == "Failed"
    assert prefixes_in(incident, endpoint["VpcEndpointId"]) == {
        SUBNET_A: ["10.10.10.32/28"],
        SUBNET_B: ["10.10.10.80/28"],
    }


def test_with_the_failed_endpoint_deleted_the_second_one_is_available(incident: Clients, clock: ManualClock) -> None:
    """The blocks of the failed endpoint are free again: two in each subnet."""
    clock.finish()
    reserve_and_free(incident)
    incident.ec2.delete_vpc_endpoints(VpcEndpointIds=[ENDPOINT])
    clock.finish()
    assert incident.ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"] == []
    endpoint = create_again(incident, clock)
    assert endpoint["State"] == "Available"
    assert prefixes_in(incident, endpoint["VpcEndpointId"]) == {
        SUBNET_A: ["10.10.10.32/28", "10.10.10.16/28"],
        SUBNET_B: ["10.10.10.80/28", "10.10.10.96/28"],
    }


def test_as_aws_documents_it_today_one_block_is_enough(serve: Callable[[str], Clients], clock: ManualClock) -> None:
    """Today's resource ENI takes single addresses, so the endpoint is available at once."""
    clients = serve("incident:behaviour=today")
    clock.finish()
    (endpoint,) = clients.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert endpoint["State"] == "Available"
    assert prefixes_in(clients, ENDPOINT) == {SUBNET_A: ["10.10.10.16/28"], SUBNET_B: ["10.10.10.96/28"]}


@pytest.mark.parametrize("reservation_first", [True, False])
def test_a_reservation_keeps_single_addresses_out_of_the_freed_block(
    incident: Clients, clock: ManualClock, reservation_first: bool
) -> None:
    """Reserve, free, create: a single address that is assigned in between breaks the block of the other order."""
    clock.finish()
    if reservation_first:
        reserve_and_free(incident)
    else:
        incident.ec2.terminate_instances(InstanceIds=["i-0ae4b4d9c4e67eef0"])
    interfaces = [incident.ec2.create_network_interface(SubnetId=SUBNET_A)["NetworkInterface"] for _ in range(11)]
    addresses = {interface["PrivateIpAddress"] for interface in interfaces}
    in_block = {f"10.10.10.{number}" for number in range(32, 48)} & addresses
    assert bool(in_block) is not reservation_first
