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


class Ease(IntEnum):
    """How hard it is to move what an ENI holds; the higher, the harder."""

    DETACHED = 0
    LAMBDA = 1
    INSTANCE = 2
    NODE = 3
    OTHER = 4
    MANAGED = 5


_EASE = {
    OwnerKind.DETACHED: Ease.DETACHED,
    OwnerKind.LAMBDA: Ease.LAMBDA,
    OwnerKind.CODEBUILD: Ease.LAMBDA,
    OwnerKind.INSTANCE: Ease.INSTANCE,
    OwnerKind.ECS_TASK: Ease.INSTANCE,
    OwnerKind.EKS_NODE: Ease.NODE,
    OwnerKind.OTHER: Ease.OTHER,
}


class Thing(NamedTuple):
    """An individual address (a /32) or a prefix, and the place of the ENI that holds it in the map's `interfaces`.

    `alone` says whether it can go without its ENI.
    """

    cidr: Cidr
    owner: int
    alone: bool


class Holdings:
    """The ENIs of a map as things: those in each block that could be freed, and those that go together.

    A secondary address or a prefix of an ENI that is not AWS's own can go by itself; a primary address, or anything of
    an ENI that AWS manages, only with the whole ENI (UnassignPrivateIpAddresses leaves the primary address).
    """

    def __init__(self, blocks: BlockMap) -> None:
        self.interfaces = blocks.interfaces
        self.ease = [_ease_of(interface) for interface in blocks.interfaces]
        self.of = [_things(n, each, self.ease[n]) for n, each in enumerate(blocks.interfaces)]
        self.in_block = _by_block(blocks, self.of)
        self._subnet = blocks.cidr or Cidr(0, 32)

    def freed_by(self, things: Iterable[Thing], gone: set[Thing]) -> list[int]:
        """The blocks these things stand in that are free when all in `gone` are gone, in order."""
        touched = {index for thing in things for index in _span(thing.cidr, self._subnet)}
        return sorted(i for i in touched if i in self.in_block and gone.issuperset(self.in_block[i]))

    def with_ties(self, blocks: Iterable[int]) -> set[Thing]:
        """All that has to go for these blocks to be free."""
        gone: set[Thing] = set()
        for index in blocks:
            for thing in self.in_block[index]:
                if thing not in gone:
                    gone.update((thing,) if thing.alone else self.of[thing.owner])
        return gone


def _ease_of(interface: NetworkInterface) -> Ease:
    if interface.requester_managed or interface.operator:
        kind = owner_of(interface).kind
        return Ease.LAMBDA if kind is OwnerKind.LAMBDA else Ease.MANAGED
    return _EASE.get(owner_of(interface).kind, Ease.MANAGED)


def _things(number: int, interface: NetworkInterface, ease: Ease) -> tuple[Thing, ...]:
    free = ease < Ease.MANAGED
    addresses = (Thing(Cidr(a, 32), number, free and a != interface.primary) for a in interface.addresses)
    return (*addresses, *(Thing(prefix, number, free) for prefix in dict.fromkeys(interface.prefixes)))


def _by_block(blocks: BlockMap, things: list[tuple[Thing, ...]]) -> dict[int, list[Thing]]:
    """The things in each block that is taken and would be assignable if they were gone."""
    found: dict[int, list[Thing]] = {}
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
