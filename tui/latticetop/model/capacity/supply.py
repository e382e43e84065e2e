"""The free capacity of a subnet: the blocks and the single addresses that AWS can assign, at least and at most."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import PREFIX_LETTERS, RESERVED_ADDRESS_COUNT, BlockState, used_masks
from latticetop.model.blocks.prefix_reservations import prefix_reserved_addresses
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.address import BLOCK_SIZE, NO_CIDR, Cidr
from latticetop.model.records.missing_data import lacks_interfaces
from latticetop.model.records.resources import PLANNED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from latticetop.model.blocks.blocks import BlockMap
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import Snapshot, SubnetReading


class UnaccountedAddresses(Struct, frozen=True, gc=False):
    """The unaccounted addresses of a subnet, which AWS counts as in use: they belong to no visible ENI.

    They may lie wherever no use is seen, but where AWS has its own. `outside_reservations` is set if AWS's count shows
    that none of these is inside a `prefix` reservation.
    """

    count: int = 0
    outside_reservations: bool = False


NONE_UNACCOUNTED = UnaccountedAddresses()


class Supply(Struct, frozen=True, dict=True):
    """The assignable blocks of a subnet, by index, and its assignable single addresses.

    An address is assignable when it is free, not reserved by AWS, and outside every CIDR reservation and prefix: AWS
    may choose it as a primary or secondary address. In an assignable block it then fragments the block.
    """

    first_address: int
    unassignable: array[int]
    """Sixteen bits a block: bit n is set when the n-th address is not assignable."""
    prefix_reserved_blocks: tuple[int, ...] = ()
    """Assignable blocks without an assignable address: wholly inside `prefix` reservations."""
    partly_prefix_reserved_blocks: tuple[tuple[int, int], ...] = ()
    """Assignable blocks partly inside `prefix` reservations: pairs of assignable addresses and index, ascending."""
    unreserved_blocks: tuple[int, ...] = ()
    """Assignable blocks outside every reservation; all sixteen addresses are assignable."""
    other_blocks: tuple[int, ...] = ()
    """Blocks that are not assignable but contain assignable addresses."""
    assignable_addresses: int = 0
    """The number of assignable addresses in the subnet."""
    unused_addresses: int = 0
    """The addresses that no visible ENI uses and that are not AWS's own, inside reservations too."""
    unused_outside_reservations: int = 0
    """The same outside `prefix` reservations."""

    @property
    def assignable_blocks(self) -> int:
        """The number of assignable blocks."""
        return len(self.prefix_reserved_blocks) + len(self.partly_prefix_reserved_blocks) + len(self.unreserved_blocks)

    def can_succeed(self, addresses: int, blocks: int, unaccounted: UnaccountedAddresses = NONE_UNACCOUNTED) -> bool:
        """Whether at least one allocation sequence provides this many single addresses and blocks.

        With `unaccounted` addresses: whether there is a place for them that leaves such a sequence.
        """
        if blocks > self.assignable_blocks:
            return False
        lost = self.min_addresses_lost(blocks)
        return addresses + lost <= self.assignable_addresses and self.shortage(addresses, blocks, unaccounted) <= 0

    def shortage(self, addresses: int, blocks: int, unaccounted: UnaccountedAddresses) -> int:
        """The addresses that AWS has too few for this demand by its own count; 0 or less if it has enough.

        `blocks` is not above the number of assignable blocks.
        """
        if not unaccounted.count or not addresses + blocks:
            return 0
        shortage = addresses + BLOCK_SIZE * blocks + unaccounted.count - self.unused_addresses
        if unaccounted.outside_reservations:
            outside = addresses + self.min_addresses_lost(blocks) + unaccounted.count - self.unused_outside_reservations
            shortage = max(shortage, outside)
        return shortage

    def cannot_fail(self, addresses: int, blocks: int, unaccounted: int = 0) -> bool:
        """Whether every allocation sequence provides this many, wherever `unaccounted` addresses in use lie.

        `capacity.decide` has the proof that these two bounds are exact.
        """
        return not self.blocks_can_run_out(addresses, blocks, unaccounted) and not self.addresses_can_run_out(
            addresses, blocks, unaccounted
        )

    def blocks_can_run_out(self, addresses: int, blocks: int, unaccounted: int = 0) -> bool:
        """Whether every block but those assigned before can be fragmented when the last block is requested."""
        if not blocks:
            return False
        unbreakable = len(self.prefix_reserved_blocks) - unaccounted
        return blocks > unbreakable and addresses + blocks > self.assignable_blocks - unaccounted

    def addresses_can_run_out(self, addresses: int, blocks: int, unaccounted: int) -> bool:
        """Whether blocks partly inside a reservation can be assigned first and leave too few single addresses."""
        if not addresses:
            return False
        return addresses + self.max_addresses_lost(blocks) + unaccounted > self.assignable_addresses

    def min_addresses_lost(self, blocks: int) -> int:
        """The fewest assignable addresses inside this many assignable blocks; `blocks` is not above their number."""
        rest = max(0, blocks - len(self.prefix_reserved_blocks))
        partly_reserved = min(rest, len(self.partly_prefix_reserved_blocks))
        return self._partial_sums[partly_reserved] + BLOCK_SIZE * (rest - partly_reserved)

    def max_addresses_lost(self, blocks: int) -> int:
        """The most assignable addresses inside this many blocks of `prefix` reservations, which AWS assigns first."""
        count = len(self.partly_prefix_reserved_blocks)
        return self._partial_sums[count] - self._partial_sums[max(0, count - blocks)]

    def addresses_in(self, index: int) -> Iterator[int]:
        """The assignable addresses of a block, ascending."""
        base, mask = self.first_address + index * BLOCK_SIZE, self.unassignable[index]
        if not mask:
            return iter(range(base, base + BLOCK_SIZE))
        return (base + n for n in range(BLOCK_SIZE) if not mask >> n & 1)

    def with_used_addresses(self, addresses: Iterable[int]) -> Supply:
        """Return the supply that is left once these addresses, which are free, are in use."""
        masks, touched = array("H", self.unassignable), set[int]()
        for address in addresses:
            index, place = divmod(address - self.first_address, BLOCK_SIZE)
            masks[index] |= 1 << place
            touched.add(index)
        left = {index: BLOCK_SIZE - masks[index].bit_count() for index in {*touched, *self.other_blocks}}
        lost = sum(masks[index].bit_count() - self.unassignable[index].bit_count() for index in touched)
        return structs.replace(
            self,
            unassignable=masks,
            prefix_reserved_blocks=tuple(index for index in self.prefix_reserved_blocks if index not in touched),
            partly_prefix_reserved_blocks=tuple(
                pair for pair in self.partly_prefix_reserved_blocks if pair[1] not in touched
            ),
            unreserved_blocks=tuple(index for index in self.unreserved_blocks if index not in touched),
            other_blocks=tuple(sorted(index for index, addresses in left.items() if addresses)),
            assignable_addresses=self.assignable_addresses - lost,
        )

    @cached_property
    def _partial_sums(self) -> list[int]:
        return list(accumulate((addresses for addresses, _ in self.partly_prefix_reserved_blocks), initial=0))


