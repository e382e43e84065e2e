"""From the bytes of a DescribeNetworkInterfaces answer to the model, several times as fast as by way of dictionaries.

It reads what is plain, and raises NotPlainError for all else: botocore's parser then says what that means.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from socket import AF_INET, inet_pton
from sys import intern
from typing import Any, NamedTuple

from lxml import etree

from latticetop.aws.decode import in_utc
from latticetop.aws.decode_cache import Remembered
from latticetop.model.records.address import Cidr, parse_cidr
from latticetop.model.records.resources import NetworkInterface, Tag

_Element = Any
_Members = dict[str, Any]
"""Members by name: the element for one of _NESTED, the text for any other, None when that is empty."""
_NESTED = frozenset(
    {
        "networkInterfaceSet",
        "privateIpAddressesSet",
        "ipv4PrefixSet",
        "ipv6PrefixSet",
        "ipv6AddressesSet",
        "operator",
        "attachment",
        "tagSet",
    }
)
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?[^>]*\?>)?[^?!]*?<networkInterfaceSet>")
_TAIL = b"</networkInterfaceSet>"
_FIRST_OF_PART = re.compile(rb"<item>\s*<networkInterfaceId>[^<]*0</networkInterfaceId>")
"""Where a part begins: at every sixteenth id or so, so that the same ENIs make the same part on whatever page."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3}|\.\d{6})?Z", re.ASCII)
_NONE: _Members = {}
_NAME = "Name"
_BREATH = 25
"""ENIs after which the interpreter lock is let go: half a millisecond or so."""


class InterfacePage(NamedTuple):
    """One page of ENIs, and the token of the next, empty on the last."""

    interfaces: tuple[NetworkInterface, ...]
    next_token: str


class NotPlainError(Exception):
    """The answer is malformed, or takes forms EC2 does not use; botocore's parser has to judge it."""


def decode_page(body: bytes, remembered: Remembered | None = None) -> InterfacePage:
    """Decode an answer of status 200. Run it in a thread: parsing, a third of the work, frees the interpreter lock.

    What is `remembered` of the same bytes is not decoded again. Raises NotPlainError. Only what the model needs is
    looked at, so a number or a time that is malformed elsewhere does no harm, where botocore's parser would give up
    the page.
    """
    if declares_document_type(body):
        raise NotPlainError("a document type is declared")
    names, parser = _Names(), _new_parser()
    found: list[NetworkInterface] = []

    def decode_part(part: bytes) -> tuple[NetworkInterface, ...]:
        return tuple(_interfaces(names, etree.fromstring(part, parser)))

    try:
        parts = _cut(body)
        frame = next(parts)
        answer = names.members(etree.fromstring(frame, parser))
        if "networkInterfaceSet" in answer:
            found += _interfaces(names, answer["networkInterfaceSet"])
        elif frame is not body:
            raise NotPlainError("the ENIs are not where EC2 puts them")
        for part in parts:
            found += remembered.decoded(part, decode_part) if remembered else decode_part(part)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotPlainError(str(error)) from error
    return InterfacePage(tuple(found), answer.get("nextToken") or "")


def _cut(body: bytes) -> Iterator[bytes]:
    """The answer without its ENIs, then these, some at a time within an element: the tree of all would take 15 MB.

    An answer in which the cuts are not certain comes whole. Without comments, CDATA and instructions a `<` begins a
    tag; where a part begins elsewhere than between two ENIs, it is not well-formed.
    """
    head, end = _HEAD.match(body), body.rfind(_TAIL)
    if not head or head.end() > end or body.count(b"networkInterfaceSet") != 2 or b"xmlns:" in head[0]:
        yield body
        return
    start = head.end()
    if _has(body, b"<!", start) or _has(body, b"<?", start):
        yield body
        return
    yield body[:start] + body[end:]
    cuts = (found.start() for found in _FIRST_OF_PART.finditer(body, start, end))
    for first, last in pairwise([start, *cuts, end]):
        yield b"<items>" + body[first:last] + b"</items>"


