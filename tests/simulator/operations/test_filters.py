"""EC2's filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from latticetop.simulator import ManualClock, ServerThread
from tests.simulator.clients import Clients, error_of


@pytest.fixture(scope="module")
def fleet() -> Iterator[Clients]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
        clients = Clients(ServerThread("fleet", clock=ManualClock()).start())
        yield clients
        clients.close()


def list_interfaces(clients: Clients, *filters: tuple[str, list[str]], **params: Any) -> list[dict[str, Any]]:
    entries = [{"Name": name, "Values": values} for name, values in filters]
    response = clients.ec2.describe_network_interfaces(Filters=entries, **params)
    interfaces: list[dict[str, Any]] = response["NetworkInterfaces"]
    return interfaces


def test_wildcards_match_both_forms_of_a_description(fleet: Clients) -> None:
    matches = list_interfaces(fleet, ("description", ["VPC Endpoint Interface*"]), ("tag:VpcLatticeManaged", ["tr?e"]))
    colons = [":" in interface["Description"] for interface in matches]
    assert len(matches) == 12
    assert colons.count(True) == 7


def test_brackets_and_dots_are_not_wildcards(fleet: Clients) -> None:
    assert list_interfaces(fleet, ("description", ["VPC.Endpoint*", "[V]PC*"])) == []


def test_filters_are_joined_by_and_and_values_by_or(fleet: Clients) -> None:
    types = {i["InterfaceType"] for i in list_interfaces(fleet, ("interface-type", ["lambda", "nat_gateway"]))}
    assert types == {"lambda", "nat_gateway"}
    assert list_interfaces(fleet, ("interface-type", ["natGateway"])) != []
    assert list_interfaces(fleet, ("interface-type", ["lambda"]), ("status", ["available"])) == []


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("subnet-id", lambda i: i["SubnetId"]),
        ("vpc-id", lambda i: i["VpcId"]),
        ("description", lambda i: i["Description"]),
        ("requester-managed", lambda i: str(i["RequesterManaged"]).lower()),
        ("status", lambda i: i["Status"]),
        ("owner-id", lambda i: i["OwnerId"]),
        ("availability-zone-id", lambda i: i["AvailabilityZoneId"]),
        ("operator.managed", lambda i: str(i["Operator"]["Managed"]).lower()),
        ("operator.principal", lambda i: i["Operator"].get("Principal")),
        ("requester-id", lambda i: i.get("RequesterId")),
        ("attachment.instance-id", lambda i: i.get("Attachment", {}).get("InstanceId")),
        ("attachment.instance-owner-id", lambda i: i.get("Attachment", {}).get("InstanceOwnerId")),
        ("tag-key", lambda i: i["TagSet"][0]["Key"] if len(i["TagSet"]) == 1 else None),
    ],
)
def test_each_filter_against_a_loop(fleet: Clients, name: str, read: Callable[[dict[str, Any]], str | None]) -> None:
    all_interfaces = list_interfaces(fleet, IncludeManagedResources=True)
    values = sorted({read(interface) or "" for interface in all_interfaces} - {""})[:2]
    assert values
    matches = list_interfaces(fleet, (name, values), IncludeManagedResources=True)
    expected = {i["NetworkInterfaceId"] for i in all_interfaces if read(i) in values}
    ids = {i["NetworkInterfaceId"] for i in matches}
    assert expected <= ids
    assert name == "tag-key" or expected == ids


def test_hidden_interfaces_are_returned_on_request(fleet: Clients) -> None:
    visible_ids = {i["NetworkInterfaceId"] for i in list_interfaces(fleet)}
    all_ids = {i["NetworkInterfaceId"] for i in list_interfaces(fleet, IncludeManagedResources=True)}
    hidden_ids = sorted(all_ids - visible_ids)
    assert visible_ids < all_ids
    named_interfaces = fleet.ec2.describe_network_interfaces(NetworkInterfaceIds=hidden_ids[:1])["NetworkInterfaces"]
    assert named_interfaces[0]["Operator"] == {
        "Managed": True,
        "Principal": "eks.amazonaws.com",
        "HiddenByDefault": True,
    }


def test_endpoints_by_type_and_state(fleet: Clients) -> None:
    def count(name: str, *values: str) -> int:
        response = fleet.ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": list(values)}])
        return len(response["VpcEndpoints"])

    assert count("vpc-endpoint-type", "ServiceNetwork") == 3
    assert count("vpc-endpoint-type", "Interface", "Gateway") == 4
    assert count("vpc-endpoint-state", "available") == 7
    assert count("vpc-endpoint-state", "Available") == 0


def test_associations_of_one_endpoint(fleet: Clients) -> None:
    filters = [{"Name": "associated-resource-accessibility", "Values": ["Inaccessible"]}]
    associations = fleet.ec2.describe_vpc_endpoint_associations(Filters=filters)["VpcEndpointAssociations"]
    assert [association["ServiceNetworkName"] for association in associations] == ["partner-links"]
    endpoint_associations = fleet.ec2.describe_vpc_endpoint_associations(
        VpcEndpointIds=[associations[0]["VpcEndpointId"]]
    )
    assert len(endpoint_associations["VpcEndpointAssociations"]) == 4


def test_number_of_filter_values(fleet: Clients) -> None:
    call = fleet.ec2.describe_network_interfaces
    subnet_ids = [f"subnet-{number}" for number in range(201)]
    assert error_of(call, Filters=[{"Name": "subnet-id", "Values": subnet_ids}])[0] == "FilterLimitExceeded"
    assert error_of(call, Filters=[{"Name": "subnet-id"}])[0] == "InvalidParameterValue"