Tightness = tuple[bool, int, int, bool, Cidr, str]
SUPPLIES = IdentityCache["BlockMap", Supply]()
"""The supply of each map for which it was calculated."""


def supply_of(blocks: BlockMap) -> Supply:
    """Return the free capacity of a subnet. Calculated once for a map, linear in its addresses and blocks."""
    supply = SUPPLIES.get(blocks)
    if supply is None:
        SUPPLIES[blocks] = supply = _supply_of(blocks)
    return supply


class FreeBlocks(Struct, frozen=True, order=True):
    """The free /28 blocks of a subnet, at least and at most.

    Unless `certain`, its CIDR reservations were not read: `max` counts blocks outside them only, and there may be more
    inside `prefix` reservations.
    """

    min: int
    max: int
    certain: bool = True

    @property
    def exact(self) -> bool:
        """Whether the number is known."""
        return self.certain and self.min == self.max

    @property
    def none(self) -> bool:
        """Whether no block is free, for certain."""
        return self.certain and not self.max

    def __str__(self) -> str:
        if self.exact:
            return f"{self.max:,}"
        return f"{self.min:,}-{self.max:,}" if self.max else "?"


def free_blocks_of(snapshot: Snapshot, subnet_id: str) -> FreeBlocks | None:
    """Count the free blocks of a subnet; None without IPv4, or if its ENIs were not read."""
    return free_blocks_in(snapshot.subnets[subnet_id], snapshot.missing_data(subnet_id))


