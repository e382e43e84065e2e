"""EC2's rules for the IPv6 addresses of one subnet.

Sources: docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (the five addresses that AWS reserves) and
docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html (prefixes are /80). AWS does not document the order of
assignment: here the lowest address and the lowest prefix come first.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from latticetop.simulator.allocation import RESERVED_AT_START, ReservationType, ReservedRange
from latticetop.simulator.errors import ApiError, InsufficientCidrBlocksError, InsufficientFreeAddressesError, invalid
from latticetop.simulator.ipv4 import AddressRange
from latticetop.simulator.ipv6 import PREFIX_SIZE, parse_ipv6_address, parse_ipv6_cidr

if TYPE_CHECKING:
    from collections.abc import Iterable


class Ipv6AddressPool:
    """The addresses of an IPv6 subnet: single addresses and /80 prefixes in use, by owner, and CIDR reservations."""

    def __init__(self, subnet_id: str, cidr: str) -> None:
        self.subnet_id = subnet_id
        self.first, self.last = parse_ipv6_cidr(cidr)
        self.single_addresses: dict[int, str] = {}
        self.prefixes: dict[int, str] = {}
        self.reservations: dict[str, ReservedRange] = {}

    def allocate_address(self, owner: str) -> int:
        """Assign the lowest address that is free and in no CIDR reservation."""
        address = self.first + RESERVED_AT_START
        while (end := self._end_of_taken_range(address)) is not None:
            address = end + 1
        if address >= self.last:
            raise InsufficientFreeAddressesError
        self.single_addresses[address] = owner
        return address

    def allocate_prefix(self, owner: str) -> int:
        """Assign the lowest free prefix, of those that `prefix` reservations overlap if there are any."""
        occupied = {address - address % PREFIX_SIZE for address in self.single_addresses} | self.prefixes.keys()
        ranges = (*self._reserved_ranges("prefix"), AddressRange(self.first, self.last))
        for prefix in chain.from_iterable(map(_prefixes_in, ranges)):
            if prefix not in occupied and self._is_assignable(prefix):
                self.prefixes[prefix] = owner
                return prefix
        raise InsufficientCidrBlocksError

    def assign_address(self, text: str, owner: str) -> int:
        """Assign a given single address. It may lie in a CIDR reservation."""
        address = parse_ipv6_address(text)
        if not self.first <= address <= self.last:
            raise invalid("Address does not fall within the subnet's address range")
        if address - self.first < RESERVED_AT_START or address == self.last:
            raise invalid(f"Address {text} is in subnet's reserved address range")
        if address in self.single_addresses or address - address % PREFIX_SIZE in self.prefixes:
            raise ApiError("InvalidIPAddress.InUse", f"Address {text} is in use.")
        self.single_addresses[address] = owner
        return address

    def assign_prefix(self, text: str, owner: str) -> int:
        """Assign a given prefix: a /80 in the subnet that overlaps no address in use or reserved by AWS."""
        addresses = parse_ipv6_cidr(text)
        description = f"The prefix {text} in subnet {self.subnet_id}"
        if addresses.size != PREFIX_SIZE:
            raise invalid(f"{description} is invalid: an IPv6 prefix is a /80.")
        if not AddressRange(self.first, self.last).covers(addresses):
            raise invalid(f"The prefix {text} does not fall within the range of subnet {self.subnet_id}.")
        if self._is_reserved_by_aws(addresses.first):
            raise invalid(f"{description} overlaps with reserved addresses.")
        in_use = (addresses.first <= address <= addresses.last for address in self.single_addresses)
        if addresses.first in self.prefixes or any(in_use):
            raise invalid(f"{description} overlaps with addresses or prefixes in use.")
        self.prefixes[addresses.first] = owner
        return addresses.first

    def release(self, addresses: Iterable[str], prefixes: Iterable[str]) -> None:
        """Release single addresses and prefixes that are in use."""
        for address in addresses:
            del self.single_addresses[parse_ipv6_address(address)]
        for prefix in prefixes:
            del self.prefixes[parse_ipv6_cidr(prefix).first]

    def _end_of_taken_range(self, address: int) -> int | None:
        """The last address of the prefix, reservation or single address that an address belongs to, or None."""
        if address in self.single_addresses:
            return address
        prefix = address - address % PREFIX_SIZE
        if prefix in self.prefixes:
            return prefix + PREFIX_SIZE - 1
        ranges = (addresses for addresses, _ in self.reservations.values())
        return next((last for first, last in ranges if first <= address <= last), None)

    def _reserved_ranges(self, reservation_type: ReservationType) -> list[AddressRange]:
        return [addresses for addresses, kind in self.reservations.values() if kind == reservation_type]

    def _is_assignable(self, prefix: int) -> bool:
        addresses = AddressRange(prefix, prefix + PREFIX_SIZE - 1)
        excluded = any(reserved.overlaps(addresses) for reserved in self._reserved_ranges("explicit"))
        return not excluded and not self._is_reserved_by_aws(prefix)

    def _is_reserved_by_aws(self, prefix: int) -> bool:
        return prefix < self.first + RESERVED_AT_START or prefix + PREFIX_SIZE > self.last


def _prefixes_in(addresses: AddressRange) -> range:
    """The first addresses of the prefixes that overlap a range."""
    return range(addresses.first - addresses.first % PREFIX_SIZE, addresses.last + 1, PREFIX_SIZE)
