"""The state of every /28 block of a subnet, with the ENIs, prefixes and reservations that determine it."""

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
"""AWS reserves the first four addresses of a subnet and the last
(docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""


class BlockState(StrEnum):
    """The state of a block; the value is its letter in the map. The first rule that matches, in this order, wins.

    `map_blocks` determines the letter of each block. R, A and P are those of `subnet_frag.py`
    (awslabs/aws-support-tools, EKS/subnet-fragmentation), where P stands for a reservation of either type; L, F, f and
    X are the initials, or the x, of Lattice, full, fragmented and explicit.
    """

    LATTICE = "L"
    """A prefix that touches the block belongs to an ENI of a VPC Lattice endpoint or resource gateway."""
    ALLOCATED = "A"
    """A prefix that touches the block belongs to any other ENI, such as an EKS node."""
    RESERVED = "R"
    """The block contains an address that AWS reserves."""
    FULL = "F"
    """All sixteen are individual addresses in use."""
    FRAGMENTED = "f"
    """One to fifteen are individual addresses in use."""
    EXPLICIT = "X"
    """The block overlaps an `explicit` CIDR reservation: AWS does not assign it automatically."""
    PREFIX_RESERVED = "P"
    """Free and inside a `prefix` CIDR reservation: assignable, and assigned first."""
    FREE = "."
    """Free and assignable."""

    @property
    def assignable(self) -> bool:
        """Whether AWS can assign the block as a prefix."""
        return self in (BlockState.FREE, BlockState.PREFIX_RESERVED)

    @property
    def key(self) -> str:
        """The state as a key of JSON output: `prefix_reserved`."""
        return self.name.lower()

    @property
    def label(self) -> str:
        """The state in words, as in every legend and table: `prefix reservation`."""
        return _LABELS[self]


_LABELS = {
    BlockState.LATTICE: "Lattice",
    BlockState.ALLOCATED: "other prefix",
    BlockState.RESERVED: "reserved by AWS",
    BlockState.FULL: "full",
    BlockState.FRAGMENTED: "fragmented",
    BlockState.EXPLICIT: "explicit reservation",
    BlockState.PREFIX_RESERVED: "prefix reservation",
    BlockState.FREE: "free",
}


ASSIGNABLE_LETTERS = BlockState.FREE + BlockState.PREFIX_RESERVED
"""The letters of blocks that AWS can assign."""
PREFIX_LETTERS = BlockState.LATTICE + BlockState.ALLOCATED
"""The letters of blocks that a delegated prefix touches."""
BROKEN_LETTERS = BlockState.FRAGMENTED + BlockState.FULL
"""The letters of blocks that individual addresses keep from being assigned."""


class AddressUse(NamedTuple):
    """An individual address in use and its ENI."""

    address: int
    interface: NetworkInterface


class PrefixUse(NamedTuple):
    """A delegated prefix and its ENI."""

    prefix: Cidr
    interface: NetworkInterface


class AddressState(StrEnum):
    """The state of one address of a block; the value is what exports have."""

    IN_USE = "in_use"
    """An individual address of an ENI."""
    IN_PREFIX = "in_prefix"
    """Inside a delegated prefix."""
    RESERVED = "reserved_by_aws"
    EXPLICIT = "explicit"
    """Inside an `explicit` CIDR reservation."""
    PREFIX_RESERVED = "prefix_reserved"
    """Inside a `prefix` CIDR reservation."""
    FREE = "free"


class Block(Struct, frozen=True):
    """One /28 block in detail.

    `uses` are its individual addresses in use, ascending. `prefixes` and `reservations` are those that touch it.
    `reserved_addresses` are its addresses that AWS reserves.
    """

    cidr: Cidr
    state: BlockState
    uses: tuple[AddressUse, ...]
    prefixes: tuple[PrefixUse, ...]
    reservations: tuple[CidrReservation, ...]
    reserved_addresses: tuple[int, ...]

    def address_state(self, address: int) -> AddressState:
        """The state of an address of the block. The first rule that matches wins."""
        if any(use.address == address for use in self.uses):
            return AddressState.IN_USE
        if any(use.prefix.contains(address) for use in self.prefixes):
            return AddressState.IN_PREFIX
        if address in self.reserved_addresses:
            return AddressState.RESERVED
        reservations = [reservation for reservation in self.reservations if reservation.cidr.contains(address)]
        if any(reservation.is_explicit for reservation in reservations):
            return AddressState.EXPLICIT
        prefix_reserved = any(reservation.is_prefix for reservation in reservations)
        return AddressState.PREFIX_RESERVED if prefix_reserved else AddressState.FREE


class BlockMap(Struct, frozen=True, dict=True, weakref=True):
    """The blocks of one subnet.

    `letters` holds the state of each block, one letter a block, in address order. It is empty for a subnet without
    IPv4. `used_addresses` counts the addresses in use: individual ones, and all addresses of each prefix.
    """

    cidr: Cidr | None
    letters: str
    used_addresses: int
    interfaces: tuple[NetworkInterface, ...] = ()
    reservations: tuple[CidrReservation, ...] = ()

    def __len__(self) -> int:
        return len(self.letters)

    def with_reservations(self, reservations: tuple[CidrReservation, ...]) -> BlockMap:
        """The map with other CIDR reservations, which decide the state only of blocks in which nothing is in use."""
        states = _unused_states(self.cidr, len(self), reservations) if self.cidr and self.letters else []
        pairs = zip(self.letters, states, strict=True)
        letters = "".join(state if letter in _UNUSED else letter for letter, state in pairs)
        return BlockMap(self.cidr, letters, self.used_addresses, self.interfaces, reservations)

    @cached_property
    def counts(self) -> dict[BlockState, int]:
        """The number of blocks in each state; every state is a key."""
        return {state: self.letters.count(state.value) for state in BlockState}

    @property
    def free(self) -> int:
        """The number of assignable blocks: `.` and `P`."""
        return self.counts[BlockState.FREE] + self.counts[BlockState.PREFIX_RESERVED]

    @property
    def free_cidr_blocks(self) -> list[Cidr]:
        """The assignable blocks in address order."""
        return [self.cidr_of(i) for i, letter in enumerate(self.letters) if letter in ASSIGNABLE_LETTERS]

    def cidr_of(self, index: int) -> Cidr:
        """The address range of the block at an index. IndexError outside the map."""
        if self.cidr is None or not 0 <= index < len(self.letters):
            raise IndexError(index)
        return Cidr(self.cidr.first + index * BLOCK_SIZE, 28)

    def index_of(self, address: int) -> int | None:
        """The index of the block that contains an address; None for an address outside the subnet."""
        if self.cidr is None or not self.cidr.contains(address):
            return None
        index = (address - self.cidr.first) // BLOCK_SIZE
        return index if index < len(self.letters) else None

    def block(self, index: int) -> Block:
        """The details of the block at an index. IndexError outside the map."""
        cidr = self.cidr_of(index)
        addresses = self._addresses
        low, high = bisect_left(addresses, cidr.first), bisect_right(addresses, cidr.last)
        return Block(
            cidr=cidr,
            state=BlockState(self.letters[index]),
            uses=tuple(self._uses[low:high]),
            prefixes=self._prefixes_by_block.get(index, ()),
            reservations=tuple(r for r in self.reservations if r.cidr.overlaps(cidr)),
            reserved_addresses=tuple(a for a in self.reserved_addresses if cidr.contains(a)),
        )

    @property
    def reserved_addresses(self) -> tuple[int, ...]:
        """The addresses of the subnet that AWS reserves: the first four and the last."""
        if self.cidr is None or self.cidr.size < BLOCK_SIZE:
            return ()
        return (*range(self.cidr.first, self.cidr.first + RESERVED_ADDRESS_COUNT - 1), self.cidr.last)

    @cached_property
    def prefixes(self) -> tuple[PrefixUse, ...]:
        """Every delegated prefix in the subnet, in address order."""
        uses = (PrefixUse(prefix, interface) for interface in self.interfaces for prefix in interface.prefixes)
        return tuple(sorted(uses, key=lambda use: use.prefix))

    @cached_property
    def _prefixes_by_block(self) -> dict[int, tuple[PrefixUse, ...]]:
        """The prefixes that touch each block, in address order."""
        by_block: dict[int, list[PrefixUse]] = {}
        for use in self.prefixes:
            for index in block_indexes(self.cidr, use.prefix) if self.cidr else ():
                by_block.setdefault(index, []).append(use)
        return {index: tuple(uses) for index, uses in by_block.items()}

    @property
    def ipv6_addresses(self) -> tuple[str, ...]:
        """The individual IPv6 addresses of the subnet's ENIs, in the order of the ENIs."""
        return tuple(address for interface in self.interfaces for address in interface.ipv6_addresses)

    @property
    def ipv6_prefixes(self) -> tuple[str, ...]:
        """The delegated IPv6 prefixes of the subnet's ENIs, each a /80, in the order of the ENIs."""
        return tuple(prefix for interface in self.interfaces for prefix in interface.ipv6_prefixes)

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
    """Determine the state of every block of a subnet from its ENIs and CIDR reservations.

    A prefix or a reservation may be smaller than a block, larger or unaligned: a block counts as touched when they
    overlap. What lies outside the subnet is ignored. Linear in the number of addresses, prefixes and blocks.
    """
    count = cidr.size // BLOCK_SIZE if cidr else 0
    if cidr is None or not count:
        return BlockMap(cidr, "", 0, interfaces, reservations)
    masks = used_masks(cidr, interfaces)
    prefix_marks, prefix_addresses = _prefix_marks(cidr, count, interfaces)
    letters = [
        _used_state(prefix_marks[index], index in (0, count - 1), masks[index]) or unused
        for index, unused in enumerate(_unused_states(cidr, count, reservations))
    ]
    used_addresses = prefix_addresses + sum(mask.bit_count() for mask in masks)
    return BlockMap(cidr, "".join(letters), used_addresses, interfaces, reservations)


