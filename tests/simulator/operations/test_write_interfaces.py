"""EC2's write operations for network interfaces, as a user calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, available_addresses, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock


def test_creating_and_deleting_an_interface(empty: Clients, clock: ManualClock, subnet_id: str) -> None:
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "mine"}]}]
    interface = empty.ec2.create_network_interface(
        SubnetId=subnet_id, Ipv4PrefixCount=2, Description="mine", TagSpecifications=tags
    )["NetworkInterface"]
    assert (interface["Status"], interface["PrivateIpAddress"]) == ("pending", "10.0.0.4")
    assert interface["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.16/28"}, {"Ipv4Prefix": "10.0.0.32/28"}]
    assert available_addresses(empty, subnet_id) == 251 - 33
    clock.advance(2)
    response = empty.ec2.describe_network_interfaces(Filters=[{"Name": "tag:Name", "Values": ["mine"]}])
    assert [interface["Status"] for interface in response["NetworkInterfaces"]] == ["available"]
    empty.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    assert available_addresses(empty, subnet_id) == 251


@pytest.mark.parametrize(
    ("params", "addresses"),
    [
        ({"PrivateIpAddress": "10.0.0.9"}, ["10.0.0.9"]),
        ({"PrivateIpAddress": "10.0.0.9", "SecondaryPrivateIpAddressCount": 2}, ["10.0.0.9", "10.0.0.4", "10.0.0.5"]),
        (
            {
                "PrivateIpAddresses": [
                    {"PrivateIpAddress": "10.0.0.8", "Primary": False},
                    {"PrivateIpAddress": "10.0.0.7", "Primary": True},
                ]
            },
            ["10.0.0.7", "10.0.0.8"],
        ),
    ],
)
def test_given_addresses(empty: Clients, subnet_id: str, params: dict[str, Any], addresses: list[str]) -> None:
    interface = empty.ec2.create_network_interface(SubnetId=subnet_id, **params)["NetworkInterface"]
    assert [a["PrivateIpAddress"] for a in interface["PrivateIpAddresses"]] == addresses
    assert [a["Primary"] for a in interface["PrivateIpAddresses"]] == [True] + [False] * (len(addresses) - 1)


@pytest.mark.parametrize(
    "params",
    [
        {"Ipv4PrefixCount": 1, "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}]},
        {"Ipv4PrefixCount": 1, "SecondaryPrivateIpAddressCount": 1},
    ],
)
def test_parameters_that_exclude_each_other(empty: Clients, subnet_id: str, params: dict[str, Any]) -> None:
    code, _ = error_of(empty.ec2.create_network_interface, SubnetId=subnet_id, **params)
    assert code == "InvalidParameterCombination"


def test_assigning_and_unassigning(empty: Clients, subnet_id: str) -> None:
    interface_id = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
    response = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, Ipv4PrefixCount=1)
    assert response["AssignedIpv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.16/28"}]
    response = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, Ipv4Prefixes=["10.0.0.64/28"])
    assert response["AssignedIpv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.64/28"}]
    response = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, SecondaryPrivateIpAddressCount=1)
    assert [a["PrivateIpAddress"] for a in response["AssignedPrivateIpAddresses"]] == ["10.0.0.5"]
    empty.ec2.unassign_private_ip_addresses(
        NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.0.5"], Ipv4Prefixes=["10.0.0.64/28"]
    )
    assert available_addresses(empty, subnet_id) == 251 - 17
    assert error_of(empty.ec2.assign_private_ip_addresses, NetworkInterfaceId=interface_id, Ipv4PrefixCount=14) == (
        "InsufficientCidrBlocks",
        "The specified subnet does not have enough free cidr blocks to satisfy the request.",
    )


def test_interfaces_of_others_cannot_be_deleted(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    call = incident.ec2.delete_network_interface
    assert error_of(call, NetworkInterfaceId="eni-0f995ce7b1b9589de")[0] == "OperationNotPermitted"
    assert error_of(call, NetworkInterfaceId="eni-0c2b8e61f7a4d9035") == (
        "InvalidParameterValue",
        "Network interface 'eni-0c2b8e61f7a4d9035' is currently in use.",
    )


def test_terminating_an_instance_frees_its_block(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    subnet_id = "subnet-0a84d8f4554925b16"
    incident.ec2.terminate_instances(InstanceIds=["i-0ae4b4d9c4e67eef0"])
    interface = incident.ec2.create_network_interface(SubnetId=subnet_id, Ipv4PrefixCount=1)["NetworkInterface"]
    assert interface["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.10.10.32/28"}]
    code, _ = error_of(incident.ec2.terminate_instances, InstanceIds=["i-9"])
    assert code == "InvalidInstanceID.NotFound"
