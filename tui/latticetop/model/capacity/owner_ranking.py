"""The owners of a subnet's addresses by the blocks they break, and what goes free when an owner goes.

Each owner is freed as `defragment` says: by the same units, the same efforts and the same actions.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.blocks import BROKEN_LETTERS, block_indexes
from latticetop.model.capacity.defragment import occupants_of
from latticetop.model.capacity.removal import Removal, removal_of
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import Owner
from latticetop.model.records.owner_kinds import Effort, OwnerKind
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.blocks.blocks import BlockMap
    from latticetop.model.capacity.occupants import Occupants, Unit
    from latticetop.model.records.resources import NetworkInterface

FREES_NONE, FREES_NONE_ALONE = "frees no block", "frees no block unless others in its blocks go too"
"""In place of how an owner goes: there is no reason to."""


class RankedOwner(Struct, frozen=True):
    """An owner in a subnet. Sets of blocks hold their indexes in the map.

    `broken` are the fragmented and full blocks in which it has addresses, `alone` those in which nobody else has any,
    and `freeable` those that are free without their owners: not inside an `explicit` CIDR reservation.
    `freed` are the blocks that are free when it alone goes: also those of its prefixes. `blocks` are all that it
    touches. `removals` are the actions that make it go, one for each unit that is freed by itself.
    """

    key: str
    owner: Owner
    effort: Effort
    units: frozenset[int]
    removals: tuple[Removal, ...]
    blocks: frozenset[int]
    broken: frozenset[int]
    alone: frozenset[int]
    freeable: frozenset[int]
    freed: frozenset[int]

    @property
    def label(self) -> str:
        """The owner as text; the ENI's id if nothing is known of the owner; of Lambda functions, their groups too."""
        label = self.removals[0].owner_label
        if self.owner.name or not self.owner.kind.release.shared:
            return label
        return " ".join((label, *dict.fromkeys(group for i in self.interfaces for group in i.security_group_ids)))

    @property
    def interfaces(self) -> tuple[NetworkInterface, ...]:
        """Its ENIs in the subnet."""
        return tuple(interface for removal in self.removals for interface in removal.interfaces)

    def has(self, network_interface_id: str) -> bool:
        """Whether an ENI is one of its own."""
        return any(interface.network_interface_id == network_interface_id for interface in self.interfaces)

    @property
    def address_count(self) -> int:
        """The number of its addresses, including those of prefixes."""
        return sum(removal.address_count for removal in self.removals)

    @property
    def targets(self) -> tuple[str, ...]:
        """What goes, as `what_if.without` takes it."""
        return tuple(target for removal in self.removals for target in removal.targets)

    @property
    def action(self) -> str:
        """How it goes, as a clause in the imperative; of many that go alike, the first one and how many more."""
        first, more = self.removals[0], len(self.removals) - 1
        if not more or (self.effort is Effort.INSTANCE and not first.interface.device_index):
            return first.action
        return f"{first.action}, and so for {counted(more, 'more ENI')}"

    @property
    def advice(self) -> str:
        """How it goes if that frees a block; else that it frees none."""
        if self.freed:
            return self.action
        return FREES_NONE_ALONE if self.freeable else FREES_NONE

    @property
    def note(self) -> str:
        """A clause that explains the action; empty where there is nothing to add."""
        return self.removals[0].note

    @property
    def ids(self) -> tuple[str, ...]:
        """What a command that makes it go needs: the id of an instance or an endpoint, else those of the ENIs."""
        if self.owner.kind is not OwnerKind.DETACHED and self.owner.name.startswith(("i-", "vpce-", "nat-", "rgw-")):
            return (self.owner.name,)
        return tuple(interface.network_interface_id for interface in self.interfaces)


