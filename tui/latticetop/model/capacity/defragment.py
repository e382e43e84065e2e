"""What to free so that blocks of a subnet become free, at the least cost: the only place that answers this.

The cost of an option has, in this order: the number of units that take the most effort, then of those that take less,
and so on (`Effort`); the number of blocks freed, of which more is better; the number of addresses freed (a prefix
counts sixteen). So the easiest owners come first, whatever the number of their addresses, and what AWS lets nobody move
comes only where nothing else is left. A unit in several blocks (the primary address of an ENI takes the whole ENI
along, a node all its ENIs) is paid once for all of them. Blocks that share such a unit are therefore weighed together:
all combinations of them if there are few, else one block after another, always the one that adds least. Every other
block costs what it costs by itself.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import accumulate, combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from latticetop.model.capacity.occupants import Occupants
from latticetop.model.capacity.removal import Defragmentation, removal_of
from latticetop.model.identity_cache import IdentityCache

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.blocks.blocks import BlockMap

Cost = tuple[int, ...]
Option = tuple[Cost, tuple[int, ...]]
"""The cost to free some blocks, and their indexes."""
MAX_COMBINATIONS = 20_000
"""The most combinations of blocks with shared units that are compared in all; beyond that the search is greedy."""
MAX_GREEDY_CANDIDATES = 64
"""The most blocks, the cheapest by themselves, that one step of a greedy search compares."""


class _Group(NamedTuple):
    """Blocks, the cheapest by themselves first. If `linked`, freeing one may cost less with another."""

    blocks: tuple[int, ...]
    linked: bool


DEFRAGMENTATIONS = IdentityCache["BlockMap", dict[tuple[int, frozenset[str]], Defragmentation]]()
"""By the number of blocks, and the failed endpoints that may be deleted."""
OCCUPANTS = IdentityCache["BlockMap", dict[frozenset[str], Occupants]](most=8)
"""By the failed endpoints. They take as much memory as the ENIs, and one subnet is looked at after another."""


def defragment(blocks: BlockMap, requested: int = 1, failed_endpoints: Collection[str] = ()) -> Defragmentation:
    """Find the cheapest removals that free this many more /28 blocks of a map, or as many as possible.

    `failed_endpoints` are the ids of failed endpoints through which nothing is reached: they may be deleted at once.
    Calculated once for each number and for each set of them.
    """
    known, key = DEFRAGMENTATIONS.get(blocks), (requested, frozenset(failed_endpoints))
    if known is None:
        DEFRAGMENTATIONS[blocks] = known = {}
    if key not in known:
        occupants = occupants_of(blocks, key[1])
        indexes, exact = _cheapest(occupants, min(requested, len(occupants.by_block)))
        known[key] = _defragmentation(blocks, occupants, indexes, requested, exact)
    return known[key]


def free_block(blocks: BlockMap, index: int, failed_endpoints: Collection[str] = ()) -> Defragmentation | None:
    """Find the removals that free the block at an index of a map; None if it is free or can never be assigned."""
    occupants = occupants_of(blocks, frozenset(failed_endpoints))
    if index not in occupants.by_block:
        return None
    return _defragmentation(blocks, occupants, (index,), 1, True)


def easiest_block(blocks: BlockMap) -> int | None:
    """The index of the block that is easiest to free; None if none can be freed."""
    freed = defragment(blocks).freed_blocks
    return blocks.index_of(freed[0].first) if freed else None


def occupants_of(blocks: BlockMap, failed_endpoints: Collection[str] = ()) -> Occupants:
    """Return the occupants of a map, if these failed endpoints may be deleted. Those of the latest maps are kept."""
    known, key = OCCUPANTS.get(blocks), frozenset(failed_endpoints)
    if known is None:
        OCCUPANTS[blocks] = known = {}
    if key not in known:
        known[key] = Occupants(blocks, key)
    return known[key]


def _cheapest(occupants: Occupants, count: int) -> tuple[tuple[int, ...], bool]:
    """Return the blocks that are cheapest to free together, the easiest first, and whether that is exact."""
    if count < 1:
        return (), True
    cost = {index: occupants.cost(occupants.units_of([index])) for index in occupants.by_block}
    ranked = sorted(cost, key=lambda index: (cost[index], index))
    # A set of blocks takes at least the effort that each of them takes: no cheaper one has a block beyond this ceiling.
    ceiling = occupants.efforts(occupants.units_of(ranked[:count]))
    candidates = [index for index in ranked if cost[index][: len(ceiling)] <= ceiling]
    best: list[Option | None] = [(occupants.cost(frozenset()), ()), *[None] * count]
    exact, combinations_left = True, MAX_COMBINATIONS
    for group in sorted(_groups(occupants, candidates), key=lambda group: len(group.blocks)):
        needed = _combination_count(group, count)
        complete = needed <= combinations_left
        combinations_left -= needed if complete else 0
        best = _merged(best, (_options if complete else _greedy_options)(occupants, group, count))
        exact = exact and complete
    option = best[count]
    assert option is not None
    position = {index: number for number, index in enumerate(ranked)}
    return tuple(sorted(option[1], key=position.__getitem__)), exact


def _combination_count(group: _Group, count: int) -> int:
    """Return how many combinations of up to `count` blocks of a group have to be compared."""
    size = len(group.blocks)
    return sum(comb(size, some) for some in range(1, min(count, size) + 1)) if group.linked else 0


def _options(occupants: Occupants, group: _Group, count: int) -> list[Option]:
    """Return the cheapest option to free 0, 1, 2 … blocks of a group; every combination is compared."""
    most = min(count, len(group.blocks))
    if not group.linked:
        costs = (occupants.cost(occupants.units_of([index])) for index in group.blocks[:most])
        totals = accumulate(costs, _sum, initial=occupants.cost(frozenset()))
        return [(total, group.blocks[:size]) for size, total in enumerate(totals)]
    options: list[Option] = [(occupants.cost(frozenset()), ())]
    return options + [_cheapest_of(occupants, combinations(group.blocks, size)) for size in range(1, most + 1)]


def _cheapest_of(occupants: Occupants, choices: Iterable[tuple[int, ...]]) -> Option:
    """Return the cheapest of some sets of blocks. Only of those that take the least effort is the whole cost needed."""
    best: Option | None = None
    for blocks in choices:
        units = occupants.units_of(blocks)
        efforts = occupants.efforts(units)
        if best is None or efforts <= best[0][: len(efforts)]:
            option = occupants.cost(units), blocks
            best = option if best is None else min(best, option)
    assert best is not None
    return best


def _greedy_options(occupants: Occupants, group: _Group, count: int) -> list[Option]:
    """Return a cheap option to free 0, 1, 2 … blocks of a group: each step adds the block that costs least."""
    options: list[Option] = [(occupants.cost(frozenset()), ())]
    left = set(group.blocks[: max(MAX_GREEDY_CANDIDATES, count)])
    removed: frozenset[int] = frozenset()
    for _ in range(min(count, len(left))):
        _, index = min((occupants.cost(occupants.added(index, removed)), index) for index in left)
        removed = occupants.merged(removed | occupants.by_block[index])
        left.remove(index)
        options.append((occupants.cost(removed), (*options[-1][1], index)))
    return options


def _sum(one: Cost, other: Cost) -> Cost:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _merged(best: list[Option | None], options: list[Option]) -> list[Option | None]:
    """Merge the cheapest options for 0, 1, 2 … blocks with those of a further group, which shares no unit with them."""
    merged: list[Option | None] = []
    for size in range(len(best)):
        choices = [
            (_sum(rest[0], option[0]), rest[1] + option[1])
            for part, option in enumerate(options[: size + 1])
            if (rest := best[size - part]) is not None
        ]
        merged.append(min(choices, default=None))
    return merged


def _groups(occupants: Occupants, candidates: list[int]) -> list[_Group]:
    """Group the blocks that share a unit, or parts and the whole of one ENI. Blocks that share none are one group."""
    parent = {index: index for index in candidates}

    def root_of(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    by_unit: defaultdict[int, list[int]] = defaultdict(list)
    shared = {unit for index in candidates for unit in occupants.by_block[index]}
    for index in candidates:
        for unit in occupants.by_block[index]:
            whole = occupants.units[unit].parent
            by_unit[whole if whole in shared else unit].append(index)
    for first, *others in by_unit.values():
        for index in others:
            parent[root_of(index)] = root_of(first)
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index in candidates:
        members[root_of(index)].append(index)
    single = tuple(group[0] for group in members.values() if len(group) == 1)
    return [_Group(single, False), *(_Group(tuple(group), True) for group in members.values() if len(group) > 1)]


def _defragmentation(
    blocks: BlockMap, occupants: Occupants, indexes: Iterable[int], requested: int, exact: bool
) -> Defragmentation:
    """Return the removals that free these blocks, in the order of the blocks, each with the blocks free after it."""
    units = occupants.units_of(indexes)
    removed = set[int]()
    removals = []
    for index in indexes:
        needed = (occupants.units[unit].parent if unit not in units else unit for unit in occupants.by_block[index])
        for group in _by_action(occupants, sorted({unit for unit in needed if unit is not None} - removed)):
            removed.update(group)
            freed = occupants.freed_blocks(group, removed)
            removals.append(removal_of([occupants.units[unit] for unit in group], map(blocks.cidr_of, freed)))
    freed_blocks = tuple(cidr for removal in removals for cidr in removal.freed_blocks)
    return Defragmentation(requested, tuple(removals), freed_blocks, exact)


def _by_action(occupants: Occupants, units: list[int]) -> list[list[int]]:
    """Join the addresses and prefixes of one ENI: one call unassigns them all."""
    groups: dict[tuple[bool, int], list[int]] = {}
    for unit in units:
        parent = occupants.units[unit].parent
        groups.setdefault((parent is None, unit if parent is None else parent), []).append(unit)
    return list(groups.values())
