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


def test_a_primary_address_cannot_be_unassigned(empty: Clients, subnet_id: str) -> None:
    interface = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]
    parameters = {"NetworkInterfaceId": interface["NetworkInterfaceId"], "PrivateIpAddresses": ["10.0.0.4"]}
    code, _ = error_of(empty.ec2.unassign_private_ip_addresses, **parameters)
    assert code == "InvalidParameterValue"
    assert available_addresses(empty, subnet_id) == 250


def test_addresses_of_another_interface_cannot_be_unassigned(empty: Clients, subnet_id: str) -> None:
    interface_id = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
    assert error_of(
        empty.ec2.unassign_private_ip_addresses, NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.0.9"]
    ) == ("InvalidParameterValue", f"Some of the specified addresses are not assigned to interface {interface_id}")


@pytest.fixture
def ipv6_subnet_id(empty: Clients) -> str:
    """The id of an IPv6-only subnet, 2600:1f18:4a2c:7e06::/64."""
    vpc_id = empty.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnet = empty.ec2.create_subnet(VpcId=vpc_id, Ipv6CidrBlock="2600:1f18:4a2c:7e06::/64", Ipv6Native=True)
    assert subnet["Subnet"]["Ipv6Native"]
    subnet_id: str = subnet["Subnet"]["SubnetId"]
    return subnet_id


def test_an_ipv6_only_subnet_gives_an_ipv6_address(empty: Clients, ipv6_subnet_id: str) -> None:
    """The first four addresses of a subnet are reserved (VPC User Guide, subnet sizing)."""
    interface = empty.ec2.create_network_interface(SubnetId=ipv6_subnet_id)["NetworkInterface"]
    assert [a["Ipv6Address"] for a in interface["Ipv6Addresses"]] == ["2600:1f18:4a2c:7e06::4"]
    assert (interface["PrivateIpAddresses"], interface.get("PrivateIpAddress")) == ([], None)
    assert available_addresses(empty, ipv6_subnet_id) == 0


def test_ipv6_prefixes_are_80s(empty: Clients, ipv6_subnet_id: str) -> None:
    """The first /80 holds the reserved addresses, so it is not assigned."""
    ec2 = empty.ec2
    interface = ec2.create_network_interface(SubnetId=ipv6_subnet_id, Ipv6PrefixCount=2)["NetworkInterface"]
    prefixes = [prefix["Ipv6Prefix"] for prefix in interface["Ipv6Prefixes"]]
    assert prefixes == ["2600:1f18:4a2c:7e06:1::/80", "2600:1f18:4a2c:7e06:2::/80"]
    interface_id = interface["NetworkInterfaceId"]
    assigned = ec2.assign_ipv6_addresses(NetworkInterfaceId=interface_id, Ipv6PrefixCount=1)
    assert assigned["AssignedIpv6Prefixes"] == ["2600:1f18:4a2c:7e06:3::/80"]
    assigned = ec2.assign_ipv6_addresses(NetworkInterfaceId=interface_id, Ipv6AddressCount=1)
    assert assigned["AssignedIpv6Addresses"] == ["2600:1f18:4a2c:7e06::5"]
    ec2.unassign_ipv6_addresses(NetworkInterfaceId=interface_id, Ipv6Prefixes=prefixes[:1])
    again = ec2.assign_ipv6_addresses(NetworkInterfaceId=interface_id, Ipv6PrefixCount=1)
    assert again["AssignedIpv6Prefixes"] == prefixes[:1]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Ipv6AddressCount": 1, "Ipv6PrefixCount": 1}, "InvalidParameterCombination"),
        ({"Ipv6PrefixCount": 1, "Ipv6Prefixes": [{"Ipv6Prefix": "::/80"}]}, "InvalidParameterCombination"),
        ({"Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f18:4a2c:7e06::/80"}]}, "InvalidParameterValue"),
        ({"Ipv6Prefixes": [{"Ipv6Prefix": "2600:1f18:4a2c:7e06:1::/96"}]}, "InvalidParameterValue"),
        ({"Ipv6Addresses": [{"Ipv6Address": "2600:1f18:4a2c:7e06::3"}]}, "InvalidParameterValue"),
        ({"Ipv4PrefixCount": 1}, "InvalidParameterValue"),
    ],
)
def test_invalid_ipv6_parameters(empty: Clients, ipv6_subnet_id: str, params: dict[str, Any], code: str) -> None:
    assert error_of(empty.ec2.create_network_interface, SubnetId=ipv6_subnet_id, **params)[0] == code


def test_an_ipv4_subnet_has_no_ipv6_addresses(empty: Clients, subnet_id: str) -> None:
    code, _ = error_of(empty.ec2.create_network_interface, SubnetId=subnet_id, Ipv6AddressCount=1)
    assert code == "InvalidParameterValue"
    assert available_addresses(empty, subnet_id) == 251
