"""IPv4 addresses and CIDR blocks as integers, so that a subnet of 65,536 addresses costs arithmetic and not objects."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Annotated

from msgspec import Meta, Struct

MIN_PREFIX_LENGTH = 8
"""No range of an AWS account has a shorter prefix: 10.0.0.0/8 is the largest private one (RFC 1918)."""
BLOCK_SIZE = 16
"""A delegated IPv4 prefix is a /28 (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html)."""

Address = Annotated[int, Meta(ge=0, lt=1 << 32)]
"""An IPv4 address as an integer. The bounds, here and below, hold for what is read from a file."""


class Cidr(Struct, frozen=True, order=True, array_like=True, gc=False):
    """An IPv4 range: its first address as an integer, and the length of its prefix in bits (0 to 32).

    As with ENIs, the garbage collector passes it over.
    """

    first: Address
    length: Annotated[int, Meta(ge=MIN_PREFIX_LENGTH, le=32)]

    @property
    def size(self) -> int:
        """How many addresses the range has."""
        return 1 << (32 - self.length)

    @property
    def last(self) -> int:
        """The last address of the range, as an integer."""
        return self.first + self.size - 1

    def overlaps(self, other: Cidr) -> bool:
        """Whether the two ranges share an address."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, address: int) -> bool:
        """Whether the address lies in the range."""
        return self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{format_address(self.first)}/{self.length}"


NO_CIDR = Cidr(0, 0)
"""Stands in for a range when there is none to sort by."""


def parse_address(text: str) -> int:
    """Turn `10.10.10.36` into an integer; ValueError when it is not an IPv4 address."""
    try:
        return int(IPv4Address(text))
    except AddressValueError as error:
        raise ValueError(f"{text!r} is not an IPv4 address") from error


def format_address(address: int) -> str:
    """Turn an integer into `10.10.10.36`."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def parse_cidr(text: str) -> Cidr:
    """Turn `10.10.10.0/26` into a Cidr; ValueError when it is none, has host bits set, or is too wide."""
    try:
        network = IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise ValueError(f"{text!r} is not an IPv4 CIDR block") from error
    if network.prefixlen < MIN_PREFIX_LENGTH:
        raise ValueError(f"{text!r} is wider than a /{MIN_PREFIX_LENGTH}")
    return Cidr(int(network.network_address), network.prefixlen)
