"""A subnet as it would be with addresses, prefixes or ENIs gone, or a range reserved. Nothing is written to AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address, parse_address, parse_cidr
from latticetop.model.records.resources import CidrReservation
from latticetop.model.snapshot import SubnetReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from latticetop.model.records.resources import NetworkInterface

PLANNED = "planned"
"""The id of a CIDR reservation that exists only in a plan."""


def without(reading: SubnetReading, gone: Iterable[str]) -> SubnetReading:
    """The reading with these gone: addresses (`10.10.10.36`), ranges with all that is in them (`10.10.10.16/28`), ENIs.

    ENIs that hold nothing any more are gone too, and AWS's count of available addresses rises by what was held.
    ValueError, with a sentence, for what is not in use in this subnet.
    """
    addresses: set[int] = set()
    prefixes: set[Cidr] = set()
    used = {address for interface in reading.interfaces for address in interface.addresses}
    delegated = {prefix for interface in reading.interfaces for prefix in interface.prefixes}
    for text in gone:
        found = _held_by(reading, text) if text.startswith("eni-") else _held_in(reading, text, used, delegated)
        addresses.update(found[0])
        prefixes.update(found[1])
    if not addresses and not prefixes:
        return reading
    kept = (_without(interface, addresses, prefixes) for interface in reading.interfaces)
    subnet = structs.replace(
        reading.subnet,
        available_ip_address_count=reading.subnet.available_ip_address_count
        + len(addresses)
        + sum(prefix.size for prefix in prefixes),
    )
    return structs.replace(reading, subnet=subnet, interfaces=tuple(each for each in kept if each is not None))


def without_each(readings: Mapping[str, SubnetReading], gone: Iterable[str]) -> dict[str, SubnetReading]:
    """Subnets, by id, with these gone, each from the subnet that holds it; ValueError for what lies in none of them."""
    mine: dict[str, list[str]] = {subnet_id: [] for subnet_id in readings}
    for text in gone:
        places = [subnet_id for subnet_id, reading in readings.items() if _concerns(reading, text)]
        if not places:
            raise ValueError(f"{text} is in none of the subnets planned for: {', '.join(readings) or 'there are none'}")
        mine[places[0]].append(text)
    return {subnet_id: without(reading, mine[subnet_id]) for subnet_id, reading in readings.items()}


def with_prefix_reservations(reading: SubnetReading, ranges: Iterable[Cidr]) -> SubnetReading:
    """The reading with `prefix` reservations of these ranges added."""
    subnet_id = reading.subnet.subnet_id
    added = (CidrReservation(PLANNED, subnet_id, cidr, "prefix") for cidr in ranges)
    return structs.replace(reading, reservations=(*reading.reservations, *added))


def _concerns(reading: SubnetReading, text: str) -> bool:
    if text.startswith("eni-"):
        return any(interface.network_interface_id == text for interface in reading.interfaces)
    cidr = reading.subnet.cidr_block
    return cidr is not None and cidr.overlaps(_range(text))


def _range(text: str) -> Cidr:
    return parse_cidr(text) if "/" in text else Cidr(parse_address(text), 32)


def _held_by(reading: SubnetReading, interface_id: str) -> tuple[set[int], set[Cidr]]:
    for interface in reading.interfaces:
        if interface.network_interface_id == interface_id:
            return set(interface.addresses), set(interface.prefixes)
    raise ValueError(f"{interface_id} is not in {reading.subnet.subnet_id}")


def _held_in(reading: SubnetReading, text: str, used: set[int], delegated: set[Cidr]) -> tuple[set[int], set[Cidr]]:
    span, subnet = _range(text), reading.subnet
    if subnet.cidr_block is None or not subnet.cidr_block.overlaps(span):
        raise ValueError(f"{text} lies outside {subnet.subnet_id} ({subnet.cidr_block or 'no IPv4'})")
    addresses = used & {span.first} if span.size == 1 else {address for address in used if span.contains(address)}
    touched = {prefix for prefix in delegated if prefix.overlaps(span)}
    torn = {prefix for prefix in touched if not (span.contains(prefix.first) and span.contains(prefix.last))}
    if torn and span not in delegated:
        raise ValueError(f"{text} is part of the prefix {min(torn)}, which goes as a whole: name the prefix")
    if not addresses and not touched:
        raise ValueError(f"{text} is not in use in {subnet.subnet_id}{_kept(reading, span)}")
    return addresses, touched - torn


def _kept(reading: SubnetReading, span: Cidr) -> str:
    kept = [address for address in reading.blocks.reserved_addresses if span.contains(address)]
    return f": AWS keeps {format_address(kept[0])}" if kept and span.size < BLOCK_SIZE else ""


def _without(interface: NetworkInterface, addresses: set[int], prefixes: set[Cidr]) -> NetworkInterface | None:
    if addresses.isdisjoint(interface.addresses) and prefixes.isdisjoint(interface.prefixes):
        return interface
    held = tuple(address for address in interface.addresses if address not in addresses)
    delegated = tuple(prefix for prefix in interface.prefixes if prefix not in prefixes)
    if not (held or delegated or interface.ipv6_addresses or interface.ipv6_prefixes):
        return None
    return structs.replace(interface, addresses=held, prefixes=delegated)
