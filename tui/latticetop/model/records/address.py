"""IPv4 addresses and CIDR blocks as integers: a subnet of 65,536 addresses costs arithmetic, not objects."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError, collapse_addresses
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_PREFIX_LENGTH = 8
"""Shortest prefix accepted, in bits: the largest private range is 10.0.0.0/8 (RFC 1918)."""
BLOCK_SIZE = 16
"""Addresses a block: a delegated prefix is a /28 (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html)."""

Address = Annotated[int, Meta(ge=0, lt=1 << 32)]
"""An IPv4 address as an integer. The limits, here and in `Cidr`, are checked when a file is read."""


class Cidr(Struct, frozen=True, order=True, array_like=True, gc=False):
    """An IPv4 range: its first address as an integer, and the length of its prefix in bits (8 to 32).

    The garbage collector does not track it (`gc=False`): there may be 100,000, and none is in a cycle.
    """

    first: Address
    length: Annotated[int, Meta(ge=MIN_PREFIX_LENGTH, le=32)]

    @property
    def size(self) -> int:
        """Number of addresses in the range."""
        return 1 << (32 - self.length)

    @property
    def last(self) -> int:
        """The last address of the range, as an integer."""
        return self.first + self.size - 1

    def overlaps(self, other: Cidr) -> bool:
        """Whether the two ranges share an address."""
        return self.first <= other.last and other.first <= self.last

    def contains(self, address: int) -> bool:
        """Whether the address is in the range."""
        return self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{format_address(self.first)}/{self.length}"


NO_CIDR = Cidr(0, 0)
"""Sort key of a subnet without an IPv4 range."""


def joined(ranges: Iterable[Cidr]) -> tuple[Cidr, ...]:
    """Return the fewest ranges with the same addresses, ascending: two adjacent /28 may be one /27."""
    networks = collapse_addresses(IPv4Network((cidr.first, cidr.length)) for cidr in ranges)
    return tuple(Cidr(int(network.network_address), network.prefixlen) for network in networks)


def parse_address(text: str) -> int:
    """Convert `10.10.10.36` to an integer. ValueError if it is not an IPv4 address."""
    try:
        return int(IPv4Address(text))
    except AddressValueError as error:
        raise ValueError(f"{text!r} is not an IPv4 address") from error


def format_address(address: int) -> str:
    """Convert an integer to `10.10.10.36`."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def parse_cidr(text: str) -> Cidr:
    """Convert `10.10.10.0/26` to a Cidr. ValueError if it is no range, has host bits set, or is wider than a /8."""
    try:
        network = IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise ValueError(f"{text!r} is not an IPv4 CIDR block") from error
    if network.prefixlen < MIN_PREFIX_LENGTH:
        raise ValueError(f"{text!r} is wider than a /{MIN_PREFIX_LENGTH}")
    return Cidr(int(network.network_address), network.prefixlen)
