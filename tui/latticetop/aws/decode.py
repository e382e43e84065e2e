"""Decoding of botocore's parsed responses to the model's records.

A missing member gets a default, a malformed one is left out. Texts that many records share are interned, so that each
is in memory once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from sys import intern
from typing import Any, TypeVar

from latticetop.aws.eni_fields import NESTED, Members, cut_to_64_bits, decode_interface
from latticetop.model.records.address import Cidr, parse_cidr
from latticetop.model.records.resources import (
    NO_COUNT,
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Tag,
    Tags,
    Vpc,
)

Raw = Mapping[str, Any]
"""One record in AWS's own member names."""
_T = TypeVar("_T")
MIN_SUBNET_LENGTH = 12
"""Prefix length in bits. AWS's largest subnet is a /16 (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html);
the address map of a /0 would not fit in memory."""
MIN_YEAR, MAX_YEAR = 1900, 9000
"""AWS began in 2006. A year outside these is from a broken or hostile response."""


def records(decode_record: Callable[[Raw], _T | None], raw_records: Iterable[Raw]) -> Iterator[_T]:
    """Decode records one by one, without those that decode to None."""
    for raw in raw_records:
        if (record := decode_record(raw)) is not None:
            yield record


def vpc(raw: Raw) -> Vpc | None:
    """Decode a VPC; None without an id."""
    if not (vpc_id := _interned(raw, "VpcId")):
        return None
    associations = [
        item
        for item in _items(raw, "CidrBlockAssociationSet")
        if _text(item.get("CidrBlockState") or {}, "State") in ("associated", "")
    ]
    cidrs = _cidrs([_text(raw, "CidrBlock"), *_texts(associations, "CidrBlock")])
    tags = _tags(raw, "Tags")
    return Vpc(vpc_id, _name(tags), tuple(dict.fromkeys(cidrs)), _interned(raw, "OwnerId"), tags)


def subnet(raw: Raw) -> Subnet | None:
    """Decode a subnet; None without an id."""
    if not (subnet_id := _interned(raw, "SubnetId")):
        return None
    tags = _tags(raw, "Tags")
    cidr = next((cidr for cidr in _cidrs([_text(raw, "CidrBlock")]) if cidr.length >= MIN_SUBNET_LENGTH), None)
    count = _number(raw, "AvailableIpAddressCount")
    return Subnet(
        subnet_id=subnet_id,
        vpc_id=_interned(raw, "VpcId"),
        cidr_block=cidr,
        available_ip_address_count=NO_COUNT if count is None and cidr else count or 0,
        availability_zone=_interned(raw, "AvailabilityZone"),
        availability_zone_id=_interned(raw, "AvailabilityZoneId"),
        name=_name(tags),
        owner_id=_interned(raw, "OwnerId"),
        state=_interned(raw, "State"),
        ipv6_cidr_blocks=_texts(_items(raw, "Ipv6CidrBlockAssociationSet"), "Ipv6CidrBlock"),
        outpost_arn=_interned(raw, "OutpostArn"),
        tags=tags,
    )


def cluster_subnets(raw: Raw) -> frozenset[str]:
    """Return the ids of the subnets of an EKS cluster."""
    config = raw.get("resourcesVpcConfig") if isinstance(raw, Mapping) else None
    return frozenset(_ids(config if isinstance(config, Mapping) else {}, "subnetIds"))


def interface(raw: Raw) -> NetworkInterface | None:
    """Decode an ENI; None without an id. The fields are those of `eni_fields`."""
    return decode_interface(_PARSED_ENI, _PARSED_ENI.members(raw))


def reservation(raw: Raw) -> CidrReservation | None:
    """Decode a CIDR reservation; None without a well-formed IPv4 range."""
    cidr = next(_cidrs([_text(raw, "Cidr")]), None)
    if cidr is None:
        return None
    return CidrReservation(
        subnet_cidr_reservation_id=_text(raw, "SubnetCidrReservationId"),
        subnet_id=_interned(raw, "SubnetId"),
        cidr=cidr,
        reservation_type=_interned(raw, "ReservationType"),
        description=_text(raw, "Description"),
        owner_id=_interned(raw, "OwnerId"),
    )


def endpoint(raw: Raw) -> Endpoint | None:
    """Decode a VPC endpoint; None without an id."""
    if not (endpoint_id := _interned(raw, "VpcEndpointId")):
        return None
    tags, last_error = _tags(raw, "Tags"), raw.get("LastError") or {}
    return Endpoint(
        vpc_endpoint_id=endpoint_id,
        vpc_endpoint_type=_interned(raw, "VpcEndpointType"),
        vpc_id=_interned(raw, "VpcId"),
        state=_interned(raw, "State"),
        subnet_ids=_ids(raw, "SubnetIds"),
        network_interface_ids=_ids(raw, "NetworkInterfaceIds"),
        service_network_arn=_interned(raw, "ServiceNetworkArn"),
        resource_configuration_arn=_interned(raw, "ResourceConfigurationArn"),
        service_name=_interned(raw, "ServiceName"),
        ip_address_type=_interned(raw, "IpAddressType"),
        creation_timestamp=_time(raw, "CreationTimestamp"),
        failure_reason=_text(raw, "FailureReason"),
        last_error_code=_text(last_error, "Code"),
        last_error_message=_text(last_error, "Message"),
        security_group_ids=_texts(_items(raw, "Groups"), "GroupId"),
        private_dns_enabled=bool(raw.get("PrivateDnsEnabled")),
        owner_id=_interned(raw, "OwnerId"),
        name=_name(tags),
        tags=tags,
    )


