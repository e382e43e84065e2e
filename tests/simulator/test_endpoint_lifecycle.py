"""How service-network endpoints are built, fail and are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator import ManualClock
from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.endpoint_interfaces import endpoint_interfaces
from latticetop.simulator.endpoint_lifecycle import start_deletion
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface
from latticetop.simulator.scenarios.service_networks import add_resource_gateway, add_service_network
from latticetop.simulator.vpcs import add_subnet
from latticetop.simulator.world import EndpointBuildSettings

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint
    from latticetop.simulator.region import SimulatedRegion


def add_endpoint(region: SimulatedRegion, resource_count: int, *subnet_ids: str, **options: Any) -> SimulatedEndpoint:
    names = [f"r{number}" for number in range(resource_count)]
    service_network = add_service_network(region, "network", resources=names, **options)
    request = EndpointRequest(vpc_id="vpc-1", service_network_arn=service_network.arn, subnet_ids=subnet_ids)
    return create_endpoint(region, request)


def interface_shapes(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[tuple[bool, int, int]]:
    """Of each ENI: whether it is a service ENI, and its numbers of addresses and prefixes."""
    return [(":" in i.description, len(i.addresses), len(i.prefixes)) for i in endpoint_interfaces(region, endpoint)]


def test_an_empty_26_subnet_gets_a_resource_and_a_service_eni(region: SimulatedRegion, clock: ManualClock) -> None:
    endpoint = add_endpoint(region, 3, "subnet-1")
    clock.finish()
    assert region.endpoints[endpoint.id].state == "Available"
    assert interface_shapes(region, endpoint) == [(False, 1, 1), (True, 1, 1)]
    assert len(region.associations) == 3
    assert region.available_address_count("subnet-1") == 59 - 34


def test_without_resources_there_is_only_a_service_eni(region: SimulatedRegion, clock: ManualClock) -> None:
    endpoint = add_endpoint(region, 0, "subnet-1")
    clock.finish()
    assert region.endpoints[endpoint.id].state == "Available"
    assert interface_shapes(region, endpoint) == [(True, 1, 1)]
    assert region.associations == {}


def test_more_than_16_resources_need_more_prefixes(region: SimulatedRegion, clock: ManualClock) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/24", subnet_id="subnet-2")
    endpoint = add_endpoint(region, 17, "subnet-2")
    clock.finish()
    assert interface_shapes(region, endpoint) == [(False, 1, 2), (True, 1, 1)]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [(1, [2]), (63, [64]), (64, [64, 2]), (130, [64, 64, 5])],
)
def test_todays_resource_enis_hold_single_addresses(
    region: SimulatedRegion, clock: ManualClock, resources: int, expected: list[int]
) -> None:
    region.world.build_settings = EndpointBuildSettings(behaviour="today")
    add_subnet(region, "vpc-1", "10.0.1.0/24", subnet_id="subnet-2")
    endpoint = add_endpoint(region, resources, "subnet-2")
    clock.finish()
    assert interface_shapes(region, endpoint) == [*((False, count, 0) for count in expected), (True, 1, 1)]


def test_a_zone_without_resource_gateway_gets_no_resource_eni(region: SimulatedRegion, clock: ManualClock) -> None:
    other = add_subnet(region, "vpc-1", "10.0.1.0/26", subnet_id="subnet-2", availability_zone="us-east-1b")
    gateway = add_resource_gateway(region, "gateway", [other])
    endpoint = add_endpoint(region, 2, "subnet-1", "subnet-2", gateway_id=gateway.id)
    clock.finish()
    enis = sorted((i.availability_zone, ":" in i.description) for i in endpoint_interfaces(region, endpoint))
    assert enis == [("us-east-1a", True), ("us-east-1b", False), ("us-east-1b", True)]


def test_without_a_free_block_nothing_is_accessible(region: SimulatedRegion, clock: ManualClock) -> None:
    for address in ("10.0.0.20", "10.0.0.40"):
        addresses = AddressRequest(addresses=(address,))
        create_interface(region, NetworkInterfaceRequest(subnet_id="subnet-1", address_request=addresses))
    endpoint = add_endpoint(region, 2, "subnet-1")
    clock.finish()
    failed = region.endpoints[endpoint.id]
    assert (failed.state, failed.interface_ids) == ("Failed", ())
    assert region.associations == {}


def test_a_block_freed_in_time_makes_the_endpoint_available(region: SimulatedRegion, clock: ManualClock) -> None:
    addresses = AddressRequest(addresses=("10.0.0.20",))
    other = create_interface(region, NetworkInterfaceRequest(subnet_id="subnet-1", address_request=addresses))
    endpoint = add_endpoint(region, 2, "subnet-1")
    clock.advance(40)
    assert region.endpoints[endpoint.id].state == "Pending"
    region.delete_interface(other.id)
    clock.finish()
    assert region.endpoints[endpoint.id].state == "Available"


def test_a_deleted_endpoint_leaves_no_resources(region: SimulatedRegion, clock: ManualClock) -> None:
    endpoint = add_endpoint(region, 2, "subnet-1")
    clock.finish()
    start_deletion(region, region.endpoints[endpoint.id])
    assert region.endpoints[endpoint.id].state == "Deleting"
    clock.finish()
    assert (region.endpoints, region.associations, region.interfaces) == ({}, {}, {})
    assert region.available_address_count("subnet-1") == 59


def test_deletion_while_pending(region: SimulatedRegion, clock: ManualClock) -> None:
    endpoint = add_endpoint(region, 2, "subnet-1")
    clock.advance(9)
    start_deletion(region, region.endpoints[endpoint.id])
    clock.finish()
    assert (region.endpoints, region.interfaces) == ({}, {})


def test_an_inactive_resource_configuration_is_not_accessible(region: SimulatedRegion, clock: ManualClock) -> None:
    add_endpoint(region, 2, "subnet-1", failed_resources=["r1"])
    clock.finish()
    assert [a.accessibility for a in region.associations.values()] == ["Accessible", "Inaccessible"]


def test_failed_attempts_are_in_the_event_history(region: SimulatedRegion, clock: ManualClock) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/27", subnet_id="subnet-2")
    add_endpoint(region, 0, "subnet-2")
    clock.finish()
    failures = [event.record for event in region.event_history.events if "errorCode" in event.record]
    assert len(failures) == 5
    assert {event["errorCode"] for event in failures} == {"Client.InvalidParameterValue"}
