"""EC2's rules for the IPv4 addresses of one subnet.

Sources: docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html (the five addresses that AWS reserves),
docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html (CIDR reservations), and
docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html (prefixes).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

from latticetop.simulator.errors import ApiError, InsufficientCidrBlocksError, InsufficientFreeAddressesError, invalid
from latticetop.simulator.ipv4 import BLOCK_SIZE, AddressRange, parse_address, parse_cidr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.simulator.address_orders import AddressOrder
    from latticetop.simulator.world import RuleSettings

ReservationType = Literal["prefix", "explicit"]
RESERVED_AT_START = 4
RESERVED_BY_AWS = 5
"""AWS reserves the first four addresses and the last address of each subnet."""


class ReservedRange(NamedTuple):
    """The addresses of a CIDR reservation and its type."""

    addresses: AddressRange
    reservation_type: ReservationType


class AddressPool:
    """The addresses of an IPv4 subnet: single addresses and /28 prefixes in use, by owner, and CIDR reservations."""

    def __init__(self, subnet_id: str, cidr: str) -> None:
        self.subnet_id = subnet_id
        self.cidr = cidr
        self.first, self.last = parse_cidr(cidr)
        self.single_addresses: dict[int, str] = {}
        self.prefixes: dict[int, str] = {}
        self.reservations: dict[str, ReservedRange] = {}

    def available_address_count(self, rules: RuleSettings) -> int:
        """AvailableIpAddressCount: the size less the five reserved addresses, what is in use, and what is reserved.

        A `prefix` reservation lowers it at once, by the addresses that are not in use; an `explicit` one does not.
        """
        size = self.last - self.first + 1
        unused = size - RESERVED_BY_AWS - len(self.single_addresses) - BLOCK_SIZE * len(self.prefixes)
        if not rules.reservations_lower_count:
            return unused
        return max(0, unused - self._unused_in_prefix_reservations(with_reserved_by_aws=rules.reserved_addresses_twice))

    def is_reserved_by_aws(self, address: int) -> bool:
        """Whether the address is one of the first four or the last of the subnet."""
        return address - self.first < RESERVED_AT_START or address == self.last

    def is_in_use(self, address: int) -> bool:
        """Whether an ENI holds the address, as a single address or in a prefix."""
        return address in self.single_addresses or address - address % BLOCK_SIZE in self.prefixes

    def free_addresses(self) -> list[int]:
        """Candidates for automatic assignment of a single address: free, and in no reservation of either type."""
        excluded = {
            address
            for reserved, _ in self.reservations.values()
            for address in range(reserved.first, reserved.last + 1)
        }
        return [
            address
            for address in range(self.first + RESERVED_AT_START, self.last)
            if address not in excluded and not self.is_in_use(address)
        ]

    def free_blocks(self) -> list[int]:
        """Candidates for automatic assignment of a prefix: the free blocks that `prefix` reservations overlap.

        If there are none, all free blocks. Blocks that `explicit` reservations overlap are never candidates.
        """
        partly_used = {address - address % BLOCK_SIZE for address in self.single_addresses}
        free = [
            block
            for block in range(self.first, self.last + 1, BLOCK_SIZE)
            if block not in partly_used
            and block not in self.prefixes
            and not self._is_block_reserved_by_aws(block)
            and not self._overlaps_reservation(block, "explicit")
        ]
        return [block for block in free if self._overlaps_reservation(block, "prefix")] or free

    def allocate_address(self, order: AddressOrder, owner: str) -> int:
        """Assign a free single address; ``InsufficientFreeAddressesInSubnet`` if there is none."""
        candidates = self.free_addresses()
        if not candidates:
            raise InsufficientFreeAddressesError
        address = order.choose_address(self.subnet_id, candidates)
        self.single_addresses[address] = owner
        return address

    def allocate_block(self, order: AddressOrder, owner: str) -> int:
        """Assign a free /28 block as a prefix; ``InsufficientCidrBlocks`` if there is none."""
        candidates = self.free_blocks()
        if not candidates:
            raise InsufficientCidrBlocksError
        block = order.choose_block(self.subnet_id, candidates)
        self.prefixes[block] = owner
        return block

    def assign_address(self, text: str, owner: str) -> int:
        """Assign a given single address. It may lie in a CIDR reservation."""
        address = parse_address(text)
        if not self.first <= address <= self.last:
            raise invalid("Address does not fall within the subnet's address range")
        if self.is_reserved_by_aws(address):
            raise invalid(f"Address {text} is in subnet's reserved address range")
        if self.is_in_use(address):
            raise ApiError("InvalidIPAddress.InUse", f"Address {text} is in use.")
        self.single_addresses[address] = owner
        return address

    def assign_block(self, text: str, owner: str) -> int:
        """Assign a given prefix: a /28 in the subnet that overlaps no address in use or reserved by AWS."""
        block = parse_cidr(text)
        description = f"The prefix {text} in subnet {self.subnet_id}"
        if block.size != BLOCK_SIZE:
            raise invalid(f"{description} is invalid: an IPv4 prefix is a /28.")
        if block.first < self.first or block.last > self.last:
            raise invalid(f"The prefix {text} does not fall within the range of subnet {self.subnet_id}.")
        if self._is_block_reserved_by_aws(block.first):
            raise invalid(f"{description} overlaps with reserved addresses.")
        addresses = range(block.first, block.last + 1)
        if block.first in self.prefixes or any(address in self.single_addresses for address in addresses):
            raise invalid(f"{description} overlaps with addresses or prefixes in use.")
        self.prefixes[block.first] = owner
        return block.first

    def release(self, addresses: Iterable[str], prefixes: Iterable[str]) -> None:
        """Release single addresses and prefixes that are in use."""
        for address in addresses:
            del self.single_addresses[parse_address(address)]
        for prefix in prefixes:
            del self.prefixes[parse_cidr(prefix).first]

    def _unused_in_prefix_reservations(self, *, with_reserved_by_aws: bool) -> int:
        ranges = sorted(addresses for addresses, kind in self.reservations.values() if kind == "prefix")
        if not ranges:
            return 0
        block_addresses = (address for block in self.prefixes for address in range(block, block + BLOCK_SIZE))
        taken = [*self.single_addresses, *block_addresses]
        if not with_reserved_by_aws:
            taken += [*range(self.first, self.first + RESERVED_AT_START), self.last]
        firsts = [addresses.first for addresses in ranges]
        indexes = ((address, bisect_right(firsts, address) - 1) for address in taken)
        taken_inside = sum(index >= 0 and address <= ranges[index].last for address, index in indexes)
        return sum(addresses.size for addresses in ranges) - taken_inside

    def _is_block_reserved_by_aws(self, block: int) -> bool:
        return block < self.first + RESERVED_AT_START or block + BLOCK_SIZE > self.last

    def _overlaps_reservation(self, block: int, reservation_type: ReservationType) -> bool:
        addresses = AddressRange(block, block + BLOCK_SIZE - 1)
        return any(
            reserved.reservation_type == reservation_type and reserved.addresses.overlaps(addresses)
            for reserved in self.reservations.values()
        )
