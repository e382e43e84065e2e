"""Which addresses or ENIs to remove so that blocks of a subnet become free, at the least cost.

The cost of an option has, in this order: the number of addresses removed (a prefix counts sixteen), the effort of their
owners (the most effort first), the number of separate removals. A primary address takes its whole ENI along, which may
fragment or free other blocks. Blocks that share such an ENI are therefore weighed together: all combinations of them if
there are few, else one block after another, always the one that adds least. Every other block costs what it costs by
itself.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from latticetop.model.capacity.occupants import Effort, Occupant, Occupants
from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address
from latticetop.model.records.eni_owners import Owner, owner_label, owner_of
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.snapshot import SubnetReading

Cost = tuple[int, ...]
Option = tuple[Cost, tuple[int, ...]]
"""The cost to free some blocks, and their indexes."""
MAX_COMBINATIONS = 20_000
"""The most combinations of blocks with shared ENIs that are compared in all; beyond that the search is greedy."""
MAX_GREEDY_CANDIDATES = 64
"""The most blocks, the cheapest by themselves, that one step of a greedy search compares."""


class Removal(Struct, frozen=True):
    """One action: remove a whole ENI, or one address or prefix of it; and the blocks that are free after it."""

    interface: NetworkInterface
    whole_interface: bool
    addresses: tuple[int, ...]
    prefixes: tuple[Cidr, ...]
    freed_blocks: tuple[Cidr, ...] = ()

    @property
    def owner(self) -> Owner:
        """The owner of the ENI."""
        return owner_of(self.interface)

    @property
    def owner_label(self) -> str:
        """The owner as text; the ENI's id if nothing is known of the owner."""
        return owner_label(self.interface)

    @property
    def address_count(self) -> int:
        """The number of addresses removed, including those of prefixes."""
        return len(self.addresses) + sum(prefix.size for prefix in self.prefixes)

    @property
    def target(self) -> str:
        """The ENI's id, the address or the prefix, as `what_if.without` takes it."""
        if self.whole_interface:
            return self.interface.network_interface_id
        return str(self.prefixes[0]) if self.prefixes else format_address(self.addresses[0])


class Defragmentation(Struct, frozen=True):
    """Removals in their order.

    `exact` says that no option with fewer addresses, or owners of less effort, frees as many blocks.
    """

    requested: int
    removals: tuple[Removal, ...]
    freed_blocks: tuple[Cidr, ...]
    exact: bool

    @property
    def sufficient(self) -> bool:
        """Whether as many blocks are freed as requested; if not, no more can be freed."""
        return len(self.freed_blocks) >= self.requested

    @property
    def address_count(self) -> int:
        """The number of addresses removed, including those of prefixes."""
        return sum(removal.address_count for removal in self.removals)


class _Group(NamedTuple):
    """Blocks, the cheapest by themselves first. If `linked`, freeing one may fragment or free another."""

    blocks: tuple[int, ...]
    linked: bool


def defragment(reading: SubnetReading, requested: int = 1) -> Defragmentation:
    """Find the cheapest removals that free this many more /28 blocks of a subnet, or as many as possible."""
    occupants = Occupants(reading.blocks)
    count = min(requested, len(occupants.by_block))
    blocks, exact = _cheapest(occupants, count)
    removals = _removals(reading, occupants, blocks)
    freed_blocks = tuple(cidr for removal in removals for cidr in removal.freed_blocks)
    return Defragmentation(requested, removals, freed_blocks, exact)


def _cheapest(occupants: Occupants, count: int) -> tuple[tuple[int, ...], bool]:
    """Return the blocks that are cheapest to free together, the easiest first, and whether that is exact."""
    if count < 1:
        return (), True
    own_cost = {index: _cost(occupants, inside) for index, inside in occupants.by_block.items()}
    full_cost = {index: _cost(occupants, occupants.removed_with([index])) for index in own_cost}
    ranked = sorted(full_cost, key=lambda index: (full_cost[index], index))
    ceiling = _cost(occupants, occupants.removed_with(ranked[:count]))
    # No cheaper option has a block of which the own addresses, with those of the cheapest others, exceed that ceiling.
    # That is so where no occupant is in two blocks, and every prefix AWS has ever given is a /28.
    shared = any(occupant.cidr.size > BLOCK_SIZE for inside in occupants.by_block.values() for occupant in inside)
    floor = 0 if shared else sum(sorted(cost[0] for cost in own_cost.values())[: count - 1])
    candidates = [index for index in ranked if own_cost[index][0] <= ceiling[0] - floor]
    best: list[Option | None] = [(_cost(occupants, ()), ()), *[None] * count]
    exact, combinations_left = True, MAX_COMBINATIONS
    for group in sorted(_groups(occupants, candidates), key=lambda group: len(group.blocks)):
        needed = _combination_count(group, count)
        complete = needed <= combinations_left
        combinations_left -= needed if complete else 0
        best = _merged(best, (_options if complete else _greedy_options)(occupants, group, count))
        exact = exact and complete
    option = best[count]
    assert option is not None
    if not exact:
        lower_bound = [sum(column) for column in zip(*sorted(own_cost.values())[:count], strict=True)]
        exact = list(option[0][:-1]) == lower_bound[:-1]
    return tuple(sorted(option[1], key=ranked.index)), exact


