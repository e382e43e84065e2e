"""The occupants of the blocks of a subnet: addresses and prefixes, and the units in which they are freed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.blocks.blocks import block_indexes
from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import Owner, owner_of
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Set

    from latticetop.model.blocks.blocks import BlockMap


class Unit(NamedTuple):
    """Addresses and prefixes that are freed together.

    That is a secondary address or a prefix of an instance's ENI; else a whole ENI; or all ENIs of a node, or of another
    owner that shares them (`Release.shared`), in this subnet. `parent` is the index of the whole ENI that an address
    or prefix belongs to; None for all other units.
    """

    owner: Owner
    effort: Effort
    interfaces: tuple[NetworkInterface, ...]
    cidrs: tuple[Cidr, ...]
    """A /32 for an individual address; a prefix as a whole."""
    parent: int | None = None

    @property
    def size(self) -> int:
        """The number of addresses."""
        return sum(cidr.size for cidr in self.cidrs)


class Occupants:
    """The units of a map, and the units in each block that can become free.

    A secondary address or a prefix of an ENI that AWS does not manage can be freed by itself. A primary address cannot
    (UnassignPrivateIpAddresses does not unassign it), nor can anything of an ENI that AWS manages
    (requester-managed-eni, EC2 guide). What a CNI has assigned to a node is freed by draining the node.

    `failed_endpoints` are the ids of endpoints that can be deleted at once: nothing is reached through them.
    """

    def __init__(self, blocks: BlockMap, failed_endpoints: Collection[str] = ()) -> None:
        self.units: list[Unit] = []
        self.by_block: dict[int, frozenset[int]] = {}
        """The indexes of the units in each block that is not assignable and would be without them."""
        self._blocks_of: dict[int, list[int]] = {}
        for owner, interfaces in _owned(blocks.interfaces):
            failed = owner.kind is OwnerKind.LATTICE_ENDPOINT and owner.name in failed_endpoints
            self._add(owner, Effort.LEFTOVER if failed else owner.kind.effort, interfaces)
        self._sizes = [unit.size for unit in self.units]
        if blocks.cidr:
            self._locate(blocks, blocks.cidr)

    def efforts(self, units: Iterable[int]) -> tuple[int, ...]:
        """The number of units by effort, the most effort first."""
        counts = [0] * len(Effort)
        for index in units:
            counts[-1 - self.units[index].effort] += 1
        return tuple(counts)

    def cost(self, units: Set[int]) -> tuple[int, ...]:
        """The number of units by effort, then the number of blocks that they free, negative, and of their addresses."""
        addresses = sum(self._sizes[index] for index in units)
        return (*self.efforts(units), -len(self.freed_blocks(units, units)), addresses)

    def units_of(self, blocks: Iterable[int]) -> frozenset[int]:
        """The units to free for these blocks; of an ENI that is freed as a whole, no part."""
        return self.merged(frozenset[int]().union(*(self.by_block[index] for index in blocks)))

    def merged(self, units: frozenset[int]) -> frozenset[int]:
        """The same units without the parts of a whole ENI that is among them."""
        parts = [index for index in units if self.units[index].parent in units]
        return units.difference(parts) if parts else units

    def added(self, block: int, removed: Set[int]) -> frozenset[int]:
        """The units to free for a block once those in `removed` are freed."""
        units = (index for index in self.by_block[block] if not self._is_removed(index, removed))
        return self.merged(frozenset(units))

    def freed_blocks(self, units: Iterable[int], removed: Set[int]) -> list[int]:
        """The blocks of these units that are free once all in `removed` are freed, in address order."""
        touched = {block for index in units for block in self._blocks_of.get(index, ())}
        return sorted(b for b in touched if all(self._is_removed(index, removed) for index in self.by_block[b]))

    def _is_removed(self, index: int, removed: Set[int]) -> bool:
        return index in removed or self.units[index].parent in removed

    def _add(self, owner: Owner, effort: Effort, interfaces: tuple[NetworkInterface, ...]) -> None:
        cidrs = [Cidr(address, 32) for interface in interfaces for address in interface.addresses]
        cidrs += [prefix for interface in interfaces for prefix in dict.fromkeys(interface.prefixes)]
        self.units.append(Unit(owner, effort, interfaces, tuple(cidrs)))
        if owner.kind is OwnerKind.INSTANCE:
            parent, primary = len(self.units) - 1, interfaces[0].primary
            parts = (cidr for cidr in cidrs if cidr.length < 32 or cidr.first != primary)
            self.units += [Unit(owner, Effort.ADDRESS, interfaces, (cidr,), parent) for cidr in parts]

    def _locate(self, blocks: BlockMap, subnet: Cidr) -> None:
        explicit = {
            index
            for reservation in blocks.reservations
            if reservation.is_explicit
            for index in block_indexes(subnet, reservation.cidr)
        }
        usable = {index: set[int]() for index in range(1, len(blocks) - 1) if index not in explicit}
        parts: dict[int, dict[Cidr, int]] = {}
        for number, unit in enumerate(self.units):
            if unit.parent is not None:
                parts.setdefault(unit.parent, {})[unit.cidrs[0]] = number
        for number, unit in enumerate(self.units):
            if unit.parent is not None:
                continue
            parts_of_unit = parts.get(number, {})
            for cidr in unit.cidrs:
                for index in block_indexes(subnet, cidr):
                    if index in usable:
                        usable[index].add(parts_of_unit.get(cidr, number))
        self.by_block = {index: frozenset(units) for index, units in usable.items() if units}
        for index, units in self.by_block.items():
            for number in units:
                parent = self.units[number].parent
                self._blocks_of.setdefault(number, []).append(index)
                if parent is not None:
                    self._blocks_of.setdefault(parent, []).append(index)


def _owned(interfaces: Iterable[NetworkInterface]) -> list[tuple[Owner, tuple[NetworkInterface, ...]]]:
    """The owners with the ENIs that are freed together, in the order of the ENIs."""
    owners = [(interface, owner_of(interface)) for interface in interfaces]
    nodes = {owner.name: owner for _, owner in owners if owner.kind.effort is Effort.NODE and owner.name}
    groups: dict[object, tuple[Owner, list[NetworkInterface]]] = {}
    for interface, owner in owners:
        if owner.kind.effort in (Effort.NODE, Effort.INSTANCE):
            owner = nodes.get(owner.name, owner)
        groups.setdefault(_group_key(owner, interface), (owner, []))[1].append(interface)
    return [(owner, tuple(members)) for owner, members in groups.values()]


def _group_key(owner: Owner, interface: NetworkInterface) -> object:
    """What the ENIs that are freed together have in common: the owner, or the security groups of Lambda functions."""
    name = owner.name or ",".join(sorted(interface.security_group_ids))
    if owner.kind.release.shared and name:
        return owner.kind, name
    return interface.network_interface_id
