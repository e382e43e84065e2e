"""The free blocks of a subnet, reckoned with Python's `ipaddress` alone from what the AWS CLI prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

Item = Mapping[str, Any]


def addresses_in_use(subnet: Item, interfaces: Iterable[Item]) -> set[IPv4Address]:
    """Return the addresses of a subnet that ENIs have, those of prefixes among them."""
    network, addresses = IPv4Network(subnet["CidrBlock"]), set[IPv4Address]()
    for interface in interfaces:
        if interface["SubnetId"] == subnet["SubnetId"]:
            addresses |= {IPv4Address(each["PrivateIpAddress"]) for each in interface.get("PrivateIpAddresses", ())}
            for prefix in interface.get("Ipv4Prefixes", ()):
                addresses |= set(IPv4Network(prefix["Ipv4Prefix"]))
    return {address for address in addresses if address in network}


def available_addresses(subnet: Item, interfaces: Iterable[Item]) -> int:
    """Return AWS's count where no reservation of type `prefix` lowers it: the size less five less those used."""
    if not subnet.get("CidrBlock"):
        return 0
    return IPv4Network(subnet["CidrBlock"]).num_addresses - 5 - len(addresses_in_use(subnet, interfaces))


def free_blocks(subnet: Item, interfaces: Iterable[Item], reservations: Iterable[Item] = ()) -> list[str]:
    """Return the /28 blocks without an address in use, reserved by AWS, or in a reservation of type `explicit`."""
    network = IPv4Network(subnet["CidrBlock"])
    if network.prefixlen > 28:
        return []
    kept = {network[number] for number in (0, 1, 2, 3, -1)}
    broken = {IPv4Network((int(address) & ~15, 28)) for address in kept | addresses_in_use(subnet, interfaces)}
    explicit = [IPv4Network(each["Cidr"]) for each in reservations if each["ReservationType"] == "explicit"]
    blocks = [block for block in network.subnets(new_prefix=28) if block not in broken]
    return [str(block) for block in blocks if not any(block.overlaps(each) for each in explicit)]
