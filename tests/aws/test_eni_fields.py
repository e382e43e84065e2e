"""The fields of an ENI: every one from both sources, by the names of EC2's service model, parsed as in the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from latticetop.aws import eni_fields, eni_xml
from latticetop.aws.decode import xml_name
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.resources import NetworkInterface
from tests.aws.test_eni_xml import OPERATION, addresses, pages_of, prefixes, reference, service_model

EVERY_FIELD = """
<networkInterfaceId>eni-1</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
<availabilityZone>us-east-1a</availabilityZone><description>aws-K8S-i-1</description><ownerId>123456789012</ownerId>
<requesterId>123456789012:awslambda_5_2020</requesterId><requesterManaged>true</requesterManaged><status>in-use</status>
<interfaceType>efa</interfaceType><privateIpAddress>10.0.0.9</privateIpAddress>
<privateIpAddressesSet>
  <item><privateIpAddress>10.0.0.5</privateIpAddress><primary>false</primary></item>
  <item><privateIpAddress>10.0.0.9</privateIpAddress><primary>true</primary></item>
</privateIpAddressesSet>
<ipv4PrefixSet><item><ipv4Prefix>10.0.0.32/28</ipv4Prefix></item></ipv4PrefixSet>
<ipv6AddressesSet><item><ipv6Address>fd00::1</ipv6Address></item></ipv6AddressesSet>
<ipv6PrefixSet><item><ipv6Prefix>fd00:0:0:0:1::/80</ipv6Prefix></item></ipv6PrefixSet>
<operator><managed>true</managed><principal>eks.amazonaws.com</principal></operator>
<attachment>
  <instanceId>i-1</instanceId><deviceIndex>3</deviceIndex><attachTime>2024-12-19T08:18:49.000Z</attachTime>
</attachment>
<tagSet><item><key>Name</key><value>n</value></item><item><key>a</key><value>b</value></item></tagSet>
<groupSet><item><groupId>sg-1</groupId><groupName>default</groupName></item></groupSet>
"""


def test_both_sources_have_every_field() -> None:
    body = pages_of(EVERY_FIELD)
    (by_xml,), (by_botocore,) = eni_xml.decode_page(body).interfaces, reference(body).interfaces
    defaults = {field.name: field.default for field in structs.fields(NetworkInterface)}
    assert structs.asdict(by_xml) == structs.asdict(by_botocore)
    assert [name for name, value in structs.asdict(by_xml).items() if value == defaults[name]] == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (path, key)
        for path, keys in {
            "NetworkInterfaces": "NetworkInterfaceId SubnetId VpcId Description InterfaceType Status OwnerId "
            "RequesterId RequesterManaged AvailabilityZone PrivateIpAddress PrivateIpAddresses Ipv4Prefixes "
            "Ipv6Prefixes Ipv6Addresses Operator Attachment TagSet Groups",
            "NetworkInterfaces.Groups": "GroupId",
            "NetworkInterfaces.PrivateIpAddresses": "PrivateIpAddress Primary",
            "NetworkInterfaces.Ipv4Prefixes": "Ipv4Prefix",
            "NetworkInterfaces.Ipv6Prefixes": "Ipv6Prefix",
            "NetworkInterfaces.Ipv6Addresses": "Ipv6Address",
            "NetworkInterfaces.Operator": "Managed Principal",
            "NetworkInterfaces.Attachment": "InstanceId DeviceIndex AttachTime",
            "NetworkInterfaces.TagSet": "Key Value",
        }.items()
        for key in keys.split()
    ],
)
def test_xml_names_are_those_of_the_service_model(path: str, key: str) -> None:
    shape = service_model().operation_model(OPERATION).output_shape
    for step in path.split("."):
        shape = shape.members[step]
        shape = shape.member if shape.type_name == "list" else shape
    assert shape.members[key].serialization["name"] == xml_name(key)


@pytest.mark.parametrize(
    ("members", "groups"),
    [
        ("<interfaceType>lambda</interfaceType>", ("sg-1", "sg-2")),
        ("<requesterId>123456789012:awslambda_1_2019</requesterId>", ("sg-1", "sg-2")),
        ("<interfaceType>interface</interfaceType><requesterId>amazon-elb</requesterId>", ()),
    ],
)
def test_security_groups_are_kept_for_lambda_only(members: str, groups: tuple[str, ...]) -> None:
    """Only functions share ENIs by their groups; for 100,000 other ENIs they would cost time and memory."""
    listed = "".join(f"<item><groupId>sg-{n}</groupId></item>" for n in (1, 2))
    body = pages_of(f"<networkInterfaceId>eni-1</networkInterfaceId>{members}<groupSet>{listed}</groupSet>")
    assert eni_xml.decode_page(body).interfaces[0].security_group_ids == groups
    assert reference(body).interfaces[0].security_group_ids == groups


@given(st.lists(addresses, min_size=1, max_size=4), st.lists(prefixes, max_size=4))
def test_addresses_and_prefixes_are_parsed_as_in_the_model(address_texts: Sequence[str], texts: Sequence[str]) -> None:
    def parsed(parse: Callable[[str], Any], values: Sequence[str]) -> list[Any]:
        results = []
        for value in values:
            try:
                results.append(parse(value))
            except ValueError:
                continue
        return results

    ours = [address for text in address_texts if (address := eni_fields.parse_ipv4(text)) is not None]
    assert ours == parsed(parse_address, address_texts)
    assert [cidr for text in texts if (cidr := eni_fields.parse_prefix(text))] == parsed(parse_cidr, texts)