class OwnerRanking:
    """The owners of a subnet, those first that break most blocks alone; then by broken blocks, effort, freed blocks."""

    def __init__(self, blocks: BlockMap, failed_endpoints: Collection[str] = ()) -> None:
        self._occupants = occupants = occupants_of(blocks, failed_endpoints)
        self.broken = sum(blocks.letters.count(letter) for letter in BROKEN_LETTERS)
        """The number of fragmented and full blocks of the subnet."""
        groups: dict[str, list[int]] = {}
        for index, unit in enumerate(occupants.units):
            if unit.parent is None:
                groups.setdefault(_key(unit), []).append(index)
        if not blocks.letters:
            groups.clear()
        occupied = {key: _occupied_blocks(blocks, [occupants.units[i] for i in units]) for key, units in groups.items()}
        owner_counts = Counter(index for _, broken in occupied.values() for index in broken)
        owners = []
        for key, (touched, broken) in occupied.items():
            alone = frozenset(index for index in broken if owner_counts[index] == 1)
            owners.append(_ranked(occupants, key, groups[key], touched, broken, alone))
        self.owners: tuple[RankedOwner, ...] = tuple(sorted(owners, key=_rank))

    def freed_without(self, owners: Iterable[RankedOwner]) -> frozenset[int]:
        """The blocks that are free when all of these owners go: at least those that each of them frees alone."""
        units = frozenset[int]().union(*(owner.units for owner in owners))
        return frozenset(self._occupants.freed_blocks(units, units))

    def frees_with(self, owner: RankedOwner, others: Iterable[RankedOwner]) -> bool:
        """Whether an owner frees a block when it goes, alone or once the others are gone."""
        others = [other for other in others if other.key != owner.key]
        return bool(owner.freed) or len(self.freed_without([*others, owner])) > len(self.freed_without(others))


_RANKINGS = IdentityCache["BlockMap", dict[frozenset[str], OwnerRanking]]()


def owner_ranking(blocks: BlockMap, failed_endpoints: Collection[str] = ()) -> OwnerRanking:
    """Rank the owners of a map. Calculated once: with 30,000 ENIs it takes seconds. May be called in another thread.

    `failed_endpoints` are the ids of failed endpoints through which nothing is reached: they may be deleted at once.
    """
    rankings = _RANKINGS.get(blocks) or {}
    key = frozenset(failed_endpoints)
    if key not in rankings:
        rankings[key] = OwnerRanking(blocks, key)
        _RANKINGS[blocks] = rankings
    return rankings[key]


def is_ranked(blocks: BlockMap, failed_endpoints: Collection[str] = ()) -> bool:
    """Whether the owners of a map were ranked already, so that `owner_ranking` returns at once."""
    return frozenset(failed_endpoints) in (_RANKINGS.get(blocks) or {})


def _key(unit: Unit) -> str:
    """What the units of one owner have in common: kind and name. Without a name, units that are shared stay apart."""
    owner, first = unit.owner, unit.interfaces[0].network_interface_id
    if not owner.name and (owner.kind.release.shared or owner.kind is OwnerKind.OTHER):
        return f"{owner.kind.value} {first}"
    return f"{owner.kind.value} {owner.name}"


def _occupied_blocks(blocks: BlockMap, units: list[Unit]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the blocks that units touch, and those of them that are broken by their individual addresses."""
    assert blocks.cidr is not None
    touched: set[int] = set()
    broken: set[int] = set()
    for unit in units:
        for cidr in unit.cidrs:
            if cidr.length < 32:
                touched.update(block_indexes(blocks.cidr, cidr))
            elif (index := blocks.index_of(cidr.first)) is not None:
                touched.add(index)
                if blocks.letters[index] in BROKEN_LETTERS:
                    broken.add(index)
    return frozenset(touched), frozenset(broken)


def _ranked(
    occupants: Occupants,
    key: str,
    units: list[int],
    touched: frozenset[int],
    broken: frozenset[int],
    alone: frozenset[int],
) -> RankedOwner:
    ordered = sorted(units, key=lambda index: occupants.units[index].interfaces[0].device_index or 0)
    removals = tuple(removal_of([occupants.units[index]]) for index in ordered)
    removed = frozenset(units)
    return RankedOwner(
        key=key,
        owner=removals[0].owner,
        effort=removals[0].effort,
        units=removed,
        removals=removals,
        blocks=touched,
        broken=broken,
        alone=alone,
        freeable=broken.intersection(occupants.by_block),
        freed=frozenset(occupants.freed_blocks(removed, removed)),
    )


def _rank(owner: RankedOwner) -> tuple[object, ...]:
    return -len(owner.alone), -len(owner.broken), owner.effort, -len(owner.freed), owner.key
