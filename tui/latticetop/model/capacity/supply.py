"""The free capacity of a subnet: the blocks that AWS can assign, and the single addresses that it can assign."""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.blocks import used_masks
from latticetop.model.records.address import BLOCK_SIZE, Cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.blocks.blocks import BlockMap


RESERVATION_TYPES = ("prefix", "explicit")
"""The types of CIDR reservation that AWS has (VPC guide, subnet-cidr-reservation). The map ignores any other too."""


class Supply(Struct, frozen=True, dict=True):
    """The assignable blocks of a subnet, by index, and its assignable single addresses.

    An address is assignable when it is free, not reserved by AWS, and outside every CIDR reservation and prefix: AWS
    may choose it as a primary or secondary address. In an assignable block it then fragments the block.
    """

    first_address: int
    unassignable: array[int]
    """Sixteen bits a block: bit n is set when the n-th address is not assignable."""
    reserved_blocks: tuple[int, ...] = ()
    """Assignable blocks without an assignable address: wholly inside `prefix` reservations."""
    partly_reserved_blocks: tuple[tuple[int, int], ...] = ()
    """Assignable blocks partly inside `prefix` reservations: pairs of assignable addresses and index, ascending."""
    unreserved_blocks: tuple[int, ...] = ()
    """Assignable blocks outside every reservation; all sixteen addresses are assignable."""
    other_blocks: tuple[int, ...] = ()
    """Blocks that are not assignable but contain assignable addresses."""
    assignable_addresses: int = 0
    """The number of assignable addresses in the subnet."""

    @property
    def assignable_blocks(self) -> int:
        """The number of assignable blocks."""
        return len(self.reserved_blocks) + len(self.partly_reserved_blocks) + len(self.unreserved_blocks)

    def can_succeed(self, addresses: int, blocks: int) -> bool:
        """Whether at least one allocation sequence provides this many single addresses and blocks."""
        lost = self.min_addresses_lost(blocks)
        return blocks <= self.assignable_blocks and addresses + lost <= self.assignable_addresses

    def cannot_fail(self, addresses: int, blocks: int) -> bool:
        """Whether every allocation sequence does. `capacity.decide` has the proof that these two bounds are exact."""
        return not self.blocks_can_run_out(addresses, blocks) and not self.addresses_can_run_out(addresses, blocks)

    def blocks_can_run_out(self, addresses: int, blocks: int) -> bool:
        """Whether every block but those assigned before can be fragmented when the last block is requested."""
        return blocks > len(self.reserved_blocks) and addresses + blocks > self.assignable_blocks

    def addresses_can_run_out(self, addresses: int, blocks: int) -> bool:
        """Whether blocks partly inside a reservation can be assigned first and leave too few single addresses."""
        return addresses + self.max_addresses_lost(blocks) > self.assignable_addresses

    def min_addresses_lost(self, blocks: int) -> int:
        """The fewest assignable addresses inside this many assignable blocks; `blocks` is not above their number."""
        rest = max(0, blocks - len(self.reserved_blocks))
        partly_reserved = min(rest, len(self.partly_reserved_blocks))
        return self._partial_sums[partly_reserved] + BLOCK_SIZE * (rest - partly_reserved)

    def max_addresses_lost(self, blocks: int) -> int:
        """The most assignable addresses inside this many blocks of `prefix` reservations, which AWS assigns first."""
        count = len(self.partly_reserved_blocks)
        return self._partial_sums[count] - self._partial_sums[max(0, count - blocks)]

    def addresses_in(self, index: int) -> Iterator[int]:
        """The assignable addresses of a block, ascending."""
        base, mask = self.first_address + index * BLOCK_SIZE, self.unassignable[index]
        if not mask:
            return iter(range(base, base + BLOCK_SIZE))
        return (base + n for n in range(BLOCK_SIZE) if not mask >> n & 1)

    @cached_property
    def _partial_sums(self) -> list[int]:
        return list(accumulate((addresses for addresses, _ in self.partly_reserved_blocks), initial=0))


def supply_of(blocks: BlockMap) -> Supply:
    """Return the free capacity of a subnet. Calculated once for a map, linear in its addresses and blocks."""
    # Stored in the map's own __dict__, as cached_property does: it lives exactly as long as the map.
    supply: Supply | None = blocks.__dict__.get("supply")
    if supply is None:
        supply = blocks.__dict__["supply"] = _supply_of(blocks)
    return supply


def _supply_of(blocks: BlockMap) -> Supply:
    subnet = blocks.cidr
    if subnet is None or not blocks.letters:
        return Supply(subnet.first if subnet else 0, array("H"))
    unassignable = _unassignable(blocks, subnet)
    reserved, partly_reserved, unreserved, other, total = [], [], [], [], 0
    for index, letter in enumerate(blocks.letters):
        addresses = BLOCK_SIZE - unassignable[index].bit_count()
        total += addresses
        if letter == ".":
            unreserved.append(index)
        elif letter == "P" and addresses:
            partly_reserved.append((addresses, index))
        elif letter == "P":
            reserved.append(index)
        elif addresses:
            other.append(index)
    return Supply(
        subnet.first,
        unassignable,
        tuple(reserved),
        tuple(sorted(partly_reserved)),
        tuple(unreserved),
        tuple(other),
        total,
    )


def _unassignable(blocks: BlockMap, subnet: Cidr) -> array[int]:
    masks = used_masks(subnet, blocks.interfaces)
    first, last = subnet.first, subnet.last
    for index, letter in enumerate(blocks.letters):
        if letter in "LA":
            masks[index] = 0xFFFF
    for address in blocks.reserved_addresses:
        masks[(address - first) >> 4] |= 1 << ((address - first) & 15)
    for reservation in blocks.reservations:
        if reservation.reservation_type in RESERVATION_TYPES:
            _set(masks, max(reservation.cidr.first, first) - first, min(reservation.cidr.last, last) - first)
    return masks


def _set(masks: array[int], low: int, high: int) -> None:
    """Set the bits of the addresses from `low` to `high`, offsets from the first of the subnet, both included."""
    for index in range(low >> 4, (high >> 4) + 1):
        begin, end = max(low - index * BLOCK_SIZE, 0), min(high - index * BLOCK_SIZE, BLOCK_SIZE - 1)
        masks[index] |= (1 << (end + 1)) - (1 << begin)
