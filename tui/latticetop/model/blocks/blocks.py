"""The state of every /28 of a subnet, and who or what made it so."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from latticetop.model.records.address import BLOCK_SIZE, Cidr
from latticetop.model.records.eni_owners import is_lattice
from latticetop.model.records.resources import CidrReservation, NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RESERVED_ADDRESS_COUNT = 5
"""The first four addresses and the last (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""


class BlockState(StrEnum):
    """The state of a block; the value is the letter drawn. The first rule that matches, in this order, wins."""

    LATTICE = "L"
    ALLOCATED = "A"
    RESERVED = "R"
    FULL = "F"
    FRAGMENTED = "f"
    EXPLICIT = "X"
    PREFIX_RESERVED = "P"
    FREE = "."

    @property
    def assignable(self) -> bool:
        """Whether AWS could hand the block out as a prefix."""
        return self in (BlockState.FREE, BlockState.PREFIX_RESERVED)

    @property
    def key(self) -> str:
        """The state as a word, as `check --json` spells it: `prefix_reserved`."""
        return self.name.lower()


class AddressUse(NamedTuple):
    """An individual address in use, and the ENI that holds it."""

    address: int
    interface: NetworkInterface


class PrefixUse(NamedTuple):
    """A delegated prefix, and the ENI that holds it."""

    prefix: Cidr
    interface: NetworkInterface


class Block(Struct, frozen=True):
    """One /28 with all that is known of it.

    `uses` are its individual addresses in use, ascending; `prefixes` and `reservations` are those that touch it; `kept`
    are the addresses in it that AWS keeps.
    """

    cidr: Cidr
    state: BlockState
    uses: tuple[AddressUse, ...]
    prefixes: tuple[PrefixUse, ...]
    reservations: tuple[CidrReservation, ...]
    reserved_addresses: tuple[int, ...]


class BlockMap(Struct, frozen=True, dict=True):
    """The blocks of one subnet in address order. `letters` has one letter a block and is empty without IPv4."""

    cidr: Cidr | None
    letters: str
    used_addresses: int
    """Addresses in use that we saw: individual ones, and every address of a prefix."""
    interfaces: tuple[NetworkInterface, ...] = ()
    reservations: tuple[CidrReservation, ...] = ()

    def __len__(self) -> int:
        return len(self.letters)

    @cached_property
    def counts(self) -> dict[BlockState, int]:
        """How many blocks are in each state; every state is a key."""
        return {state: self.letters.count(state.value) for state in BlockState}

    @property
    def free(self) -> int:
        """How many blocks AWS could hand out as a prefix: `.` and `P`."""
        return self.counts[BlockState.FREE] + self.counts[BlockState.PREFIX_RESERVED]

    @property
    def free_cidr_blocks(self) -> list[Cidr]:
        """The assignable blocks in address order."""
        return [self.cidr_of(i) for i, letter in enumerate(self.letters) if letter in ".P"]

    def cidr_of(self, index: int) -> Cidr:
        """The address range of the block at an index; IndexError outside the map."""
        if self.cidr is None or not 0 <= index < len(self.letters):
            raise IndexError(index)
        return Cidr(self.cidr.first + index * BLOCK_SIZE, 28)

    def index_of(self, address: int) -> int | None:
        """The index of the block that holds an address; None when it lies outside the subnet."""
        if self.cidr is None or not self.cidr.contains(address):
            return None
        index = (address - self.cidr.first) // BLOCK_SIZE
        return index if index < len(self.letters) else None

    def block(self, index: int) -> Block:
        """All that is known of the block at an index; IndexError outside the map."""
        cidr = self.cidr_of(index)
        addresses = self._addresses
        low, high = bisect_left(addresses, cidr.first), bisect_right(addresses, cidr.last)
        return Block(
            cidr=cidr,
            state=BlockState(self.letters[index]),
            uses=tuple(self._uses[low:high]),
            prefixes=tuple(use for use in self.prefixes if use.prefix.overlaps(cidr)),
            reservations=tuple(r for r in self.reservations if r.cidr.overlaps(cidr)),
            reserved_addresses=tuple(a for a in self.reserved_addresses if cidr.contains(a)),
        )

    def used_addresses_in(self, index: int) -> int:
        """How many individual addresses of the block at an index are in use; IndexError outside the map."""
        cidr, addresses = self.cidr_of(index), self._addresses
        return bisect_right(addresses, cidr.last) - bisect_left(addresses, cidr.first)

    @property
    def reserved_addresses(self) -> tuple[int, ...]:
        """The addresses AWS keeps in this subnet: the first four and the last."""
        if self.cidr is None or self.cidr.size < BLOCK_SIZE:
            return ()
        return (*range(self.cidr.first, self.cidr.first + RESERVED_ADDRESS_COUNT - 1), self.cidr.last)

    @cached_property
    def prefixes(self) -> tuple[PrefixUse, ...]:
        """Every delegated prefix in the subnet, in address order."""
        uses = (PrefixUse(prefix, interface) for interface in self.interfaces for prefix in interface.prefixes)
        return tuple(sorted(uses, key=lambda use: use.prefix))

    @cached_property
    def _uses(self) -> Sequence[AddressUse]:
        uses = {a: AddressUse(a, interface) for interface in self.interfaces for a in interface.addresses}
        return [uses[address] for address in sorted(uses)]

    @cached_property
    def _addresses(self) -> Sequence[int]:
        return [use.address for use in self._uses]


def map_blocks(
    cidr: Cidr | None,
    interfaces: tuple[NetworkInterface, ...],
    reservations: tuple[CidrReservation, ...] = (),
) -> BlockMap:
    """Work out the state of every block of a subnet from its ENIs and CIDR reservations.

    A prefix or a reservation may be smaller than a block, larger or unaligned: what counts is whether it touches it.
    What lies outside the subnet is passed over. Takes time linear in addresses, prefixes and blocks.
    """
    count = cidr.size // BLOCK_SIZE if cidr else 0
    if cidr is None or not count:
        return BlockMap(cidr, "", 0, interfaces, reservations)
    masks = _used_masks(cidr, count, interfaces)
    prefix_marks, prefix_addresses = _prefix_marks(cidr, count, interfaces)
    explicit = _touched(cidr, count, (r.cidr for r in reservations if r.reservation_type == "explicit"))
    held = _touched(cidr, count, (r.cidr for r in reservations if r.reservation_type == "prefix"))
    letters = [
        _letter(prefix_marks[i], i in (0, count - 1), masks[i], bool(explicit[i]), bool(held[i])) for i in range(count)
    ]
    seen = prefix_addresses + sum(mask.bit_count() for mask in masks)
    return BlockMap(cidr, "".join(letters), seen, interfaces, reservations)


_FULL_MASK = (1 << BLOCK_SIZE) - 1
_OTHER, _LATTICE = 1, 2


def _letter(prefix_mark: int, at_the_edge: bool, mask: int, explicit: bool, held: bool) -> str:
    if prefix_mark:
        return "L" if prefix_mark == _LATTICE else "A"
    if at_the_edge:
        return "R"
    if mask:
        return "F" if mask == _FULL_MASK else "f"
    if explicit:
        return "X"
    return "P" if held else "."


def _used_masks(cidr: Cidr, count: int, interfaces: Iterable[NetworkInterface]) -> array[int]:
    """Sixteen bits a block: bit n is set when its n-th address is in use."""
    masks = array("H", bytes(2 * count))
    first, last = cidr.first, cidr.last
    for interface in interfaces:
        for address in interface.addresses:
            if first <= address <= last:
                masks[(address - first) >> 4] |= 1 << ((address - first) & 15)
    return masks


def _prefix_marks(cidr: Cidr, count: int, interfaces: Iterable[NetworkInterface]) -> tuple[bytearray, int]:
    """Whose prefix touches each block, and how many addresses of the subnet the prefixes take."""
    marks, addresses = bytearray(count), 0
    for interface in interfaces:
        if not interface.prefixes:
            continue
        mark = _LATTICE if is_lattice(interface) else _OTHER
        for prefix in interface.prefixes:
            blocks = _blocks_of(cidr, count, prefix)
            for index in blocks:
                marks[index] = max(marks[index], mark)
            if blocks:
                addresses += min(prefix.last, cidr.last) - max(prefix.first, cidr.first) + 1
    return marks, addresses


def _touched(cidr: Cidr, count: int, ranges: Iterable[Cidr]) -> bytearray:
    touched = bytearray(count)
    for each in ranges:
        for index in _blocks_of(cidr, count, each):
            touched[index] = 1
    return touched


def _blocks_of(cidr: Cidr, count: int, part: Cidr) -> range:
    """The indexes of the blocks that a range touches."""
    if not cidr.overlaps(part):
        return range(0)
    low = max(part.first - cidr.first, 0) // BLOCK_SIZE
    high = (min(part.last, cidr.last) - cidr.first) // BLOCK_SIZE
    return range(low, min(high + 1, count))


def compress_map(letters: str, width: int) -> str:
    """A map compressed to at most `width` letters, each the commonest of its stretch, an assignable one if tied."""
    if len(letters) <= width:
        return letters
    stretches = (letters[i * len(letters) // width : (i + 1) * len(letters) // width] for i in range(width))
    return "".join(max(dict.fromkeys(".P" + stretch), key=stretch.count) for stretch in stretches)
