"""The fields of an ENI from its members: the one definition for EC2's XML and for botocore's dictionaries.

Members are named as in EC2's XML. A source says how members inside members are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from socket import AF_INET, inet_pton
from sys import intern
from typing import Any, Protocol

from latticetop.model.records.address import Cidr, parse_cidr
from latticetop.model.records.resources import NetworkInterface, Tag

Members = dict[str, Any]
"""Members by name. One in NESTED has the source's own form; any other is a text, None when it is empty. A flag is
`true` or `false`."""
STRUCTURES = frozenset({"operator", "attachment"})
LISTS = frozenset({"privateIpAddressesSet", "ipv4PrefixSet", "ipv6PrefixSet", "ipv6AddressesSet", "tagSet", "groupSet"})
NESTED = STRUCTURES | LISTS
_NAME = "Name"


_INT64_MAX = 2**63 - 1


def cut_to_64_bits(number: int) -> int:
    """The number, cut to 64 bits, which recordings can hold."""
    return max(-_INT64_MAX, min(number, _INT64_MAX))


class EniSource(Protocol):
    """Reads members of members. A member may be missing."""

    def nested(self, members: Members, name: str) -> Members:
        """The members of a member; an empty dictionary when it is missing."""

    def items(self, members: Members, name: str) -> Sequence[Members]:
        """The members of each item of a list; an empty sequence when it is missing."""

    def integer(self, members: Members, name: str) -> int | None:
        """A number; None when it is missing."""

    def time(self, members: Members, name: str) -> datetime | None:
        """A time in UTC; None when it is missing."""


def decode_interface(source: EniSource, members: Members) -> NetworkInterface | None:
    """Decode an ENI; None without an id. A malformed address or prefix is left out."""
    text = members.get
    if not (interface_id := text("networkInterfaceId")):
        return None
    attachment, operator = source.nested(members, "attachment"), source.nested(members, "operator")
    device_index = source.integer(attachment, "deviceIndex")
    tags = [(tag.get("key") or "", tag.get("value") or "") for tag in source.items(members, "tagSet")]
    return NetworkInterface(
        network_interface_id=interface_id,
        subnet_id=intern(text("subnetId") or ""),
        vpc_id=intern(text("vpcId") or ""),
        description=text("description") or "",
        interface_type=intern(text("interfaceType") or "interface"),
        status=intern(text("status") or ""),
        addresses=_addresses(source.items(members, "privateIpAddressesSet") or (members,)),
        prefixes=_prefixes(source.items(members, "ipv4PrefixSet")),
        ipv6_addresses=_texts(source.items(members, "ipv6AddressesSet"), "ipv6Address"),
        ipv6_prefixes=_texts(source.items(members, "ipv6PrefixSet"), "ipv6Prefix"),
        availability_zone=intern(text("availabilityZone") or ""),
        owner_id=intern(text("ownerId") or ""),
        requester_id=intern(text("requesterId") or ""),
        requester_managed=text("requesterManaged") == "true",
        operator=intern(operator.get("principal") or "") if operator.get("managed") == "true" else "",
        instance_id=attachment.get("instanceId") or "",
        device_index=None if device_index is None else cut_to_64_bits(device_index),
        attached_at=source.time(attachment, "attachTime"),
        name=next((value for key, value in tags if key == _NAME), ""),
        tags=_tags(tuple([tag for tag in tags if tag[0] != _NAME])),
        security_group_ids=_texts(source.items(members, "groupSet"), "groupId") if _is_of_lambda(members) else (),
    )


def _is_of_lambda(members: Members) -> bool:
    """Whether the ENI is of Lambda; old ones have the type of any other (`interface`)."""
    return members.get("interfaceType") == "lambda" or "awslambda" in (members.get("requesterId") or "")


def _texts(items: Sequence[Members], name: str) -> tuple[str, ...]:
    return tuple([text for item in items if (text := item.get(name))]) if items else ()


def _addresses(items: Sequence[Members]) -> tuple[int, ...]:
    """The individual IPv4 addresses without duplicates, the primary first."""
    if len(items) > 1:
        items = sorted(items, key=lambda item: item.get("primary") != "true")
    addresses = [address for item in items if (address := parse_ipv4(item.get("privateIpAddress") or "")) is not None]
    return tuple(dict.fromkeys(addresses)) if len(addresses) > 1 else tuple(addresses)


def parse_ipv4(text: str) -> int | None:
    """The address as an integer, None when it is malformed: `parse_address` of the model, faster."""
    try:
        return int.from_bytes(inet_pton(AF_INET, text))
    except (OSError, ValueError):
        return None


def _prefixes(items: Sequence[Members]) -> tuple[Cidr, ...]:
    return tuple([cidr for text in _texts(items, "ipv4Prefix") if (cidr := parse_prefix(text))]) if items else ()


def parse_prefix(text: str) -> Cidr | None:
    """The range, None when it is malformed: `parse_cidr` of the model, faster for a /28."""
    head, _, length = text.partition("/")
    first = parse_ipv4(head) if length == "28" else None
    if first is not None and not first & 15:
        return Cidr(first, 28)
    try:
        return parse_cidr(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _tags(pairs: tuple[tuple[str, str], ...]) -> tuple[Tag, ...]:
    """Tags, in memory once for all ENIs that have the same ones: those of a node differ only in the tag Name."""
    return tuple([Tag(intern(key), value) for key, value in pairs])