def used_masks(subnet: Cidr, interfaces: Iterable[NetworkInterface]) -> array[int]:
    """Return sixteen bits a block of a subnet: bit n is set when the n-th address is an individual address in use."""
    masks = array("H", bytes(2 * (subnet.size // BLOCK_SIZE)))
    first, last = subnet.first, subnet.last
    for interface in interfaces:
        for address in interface.addresses:
            if first <= address <= last:
                masks[(address - first) >> 4] |= 1 << ((address - first) & 15)
    return masks


def block_indexes(subnet: Cidr, cidr: Cidr) -> range:
    """Return the indexes of the subnet's blocks that a range touches."""
    first, last = max(cidr.first, subnet.first), min(cidr.last, subnet.last)
    return range((first - subnet.first) // BLOCK_SIZE, (last - subnet.first) // BLOCK_SIZE + 1)


_FULL_MASK = (1 << BLOCK_SIZE) - 1
_OTHER, _LATTICE = 1, 2


_UNUSED = frozenset({BlockState.FREE, BlockState.EXPLICIT, BlockState.PREFIX_RESERVED})


def _used_state(prefix_mark: int, at_the_edge: bool, mask: int) -> BlockState | None:
    """The state of a block in which something is in use, or reserved by AWS in every subnet; None if nothing is."""
    if prefix_mark:
        return BlockState.LATTICE if prefix_mark == _LATTICE else BlockState.ALLOCATED
    if at_the_edge:
        return BlockState.RESERVED
    if mask:
        return BlockState.FULL if mask == _FULL_MASK else BlockState.FRAGMENTED
    return None


def _unused_states(cidr: Cidr, count: int, reservations: Iterable[CidrReservation]) -> list[BlockState]:
    """The state of each block if nothing were in use."""
    states = [BlockState.FREE] * count
    for state, reserved in (
        (BlockState.PREFIX_RESERVED, [r.cidr for r in reservations if r.is_prefix]),
        (BlockState.EXPLICIT, [r.cidr for r in reservations if r.is_explicit]),
    ):
        for each in reserved:
            for index in block_indexes(cidr, each):
                states[index] = state
    return states


def _prefix_marks(subnet: Cidr, count: int, interfaces: Iterable[NetworkInterface]) -> tuple[bytearray, int]:
    """Return the kind of prefix that touches each block, and the number of the subnet's addresses in prefixes."""
    marks, addresses = bytearray(count), 0
    for interface in interfaces:
        if not interface.prefixes:
            continue
        mark = _LATTICE if is_lattice(interface) else _OTHER
        for prefix in interface.prefixes:
            indexes = block_indexes(subnet, prefix)
            for index in indexes:
                marks[index] = max(marks[index], mark)
            if indexes:
                addresses += min(prefix.last, subnet.last) - max(prefix.first, subnet.first) + 1
    return marks, addresses
