"""A subnet as it would be without some addresses, prefixes or ENIs, or with more reservations. Nothing calls AWS."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address, parse_address, parse_cidr
from latticetop.model.records.eni_owners import endpoint_of, owner_of
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.model.records.resources import PLANNED, PREFIX_TYPE, CidrReservation
from latticetop.model.snapshot import SubnetReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latticetop.model.records.resources import NetworkInterface

_Parts = tuple[set[int], set[Cidr]]
"""Addresses and prefixes."""
_ID = re.compile(r"(eni|i|vpce|nat)-\S+")


class SubnetChange(Struct, frozen=True):
    """What a step does to a subnet: ranges reserved as `prefix`, and what is removed, as `without` takes it."""

    subnet_id: str
    reserved_ranges: tuple[Cidr, ...] = ()
    targets: tuple[str, ...] = ()


def with_changes(reading: SubnetReading, changes: Iterable[SubnetChange]) -> SubnetReading:
    """Return the subnet after these changes; those of other subnets, and what is not in use there, change nothing."""
    for change in changes:
        if change.subnet_id != reading.subnet.subnet_id:
            continue
        reading = with_prefix_reservations(reading, change.reserved_ranges)
        reading = without_present(reading, change.targets)[0]
    return reading


def without(reading: SubnetReading, removed: Iterable[str]) -> SubnetReading:
    """Return the subnet without these.

    Each is an address (`10.10.10.36`); a range (`10.10.10.16/28`), which stands for all that is in it; an ENI
    (`eni-…`); or an instance (`i-…`), an endpoint (`vpce-…`) or a NAT gateway (`nat-…`), which stand for all their
    ENIs. ENIs that have no address left are removed too, and AWS's count of available addresses changes accordingly.
    ValueError, with a sentence, for what is not in use in this subnet, and for a text of another form.
    """
    find_parts = _part_finder(reading)
    return _without_parts(reading, [find_parts(text) for text in removed])


def without_present(reading: SubnetReading, removed: Iterable[str]) -> tuple[SubnetReading, list[str]]:
    """Return the subnet without those of these that are in use there, and the list of those."""
    find_parts, parts, present = _part_finder(reading), [], []
    for text in removed:
        try:
            parts.append(find_parts(text))
        except ValueError:
            continue
        present.append(text)
    return _without_parts(reading, parts), present


def without_each(readings: Mapping[str, SubnetReading], removed: Iterable[str]) -> dict[str, SubnetReading]:
    """Return the subnets, by id, without these, each taken from every subnet it is in. ValueError if it is in none."""
    texts = tuple(removed)
    is_id = {
        subnet_id: {text: _is_id(reading, text) for text in texts if _is_in(reading, text)}
        for subnet_id, reading in readings.items()
    }
    removed_by_subnet: dict[str, list[str]] = {subnet_id: [] for subnet_id in readings}
    for text in texts:
        subnet_ids = [subnet_id for subnet_id in readings if text in is_id[subnet_id]]
        if not subnet_ids:
            raise ValueError(f"{text} is in none of the subnets of the plan: {', '.join(readings) or 'there are none'}")
        for subnet_id in subnet_ids if is_id[subnet_ids[0]][text] else subnet_ids[:1]:
            removed_by_subnet[subnet_id].append(text)
    return {subnet_id: without(reading, removed_by_subnet[subnet_id]) for subnet_id, reading in readings.items()}


def with_prefix_reservations(reading: SubnetReading, ranges: Iterable[Cidr]) -> SubnetReading:
    """Return the subnet with `prefix` reservations of these ranges added."""
    subnet_id = reading.subnet.subnet_id
    added = tuple(CidrReservation(PLANNED, subnet_id, cidr, PREFIX_TYPE) for cidr in ranges)
    if not added:
        return reading
    return _recounted(reading, reading.with_reservations((*reading.reservations, *added)))


def _part_finder(reading: SubnetReading) -> Callable[[str], _Parts]:
    """Return a function that returns the addresses and prefixes that a text stands for; ValueError as of `without`."""
    in_use = cache(partial(_parts_of, reading.interfaces))
    return lambda text: _of_id(reading, text) if _is_id(reading, text) else _in_range(reading, text, *in_use())


def _parts_of(interfaces: Iterable[NetworkInterface]) -> _Parts:
    addresses: set[int] = set()
    prefixes: set[Cidr] = set()
    for interface in interfaces:
        addresses.update(interface.addresses)
        prefixes.update(interface.prefixes)
    return addresses, prefixes


def _without_parts(reading: SubnetReading, parts: Iterable[_Parts]) -> SubnetReading:
    addresses: set[int] = set()
    prefixes: set[Cidr] = set()
    for some_addresses, some_prefixes in parts:
        addresses.update(some_addresses)
        prefixes.update(some_prefixes)
    if not addresses and not prefixes:
        return reading
    interfaces = (_without(interface, addresses, prefixes) for interface in reading.interfaces)
    return _recounted(reading, structs.replace(reading, interfaces=tuple(filter(None, interfaces))))


def _recounted(before: SubnetReading, after: SubnetReading) -> SubnetReading:
    """Give the changed subnet the count of available addresses that AWS would give it.

    That rises by the addresses freed, and falls by the unused ones inside `prefix` reservations, as far as the count
    excludes those.
    """
    if before.subnet.address_count is None:
        return after
    change = before.blocks.used_addresses - after.blocks.used_addresses
    if before.count_excludes_reservations:
        change -= after.prefix_reserved.unused - before.prefix_reserved.unused
    count = max(0, before.subnet.address_count + change)
    return structs.replace(after, subnet=structs.replace(after.subnet, available_ip_address_count=count))


_BY_ID = IdentityCache["SubnetReading", dict[str, list["NetworkInterface"]]](most=8)


def _interfaces_by_id(reading: SubnetReading) -> dict[str, list[NetworkInterface]]:
    """The ENIs of a subnet by their own ids, and by those of their instances, endpoints, nodes and NAT gateways.

    What a node has left behind, detached, is not a part of the node. Those of the latest readings are kept.
    """
    by_id = _BY_ID.get(reading)
    if by_id is None:
        by_id = {}
        for interface in reading.interfaces:
            owner = owner_of(interface)
            by_name = owner.kind.effort is Effort.NODE or owner.kind is OwnerKind.NAT_GATEWAY
            ids = {interface.network_interface_id, interface.instance_id, endpoint_of(interface)[0]}
            ids.add(owner.name if by_name else "")
            for resource_id in ids:
                by_id.setdefault(resource_id, []).append(interface)
        by_id.pop("", None)
        # Only now that it is complete: plans are simulated in threads.
        _BY_ID[reading] = by_id
    return by_id


def _is_id(reading: SubnetReading, text: str) -> bool:
    """Whether a text names a resource; an ENI of the subnet does whatever form its id has."""
    return bool(_ID.fullmatch(text)) or text in _interfaces_by_id(reading)


def _is_in(reading: SubnetReading, text: str) -> bool:
    if _is_id(reading, text):
        return text in _interfaces_by_id(reading)
    cidr = reading.subnet.cidr_block
    return cidr is not None and cidr.overlaps(_parse_range(text))


def _parse_range(text: str) -> Cidr:
    try:
        return parse_cidr(text) if "/" in text else Cidr(parse_address(text), 32)
    except ValueError as error:
        if text[:1].isdigit():
            raise
        forms = "an address, a CIDR block, eni-…, i-…, vpce-… or nat-…"
        raise ValueError(f"{text!r} is none of these: {forms}") from error


def _of_id(reading: SubnetReading, resource_id: str) -> _Parts:
    interfaces = _interfaces_by_id(reading).get(resource_id, ())
    if not interfaces:
        verb = "is not" if resource_id.startswith("eni-") else "has no network interface"
        raise ValueError(f"{resource_id} {verb} in {reading.subnet.subnet_id}")
    return _parts_of(interfaces)


def _in_range(reading: SubnetReading, text: str, used: set[int], delegated: set[Cidr]) -> _Parts:
    cidr, subnet = _parse_range(text), reading.subnet
    if subnet.cidr_block is None or not subnet.cidr_block.overlaps(cidr):
        raise ValueError(f"{text} is outside {subnet.subnet_id} ({subnet.cidr_block or 'no IPv4'})")
    addresses = used & {cidr.first} if cidr.size == 1 else {address for address in used if cidr.contains(address)}
    touched = {prefix for prefix in delegated if prefix.overlaps(cidr)}
    partly = {prefix for prefix in touched if not (cidr.contains(prefix.first) and cidr.contains(prefix.last))}
    if partly and cidr not in delegated:
        raise ValueError(f"{text} is part of the prefix {min(partly)}, which is freed as a whole: name the prefix")
    if not addresses and not touched:
        raise ValueError(f"{text} is not in use in {subnet.subnet_id}{_reserved_note(reading, cidr)}")
    return addresses, touched - partly


def _reserved_note(reading: SubnetReading, cidr: Cidr) -> str:
    reserved = [address for address in reading.blocks.reserved_addresses if cidr.contains(address)]
    return f": {format_address(reserved[0])} is reserved by AWS" if reserved and cidr.size < BLOCK_SIZE else ""


def _without(interface: NetworkInterface, addresses: set[int], prefixes: set[Cidr]) -> NetworkInterface | None:
    if addresses.isdisjoint(interface.addresses) and prefixes.isdisjoint(interface.prefixes):
        return interface
    addresses_left = tuple(address for address in interface.addresses if address not in addresses)
    prefixes_left = tuple(prefix for prefix in interface.prefixes if prefix not in prefixes)
    if not (addresses_left or prefixes_left or interface.ipv6_addresses or interface.ipv6_prefixes):
        return None
    return structs.replace(interface, addresses=addresses_left, prefixes=prefixes_left)
