"""How service-network endpoints are built, fail and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator import ManualClock
from latticetop.simulator.account import Account
from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.endpoints import delete, interfaces_of
from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.networks import add_subnet, add_vpc
from latticetop.simulator.pace import Pace
from latticetop.simulator.scenarios.networks import add_gateway, add_service_network
from tests.simulator.clients import Clients, refusal

if TYPE_CHECKING:
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint


def endpoint(region: Region, resources: int, *subnet_ids: str, **network: Any) -> Endpoint:
    names = [f"r{number}" for number in range(resources)]
    made = add_service_network(region, "network", resources=names, **network)
    return create_endpoint(region, "vpc-1", made.arn, subnet_ids)


def shapes(region: Region, endpoint: Endpoint) -> list[tuple[bool, int, int]]:
    """Whether each interface is a service one, with its numbers of addresses and prefixes."""
    return [(":" in i.description, len(i.addresses), len(i.prefixes)) for i in interfaces_of(region, endpoint)]


def test_an_empty_26_takes_both_kinds(region: Region, clock: ManualClock) -> None:
    made = endpoint(region, 3, "subnet-1")
    clock.finish()
    assert region.endpoints[made.id].state == "Available"
    assert shapes(region, made) == [(False, 1, 1), (True, 1, 1)]
    assert len(region.associations) == 3
    assert region.available("subnet-1") == 59 - 34


def test_without_resources_there_is_only_the_service_interface(region: Region, clock: ManualClock) -> None:
    made = endpoint(region, 0, "subnet-1")
    clock.finish()
    assert region.endpoints[made.id].state == "Available"
    assert shapes(region, made) == [(True, 1, 1)]
    assert region.associations == {}


def test_more_than_sixteen_resources_take_more_prefixes(region: Region, clock: ManualClock) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/24", subnet_id="subnet-2")
    made = endpoint(region, 17, "subnet-2")
    clock.finish()
    assert shapes(region, made) == [(False, 1, 2), (True, 1, 1)]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [(1, [2]), (63, [64]), (64, [64, 2]), (130, [64, 64, 5])],
)
def test_today_resources_take_single_addresses(
    region: Region, clock: ManualClock, resources: int, expected: list[int]
) -> None:
    region.account.pace = Pace(behaviour="today")
    add_subnet(region, "vpc-1", "10.0.1.0/24", subnet_id="subnet-2")
    made = endpoint(region, resources, "subnet-2")
    clock.finish()
    assert shapes(region, made) == [*((False, count, 0) for count in expected), (True, 1, 1)]


def test_a_zone_no_gateway_reaches_gets_no_resource_interface(region: Region, clock: ManualClock) -> None:
    other = add_subnet(region, "vpc-1", "10.0.1.0/26", subnet_id="subnet-2", zone="us-east-1b")
    gateway = add_gateway(region, "gateway", [other])
    made = endpoint(region, 2, "subnet-1", "subnet-2", gateway_id=gateway.id)
    clock.finish()
    found = sorted((i.zone, ":" in i.description) for i in interfaces_of(region, made))
    assert found == [("us-east-1a", True), ("us-east-1b", False), ("us-east-1b", True)]


def test_without_a_block_at_all_nothing_is_accessible(region: Region, clock: ManualClock) -> None:
    for address in ("10.0.0.20", "10.0.0.40"):
        wanted = Wanted(addresses=(address,))
        create_interface(region, InterfaceRequest(subnet_id="subnet-1", wanted=wanted))
    made = endpoint(region, 2, "subnet-1")
    clock.finish()
    failed = region.endpoints[made.id]
    assert (failed.state, failed.interface_ids) == ("Failed", ())
    assert region.associations == {}


def test_a_block_freed_in_time_saves_the_endpoint(region: Region, clock: ManualClock) -> None:
    wanted = Wanted(addresses=("10.0.0.20",))
    other = create_interface(region, InterfaceRequest(subnet_id="subnet-1", wanted=wanted))
    made = endpoint(region, 2, "subnet-1")
    clock.advance(40)
    assert region.endpoints[made.id].state == "Pending"
    region.drop_interface(other.id)
    clock.finish()
    assert region.endpoints[made.id].state == "Available"


def test_a_deleted_endpoint_leaves_nothing(region: Region, clock: ManualClock) -> None:
    made = endpoint(region, 2, "subnet-1")
    clock.finish()
    delete(region, region.endpoints[made.id])
    assert region.endpoints[made.id].state == "Deleting"
    clock.finish()
    assert (region.endpoints, region.associations, region.interfaces) == ({}, {}, {})
    assert region.available("subnet-1") == 59


def test_deletion_while_pending(region: Region, clock: ManualClock) -> None:
    made = endpoint(region, 2, "subnet-1")
    clock.advance(9)
    delete(region, region.endpoints[made.id])
    clock.finish()
    assert (region.endpoints, region.interfaces) == ({}, {})


def test_a_resource_that_is_not_active_is_not_accessible(region: Region, clock: ManualClock) -> None:
    endpoint(region, 2, "subnet-1", failed=["r1"])
    clock.finish()
    assert [a.accessibility for a in region.associations.values()] == ["Accessible", "Inaccessible"]


def test_what_an_endpoint_may_not_be(region: Region) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/26", subnet_id="subnet-2")
    add_subnet(region, "vpc-1", None, subnet_id="subnet-6", ipv6_cidr="2600::/64")
    add_vpc(region, "10.1.0.0/16", vpc_id="vpc-2")
    add_subnet(region, "vpc-2", "10.1.0.0/24", subnet_id="subnet-3")
    for subnet_ids in (("subnet-1", "subnet-2"), ("subnet-6",), ("subnet-3",), ("subnet-9",), ()):
        with pytest.raises(ApiError):
            endpoint(region, 1, *subnet_ids)
    assert region.endpoints == {}


def test_over_the_wire(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    made = incident.ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId="vpc-0d54cbe88a44ffd04",
        ServiceNetworkArn="arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
        SubnetIds=["subnet-0f6a1ce53b9fd9793"],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "second"}]}],
    )["VpcEndpoint"]
    assert made["State"] == "Pending"
    assert "NetworkInterfaceIds" not in made
    assert made["Tags"] == [{"Key": "Name", "Value": "second"}]
    clock.finish()
    found = incident.ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"]
    assert found[0]["State"] == "Failed"
    answer = incident.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"], "vpce-9"])
    assert [entry["ResourceId"] for entry in answer["Unsuccessful"]] == ["vpce-9"]
    clock.finish()
    assert len(incident.ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 1
    code, _ = refusal(incident.ec2.create_vpc_endpoint, VpcId="vpc-0d54cbe88a44ffd04", ServiceName="s3")
    assert code == "UnsupportedOperation"


def test_events_go_on_the_record_with_their_errors(region: Region, clock: ManualClock) -> None:
    add_subnet(region, "vpc-1", "10.0.1.0/27", subnet_id="subnet-2")
    endpoint(region, 0, "subnet-2")
    clock.finish()
    failures = [event.record for event in region.trail.events if "errorCode" in event.record]
    assert len(failures) == 5
    assert {event["errorCode"] for event in failures} == {"Client.InvalidParameterValue"}


def test_another_account_is_another(clock: ManualClock) -> None:
    assert Account(clock=clock, seed=1).ids.new("eni") != Account(clock=clock, seed=2).ids.new("eni")
