"""EC2's filters, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, refusal

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def fleet() -> Any:
    from latticetop.simulator import ManualClock, ServerThread

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
        clients = Clients(ServerThread("fleet", clock=ManualClock()).start())
        yield clients
        clients.close()


def interfaces(clients: Clients, *filters: tuple[str, list[str]], **params: Any) -> list[dict[str, Any]]:
    asked = [{"Name": name, "Values": values} for name, values in filters]
    answer = clients.ec2.describe_network_interfaces(Filters=asked, **params)
    found: list[dict[str, Any]] = answer["NetworkInterfaces"]
    return found


def test_wildcards_find_both_spellings_of_a_description(fleet: Clients) -> None:
    found = interfaces(fleet, ("description", ["VPC Endpoint Interface*"]), ("tag:VpcLatticeManaged", ["tr?e"]))
    colons = [":" in interface["Description"] for interface in found]
    assert len(found) == 12
    assert colons.count(True) == 7


def test_brackets_and_dots_are_no_wildcards(fleet: Clients) -> None:
    assert interfaces(fleet, ("description", ["VPC.Endpoint*", "[V]PC*"])) == []


def test_filters_are_joined_by_and_values_by_or(fleet: Clients) -> None:
    kinds = {i["InterfaceType"] for i in interfaces(fleet, ("interface-type", ["lambda", "nat_gateway"]))}
    assert kinds == {"lambda", "nat_gateway"}
    assert interfaces(fleet, ("interface-type", ["natGateway"])) != []
    assert interfaces(fleet, ("interface-type", ["lambda"]), ("status", ["available"])) == []


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
def test_each_filter_against_a_plain_loop(
    fleet: Clients, name: str, read: Callable[[dict[str, Any]], str | None]
) -> None:
    everything = interfaces(fleet, IncludeManagedResources=True)
    values = sorted({read(interface) or "" for interface in everything} - {""})[:2]
    assert values
    found = interfaces(fleet, (name, values), IncludeManagedResources=True)
    expected = {i["NetworkInterfaceId"] for i in everything if read(i) in values}
    ids = {i["NetworkInterfaceId"] for i in found}
    assert expected <= ids
    assert name == "tag-key" or expected == ids


def test_hidden_interfaces_are_shown_on_demand(fleet: Clients) -> None:
    shown = {i["NetworkInterfaceId"] for i in interfaces(fleet)}
    every = {i["NetworkInterfaceId"] for i in interfaces(fleet, IncludeManagedResources=True)}
    hidden = sorted(every - shown)
    assert shown < every
    named = fleet.ec2.describe_network_interfaces(NetworkInterfaceIds=hidden[:1])["NetworkInterfaces"]
    assert named[0]["Operator"] == {
        "Managed": True,
        "Principal": "eks.amazonaws.com",
        "HiddenByDefault": True,
    }


def test_endpoints_by_type_and_state(fleet: Clients) -> None:
    def count(name: str, *values: str) -> int:
        answer = fleet.ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": list(values)}])
        return len(answer["VpcEndpoints"])

    assert count("vpc-endpoint-type", "ServiceNetwork") == 3
    assert count("vpc-endpoint-type", "Interface", "Gateway") == 4
    assert count("vpc-endpoint-state", "available") == 7
    assert count("vpc-endpoint-state", "Available") == 0


def test_associations_of_one_endpoint(fleet: Clients) -> None:
    wanted = [{"Name": "associated-resource-accessibility", "Values": ["Inaccessible"]}]
    found = fleet.ec2.describe_vpc_endpoint_associations(Filters=wanted)["VpcEndpointAssociations"]
    assert [association["ServiceNetworkName"] for association in found] == ["partner-links"]
    mine = fleet.ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[found[0]["VpcEndpointId"]])
    assert len(mine["VpcEndpointAssociations"]) == 4


def test_a_filter_needs_values_and_not_too_many(fleet: Clients) -> None:
    call = fleet.ec2.describe_network_interfaces
    many = [f"subnet-{number}" for number in range(201)]
    assert refusal(call, Filters=[{"Name": "subnet-id", "Values": many}])[0] == "FilterLimitExceeded"
    assert refusal(call, Filters=[{"Name": "subnet-id"}])[0] == "InvalidParameterValue"