def _has(body: bytes, mark: bytes, start: int) -> bool:
    """Whether a mark of two characters occurs; the second alone is looked for first, which is fast."""
    return body.find(mark[1:], start) >= 0 and body.find(mark, start) >= 0


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
        found = {(name := self[child.tag]): child if name in _NESTED else child.text for child in element}
        if len(found) != len(element):
            raise NotPlainError("a member is repeated")
        return found

    def within(self, raw: _Members, name: str) -> _Members:
        """The members of a member, none when it is missing."""
        return self.members(raw[name]) if name in raw else _NONE

    def each(self, raw: _Members, name: str) -> Sequence[_Members]:
        """The members of every item of a list, none when the list is missing. An item may have any name."""
        return [self.members(item) for item in raw[name]] if name in raw else ()


def _interfaces(names: _Names, items: Iterable[_Element]) -> Iterator[NetworkInterface]:
    for number, item in enumerate(items):
        if not number % _BREATH:
            time.sleep(0)  # Else the screen's thread would wait five milliseconds for the lock, each time it needs it.
        found = _interface(names, names.members(item))
        if found is not None:
            yield found


def _interface(names: _Names, raw: _Members) -> NetworkInterface | None:
    """The same as `decode.interface` of the same members."""
    text = raw.get
    if not (interface_id := text("networkInterfaceId")):
        return None
    attachment, operator = names.within(raw, "attachment"), names.within(raw, "operator")
    tags = [(tag.get("key") or "", tag.get("value") or "") for tag in names.each(raw, "tagSet")]
    return NetworkInterface(
        network_interface_id=interface_id,
        subnet_id=intern(text("subnetId") or ""),
        vpc_id=intern(text("vpcId") or ""),
        description=text("description") or "",
        interface_type=intern(text("interfaceType") or "interface"),
        status=intern(text("status") or ""),
        addresses=_addresses(names.each(raw, "privateIpAddressesSet") or (raw,)),
        prefixes=_cidrs(names.each(raw, "ipv4PrefixSet")),
        ipv6_addresses=_texts(names.each(raw, "ipv6AddressesSet"), "ipv6Address"),
        ipv6_prefixes=_texts(names.each(raw, "ipv6PrefixSet"), "ipv6Prefix"),
        availability_zone=intern(text("availabilityZone") or ""),
        owner_id=intern(text("ownerId") or ""),
        requester_id=intern(text("requesterId") or ""),
        requester_managed=text("requesterManaged") == "true",
        operator=intern(operator.get("principal") or "") if operator.get("managed") == "true" else "",
        instance_id=attachment.get("instanceId") or "",
        device_index=int(attachment["deviceIndex"] or "") if "deviceIndex" in attachment else None,
        attached_at=_moment(attachment["attachTime"] or "") if "attachTime" in attachment else None,
        name=next((value for key, value in tags if key == _NAME), ""),
        tags=_tags(tuple([tag for tag in tags if tag[0] != _NAME])),
    )


def _texts(items: Sequence[_Members], name: str) -> tuple[str, ...]:
    return tuple([text for item in items if (text := item.get(name))]) if items else ()


def _addresses(items: Sequence[_Members]) -> tuple[int, ...]:
    """The individual IPv4 addresses, the primary first, each once."""
    if len(items) > 1:
        items = sorted(items, key=lambda item: item.get("primary") != "true")
    found = [address for item in items if (address := _address(item.get("privateIpAddress") or "")) is not None]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _address(text: str) -> int | None:
    try:
        return int.from_bytes(inet_pton(AF_INET, text))
    except OSError:
        return None


def _cidrs(items: Sequence[_Members]) -> tuple[Cidr, ...]:
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
def _tags(pairs: tuple[tuple[str, str], ...]) -> tuple[Tag, ...]:
    """Tags, kept once in memory while others carry the same: a node's ENIs have all but the Name in common."""
    return tuple([Tag(intern(key), value) for key, value in pairs])


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    """The moment in UTC; ValueError for what is not in the form EC2 uses."""
    if not _MOMENT.fullmatch(text) or (moment := in_utc(datetime.fromisoformat(text))) is None:
        raise ValueError(text)
    return moment
