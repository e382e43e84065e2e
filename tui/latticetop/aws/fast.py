"""From the bytes of a DescribeNetworkInterfaces answer to the model, several times as fast as by way of dictionaries.

It reads what is plain, and raises NotPlainError for all else: botocore's parser then says what that means.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from socket import AF_INET, inet_pton
from sys import intern
from typing import Any, NamedTuple

from lxml import etree

from latticetop.model.address import Cidr, parse_cidr
from latticetop.model.resources import NetworkInterface, Tag

from .decode import in_utc

_Element = Any
_Members = dict[str, _Element]
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z", re.ASCII)
_NONE: _Members = {}
_BREATH = 50
"""ENIs between two moments at which the interpreter lock is let go: a millisecond or less."""


class InterfacePage(NamedTuple):
    """One page of ENIs, and the token of the next, empty on the last."""

    interfaces: tuple[NetworkInterface, ...]
    next_token: str


class NotPlainError(Exception):
    """The answer is malformed, or takes forms EC2 does not use; botocore's parser has to judge it."""


def decode_page(body: bytes) -> InterfacePage:
    """Decode an answer of status 200. Run it in a thread: parsing, half of the work, lets go of the interpreter lock.

    Raises NotPlainError. Only what the model needs is looked at, so a number or a time that is malformed elsewhere does
    no harm, where botocore's parser would give up the page.
    """
    if declares_document_type(body):
        raise NotPlainError("a document type is declared")
    names = _Names()
    try:
        answer = names.members(etree.fromstring(body, _new_parser()))
        found = [*_interfaces(names, answer.get("networkInterfaceSet", ()))]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotPlainError(str(error)) from error
    return InterfacePage(tuple(found), _text(answer, "nextToken"))


def declares_document_type(body: bytes) -> bool:
    """Whether there is a DOCTYPE, which EC2 never sends and which could make an answer grow without end."""
    return _DOCTYPE.match(body) is not None


def _new_parser() -> Any:
    """A parser of its own for each page, for threads take turns at a shared one. No entity, no file, no network."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


class _Names(dict[str, str]):
    """Names without their namespace, by the names that lxml gives: `{namespace}name`."""

    def __missing__(self, tag: str) -> str:
        self[tag] = name = tag.rpartition("}")[2]
        return name

    def members(self, element: _Element) -> _Members:
        """The children by name; NotPlainError when there are two of one name."""
        found = {self[child.tag]: child for child in element}
        if len(found) != len(element):
            raise NotPlainError("a member is repeated")
        return found

    def each(self, raw: _Members, name: str) -> list[_Members]:
        """The members of every item of a list, none when the list is missing. An item may have any name."""
        return [self.members(item) for item in raw[name]] if name in raw else []


def _interfaces(names: _Names, items: Iterable[_Element]) -> Iterator[NetworkInterface]:
    for number, item in enumerate(items):
        if not number % _BREATH:
            time.sleep(0)  # Else the screen's thread would wait five milliseconds for the lock, each time it needs it.
        found = _interface(names, names.members(item))
        if found is not None:
            yield found


def _interface(names: _Names, raw: _Members) -> NetworkInterface | None:
    """The same as `decode.interface` of the same members."""
    if not (interface_id := _text(raw, "networkInterfaceId")):
        return None
    attachment = names.members(raw["attachment"]) if "attachment" in raw else _NONE
    operator = names.members(raw["operator"]) if "operator" in raw else _NONE
    tags = names.each(raw, "tagSet")
    return NetworkInterface(
        network_interface_id=interface_id,
        subnet_id=_same(raw, "subnetId"),
        vpc_id=_same(raw, "vpcId"),
        description=_text(raw, "description"),
        interface_type=_same(raw, "interfaceType") or "interface",
        status=_same(raw, "status"),
        addresses=_addresses(names.each(raw, "privateIpAddressesSet") or [raw]),
        prefixes=_cidrs(names.each(raw, "ipv4PrefixSet")),
        ipv6_addresses=_texts(names.each(raw, "ipv6AddressesSet"), "ipv6Address"),
        ipv6_prefixes=_texts(names.each(raw, "ipv6PrefixSet"), "ipv6Prefix"),
        availability_zone=_same(raw, "availabilityZone"),
        owner_id=_same(raw, "ownerId"),
        requester_id=_same(raw, "requesterId"),
        requester_managed=_text(raw, "requesterManaged") == "true",
        operator=_same(operator, "principal") if _text(operator, "managed") == "true" else "",
        instance_id=_text(attachment, "instanceId"),
        instance_owner_id=_same(attachment, "instanceOwnerId"),
        device_index=int(_text(attachment, "deviceIndex")) if "deviceIndex" in attachment else None,
        attached_at=_moment(_text(attachment, "attachTime")) if "attachTime" in attachment else None,
        tags=tuple([Tag(_same(tag, "key"), _text(tag, "value")) for tag in tags]) if tags else (),
    )


def _text(raw: _Members, name: str) -> str:
    return raw[name].text or "" if name in raw else ""


def _same(raw: _Members, name: str) -> str:
    """A text that many records share, kept once in memory."""
    return intern(raw[name].text or "") if name in raw else ""


def _texts(items: list[_Members], name: str) -> tuple[str, ...]:
    return tuple([text for item in items if (text := _text(item, name))]) if items else ()


def _addresses(items: list[_Members]) -> tuple[int, ...]:
    """The individual IPv4 addresses, the primary first, each once."""
    if len(items) > 1:
        items = sorted(items, key=lambda item: _text(item, "primary") != "true")
    found = [address for item in items if (address := _address(_text(item, "privateIpAddress"))) is not None]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _address(text: str) -> int | None:
    try:
        return int.from_bytes(inet_pton(AF_INET, text))
    except OSError:
        return None


def _cidrs(items: list[_Members]) -> tuple[Cidr, ...]:
    return tuple([cidr for text in _texts(items, "ipv4Prefix") if (cidr := _cidr(text))]) if items else ()


def _cidr(text: str) -> Cidr | None:
    head, _, length = text.partition("/")
    first = _address(head) if length == "28" else None
    if first is not None and not first & 15:
        return Cidr(first, 28)
    try:
        return parse_cidr(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    """The moment in UTC; ValueError for what is not in the form EC2 uses."""
    if not _MOMENT.fullmatch(text) or (moment := in_utc(datetime.fromisoformat(text))) is None:
        raise ValueError(text)
    return moment