def free_blocks_in(reading: SubnetReading, missing: Collection[MissingData] = ()) -> FreeBlocks | None:
    """Count the free blocks of a subnet of which this is missing; None without IPv4, or if its ENIs were not read."""
    if not reading.blocks.letters or lacks_interfaces(missing):
        return None
    supply, unaccounted = supply_of(reading.blocks), unaccounted_addresses(reading)
    most = largest(supply.assignable_blocks, lambda blocks: supply.can_succeed(0, blocks, unaccounted))
    if missing and supply.assignable_blocks:
        return FreeBlocks(0, most, certain=False)
    return FreeBlocks(min(most, max(0, supply.assignable_blocks - unaccounted.count)), most)


def tightness(snapshot: Snapshot, reading: SubnetReading, free: FreeBlocks | None) -> Tightness:
    """Return the sort key of a subnet with these `free` blocks (`free_blocks_of`): the tightest come first.

    That is by the free blocks at most, then at least; of equals first those of endpoints, then by address. Without
    IPv4 it comes last. Where the ENIs were not read, all blocks count that they could leave free.
    """
    subnet, known = reading.subnet, free or FreeBlocks(0, reading.blocks.free)
    of_endpoints = subnet.subnet_id in snapshot.endpoints_by_subnet
    numbers = not reading.blocks.letters, known.max, known.min, not of_endpoints
    return (*numbers, subnet.cidr_block or NO_CIDR, subnet.subnet_id)


def unaccounted_addresses(reading: SubnetReading, *, confirmed: bool = True) -> UnaccountedAddresses:
    """The unaccounted addresses of a subnet: those that two reads have shown, or unless `confirmed` those of this read.

    AWS's count shows nothing of a reservation that is only planned: they may lie in that.
    """
    count = reading.unaccounted if confirmed else reading.unaccounted_now
    planned = any(reservation.subnet_cidr_reservation_id == PLANNED for reservation in reading.reservations)
    return UnaccountedAddresses(count, count > 0 and not planned and reading.count_excludes_reservations)


def largest(limit: int, holds: Callable[[int], bool]) -> int:
    """Return the largest number up to the limit for which a condition holds that never holds again once it fails."""
    return bisect_left(range(1, limit + 1), True, key=lambda count: not holds(count))


def _supply_of(blocks: BlockMap) -> Supply:
    subnet = blocks.cidr
    if subnet is None or not blocks.letters:
        return Supply(subnet.first if subnet else 0, array("H"))
    unassignable = _unassignable(blocks, subnet)
    free, prefix_reserved = BlockState.FREE, BlockState.PREFIX_RESERVED
    reserved, partly_reserved, unreserved, other, total = [], [], [], [], 0
    for index, letter in enumerate(blocks.letters):
        addresses = BLOCK_SIZE - unassignable[index].bit_count()
        total += addresses
        if letter == free:
            unreserved.append(index)
        elif letter == prefix_reserved and addresses:
            partly_reserved.append((addresses, index))
        elif letter == prefix_reserved:
            reserved.append(index)
        elif addresses:
            other.append(index)
    unused = subnet.size - RESERVED_ADDRESS_COUNT - blocks.used_addresses
    return Supply(
        subnet.first,
        unassignable,
        tuple(reserved),
        tuple(sorted(partly_reserved)),
        tuple(unreserved),
        tuple(other),
        total,
        unused,
        unused - prefix_reserved_addresses(blocks).unused,
    )


def _unassignable(blocks: BlockMap, subnet: Cidr) -> array[int]:
    masks = used_masks(subnet, blocks.interfaces)
    first, last = subnet.first, subnet.last
    for index, letter in enumerate(blocks.letters):
        if letter in PREFIX_LETTERS:
            masks[index] = 0xFFFF
    for address in blocks.reserved_addresses:
        masks[(address - first) >> 4] |= 1 << ((address - first) & 15)
    for reservation in blocks.reservations:
        if reservation.is_prefix or reservation.is_explicit:
            _set(masks, max(reservation.cidr.first, first) - first, min(reservation.cidr.last, last) - first)
    return masks


def _set(masks: array[int], low: int, high: int) -> None:
    """Set the bits of the addresses from `low` to `high`, offsets from the first of the subnet, both included."""
    for index in range(low >> 4, (high >> 4) + 1):
        begin, end = max(low - index * BLOCK_SIZE, 0), min(high - index * BLOCK_SIZE, BLOCK_SIZE - 1)
        masks[index] |= (1 << (end + 1)) - (1 << begin)
