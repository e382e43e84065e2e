"""EC2's write operations for VPCs, subnets and CIDR reservations."""

from __future__ import annotations

from tests.simulator.clients import Clients, error_of


def test_creating_and_deleting_a_reservation(empty: Clients, subnet_id: str) -> None:
    reservation = empty.ec2.create_subnet_cidr_reservation(
        SubnetId=subnet_id, Cidr="10.0.0.128/26", ReservationType="prefix", Description="endpoints"
    )["SubnetCidrReservation"]
    interface = empty.ec2.create_network_interface(SubnetId=subnet_id, Ipv4PrefixCount=1)["NetworkInterface"]
    assert interface["Ipv4Prefixes"] == [{"Ipv4Prefix": "10.0.0.128/28"}]
    response = empty.ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)
    assert response["SubnetIpv4CidrReservations"] == [reservation]
    assert response["SubnetIpv6CidrReservations"] == []
    empty.ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=reservation["SubnetCidrReservationId"])
    assert empty.ec2.get_subnet_cidr_reservations(SubnetId=subnet_id)["SubnetIpv4CidrReservations"] == []


def test_vpcs_and_subnets(empty: Clients) -> None:
    vpc = empty.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]
    subnet = empty.ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.9.0.0/24", AvailabilityZoneId="use1-az3")
    assert subnet["Subnet"]["AvailabilityZone"] == "us-east-1c"
    for cidr, code in (
        ("10.9.0.128/25", "InvalidSubnet.Conflict"),
        ("10.8.0.0/24", "InvalidSubnet.Range"),
        ("10.9.1.0/29", "InvalidSubnet.Range"),
    ):
        assert error_of(empty.ec2.create_subnet, VpcId=vpc["VpcId"], CidrBlock=cidr)[0] == code
    assert error_of(empty.ec2.create_vpc, CidrBlock="10.0.0.0/8")[0] == "InvalidVpc.Range"


def test_reservations_are_paged_without_max_results(empty: Clients, subnet_id: str) -> None:
    """A public report of 260 reservations, hashicorp/terraform-provider-aws#45778: one page has not all of them."""
    call, cidrs = empty.ec2.get_subnet_cidr_reservations, [f"10.0.0.{number}/32" for number in range(4, 124)]
    for cidr in cidrs:
        empty.ec2.create_subnet_cidr_reservation(SubnetId=subnet_id, Cidr=cidr, ReservationType="prefix")
    first = call(SubnetId=subnet_id)
    second = call(SubnetId=subnet_id, NextToken=first["NextToken"])
    pages = [page["SubnetIpv4CidrReservations"] for page in (first, second)]
    assert [len(page) for page in pages] == [100, 20]
    assert [reservation["Cidr"] for page in pages for reservation in page] == cidrs
    assert "NextToken" not in second


def test_deleting_a_subnet(empty: Clients, subnet_id: str) -> None:
    """The text is that of EC2 for a subnet with interfaces; reservations go with the subnet."""
    empty.ec2.create_subnet_cidr_reservation(SubnetId=subnet_id, Cidr="10.0.0.16/28", ReservationType="prefix")
    interface = empty.ec2.create_network_interface(SubnetId=subnet_id)["NetworkInterface"]
    assert error_of(empty.ec2.delete_subnet, SubnetId=subnet_id) == (
        "DependencyViolation",
        f"The subnet '{subnet_id}' has dependencies and cannot be deleted.",
    )
    empty.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    empty.ec2.delete_subnet(SubnetId=subnet_id)
    assert len(empty.ec2.describe_subnets()["Subnets"]) == 1
    for call in (empty.ec2.delete_subnet, empty.ec2.get_subnet_cidr_reservations):
        assert error_of(call, SubnetId=subnet_id)[0] == "InvalidSubnetID.NotFound"
