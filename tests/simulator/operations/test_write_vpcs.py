"""EC2's write operations for VPCs, subnets, CIDR reservations and VPC endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulator.clients import Clients, error_of

if TYPE_CHECKING:
    from latticetop.simulator import ManualClock


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


def test_creating_and_deleting_an_endpoint(incident: Clients, clock: ManualClock) -> None:
    clock.finish()
    endpoint = incident.ec2.create_vpc_endpoint(
        VpcEndpointType="ServiceNetwork",
        VpcId="vpc-0d54cbe88a44ffd04",
        ServiceNetworkArn="arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
        SubnetIds=["subnet-0f6a1ce53b9fd9793"],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "second"}]}],
    )["VpcEndpoint"]
    assert endpoint["State"] == "Pending"
    assert "NetworkInterfaceIds" not in endpoint
    assert endpoint["Tags"] == [{"Key": "Name", "Value": "second"}]
    clock.finish()
    endpoints = incident.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"]
    assert endpoints[0]["State"] == "Failed"
    response = incident.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"], "vpce-9"])
    assert [entry["ResourceId"] for entry in response["Unsuccessful"]] == ["vpce-9"]
    clock.finish()
    assert len(incident.ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 1
    code, _ = error_of(incident.ec2.create_vpc_endpoint, VpcId="vpc-0d54cbe88a44ffd04", ServiceName="s3")
    assert code == "UnsupportedOperation"
