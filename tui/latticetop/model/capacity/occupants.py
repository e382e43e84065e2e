"""The occupants of the blocks of a subnet: addresses and prefixes, their ENIs, and what is removed together."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.blocks.blocks import block_indexes
from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.owner_kinds import OwnerKind
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.blocks.blocks import BlockMap


class Effort(IntEnum):
    """The effort to remove or move an ENI's addresses, from the least to the most."""

    DETACHED = 0
    """Attached to nothing."""
    LAMBDA = 1
    """A Lambda function or a CodeBuild project."""
    INSTANCE = 2
    """An instance or an ECS task."""
    NODE = 3
    """An EKS node."""
    OTHER = 4
    """No known owner."""
    MANAGED = 5
    """A resource that AWS manages: its ENI can only be removed with the resource."""


_EFFORTS = {
    OwnerKind.DETACHED: Effort.DETACHED,
    OwnerKind.LAMBDA: Effort.LAMBDA,
    OwnerKind.CODEBUILD: Effort.LAMBDA,
    OwnerKind.INSTANCE: Effort.INSTANCE,
    OwnerKind.ECS_TASK: Effort.INSTANCE,
    OwnerKind.EKS_NODE: Effort.NODE,
    OwnerKind.OTHER: Effort.OTHER,
}


class Occupant(NamedTuple):
    """An individual address (a /32) or a prefix.

    `interface_index` is the index of its ENI in the `interfaces` of the map. `separable` says whether it can be removed
    while the ENI stays.
    """

    cidr: Cidr
    interface_index: int
    separable: bool


class Occupants:
    """The occupants of a map: of each ENI, and of each block that can become free.

    A secondary address or a prefix of an ENI that AWS does not manage can be removed by itself. A primary address
    cannot (UnassignPrivateIpAddresses does not unassign it), nor can anything of an ENI that AWS manages
    (requester-managed-eni, EC2 guide): the whole ENI has to be removed.
    """

    def __init__(self, blocks: BlockMap) -> None:
        self.interfaces = blocks.interfaces
        self.effort = [_effort_of(interface) for interface in blocks.interfaces]
        self.by_interface = [
            _occupants_of(index, interface, self.effort[index]) for index, interface in enumerate(blocks.interfaces)
        ]
        self.by_block = _by_block(blocks, self.by_interface)
        self._subnet = blocks.cidr or Cidr(0, 32)

    def freed_blocks(self, occupants: Iterable[Occupant], removed: set[Occupant]) -> list[int]:
        """The blocks of these occupants that are free once all in `removed` are removed, in address order."""
        touched = {index for occupant in occupants for index in block_indexes(self._subnet, occupant.cidr)}
        return sorted(i for i in touched if i in self.by_block and removed.issuperset(self.by_block[i]))

    def removed_with(self, blocks: Iterable[int]) -> set[Occupant]:
        """All occupants that have to be removed to free these blocks, including those in other blocks."""
        removed: set[Occupant] = set()
        for index in blocks:
            for occupant in self.by_block[index]:
                if occupant not in removed:
                    whole_interface = self.by_interface[occupant.interface_index]
                    removed.update((occupant,) if occupant.separable else whole_interface)
        return removed


def _effort_of(interface: NetworkInterface) -> Effort:
    kind = owner_of(interface).kind
    if interface.requester_managed or interface.operator:
        return Effort.LAMBDA if kind is OwnerKind.LAMBDA else Effort.MANAGED
    return _EFFORTS.get(kind, Effort.MANAGED)


def _occupants_of(index: int, interface: NetworkInterface, effort: Effort) -> tuple[Occupant, ...]:
    separable = effort < Effort.MANAGED
    addresses = (Occupant(Cidr(a, 32), index, separable and a != interface.primary) for a in interface.addresses)
    return (*addresses, *(Occupant(prefix, index, separable) for prefix in dict.fromkeys(interface.prefixes)))


def _by_block(blocks: BlockMap, by_interface: list[tuple[Occupant, ...]]) -> dict[int, list[Occupant]]:
    """The occupants of each block that is not assignable and would be without them."""
    by_block: dict[int, list[Occupant]] = {}
    if blocks.cidr is None:
        return by_block
    explicit = {
        index
        for reservation in blocks.reservations
        if reservation.reservation_type == "explicit"
        for index in block_indexes(blocks.cidr, reservation.cidr)
    }
    for occupants in by_interface:
        for occupant in occupants:
            for index in block_indexes(blocks.cidr, occupant.cidr):
                if 0 < index < len(blocks) - 1 and index not in explicit:
                    by_block.setdefault(index, []).append(occupant)
    return by_block
