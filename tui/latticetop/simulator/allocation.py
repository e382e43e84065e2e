"""EC2's rules for the IPv4 addresses of one subnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from latticetop.simulator.addresses import BLOCK, parse_address, parse_cidr
from latticetop.simulator.errors import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.simulator.orders import Order

ReservationType = Literal["prefix", "explicit"]


class NoAddress(ApiError):
    """No single address is left for automatic assignment."""

    def __init__(self) -> None:
        super().__init__(
            "InsufficientFreeAddressesInSubnet",
            "The specified subnet does not have enough free addresses to satisfy the request.",
        )


class NoBlock(ApiError):
    """No /28 is left for automatic assignment: AssignPrivateIpAddresses' own words."""

    def __init__(self) -> None:
        super().__init__(
            "InsufficientCidrBlocks",
            "The specified subnet does not have enough free cidr blocks to satisfy the request.",
        )


class Range(NamedTuple):
    """A CIDR reservation's addresses, first to last, and its type."""

    first: int
    last: int
    kind: ReservationType

    def meets(self, first: int, last: int) -> bool:
        """Whether the two ranges share an address."""
        return self.first <= last and first <= self.last


class Pool:
    """The addresses of one IPv4 subnet: individual ones and /28 prefixes in use, and the CIDR reservations."""

    def __init__(self, subnet_id: str, cidr: str) -> None:
        self.subnet_id = subnet_id
        self.cidr = cidr
        self.first, self.last = parse_cidr(cidr)
        self.singles: dict[int, str] = {}
        self.prefixes: dict[int, str] = {}
        self.reservations: dict[str, Range] = {}

    @property
    def available(self) -> int:
        """AvailableIpAddressCount: the size less five, individual addresses and sixteen per prefix."""
        return self.last - self.first + 1 - 5 - len(self.singles) - BLOCK * len(self.prefixes)

    def is_reserved(self, address: int) -> bool:
        """Whether AWS keeps the address: the first four and the last (CreateSubnet)."""
        return address - self.first < 4 or address == self.last

    def in_use(self, address: int) -> bool:
        """Whether an interface holds the address, by itself or in a prefix."""
        return address in self.singles or address - address % BLOCK in self.prefixes

    def free_addresses(self) -> list[int]:
        """What an automatic single address may be: free, and in no reservation of either type."""
        taken = self._kept_out()
        return [
            address for address in range(self.first + 4, self.last) if address not in taken and not self.in_use(address)
        ]

    def free_blocks(self) -> list[int]:
        """What an automatic prefix may be: those of `prefix` reservations if any is left, or else the others."""
        touched = {address - address % BLOCK for address in self.singles}
        free = [
            base
            for base in range(self.first, self.last + 1, BLOCK)
            if base not in touched
            and base not in self.prefixes
            and not self._holds_reserved(base)
            and not self._meets(base, "explicit")
        ]
        return [base for base in free if self._meets(base, "prefix")] or free

    def draw_address(self, order: Order, owner: str) -> int:
        """Take a single address; ``InsufficientFreeAddressesInSubnet`` if there is none."""
        candidates = self.free_addresses()
        if not candidates:
            raise NoAddress
        address = order.address(self.subnet_id, candidates)
        self.singles[address] = owner
        return address

    def draw_block(self, order: Order, owner: str) -> int:
        """Take a /28; ``InsufficientCidrBlocks`` if there is none."""
        candidates = self.free_blocks()
        if not candidates:
            raise NoBlock
        base = order.block(self.subnet_id, candidates)
        self.prefixes[base] = owner
        return base

    def take_address(self, text: str, owner: str) -> int:
        """Take the single address asked for; reservations do not stand in the way of asking."""
        address = parse_address(text)
        if not self.first <= address <= self.last:
            raise invalid("Address does not fall within the subnet's address range")
        if self.is_reserved(address):
            raise invalid(f"Address {text} is in subnet's reserved address range")
        if self.in_use(address):
            raise ApiError("InvalidIPAddress.InUse", f"Address {text} is in use.")
        self.singles[address] = owner
        return address

    def take_block(self, text: str, owner: str) -> int:
        """Take the prefix asked for: an aligned /28 in the subnet that touches nothing in use or reserved."""
        first, last = parse_cidr(text)
        where = f"The prefix {text} in subnet {self.subnet_id}"
        if last - first != BLOCK - 1:
            raise invalid(f"{where} is invalid: an IPv4 prefix is a /28.")
        if first < self.first or last > self.last:
            raise invalid(f"The prefix {text} does not fall within the range of subnet {self.subnet_id}.")
        if self._holds_reserved(first):
            raise invalid(f"{where} overlaps with reserved addresses.")
        if first in self.prefixes or any(address in self.singles for address in range(first, last + 1)):
            raise invalid(f"{where} overlaps with addresses or prefixes in use.")
        self.prefixes[first] = owner
        return first

    def release(self, addresses: Iterable[str], prefixes: Iterable[str]) -> None:
        """Give back addresses and prefixes that are in use."""
        for address in addresses:
            del self.singles[parse_address(address)]
        for prefix in prefixes:
            del self.prefixes[parse_cidr(prefix)[0]]

    def _holds_reserved(self, base: int) -> bool:
        return base < self.first + 4 or base + BLOCK > self.last

    def _meets(self, base: int, kind: ReservationType) -> bool:
        return any(span.kind == kind and span.meets(base, base + BLOCK - 1) for span in self.reservations.values())

    def _kept_out(self) -> set[int]:
        return {address for span in self.reservations.values() for address in range(span.first, span.last + 1)}
