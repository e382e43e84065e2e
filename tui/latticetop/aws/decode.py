"""From botocore's parsed answers to the model. What is missing gets a default, what is malformed is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from sys import intern
from typing import Any, TypeVar

from latticetop.model.records.address import Cidr, parse_address, parse_cidr
from latticetop.model.records.resources import (
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
SHORTEST_SUBNET = 12
"""Bits. AWS's largest is a /16 (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html); a /0's map would fill the
memory."""
FIRST_YEAR, LAST_YEAR = 1900, 9000
"""AWS began in 2006; the years beyond are those of a broken or a hostile answer."""


def each(decode_one: Callable[[Raw], _T | None], records: Iterable[Raw]) -> Iterator[_T]:
    """Decode records one by one, passing over those that decode to None."""
    for record in records:
        if (decoded := decode_one(record)) is not None:
            yield decoded


def vpc(raw: Raw) -> Vpc | None:
    """Decode a VPC; None without an id."""
    if not (vpc_id := _same(raw, "VpcId")):
        return None
    associated = [
        item
        for item in _items(raw, "CidrBlockAssociationSet")
        if _text(item.get("CidrBlockState") or {}, "State") in ("associated", "")
    ]
    cidrs = _cidrs([_text(raw, "CidrBlock"), *_members(associated, "CidrBlock")])
    tags = _tags(raw, "Tags")
    return Vpc(vpc_id, _name(tags), tuple(dict.fromkeys(cidrs)), _same(raw, "OwnerId"), tags)


def subnet(raw: Raw) -> Subnet | None:
    """Decode a subnet; None without an id."""
    if not (subnet_id := _same(raw, "SubnetId")):
        return None
    tags = _tags(raw, "Tags")
    ipv6 = _members(_items(raw, "Ipv6CidrBlockAssociationSet"), "Ipv6CidrBlock")
    return Subnet(
        subnet_id=subnet_id,
        vpc_id=_same(raw, "VpcId"),
        cidr_block=next((c for c in _cidrs([_text(raw, "CidrBlock")]) if c.length >= SHORTEST_SUBNET), None),
        available_ip_address_count=_number(raw, "AvailableIpAddressCount") or 0,
        availability_zone=_same(raw, "AvailabilityZone"),
        availability_zone_id=_same(raw, "AvailabilityZoneId"),
        name=_name(tags),
        owner_id=_same(raw, "OwnerId"),
        state=_same(raw, "State"),
        ipv6_cidr_blocks=ipv6,
        outpost_arn=_same(raw, "OutpostArn"),
        tags=tags,
    )


def interface(raw: Raw) -> NetworkInterface | None:
    """Decode an ENI; None without an id."""
    if not (interface_id := _text(raw, "NetworkInterfaceId")):
        return None
    attachment, operator = raw.get("Attachment") or {}, raw.get("Operator") or {}
    tags = _tags(raw, "TagSet")
    return NetworkInterface(
        network_interface_id=interface_id,
        subnet_id=_same(raw, "SubnetId"),
        vpc_id=_same(raw, "VpcId"),
        description=_text(raw, "Description"),
        interface_type=_same(raw, "InterfaceType") or "interface",
        status=_same(raw, "Status"),
        addresses=_addresses(raw),
        prefixes=tuple(_cidrs(_members(_items(raw, "Ipv4Prefixes"), "Ipv4Prefix"))),
        ipv6_addresses=_members(_items(raw, "Ipv6Addresses"), "Ipv6Address"),
        ipv6_prefixes=_members(_items(raw, "Ipv6Prefixes"), "Ipv6Prefix"),
        availability_zone=_same(raw, "AvailabilityZone"),
        owner_id=_same(raw, "OwnerId"),
        requester_id=_same(raw, "RequesterId"),
        requester_managed=bool(raw.get("RequesterManaged")),
        operator=_same(operator, "Principal") if operator.get("Managed") else "",
        instance_id=_text(attachment, "InstanceId"),
        device_index=_number(attachment, "DeviceIndex"),
        attached_at=_time(attachment, "AttachTime"),
        name=_name(tags),
        tags=tuple(tag for tag in tags if tag.key != "Name"),
    )


def reservation(raw: Raw) -> CidrReservation | None:
    """Decode a CIDR reservation; None without a well-formed IPv4 range."""
    cidr = next(_cidrs([_text(raw, "Cidr")]), None)
    if cidr is None:
        return None
    return CidrReservation(
        subnet_cidr_reservation_id=_text(raw, "SubnetCidrReservationId"),
        subnet_id=_same(raw, "SubnetId"),
        cidr=cidr,
        reservation_type=_same(raw, "ReservationType"),
        description=_text(raw, "Description"),
        owner_id=_same(raw, "OwnerId"),
    )


def endpoint(raw: Raw) -> Endpoint | None:
    """Decode a VPC endpoint; None without an id."""
    if not (endpoint_id := _same(raw, "VpcEndpointId")):
        return None
    tags, last_error = _tags(raw, "Tags"), raw.get("LastError") or {}
    return Endpoint(
        vpc_endpoint_id=endpoint_id,
        vpc_endpoint_type=_same(raw, "VpcEndpointType"),
        vpc_id=_same(raw, "VpcId"),
        state=_same(raw, "State"),
        subnet_ids=_ids(raw, "SubnetIds"),
        network_interface_ids=_ids(raw, "NetworkInterfaceIds"),
        service_network_arn=_same(raw, "ServiceNetworkArn"),
        resource_configuration_arn=_same(raw, "ResourceConfigurationArn"),
        service_name=_same(raw, "ServiceName"),
        ip_address_type=_same(raw, "IpAddressType"),
        creation_timestamp=_time(raw, "CreationTimestamp"),
        failure_reason=_text(raw, "FailureReason"),
        last_error_code=_text(last_error, "Code"),
        last_error_message=_text(last_error, "Message"),
        security_group_ids=_members(_items(raw, "Groups"), "GroupId"),
        private_dns_enabled=bool(raw.get("PrivateDnsEnabled")),
        owner_id=_same(raw, "OwnerId"),
        name=_name(tags),
        tags=tags,
    )


def association(raw: Raw) -> Association | None:
    """Decode an endpoint's association; None without an id."""
    if not (association_id := _text(raw, "Id")):
        return None
    return Association(
        association_id=association_id,
        vpc_endpoint_id=_same(raw, "VpcEndpointId"),
        service_network_arn=_same(raw, "ServiceNetworkArn"),
        service_network_name=_same(raw, "ServiceNetworkName"),
        accessibility=_same(raw, "AssociatedResourceAccessibility"),
        failure_code=_text(raw, "FailureCode"),
        failure_reason=_text(raw, "FailureReason"),
        dns_name=_text(raw.get("DnsEntry") or {}, "DnsName"),
        private_dns_name=_text(raw.get("PrivateDnsEntry") or {}, "DnsName"),
        resource_arn=_text(raw, "AssociatedResourceArn"),
        resource_configuration_group_arn=_same(raw, "ResourceConfigurationGroupArn"),
    )


