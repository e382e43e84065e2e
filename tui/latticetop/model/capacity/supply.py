"""What a subnet still has to give: the blocks AWS could hand out, and the single addresses it could."""

from __future__ import annotations

from array import array
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.address import BLOCK_SIZE, Cidr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.blocks.blocks import BlockMap


RESERVATION_TYPES = ("prefix", "explicit")
"""Those that AWS has. Of others nothing is known, and the map leaves them out too."""


class Supply(Struct, frozen=True, dict=True):
    """The assignable blocks of a subnet by their indexes, and where a single address may land on its own.

    An address is open when it is free, not kept by AWS, and outside every CIDR reservation and prefix: AWS may pick it
    as a primary or secondary address, and where it lies in an assignable block that block is broken.
    """

    first_address: int
    unavailable: array[int]
    """Sixteen bits a block, of which the n-th is set when the n-th address is not open."""
    reserved_blocks: tuple[int, ...] = ()
    """Assignable blocks without an open address: wholly inside `prefix` reservations."""
    partly_reserved_blocks: tuple[tuple[int, int], ...] = ()
    """Those only partly inside: their open addresses and index, ascending."""
    unreserved_blocks: tuple[int, ...] = ()
    """Those outside every reservation, with sixteen open addresses each."""
    other_blocks: tuple[int, ...] = ()
    """Blocks that are not assignable and have open addresses."""
    assignable_addresses: int = 0
    """Open addresses in all."""

    @property
    def assignable_blocks(self) -> int:
        """How many blocks AWS could hand out."""
        return len(self.reserved_blocks) + len(self.partly_reserved_blocks) + len(self.unreserved_blocks)

    def can_succeed(self, addresses: int, blocks: int) -> bool:
        """Whether some order of handing out serves so many single addresses and blocks."""
        return (
            blocks <= self.assignable_blocks
            and addresses + self.min_addresses_lost(blocks) <= self.assignable_addresses
        )

    def cannot_fail(self, addresses: int, blocks: int) -> bool:
        """Whether every order does; see `capacity` for why these two bounds are all there is."""
        return not self.blocks_can_run_out(addresses, blocks) and not self.addresses_can_run_out(addresses, blocks)

    def blocks_can_run_out(self, addresses: int, blocks: int) -> bool:
        """Whether the last block may find every other one taken, or broken by an address of its own."""
        return blocks > len(self.reserved_blocks) and addresses + blocks > self.assignable_blocks

    def addresses_can_run_out(self, addresses: int, blocks: int) -> bool:
        """Whether blocks partly inside a reservation may be taken first and their open addresses be missed."""
        return addresses + self.max_addresses_lost(blocks) > self.assignable_addresses

    def min_addresses_lost(self, blocks: int) -> int:
        """The fewest open addresses that so many blocks take with them."""
        rest = max(0, blocks - len(self.reserved_blocks))
        inside = min(rest, len(self.partly_reserved_blocks))
        return self._partial_sums[inside] + BLOCK_SIZE * (rest - inside)

    def max_addresses_lost(self, blocks: int) -> int:
        """The most that so many blocks may take while all come out of `prefix` reservations, which go first."""
        count = len(self.partly_reserved_blocks)
        return self._partial_sums[count] - self._partial_sums[max(0, count - blocks)]

    def addresses_in(self, index: int) -> Iterator[int]:
        """The open addresses of a block, ascending."""
        base, closed = self.first_address + index * BLOCK_SIZE, self.unavailable[index]
        if not closed:
            return iter(range(base, base + BLOCK_SIZE))
        return (base + n for n in range(BLOCK_SIZE) if not closed >> n & 1)

    @cached_property
    def _partial_sums(self) -> list[int]:
        return list(accumulate((open_ for open_, _ in self.partly_reserved_blocks), initial=0))


def supply_of(blocks: BlockMap) -> Supply:
    """Work out the room in a subnet, once for a map; linear in its addresses and blocks."""
    # Kept in the map's own __dict__, as cached_property does, so that it lives exactly as long as the map.
    found: Supply | None = blocks.__dict__.get("room")
    if found is None:
        found = blocks.__dict__["room"] = _room_of(blocks)
    return found


def _room_of(blocks: BlockMap) -> Supply:
    cidr = blocks.cidr
    if cidr is None or not blocks.letters:
        return Supply(cidr.first if cidr else 0, array("H"))
    closed = _closed(blocks, cidr)
    safe, partial, whole, elsewhere, total = [], [], [], [], 0
    for index, letter in enumerate(blocks.letters):
        open_ = BLOCK_SIZE - closed[index].bit_count()
        total += open_
        if letter == ".":
            whole.append(index)
        elif letter == "P" and open_:
            partial.append((open_, index))
        elif letter == "P":
            safe.append(index)
        elif open_:
            elsewhere.append(index)
    return Supply(cidr.first, closed, tuple(safe), tuple(sorted(partial)), tuple(whole), tuple(elsewhere), total)


def _closed(blocks: BlockMap, cidr: Cidr) -> array[int]:
    count = len(blocks.letters)
    closed = array("H", bytes(2 * count))
    first, last = cidr.first, cidr.last
    for interface in blocks.interfaces:
        for address in interface.addresses:
            if first <= address <= last:
                closed[(address - first) >> 4] |= 1 << ((address - first) & 15)
    for index, letter in enumerate(blocks.letters):
        if letter in "LA":
            closed[index] = 0xFFFF
    for address in blocks.reserved_addresses:
        closed[(address - first) >> 4] |= 1 << ((address - first) & 15)
    for reservation in blocks.reservations:
        if reservation.reservation_type not in RESERVATION_TYPES:
            continue
        _close(closed, max(reservation.cidr.first, first) - first, min(reservation.cidr.last, last) - first)
    return closed


def _close(closed: array[int], low: int, high: int) -> None:
    """Close the addresses from one to another, counted from the first of the subnet, both included."""
    for index in range(low >> 4, (high >> 4) + 1):
        begin, end = max(low - index * BLOCK_SIZE, 0), min(high - index * BLOCK_SIZE, BLOCK_SIZE - 1)
        closed[index] |= (1 << (end + 1)) - (1 << begin)
