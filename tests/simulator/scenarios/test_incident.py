"""The incident, event by event, against the recorded responses of AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, error_of
from tests.simulator.conftest import recorded

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"


def available_counts(clients: Clients) -> tuple[int, int]:
    subnets = clients.ec2.describe_subnets(SubnetIds=[A, B])["Subnets"]
    return subnets[0]["AvailableIpAddressCount"], subnets[1]["AvailableIpAddressCount"]


def endpoint_state(clients: Clients) -> str | None:
    endpoints = clients.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return endpoints[0]["State"] if endpoints else None


def advance_to(clock: ManualClock, hour: int, minute: int, second: int) -> None:
    time = datetime(2024, 12, 19, hour, minute, second, 500_000, tzinfo=UTC)
    clock.advance((time - clock.current_time()).total_seconds())


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    document = {key: value for key, value in document.items() if key != "ResponseMetadata"}
    for endpoint in document.get("VpcEndpoints", []):
        endpoint["CreationTimestamp"] = endpoint["CreationTimestamp"].isoformat(timespec="microseconds")
    return document


def test_the_scenario_starts_before_the_endpoint(incident: Clients, clock: ManualClock) -> None:
    assert clock.current_time() < datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
    subnets = {
        subnet["SubnetId"]: subnet["AvailableIpAddressCount"] for subnet in incident.ec2.describe_subnets()["Subnets"]
    }
    assert subnets == {s["SubnetId"]: s["AvailableIpAddressCount"] for s in recorded("describe-subnets")}
    assert endpoint_state(incident) is None


def test_the_new_endpoint_is_pending_without_interfaces(incident: Clients, clock: ManualClock) -> None:
    advance_to(clock, 8, 18, 49)
    response = comparable(incident.ec2.describe_vpc_endpoints())
    assert response == {"VpcEndpoints": [recorded("create-vpc-endpoint")["VpcEndpoint"]]}


def test_counts_and_state_from_creation_to_failure(incident: Clients, clock: ManualClock) -> None:
    observations = []
    for minute, second in ((18, 49), (18, 57), (18, 58), (19, 11), (19, 22), (20, 6), (20, 27), (20, 31)):
        advance_to(clock, 8, minute, second)
        observations.append((*available_counts(incident), endpoint_state(incident)))
    assert observations == [
        (57, 59, "Pending"),
        (40, 59, "Pending"),
        (40, 42, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 42, "Failed"),
    ]


def test_creations_match_the_recorded_events(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    events = [event.record for event in incident.server.account.region().event_history.events]
    creations = [event for event in events if event["eventName"] == "CreateNetworkInterface"]
    expected = recorded("cloudtrail-create-network-interface")
    assert len(creations) == len(expected)
    for event, recorded_event in zip(creations, expected, strict=True):
        if "userIdentity" not in recorded_event:
            event = {key: value for key, value in event.items() if key != "userIdentity"}
        assert event == recorded_event
        assert list(event) == list(recorded_event)


def test_other_events(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    names = [event.name for event in incident.server.account.region().event_history.events]
    assert names[0] == "CreateVpcEndpoint"
    assert names[-1] == "DeleteNetworkInterface"
    assert names.count("CreateNetworkInterfacePermission") == 3


def test_final_state(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    clock.advance(timedelta(days=1).total_seconds())
    assert comparable(incident.ec2.describe_vpc_endpoints()) == recorded("describe-vpc-endpoints")
    response = incident.ec2.describe_vpc_endpoint_associations()
    assert comparable(response) == recorded("describe-vpc-endpoint-associations")
    interfaces = incident.ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [A]}])
    prefixes_by_address = {
        interface["PrivateIpAddress"]: [p["Ipv4Prefix"] for p in interface.get("Ipv4Prefixes", [])] or None
        for interface in interfaces["NetworkInterfaces"]
    }
    assert prefixes_by_address == {
        interface["PrivateIpAddress"]: interface["Ipv4Prefixes"]
        for interface in recorded("describe-network-interfaces")
    }


def test_interfaces_are_attached_after_creation(incident: Clients, clock: ManualClock) -> None:
    advance_to(clock, 8, 18, 57)
    params = {"NetworkInterfaceIds": ["eni-0f995ce7b1b9589de"]}
    interface = incident.ec2.describe_network_interfaces(**params)["NetworkInterfaces"][0]
    assert interface["Status"] == "pending"
    assert interface["Description"] == "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a"
    assert interface["TagSet"] == [{"Key": "VpcLatticeManaged", "Value": "true"}]
    assert interface["RequesterId"] == "396074869647"
    assert interface["RequesterManaged"] is interface["DenyAllIgwTraffic"] is True
    assert interface["Operator"] == {"Managed": False}
    advance_to(clock, 8, 19, 0)
    interface = incident.ec2.describe_network_interfaces(**params)["NetworkInterfaces"][0]
    assert interface["Status"] == "in-use"


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("10.10.10.48/28", f"The prefix 10.10.10.48/28 in subnet {A} overlaps with reserved addresses."),
        ("10.10.10.0/28", f"The prefix 10.10.10.0/28 in subnet {A} overlaps with reserved addresses."),
        ("10.10.10.32/28", f"The prefix 10.10.10.32/28 in subnet {A} overlaps with addresses or prefixes in use."),
        ("10.10.10.16/28", f"The prefix 10.10.10.16/28 in subnet {A} overlaps with addresses or prefixes in use."),
    ],
)
def test_unusable_given_blocks(incident: Clients, clock: ManualClock, block: str, message: str) -> None:
    clock.finish()
    params = {"SubnetId": A, "Ipv4Prefixes": [{"Ipv4Prefix": block}]}
    assert error_of(incident.ec2.create_network_interface, **params) == ("InvalidParameterValue", message)


def test_no_automatic_block_while_40_addresses_are_free(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    assert error_of(incident.ec2.create_network_interface, SubnetId=A, Ipv4PrefixCount=1) == (
        "InvalidParameterValue",
        "There aren't sufficient free Ipv4 addresses or prefixes",
    )
    assert available_counts(incident) == (40, 42)
