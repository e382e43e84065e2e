"""Decoding AWS's members: the incident's own responses, and responses with missing or malformed members."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from latticetop.aws import decode
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.resources import (
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Tag,
    Vpc,
)

ENDPOINT = {
    "VpcEndpointId": "vpce-0e3b1bfc42d162c4a",
    "VpcEndpointType": "ServiceNetwork",
    "VpcId": "vpc-0d54cbe88a44ffd04",
    "State": "Failed",
    "SubnetIds": ["subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"],
    "Groups": [{"GroupId": "sg-0e2239cc74c5c84f9", "GroupName": "default"}],
    "IpAddressType": "IPV4",
    "PrivateDnsEnabled": True,
    "NetworkInterfaceIds": ["eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"],
    "CreationTimestamp": datetime(2024, 12, 19, 8, 18, 49, 81000, tzinfo=UTC),
    "Tags": [],
    "OwnerId": "123456789012",
    "ServiceNetworkArn": "arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
}


def test_the_endpoint_of_the_incident() -> None:
    assert decode.endpoint(ENDPOINT) == Endpoint(
        vpc_endpoint_id="vpce-0e3b1bfc42d162c4a",
        vpc_endpoint_type="ServiceNetwork",
        vpc_id="vpc-0d54cbe88a44ffd04",
        state="Failed",
        subnet_ids=("subnet-0a84d8f4554925b16", "subnet-0f6a1ce53b9fd9793"),
        network_interface_ids=("eni-0f995ce7b1b9589de", "eni-09199f7c86c4cddf9"),
        service_network_arn="arn:aws:vpc-lattice:us-east-1:123456789012:servicenetwork/sn-0fc4c78a8f94d8f09",
        ip_address_type="IPV4",
        creation_timestamp=datetime(2024, 12, 19, 8, 18, 49, 81000, tzinfo=UTC),
        security_group_ids=("sg-0e2239cc74c5c84f9",),
        private_dns_enabled=True,
        owner_id="123456789012",
    )


def test_an_id_that_aws_lists_twice_is_kept_once() -> None:
    decoded = decode.endpoint({**ENDPOINT, "SubnetIds": ["subnet-b", "subnet-a", "subnet-b", 5]})
    assert decoded is not None
    assert decoded.subnet_ids == ("subnet-b", "subnet-a")


def test_an_endpoint_with_a_failure_reason() -> None:
    raw = {**ENDPOINT, "FailureReason": "no room", "LastError": {"Code": "E", "Message": "m"}}
    decoded = decode.endpoint({**raw, "Tags": [{"Key": "Name", "Value": "[bold]x"}]})
    assert decoded is not None
    assert (decoded.failure_reason, decoded.last_error_code, decoded.last_error_message) == ("no room", "E", "m")
    assert (decoded.name, decoded.tags) == ("[bold]x", (Tag("Name", "[bold]x"),))


@pytest.mark.parametrize("year", [1, 9999])
def test_a_time_near_the_limits_of_datetime_is_left_out(year: int) -> None:
    """Adding fifteen minutes at the end of the year 9999 is an OverflowError."""
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    decoded = decode.endpoint({**ENDPOINT, "CreationTimestamp": edge})
    assert decoded is not None
    assert decoded.creation_timestamp is None


def test_a_time_without_a_zone_is_utc() -> None:
    decoded = decode.endpoint({**ENDPOINT, "CreationTimestamp": datetime(2024, 12, 19, 8, 18, 49)})
    assert decoded is not None
    assert decoded.creation_timestamp == datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)


def test_an_association_of_the_incident() -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:"
    raw = {
        "Id": "vpce-rsc-asc-06a4438e30d46815f",
        "VpcEndpointId": "vpce-0e3b1bfc42d162c4a",
        "ServiceNetworkArn": f"{arn}servicenetwork/sn-0fc4c78a8f94d8f09",
        "ServiceNetworkName": "test-service-network-a",
        "AssociatedResourceAccessibility": "Accessible",
        "DnsEntry": {"DnsName": "a.example", "HostedZoneId": "Z08285483B41F6ASEM5U1"},
        "AssociatedResourceArn": f"{arn}resourceconfiguration/rcfg-0f8b3049b4a9710e0",
    }
    assert decode.association(raw) == Association(
        association_id="vpce-rsc-asc-06a4438e30d46815f",
        vpc_endpoint_id="vpce-0e3b1bfc42d162c4a",
        service_network_arn=f"{arn}servicenetwork/sn-0fc4c78a8f94d8f09",
        service_network_name="test-service-network-a",
        accessibility="Accessible",
        dns_name="a.example",
        resource_arn=f"{arn}resourceconfiguration/rcfg-0f8b3049b4a9710e0",
    )


def test_an_interface_with_everything() -> None:
    raw = {
        "NetworkInterfaceId": "eni-1",
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "Description": "aws-K8S-i-1",
        "InterfaceType": "efa",
        "Status": "in-use",
        "PrivateIpAddress": "10.0.0.9",
        "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.0.5", "Primary": False},
            {"PrivateIpAddress": "10.0.0.9", "Primary": True},
            {"PrivateIpAddress": "10.0.0.7"},
        ],
        "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.32/28"}],
        "Ipv6Addresses": [{"Ipv6Address": "fd00::1"}],
        "Ipv6Prefixes": [{"Ipv6Prefix": "fd00:0:0:0:1::/80"}],
        "AvailabilityZone": "us-east-1a",
        "OwnerId": "123456789012",
        "RequesterId": "396074869647",
        "RequesterManaged": True,
        "Operator": {"Managed": True, "Principal": "eks.amazonaws.com"},
        "Attachment": {"InstanceId": "i-1", "InstanceOwnerId": "123456789012", "DeviceIndex": 0},
        "TagSet": [{"Key": "Name", "Value": "n"}, {"Key": "a", "Value": "b"}],
    }
    assert decode.interface(raw) == NetworkInterface(
        network_interface_id="eni-1",
        subnet_id="subnet-1",
        vpc_id="vpc-1",
        description="aws-K8S-i-1",
        interface_type="efa",
        status="in-use",
        addresses=tuple(parse_address(f"10.0.0.{n}") for n in (9, 5, 7)),
        prefixes=(parse_cidr("10.0.0.32/28"),),
        ipv6_addresses=("fd00::1",),
        ipv6_prefixes=("fd00:0:0:0:1::/80",),
        availability_zone="us-east-1a",
        owner_id="123456789012",
        requester_id="396074869647",
        requester_managed=True,
        operator="eks.amazonaws.com",
        instance_id="i-1",
        device_index=0,
        name="n",
        tags=(Tag("a", "b"),),
    )


def test_an_unmanaged_interface_has_no_operator() -> None:
    raw = {"NetworkInterfaceId": "eni-1", "Operator": {"Managed": False, "Principal": "x"}}
    decoded = decode.interface(raw)
    assert decoded is not None
    assert (decoded.operator, decoded.device_index) == ("", None)


def test_malformed_members_are_left_out() -> None:
    decoded = decode.interface(
        {
            "NetworkInterfaceId": "eni-1",
            "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.999"}, {"PrivateIpAddress": "10.0.0.9"}, None],
            "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.1/28"}, {}, {"Ipv4Prefix": None}, {"Ipv4Prefix": "10.0.0.16/28"}],
            "TagSet": [{"Key": "a"}, None],
            "Status": 7,
        }
    )
    assert decoded is not None
    assert decoded.addresses == (parse_address("10.0.0.9"),)
    assert decoded.prefixes == (parse_cidr("10.0.0.16/28"),)
    assert (decoded.tags, decoded.status) == ((Tag("a", ""),), "")


def test_the_primary_address_is_used_when_the_list_is_missing() -> None:
    decoded = decode.interface({"NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.0.9"})
    assert decoded is not None
    assert decoded.addresses == (parse_address("10.0.0.9"),)


def test_a_subnet_and_one_without_ipv4() -> None:
    raw = {
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "CidrBlock": "10.10.10.0/26",
        "AvailableIpAddressCount": 57,
        "AvailabilityZone": "us-east-1a",
        "AvailabilityZoneId": "use1-az1",
        "OwnerId": "123456789012",
        "State": "available",
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "fd00::/64"}],
        "Tags": [{"Key": "Name", "Value": "A"}],
    }
    assert decode.subnet(raw) == Subnet(
        subnet_id="subnet-1",
        vpc_id="vpc-1",
        cidr_block=parse_cidr("10.10.10.0/26"),
        available_ip_address_count=57,
        availability_zone="us-east-1a",
        availability_zone_id="use1-az1",
        name="A",
        owner_id="123456789012",
        state="available",
        ipv6_cidr_blocks=("fd00::/64",),
        tags=(Tag("Name", "A"),),
    )
    bare = decode.subnet({"SubnetId": "subnet-6", "CidrBlock": None, "AvailableIpAddressCount": None})
    assert bare == Subnet("subnet-6", "", None)


@pytest.mark.parametrize(("count", "kept"), [(10**30, 2**63 - 1), (-(10**30), 1 - 2**63), (-5, -5)])
def test_a_count_fits_into_a_recording(count: int, kept: int) -> None:
    subnet = decode.subnet({"SubnetId": "subnet-1", "CidrBlock": "10.10.10.0/26", "AvailableIpAddressCount": count})
    assert subnet is not None and subnet.available_ip_address_count == kept


def test_a_vpc_has_every_associated_cidr() -> None:
    raw = {
        "VpcId": "vpc-1",
        "CidrBlock": "10.0.0.0/16",
        "CidrBlockAssociationSet": [
            {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}},
            {"CidrBlock": "10.9.0.0/16", "CidrBlockState": {"State": "disassociated"}},
        ],
    }
    assert decode.vpc(raw) == Vpc("vpc-1", cidr_blocks=(parse_cidr("10.0.0.0/16"), parse_cidr("100.64.0.0/16")))


def test_a_reservation() -> None:
    raw = {
        "SubnetCidrReservationId": "scr-1",
        "SubnetId": "subnet-1",
        "Cidr": "10.0.0.0/28",
        "ReservationType": "prefix",
    }
    assert decode.reservation(raw) == CidrReservation("scr-1", "subnet-1", parse_cidr("10.0.0.0/28"), "prefix")
    assert decode.reservation({**raw, "Cidr": "fd00::/80"}) is None


@pytest.mark.parametrize(
    "decode_record", [decode.vpc, decode.subnet, decode.interface, decode.endpoint, decode.association]
)
def test_a_record_without_an_id_is_skipped(decode_record: Any) -> None:
    assert list(decode.records(decode_record, [{}])) == []


def test_shared_texts_are_interned() -> None:
    first, second = (
        decode.interface({"NetworkInterfaceId": f"eni-{n}", "VpcId": "".join(["vpc-", "1"]), "TagSet": []})
        for n in range(2)
    )
    assert first is not None
    assert second is not None
    assert first.vpc_id is second.vpc_id
