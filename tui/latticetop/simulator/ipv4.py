"""IPv4 addresses as integers, and ranges of them."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from latticetop.simulator.errors import invalid

BLOCK_SIZE = 16
"""Addresses in a /28, the size of an IPv4 prefix (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html)."""


class AddressRange(NamedTuple):
    """The addresses from ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """The number of addresses."""
        return self.last - self.first + 1

    def overlaps(self, other: AddressRange) -> bool:
        """Whether the two ranges share an address."""
        return self.first <= other.last and other.first <= self.last

    def covers(self, other: AddressRange) -> bool:
        """Whether the other range lies inside this one."""
        return self.first <= other.first and other.last <= self.last


def parse_address(text: str) -> int:
    """Parse an IPv4 address; raise ``InvalidParameterValue`` for anything else."""
    try:
        return int(ipaddress.IPv4Address(text))
    except ValueError:
        raise invalid(f"invalid value for parameter address: {text}") from None


def format_address(address: int) -> str:
    """Format an address in dotted decimal."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def parse_cidr(text: str) -> AddressRange:
    """Parse an IPv4 CIDR; raise ``InvalidParameterValue`` if it has host bits or is not a CIDR."""
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError:
        raise invalid(f"Value ({text}) for parameter cidrBlock is invalid.") from None
    return AddressRange(int(network.network_address), int(network.broadcast_address))


def format_block(first: int) -> str:
    """Format the /28 block that starts at an address."""
    return f"{format_address(first)}/28"
