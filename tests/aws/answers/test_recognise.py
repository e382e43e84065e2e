"""Records told by their own members: of public files, and of each tool's spelling."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from latticetop.aws.answers.json_values import JsonValue, json_values, text_of
from latticetop.aws.answers.recognise import Recognised, RecordKind, recognise
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.resources import Tag

SAMPLES = Path(__file__).parent / "samples"
PREFIX, ADDRESS = parse_cidr("10.0.0.16/28"), parse_address("10.0.0.5")


def recognised(value: Any) -> Recognised:
    return recognise(value, lambda: None)


def in_file(name: str) -> Recognised:
    """What all values of a file hold together."""
    whole = Recognised()
    for value in json_values(text_of((SAMPLES / name).read_bytes())):
        assert isinstance(value, JsonValue)
        part = recognised(value.value)
        whole.records += part.records
        whole.shaped += part.shaped
        whole.times += part.times
    return whole


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("cloudmapper-demo/ec2-describe-subnets.json", {RecordKind.SUBNET: 4}),
        ("cloudmapper-demo/ec2-describe-network-interfaces.json", {RecordKind.INTERFACE: 1}),
        ("cloudmapper-demo/ec2-describe-vpc-endpoints.json", {RecordKind.ENDPOINT: 2}),
        ("cloudmapper-demo/ec2-describe-vpcs.json", {RecordKind.VPC: 1}),
        ("custodian-placebo/test_subnet_endpoint_filter_ec2.DescribeSubnets_1.json", {RecordKind.SUBNET: 11}),
        ("custodian-placebo/test_subnet_endpoint_filter_ec2.DescribeVpcEndpoints_1.json", {RecordKind.ENDPOINT: 3}),
        ("custodian-placebo/test_security_group_used_ec2.DescribeNetworkInterfaces_1.json", {RecordKind.INTERFACE: 4}),
        ("ec2-guide-prefix-eni.json", {RecordKind.INTERFACE: 1}),
        ("aws-config-item-subnet.json", {RecordKind.SUBNET: 1}),
        ("lattice-multitenant-readme-excerpt.md", {RecordKind.ENDPOINT: 1, RecordKind.ASSOCIATION: 2}),
        ("transcript-with-prompts.md", {RecordKind.INTERFACE: 1}),
        ("eks-workshop-query-shape.md", {}),
    ],
)
def test_public_files(name: str, counts: dict[RecordKind, int]) -> None:
    assert Counter(found.kind for found in in_file(name).records) == counts


def test_what_a_query_left_is_no_record() -> None:
    assert in_file("eks-workshop-query-shape.md").shaped[RecordKind.INTERFACE] == 4
    shaped = recognised([{"SubnetId": "subnet-1", "AvailableIpAddressCount": 57}])
    assert (shaped.records, shaped.shaped) == ([], {RecordKind.SUBNET: 1})
    shaped = recognised([{"VpcEndpointId": "vpce-1", "State": "Failed"}, {"AssociatedResourceAccessibility": "x"}])
    assert (shaped.records, shaped.shaped) == ([], {RecordKind.ENDPOINT: 1, RecordKind.ASSOCIATION: 1})


LATTICE_ENDPOINT = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "ServiceNetwork", "State": "Available"}


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({**LATTICE_ENDPOINT, "SubnetIds": []}, RecordKind.ENDPOINT),
        ({**LATTICE_ENDPOINT, "VpcId": "vpc-1"}, RecordKind.ENDPOINT),
        (
            {
                "SubnetId": "subnet-1",
                "CidrBlock": "x.x",
                "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "fd00::/64"}],
            },
            RecordKind.SUBNET,
        ),
        (
            {
                "SubnetId": "subnet-1",
                "Ipv6Native": False,
                "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "fd00::/64"}],
            },
            RecordKind.SUBNET,
        ),
    ],
)
def test_what_lacks_its_place_or_range_is_no_record(record: dict[str, Any], kind: RecordKind) -> None:
    found = recognised([record])
    assert (found.records, found.shaped) == ([], {kind: 1})


def test_the_prefix_of_the_guide_and_the_item_of_config() -> None:
    (eni,) = in_file("ec2-guide-prefix-eni.json").records
    assert [str(prefix) for prefix in eni.record.prefixes] == ["10.0.0.208/28"]
    assert eni.is_first_state
    item = in_file("aws-config-item-subnet.json")
    (subnet,) = item.records
    assert (subnet.account_id, subnet.region) == ("123456789012", "us-east-1")
    assert (subnet.record.subnet_id, str(subnet.record.cidr_block)) == ("subnet-29428871", "172.31.16.0/20")
    assert subnet.record.available_ip_address_count == 4089
    assert item.times == [datetime(2016, 10, 28, 0, 41, 33, 513000, UTC)]


def test_times_of_placebo() -> None:
    name = "custodian-placebo/test_subnet_endpoint_filter_ec2.DescribeVpcEndpoints_1.json"
    raw = json.loads((SAMPLES / name).read_text())["data"]["VpcEndpoints"]
    parts = ("year", "month", "day", "hour", "minute", "second")
    expected = [tuple(each["CreationTimestamp"][part] for part in parts) for each in raw]
    found = [each.record.creation_timestamp for each in in_file(name).records]
    assert [tuple(getattr(at, part) for part in parts) for at in found] == expected


ENI_OF_AWS = {
    "NetworkInterfaceId": "eni-1",
    "SubnetId": "subnet-1",
    "VpcId": "vpc-1",
    "AvailabilityZone": "us-east-1a",
    "OwnerId": "123456789012",
    "Status": "in-use",
    "InterfaceType": "interface",
    "RequesterManaged": True,
    "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.5", "Primary": True}],
    "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}],
    "Attachment": {"InstanceId": "i-1", "DeviceIndex": 1, "AttachTime": "2024-12-19T08:18:49+00:00"},
    "TagSet": [{"Key": "team", "Value": "a"}],
}
ENI_OF_CONFIG = {
    "networkInterfaceId": "eni-1",
    "subnetId": "subnet-1",
    "vpcId": "vpc-1",
    "availabilityZone": "us-east-1a",
    "ownerId": "123456789012",
    "status": {"value": "in-use"},
    "interfaceType": "interface",
    "requesterManaged": True,
    "privateIpAddresses": [{"privateIpAddress": "10.0.0.5", "primary": True}],
    "ipv4Prefixes": [{"ipv4Prefix": "10.0.0.16/28"}],
    "attachment": {"instanceId": "i-1", "deviceIndex": 1, "attachTime": "2024-12-19T08:18:49.000Z"},
    "tagSet": [{"key": "team", "value": "a"}],
}
ENI_OF_STEAMPIPE = {
    "network_interface_id": "eni-1",
    "subnet_id": "subnet-1",
    "vpc_id": "vpc-1",
    "availability_zone": "us-east-1a",
    "owner_id": "123456789012",
    "status": "in-use",
    "interface_type": "interface",
    "requester_managed": True,
    "private_ip_addresses": [{"PrivateIpAddress": "10.0.0.5", "Primary": True}],
    "ipv4_prefixes": [{"Ipv4Prefix": "10.0.0.16/28"}],
    "attached_instance_id": "i-1",
    "device_index": 1,
    "attachment_time": "2024-12-19T08:18:49Z",
    "tags_src": [{"Key": "team", "Value": "a"}],
    "tags": {"team": "a"},
    "region": "us-east-1",
    "account_id": "123456789012",
}
ENI_OF_CLOUDQUERY = {
    **{key: value for key, value in ENI_OF_STEAMPIPE.items() if not key.startswith(("attach", "device", "tags"))},
    "private_ip_addresses": json.dumps(ENI_OF_STEAMPIPE["private_ip_addresses"]),
    "ipv4_prefixes": ["10.0.0.16/28"],
    "attachment": {"InstanceId": "i-1", "DeviceIndex": 1, "AttachTime": "2024-12-19T08:18:49Z"},
    "tags": {"team": "a"},
}
CONFIG_ITEM = {"resourceType": "AWS::EC2::NetworkInterface", "accountId": "123456789012", "awsRegion": "us-east-1"}


@pytest.mark.parametrize(
    "value",
    [
        {"NetworkInterfaces": [ENI_OF_AWS]},
        ENI_OF_AWS,
        {"status_code": 200, "data": {"NetworkInterfaces": [ENI_OF_AWS]}},
        {"configurationItems": [{**CONFIG_ITEM, "configuration": json.dumps(ENI_OF_CONFIG)}]},
        {"Results": [json.dumps({**CONFIG_ITEM, "configuration": ENI_OF_CONFIG})]},
        {"columns": [{"name": "x"}], "rows": [ENI_OF_STEAMPIPE]},
        {"columns": [{"name": key} for key in ENI_OF_STEAMPIPE], "rows": [list(ENI_OF_STEAMPIPE.values())]},
        [ENI_OF_CLOUDQUERY],
    ],
    ids=["list", "alone", "placebo", "config", "config query", "steampipe", "steampipe arrays", "cloudquery"],
)
def test_one_interface_in_every_spelling(value: Any) -> None:
    (found,) = recognised(value).records
    eni = found.record
    assert found.kind is RecordKind.INTERFACE
    assert (eni.network_interface_id, eni.subnet_id, eni.vpc_id) == ("eni-1", "subnet-1", "vpc-1")
    assert (eni.addresses, eni.prefixes) == ((ADDRESS,), (PREFIX,))
    assert (eni.status, eni.requester_managed, eni.availability_zone) == ("in-use", True, "us-east-1a")
    assert (eni.instance_id, eni.device_index) == ("i-1", 1)
    assert eni.attached_at == datetime(2024, 12, 19, 8, 18, 49, tzinfo=UTC)
    assert eni.tags == (Tag("team", "a"),)


def test_a_token_belongs_to_its_list_and_a_create_command_prints_a_first_state() -> None:
    found = recognised({"VpcEndpointAssociations": [], "NextToken": "t"})
    assert (found.listed, found.tokens) == ({RecordKind.ASSOCIATION}, {RecordKind.ASSOCIATION: "t"})
    assert recognised({"Vpcs": [], "NextToken": None}).tokens == {}
    eni = {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1"}
    assert [each.is_first_state for each in recognised([{"NetworkInterface": eni}, eni]).records] == [True, False]


def test_cloudtrail_events_of_lookups_and_of_a_trail() -> None:
    event = {"eventName": "CreateNetworkInterface", "eventTime": "2024-12-19T08:18:57Z", "awsRegion": "us-east-1"}
    looked_up: Any = {"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(event)}]}
    values: list[Any] = [looked_up, {"Records": [event]}, [event]]
    for value in values:
        assert [found.kind for found in recognised(value).records] == [RecordKind.EVENT]


def test_records_of_vpc_lattice() -> None:
    arn = "arn:aws:vpc-lattice:us-east-1:123456789012:"
    items = [
        {"arn": f"{arn}servicenetwork/sn-1", "id": "sn-1", "name": "a"},
        {"arn": f"{arn}resourcegateway/rgw-1", "id": "rgw-1"},
        {"arn": f"{arn}resourceconfiguration/rcfg-1", "id": "rcfg-1"},
        {"arn": f"{arn}servicenetworkserviceassociation/snsa-1", "id": "snsa-1"},
        {"arn": f"{arn}servicenetworkresourceassociation/snra-1", "id": "snra-1"},
        {"arn": f"{arn}servicenetworkvpcassociation/snva-1", "id": "snva-1", "vpcId": "vpc-1"},
        {"id": "vpce-1", "vpcEndpointId": "vpce-1", "serviceNetworkArn": f"{arn}servicenetwork/sn-1"},
    ]
    assert [found.kind.name for found in recognised({"items": items}).records] == [
        "SERVICE_NETWORK",
        "RESOURCE_GATEWAY",
        "RESOURCE_CONFIGURATION",
        "SERVICE_ASSOCIATION",
        "RESOURCE_ASSOCIATION",
        "VPC_ASSOCIATION",
        "ENDPOINT_ASSOCIATION",
    ]


def test_anything_else_is_nothing() -> None:
    deep: Any = {"SubnetId": "subnet-1", "CidrBlock": "10.0.0.0/24"}
    for _ in range(50):
        deep = [deep]
    values: list[Any] = [{}, [], 7, "x", None, {"SubnetId": 7}, {"columns": 1, "rows": 2}, {"Results": "x"}, deep]
    for value in values:
        assert recognised(value).records == []
