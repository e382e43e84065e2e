"""The incident, event by event, against what AWS answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, refusal
from tests.simulator.conftest import recorded

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock

A, B = "subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"


def free(clients: Clients) -> tuple[int, int]:
    subnets = clients.ec2.describe_subnets(SubnetIds=[A, B])["Subnets"]
    return subnets[0]["AvailableIpAddressCount"], subnets[1]["AvailableIpAddressCount"]


def state(clients: Clients) -> str | None:
    endpoints = clients.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return endpoints[0]["State"] if endpoints else None


def until(clock: ManualClock, hour: int, minute: int, second: int) -> None:
    moment = datetime(2024, 12, 19, hour, minute, second, 500_000, tzinfo=UTC)
    clock.advance((moment - clock.present()).total_seconds())


def plain(document: dict[str, Any]) -> dict[str, Any]:
    document = {key: value for key, value in document.items() if key != "ResponseMetadata"}
    for endpoint in document.get("VpcEndpoints", []):
        endpoint["CreationTimestamp"] = endpoint["CreationTimestamp"].isoformat(timespec="microseconds")
    return document


def test_it_starts_just_before_the_endpoint(incident: Clients, clock: ManualClock) -> None:
    assert clock.present() < datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
    subnets = {
        subnet["SubnetId"]: subnet["AvailableIpAddressCount"] for subnet in incident.ec2.describe_subnets()["Subnets"]
    }
    assert subnets == {s["SubnetId"]: s["AvailableIpAddressCount"] for s in recorded("describe-subnets")}
    assert state(incident) is None


def test_at_creation_it_is_pending_without_interfaces(incident: Clients, clock: ManualClock) -> None:
    until(clock, 8, 18, 49)
    answer = plain(incident.ec2.describe_vpc_endpoints())
    assert answer == {"VpcEndpoints": [recorded("create-vpc-endpoint")["VpcEndpoint"]]}


def test_the_ninety_eight_seconds(incident: Clients, clock: ManualClock) -> None:
    seen = []
    for minute, second in ((18, 49), (18, 57), (18, 58), (19, 11), (19, 22), (20, 6), (20, 27), (20, 31)):
        until(clock, 8, minute, second)
        seen.append((*free(incident), state(incident)))
    assert seen == [
        (57, 59, "Pending"),
        (40, 59, "Pending"),
        (40, 42, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 25, "Pending"),
        (40, 42, "Failed"),
    ]


def test_events_are_those_of_cloudtrail(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    events = [event.record for event in incident.server.account.region().trail.events]
    created = [event for event in events if event["eventName"] == "CreateNetworkInterface"]
    expected = recorded("cloudtrail-create-network-interface")
    assert len(created) == len(expected)
    for event, real in zip(created, expected, strict=True):
        if "userIdentity" not in real:
            event = {key: value for key, value in event.items() if key != "userIdentity"}
        assert event == real
        assert list(event) == list(real)


def test_what_else_cloudtrail_holds(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    names = [event.name for event in incident.server.account.region().trail.events]
    assert names[0] == "CreateVpcEndpoint"
    assert names[-1] == "DeleteNetworkInterface"
    assert names.count("CreateNetworkInterfacePermission") == 3


def test_it_rests_in_the_final_state(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    clock.advance(timedelta(days=1).total_seconds())
    assert plain(incident.ec2.describe_vpc_endpoints()) == recorded("describe-vpc-endpoints")
    answer = incident.ec2.describe_vpc_endpoint_associations()
    assert plain(answer) == recorded("describe-vpc-endpoint-associations")
    interfaces = incident.ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [A]}])
    held = {
        interface["PrivateIpAddress"]: [p["Ipv4Prefix"] for p in interface.get("Ipv4Prefixes", [])] or None
        for interface in interfaces["NetworkInterfaces"]
    }
    assert held == {
        interface["PrivateIpAddress"]: interface["Ipv4Prefixes"]
        for interface in recorded("describe-network-interfaces")
    }


def test_interfaces_attach_after_they_are_made(incident: Clients, clock: ManualClock) -> None:
    until(clock, 8, 18, 57)
    asked = {"NetworkInterfaceIds": ["eni-0f995ce7b1b9589de"]}
    interface = incident.ec2.describe_network_interfaces(**asked)["NetworkInterfaces"][0]
    assert interface["Status"] == "pending"
    assert interface["Description"] == "VPC Endpoint Interface vpce-0e3b1bfc42d162c4a"
    assert interface["TagSet"] == [{"Key": "VpcLatticeManaged", "Value": "true"}]
    assert interface["RequesterId"] == "396074869647"
    assert interface["RequesterManaged"] is interface["DenyAllIgwTraffic"] is True
    assert interface["Operator"] == {"Managed": False}
    until(clock, 8, 19, 0)
    interface = incident.ec2.describe_network_interfaces(**asked)["NetworkInterfaces"][0]
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
def test_blocks_asked_for_by_hand_are_refused(incident: Clients, clock: ManualClock, block: str, message: str) -> None:
    clock.finish()
    asked = {"SubnetId": A, "Ipv4Prefixes": [{"Ipv4Prefix": block}]}
    assert refusal(incident.ec2.create_network_interface, **asked) == ("InvalidParameterValue", message)


def test_an_automatic_block_is_refused_with_forty_addresses_free(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    assert refusal(incident.ec2.create_network_interface, SubnetId=A, Ipv4PrefixCount=1) == (
        "InvalidParameterValue",
        "There aren't sufficient free Ipv4 addresses or prefixes",
    )
    assert free(incident) == (40, 42)
