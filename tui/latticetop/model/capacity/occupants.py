"""What stands in the blocks of a subnet, whose it is, and what has to go with it."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.records.address import BLOCK_SIZE, Cidr
from latticetop.model.records.eni_owners import OwnerKind, owner_of
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.blocks.blocks import BlockMap


class Effort(IntEnum):
    """How hard it is to move what an ENI holds; the higher, the harder."""

    DETACHED = 0
    LAMBDA = 1
    INSTANCE = 2
    NODE = 3
    OTHER = 4
    MANAGED = 5


_EASE = {
    OwnerKind.DETACHED: Effort.DETACHED,
    OwnerKind.LAMBDA: Effort.LAMBDA,
    OwnerKind.CODEBUILD: Effort.LAMBDA,
    OwnerKind.INSTANCE: Effort.INSTANCE,
    OwnerKind.ECS_TASK: Effort.INSTANCE,
    OwnerKind.EKS_NODE: Effort.NODE,
    OwnerKind.OTHER: Effort.OTHER,
}


class Occupant(NamedTuple):
    """An individual address (a /32) or a prefix, and the place of the ENI that holds it in the map's `interfaces`.

    `alone` says whether it can go without its ENI.
    """

    cidr: Cidr
    interface_index: int
    separable: bool


class Occupants:
    """The ENIs of a map as things: those in each block that could be freed, and those that go together.

    A secondary address or a prefix of an ENI that is not AWS's own can go by itself; a primary address, or anything of
    an ENI that AWS manages, only with the whole ENI (UnassignPrivateIpAddresses leaves the primary address).
    """

    def __init__(self, blocks: BlockMap) -> None:
        self.interfaces = blocks.interfaces
        self.effort = [_ease_of(interface) for interface in blocks.interfaces]
        self.by_interface = [_things(n, each, self.effort[n]) for n, each in enumerate(blocks.interfaces)]
        self.by_block = _by_block(blocks, self.by_interface)
        self._subnet = blocks.cidr or Cidr(0, 32)

    def freed_blocks(self, things: Iterable[Occupant], gone: set[Occupant]) -> list[int]:
        """The blocks these things stand in that are free when all in `gone` are gone, in order."""
        touched = {index for thing in things for index in _span(thing.cidr, self._subnet)}
        return sorted(i for i in touched if i in self.by_block and gone.issuperset(self.by_block[i]))

    def removed_with(self, blocks: Iterable[int]) -> set[Occupant]:
        """All that has to go for these blocks to be free."""
        gone: set[Occupant] = set()
        for index in blocks:
            for thing in self.by_block[index]:
                if thing not in gone:
                    gone.update((thing,) if thing.separable else self.by_interface[thing.interface_index])
        return gone


def _ease_of(interface: NetworkInterface) -> Effort:
    if interface.requester_managed or interface.operator:
        kind = owner_of(interface).kind
        return Effort.LAMBDA if kind is OwnerKind.LAMBDA else Effort.MANAGED
    return _EASE.get(owner_of(interface).kind, Effort.MANAGED)


def _things(number: int, interface: NetworkInterface, ease: Effort) -> tuple[Occupant, ...]:
    free = ease < Effort.MANAGED
    addresses = (Occupant(Cidr(a, 32), number, free and a != interface.primary) for a in interface.addresses)
    return (*addresses, *(Occupant(prefix, number, free) for prefix in dict.fromkeys(interface.prefixes)))


def _by_block(blocks: BlockMap, things: list[tuple[Occupant, ...]]) -> dict[int, list[Occupant]]:
    """The things in each block that is taken and would be assignable if they were gone."""
    found: dict[int, list[Occupant]] = {}
    if blocks.cidr is None:
        return found
    useless = {
        index
        for reservation in blocks.reservations
        if reservation.reservation_type == "explicit"
        for index in _span(reservation.cidr, blocks.cidr)
    }
    for each in things:
        for thing in each:
            for index in _span(thing.cidr, blocks.cidr):
                if 0 < index < len(blocks) - 1 and index not in useless:
                    found.setdefault(index, []).append(thing)
    return found


def _span(cidr: Cidr, subnet: Cidr) -> range:
    """The indexes of the subnet's blocks that a range touches."""
    first, last = max(cidr.first, subnet.first), min(cidr.last, subnet.last)
    return range((first - subnet.first) // BLOCK_SIZE, (last - subnet.first) // BLOCK_SIZE + 1)
