"""A person acting on the account from another terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.clients import Clients, refusal

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock


@pytest.fixture
def subnet_id(empty: Clients) -> str:
    found: str = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    return found


def free(clients: Clients, subnet_id: str) -> int:
    count: int = clients.ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]["AvailableIpAddressCount"]
    return count


def test_an_interface_comes_and_goes(empty: Clients, clock: ManualClock, subnet_id: str) -> None:
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "mine"}]}]
    made = empty.ec2.create_network_interface(
        SubnetId=subnet_id, Ipv4PrefixCount=2, Description="mine", TagSpecifications=tags
    )["NetworkInterface"]
    assert (made["Status"], made["PrivateIpAddress"]) == ("pending", "10.0.0.4")
    assert made["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.16/28"}, {"Ipv4Prefix": "10.0.0.32/28"}]
    assert free(empty, subnet_id) == 251 - 33
    clock.advance(2)
    found = empty.ec2.describe_network_interfaces(Filters=[{"Name": "tag:Name", "Values": ["mine"]}])
    assert [interface["Status"] for interface in found["NetworkInterfaces"]] == ["available"]
    empty.ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert free(empty, subnet_id) == 251


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
def test_addresses_are_given_as_asked(
    empty: Clients, subnet_id: str, params: dict[str, Any], addresses: list[str]
) -> None:
    made = empty.ec2.create_network_interface(SubnetId=subnet_id, **params)["NetworkInterface"]
    assert [a["PrivateIpAddress"] for a in made["PrivateIpAddresses"]] == addresses
    assert [a["Primary"] for a in made["PrivateIpAddresses"]] == [True] + [False] * (len(addresses) - 1)


@pytest.mark.parametrize(
    "params",
    [
        {"Ipv4PrefixCount": 1, "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}]},
        {"Ipv4PrefixCount": 1, "SecondaryPrivateIpAddressCount": 1},
    ],
)
def test_what_excludes_each_other(empty: Clients, subnet_id: str, params: dict[str, Any]) -> None:
    code, _ = refusal(empty.ec2.create_network_interface, SubnetId=subnet_id, **params)
    assert code == "InvalidParameterCombination"


def test_assigning_and_unassigning(empty: Clients, subnet_id: str) -> None:
    interface_id = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]["NetworkInterfaceId"]
    answer = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, Ipv4PrefixCount=1)
    assert answer["AssignedIpv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.16/28"}]
    answer = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, Ipv4Prefixes=["10.0.0.64/28"])
    assert answer["AssignedIpv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.64/28"}]
    answer = empty.ec2.assign_private_ip_addresses(NetworkInterfaceId=interface_id, SecondaryPrivateIpAddressCount=1)
    assert [a["PrivateIpAddress"] for a in answer["AssignedPrivateIpAddresses"]] == ["10.0.0.5"]
    empty.ec2.unassign_private_ip_addresses(
        NetworkInterfaceId=interface_id, PrivateIpAddresses=["10.0.0.5"], Ipv4Prefixes=["10.0.0.64/28"]
    )
    assert free(empty, subnet_id) == 251 - 17
    assert refusal(empty.ec2.assign_private_ip_addresses, NetworkInterfaceId=interface_id, Ipv4PrefixCount=14) == (
        "InsufficientCidrBlocks",
        "The specified subnet does not have enough free cidr blocks to satisfy the request.",
    )


def test_reservations_come_and_go(empty: Clients, subnet_id: str) -> None:
    made = empty.ec2.create_subnet_cidr_reservation(
        SubnetId=subnet_id, Cidr="10.0.0.128/26", ReservationType="prefix", Description="endpoints"
    )["SubnetCidrReservation"]
    made_by_hand = empty.ec2.create_network_interface(SubnetId=subnet_id, Ipv4PrefixCount=1)["NetworkInterface"]
    assert made_by_hand["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.128/28"}]
    kept = empty.ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)
    assert kept["SubnetIpv4CidrReservations"] == [made]
    assert kept["SubnetIpv6CidrReservations"] == []
    empty.ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=made["SubnetCidrReservationId"])
    assert empty.ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)["SubnetIpv4CidrReservations"] == []


def test_what_belongs_to_others_is_left_alone(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    call = incident.ec2.delete_network_interface
    assert refusal(call, NetworkInterfaceId="eni-0f995ce7b1b9589de")[0] == "OperationNotPermitted"
    assert refusal(call, NetworkInterfaceId="eni-0c2b8e61f7a4d9035") == (
        "InvalidParameterValue",
        "Network interface 'eni-0c2b8e61f7a4d9035' is currently in use.",
    )


def test_the_instance_that_breaks_the_block_can_go(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    subnet_id = "subnet-0a84d8f4554925b16"
    incident.ec2.terminate_instances(InstanceIds=["i-0ae4b4d9c4e67eef0"])
    made = incident.ec2.create_network_interface(SubnetId=subnet_id, Ipv4PrefixCount=1)["NetworkInterface"]
    assert made["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.10.10.32/28"}]
    code, _ = refusal(incident.ec2.terminate_instances, InstanceIds=["i-9"])
    assert code == "InvalidInstanceID.NotFound"


def test_vpcs_and_subnets(empty: Clients) -> None:
    vpc = empty.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]
    made = empty.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.9.0.0/24", AvailabilityZoneId="use1-az3")
    assert made["Subnet"]["AvailabilityZone"] == "us-east-1c"
    for cidr, code in (
        ("10.9.0.128/25", "InvalidSubnet.Conflict"),
        ("10.8.0.0/24", "InvalidSubnet.Range"),
        ("10.9.1.0/29", "InvalidSubnet.Range"),
    ):
        assert refusal(empty.ec2.create_subnet, VpcId=vpc["VpcId"], CidrBlock=cidr)[0] == code
    assert refusal(empty.ec2.create_vpc, CidrBlock="10.0.0.0/8")[0] == "InvalidVpc.Range"


def test_tags_on_all_or_none(empty: Clients, subnet_id: str) -> None:
    tag = [{"Key": "Team", "Value": "net"}]
    assert refusal(empty.ec2.create_tags, Resources=[subnet_id, "eni-9"], Tags=tag)[0] == "InvalidID"
    wanted = [{"Name": "tag-key", "Values": ["Team"]}]
    assert empty.ec2.describe_subnets(Filters=wanted)["Subnets"] == []
    empty.ec2.create_tags(Resources=[subnet_id], Tags=tag)
    assert len(empty.ec2.describe_subnets(Filters=wanted)["Subnets"]) == 1