def _addresses(raw: Raw) -> tuple[int, ...]:
    """The individual IPv4 addresses, the primary first, each once."""
    items = sorted(_items(raw, "PrivateIpAddresses"), key=lambda item: not item.get("Primary"))
    texts = [_text(item, "PrivateIpAddress") for item in items] or [_text(raw, "PrivateIpAddress")]
    return tuple(dict.fromkeys(_parsed(parse_address, texts)))


def _cidrs(texts: Iterable[str]) -> Iterator[Cidr]:
    return _parsed(parse_cidr, texts)


def _parsed(parse: Callable[[str], _T], texts: Iterable[str]) -> Iterator[_T]:
    for text in texts:
        try:
            yield parse(text)
        except ValueError:
            continue


def _tags(raw: Raw, key: str) -> Tags:
    return tuple(Tag(_same(item, "Key"), _text(item, "Value")) for item in _items(raw, key))


def _name(tags: Tags) -> str:
    return next((tag.value for tag in tags if tag.key == "Name"), "")


def _items(raw: Raw, key: str) -> list[Raw]:
    return [item for item in raw.get(key) or () if isinstance(item, Mapping)]


def _members(items: Iterable[Raw], key: str) -> tuple[str, ...]:
    return tuple(text for item in items if (text := _text(item, key)))


def _ids(raw: Raw, key: str) -> tuple[str, ...]:
    return tuple(intern(text) for text in raw.get(key) or () if isinstance(text, str))


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _same(raw: Raw, key: str) -> str:
    """A text that many records share, kept once in memory."""
    return intern(_text(raw, key))


def _number(raw: Raw, key: str) -> int | None:
    value = raw.get(key)
    return value if isinstance(value, int) else None


def whole(text: str) -> str:
    """The text with `?` for half a character, which JSON can say and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def in_utc(value: datetime) -> datetime | None:
    """A moment in UTC; None when it lies so near the ends of the calendar that no window around it can be reckoned."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _time(raw: Raw, key: str) -> datetime | None:
    value = raw.get(key)
    return in_utc(value) if isinstance(value, datetime) else None