def association(raw: Raw) -> Association | None:
    """Decode a VPC endpoint association; None without an id."""
    if not (association_id := _text(raw, "Id")):
        return None
    return Association(
        association_id=association_id,
        vpc_endpoint_id=_interned(raw, "VpcEndpointId"),
        service_network_arn=_interned(raw, "ServiceNetworkArn"),
        service_network_name=_interned(raw, "ServiceNetworkName"),
        accessibility=_interned(raw, "AssociatedResourceAccessibility"),
        failure_code=_text(raw, "FailureCode"),
        failure_reason=_text(raw, "FailureReason"),
        dns_name=_text(raw.get("DnsEntry") or {}, "DnsName"),
        private_dns_name=_text(raw.get("PrivateDnsEntry") or {}, "DnsName"),
        resource_arn=_text(raw, "AssociatedResourceArn"),
        resource_configuration_group_arn=_interned(raw, "ResourceConfigurationGroupArn"),
    )


def _cidrs(texts: Iterable[str]) -> Iterator[Cidr]:
    for text in texts:
        try:
            yield parse_cidr(text)
        except ValueError:
            continue


def _tags(raw: Raw, key: str) -> Tags:
    return tuple(Tag(_interned(item, "Key"), _text(item, "Value")) for item in _items(raw, key))


def _name(tags: Tags) -> str:
    return next((tag.value for tag in tags if tag.key == "Name"), "")


def _items(raw: Raw, key: str) -> list[Raw]:
    return [item for item in raw.get(key) or () if isinstance(item, Mapping)]


def _texts(items: Iterable[Raw], key: str) -> tuple[str, ...]:
    return tuple(text for item in items if (text := _text(item, key)))


def _ids(raw: Raw, key: str) -> tuple[str, ...]:
    """Ids in the order of the response, each once."""
    return tuple(dict.fromkeys(intern(text) for text in raw.get(key) or () if isinstance(text, str)))


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _interned(raw: Raw, key: str) -> str:
    """A text that many records share."""
    return intern(_text(raw, key))


def _number(raw: Raw, key: str) -> int | None:
    value = raw.get(key)
    return cut_to_64_bits(value) if isinstance(value, int) else None


def replace_surrogates(text: str) -> str:
    """Replace each lone surrogate with `?`. JSON can contain them, UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def to_utc(value: datetime) -> datetime | None:
    """Convert a time to UTC; one without a time zone is taken as UTC.

    None outside MIN_YEAR to MAX_YEAR: near the limits of datetime no window around the time can be computed. None for
    an offset of a day or more, which a parser may accept, and datetime does not.
    """
    if not MIN_YEAR <= value.year <= MAX_YEAR:
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except ValueError:
        return None


def _time(raw: Raw, key: str) -> datetime | None:
    """A time: of botocore, or as the AWS CLI prints it, in ISO 8601."""
    value = raw.get(key)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return to_utc(value) if isinstance(value, datetime) else None


_FLAGS = frozenset({"managed", "primary", "requesterManaged"})
_TYPED = NESTED | {"deviceIndex", "attachTime"}
_XML_NAMES = {
    "PrivateIpAddresses": "privateIpAddressesSet",
    "Ipv4Prefixes": "ipv4PrefixSet",
    "Ipv6Prefixes": "ipv6PrefixSet",
    "Ipv6Addresses": "ipv6AddressesSet",
    "Groups": "groupSet",
}


@lru_cache(maxsize=1024)
def xml_name(key: str) -> str:
    """Name of an ENI's member in EC2's XML: `subnetId` of `SubnetId`."""
    return _XML_NAMES.get(key) or key[:1].lower() + key[1:]


class _ParsedEni:
    """Reads the members of an ENI from botocore's dictionaries. Names them, and writes flags, as the XML does."""

    def members(self, raw: Raw) -> Members:
        return {name: self._value(name, value) for key, value in raw.items() if (name := xml_name(key))}

    def nested(self, members: Members, name: str) -> Members:
        value = members.get(name)
        return self.members(value) if isinstance(value, Mapping) else {}

    def items(self, members: Members, name: str) -> Sequence[Members]:
        return [self.members(item) for item in members.get(name) or () if isinstance(item, Mapping)]

    def integer(self, members: Members, name: str) -> int | None:
        return _number(members, name)

    def time(self, members: Members, name: str) -> datetime | None:
        return _time(members, name)

    def _value(self, name: str, value: object) -> Any:
        if name in _FLAGS:
            return "true" if value else "false"
        return value if name in _TYPED or isinstance(value, str) else None


_PARSED_ENI = _ParsedEni()