def _combination_count(group: _Group, count: int) -> int:
    """Return how many combinations of up to `count` blocks of a group have to be compared."""
    size = len(group.blocks)
    return sum(comb(size, some) for some in range(1, min(count, size) + 1)) if group.linked else 0


def _options(occupants: Occupants, group: _Group, count: int) -> list[Option]:
    """Return the cheapest option to free 0, 1, 2 … blocks of a group; every combination is compared."""
    most = min(count, len(group.blocks))
    if not group.linked:
        heads = (group.blocks[:size] for size in range(most + 1))
        return [(_cost(occupants, occupants.removed_with(blocks)), blocks) for blocks in heads]
    options: list[Option] = [(_cost(occupants, ()), ())]
    for size in range(1, most + 1):
        choices = combinations(group.blocks, size)
        options.append(min((_cost(occupants, occupants.removed_with(blocks)), blocks) for blocks in choices))
    return options


def _greedy_options(occupants: Occupants, group: _Group, count: int) -> list[Option]:
    """Return a cheap option to free 0, 1, 2 … blocks of a group: each step adds the block that costs least."""
    options: list[Option] = [(_cost(occupants, ()), ())]
    left = {index: occupants.removed_with([index]) for index in group.blocks[: max(MAX_GREEDY_CANDIDATES, count)]}
    removed: set[Occupant] = set()
    for _ in range(min(count, len(left))):
        _, index = min((_cost(occupants, inside - removed), index) for index, inside in left.items())
        removed |= left.pop(index)
        options.append((_cost(occupants, removed), (*options[-1][1], index)))
    return options


def _merged(best: list[Option | None], options: list[Option]) -> list[Option | None]:
    """Merge the cheapest options for 0, 1, 2 … blocks with those of a further group, which shares no ENI with them."""
    merged: list[Option | None] = []
    for size in range(len(best)):
        choices = [
            (tuple(a + b for a, b in zip(rest[0], option[0], strict=True)), rest[1] + option[1])
            for part, option in enumerate(options[: size + 1])
            if (rest := best[size - part]) is not None
        ]
        merged.append(min(choices, default=None))
    return merged


def _groups(occupants: Occupants, candidates: list[int]) -> list[_Group]:
    """Group the blocks that share an ENI which is removed as a whole. All blocks that share none are one group."""
    parent = {index: index for index in candidates}

    def root_of(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    by_interface: defaultdict[int, list[int]] = defaultdict(list)
    linking: set[int] = set()
    for index in candidates:
        for occupant in occupants.by_block[index]:
            by_interface[occupant.interface_index].append(index)
            if not occupant.separable or occupant.cidr.size > BLOCK_SIZE:
                linking.add(occupant.interface_index)
    for interface_index in linking:
        first, *others = by_interface[interface_index]
        for index in others:
            parent[root_of(index)] = root_of(first)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index in candidates:
        members[root_of(index)].append(index)
    single = tuple(group[0] for group in members.values() if len(group) == 1)
    return [_Group(single, False), *(_Group(tuple(group), True) for group in members.values() if len(group) > 1)]


def _cost(occupants: Occupants, removed: Iterable[Occupant]) -> Cost:
    """Return the number of addresses, then of those by effort from the most to the least, then of removals."""
    by_effort, whole, separate = [0] * len(Effort), set[int](), list[int]()
    for occupant in removed:
        by_effort[-1 - occupants.effort[occupant.interface_index]] += occupant.cidr.size
        if occupant.separable:
            separate.append(occupant.interface_index)
        else:
            whole.add(occupant.interface_index)
    return (sum(by_effort), *by_effort, len(whole) + sum(index not in whole for index in separate))


def _removals(reading: SubnetReading, occupants: Occupants, blocks: Iterable[int]) -> tuple[Removal, ...]:
    """Return the removals that free these blocks, in the order of the blocks, each with the blocks free after it."""
    whole = {occupant.interface_index for occupant in occupants.removed_with(blocks) if not occupant.separable}
    removed: set[Occupant] = set()
    removals = []
    for occupant in (occupant for index in blocks for occupant in occupants.by_block[index]):
        if occupant in removed:
            continue
        index = occupant.interface_index
        group = occupants.by_interface[index] if index in whole else (occupant,)
        removed.update(group)
        removals.append(
            Removal(
                occupants.interfaces[index],
                index in whole,
                tuple(member.cidr.first for member in group if member.cidr.length == 32),
                tuple(member.cidr for member in group if member.cidr.length < 32),
                tuple(reading.blocks.cidr_of(i) for i in occupants.freed_blocks(group, removed)),
            )
        )
    return tuple(removals)
