"""Which addresses or ENIs to move so that blocks of a subnet come free, the cheapest way.

The cost of a way is, in this order: how many addresses go (a prefix counts sixteen), how hard their owners are to move
(the hardest first), how many separate removals it takes. Since a primary address takes its whole ENI along, which may
break or free other blocks, blocks that share an ENI are weighed together: all choices among them where there are few,
else one after another, always the one that adds least. Every other block costs what it costs by itself.
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
    from collections.abc import Iterable, Iterator

    from latticetop.model.snapshot import SubnetReading

Cost = tuple[int, ...]
Option = tuple[Cost, tuple[int, ...]]
"""What it costs to free some blocks, and their indexes."""
MAX_COMBINATIONS = 20_000
"""So many sets of blocks that share ENIs are gone through in all; beyond that the choice is greedy."""
MAX_GREEDY_CANDIDATES = 64
"""So many blocks, the cheapest by themselves, are looked at in each step of a greedy choice."""


class Removal(Struct, frozen=True):
    """One thing to do: let a whole ENI go, or one address or prefix of it; and the blocks that are free after it."""

    interface: NetworkInterface
    whole_interface: bool
    addresses: tuple[int, ...]
    prefixes: tuple[Cidr, ...]
    freed_blocks: tuple[Cidr, ...] = ()

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        return owner_of(self.interface)

    @property
    def owner_label(self) -> str:
        """Whose it is, in words; where nothing is known of them, the ENI."""
        return owner_label(self.interface)

    @property
    def address_count(self) -> int:
        """How many addresses go, those of prefixes among them."""
        return len(self.addresses) + sum(prefix.size for prefix in self.prefixes)

    @property
    def target(self) -> str:
        """The ENI's id, the address or the prefix: what `what_if.without` takes."""
        if self.whole_interface:
            return self.interface.network_interface_id
        return str(self.prefixes[0]) if self.prefixes else format_address(self.addresses[0])


class Defragmentation(Struct, frozen=True):
    """The removals in their order. `exact` says that no fewer addresses, and no easier owners, free as many blocks."""

    requested: int
    removals: tuple[Removal, ...]
    freed_blocks: tuple[Cidr, ...]
    exact: bool

    @property
    def sufficient(self) -> bool:
        """Whether it frees as many blocks as were wanted; fewer can be had at all where it does not."""
        return len(self.freed_blocks) >= self.requested

    @property
    def address_count(self) -> int:
        """How many addresses go, those of prefixes among them."""
        return sum(removal.address_count for removal in self.removals)


class _Group(NamedTuple):
    """Blocks, the cheapest by themselves first; `linked` when freeing one of them may break another's ENI."""

    blocks: tuple[int, ...]
    linked: bool


def defragment(reading: SubnetReading, wanted: int = 1) -> Defragmentation:
    """The cheapest way to free so many more /28 blocks of a subnet, or as many as can be."""
    holdings = Occupants(reading.blocks)
    count = min(wanted, len(holdings.by_block))
    chosen, exact = _cheapest(holdings, count)
    removals = _removals(reading, holdings, chosen)
    return Defragmentation(wanted, removals, tuple(cidr for r in removals for cidr in r.freed_blocks), exact)


def _cheapest(holdings: Occupants, count: int) -> tuple[tuple[int, ...], bool]:
    """So many blocks that are cheapest to free together, the easiest first, and whether that is certain."""
    if count < 1:
        return (), True
    alone = {index: _cost(holdings, things) for index, things in holdings.by_block.items()}
    tied = {index: _cost(holdings, holdings.removed_with([index])) for index in alone}
    ranked = sorted(tied, key=lambda index: (tied[index], index))
    ceiling = _cost(holdings, holdings.removed_with(ranked[:count]))
    # No cheaper way holds a block of which the own addresses, with those of the cheapest others, exceed that ceiling.
    # That is so where no thing stands in two blocks, and every prefix AWS has ever given is a /28.
    shared = any(thing.cidr.size > BLOCK_SIZE for things in holdings.by_block.values() for thing in things)
    floor = 0 if shared else sum(sorted(cost[0] for cost in alone.values())[: count - 1])
    candidates = [index for index in ranked if alone[index][0] <= ceiling[0] - floor]
    best: list[Option | None] = [(_cost(holdings, ()), ()), *[None] * count]
    exact, choices_left = True, MAX_COMBINATIONS
    for group in sorted(_groups(holdings, candidates), key=lambda group: len(group.blocks)):
        choices = _choices(group, count)
        complete = choices <= choices_left
        choices_left -= choices if complete else 0
        best = _combined(best, _ways(holdings, group, count) if complete else _greedy_ways(holdings, group, count))
        exact = exact and complete
    found = best[count]
    assert found is not None
    if not exact:
        least = [sum(column) for column in zip(*sorted(alone.values())[:count], strict=True)]
        exact = list(found[0][:-1]) == least[:-1]
    return tuple(sorted(found[1], key=ranked.index)), exact


def _choices(group: _Group, count: int) -> int:
    """How many sets of up to so many blocks of the group have to be weighed."""
    size = len(group.blocks)
    return sum(comb(size, some) for some in range(1, min(count, size) + 1)) if group.linked else 0


def _ways(holdings: Occupants, group: _Group, count: int) -> list[Option]:
    """The cheapest way to free 0, 1, 2 … blocks of a group, every choice weighed."""
    most = min(count, len(group.blocks))
    if not group.linked:
        return [(_cost(holdings, holdings.removed_with(some)), some) for some in _heads(group.blocks, most)]
    ways: list[Option] = [(_cost(holdings, ()), ())]
    for size in range(1, most + 1):
        choices = combinations(group.blocks, size)
        ways.append(min((_cost(holdings, holdings.removed_with(some)), some) for some in choices))
    return ways


def _greedy_ways(holdings: Occupants, group: _Group, count: int) -> list[Option]:
    """A cheap way to free 0, 1, 2 … blocks of a group: each time the block that adds least."""
    ways: list[Option] = [(_cost(holdings, ()), ())]
    left = {index: holdings.removed_with([index]) for index in group.blocks[: max(MAX_GREEDY_CANDIDATES, count)]}
    gone: set[Occupant] = set()
    for _ in range(min(count, len(left))):
        _, index = min((_cost(holdings, ties - gone), index) for index, ties in left.items())
        gone |= left.pop(index)
        ways.append((_cost(holdings, gone), (*ways[-1][1], index)))
    return ways


def _heads(blocks: tuple[int, ...], most: int) -> Iterator[tuple[int, ...]]:
    return (blocks[:size] for size in range(most + 1))


def _combined(best: list[Option | None], ways: list[Option]) -> list[Option | None]:
    """The cheapest ways when a further group, which shares nothing with those before, adds its own."""
    result: list[Option | None] = []
    for size in range(len(best)):
        choices = [
            (tuple(a + b for a, b in zip(before[0], way[0], strict=True)), before[1] + way[1])
            for part, way in enumerate(ways[: size + 1])
            if (before := best[size - part]) is not None
        ]
        result.append(min(choices, default=None))
    return result


def _groups(holdings: Occupants, candidates: list[int]) -> list[_Group]:
    """The candidates in groups that share no ENI which has to go whole; those that share none at all are one group."""
    root = {index: index for index in candidates}

    def find(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    places: defaultdict[int, list[int]] = defaultdict(list)
    tied: set[int] = set()
    for index in candidates:
        for thing in holdings.by_block[index]:
            places[thing.interface_index].append(index)
            if not thing.separable or thing.cidr.size > BLOCK_SIZE:
                tied.add(thing.interface_index)
    for owner in tied:
        for index in places[owner][1:]:
            root[find(index)] = find(places[owner][0])
    members: defaultdict[int, list[int]] = defaultdict(list)
    for index in candidates:
        members[find(index)].append(index)
    single = tuple(group[0] for group in members.values() if len(group) == 1)
    return [_Group(single, False), *(_Group(tuple(group), True) for group in members.values() if len(group) > 1)]


def _cost(holdings: Occupants, things: Iterable[Occupant]) -> Cost:
    """Addresses; how many of them belong to the hardest owners, to the next, and so on; removals."""
    by_ease, whole, alone = [0] * len(Effort), set[int](), list[int]()
    for thing in things:
        by_ease[-1 - holdings.effort[thing.interface_index]] += thing.cidr.size
        if thing.separable:
            alone.append(thing.interface_index)
        else:
            whole.add(thing.interface_index)
    return (sum(by_ease), *by_ease, len(whole) + sum(owner not in whole for owner in alone))


def _removals(reading: SubnetReading, holdings: Occupants, chosen: Iterable[int]) -> tuple[Removal, ...]:
    """The removals that free the chosen blocks, in the order of the blocks, each with the blocks free after it."""
    ties = holdings.removed_with(chosen)
    whole = {thing.interface_index for thing in ties if not thing.separable}
    gone: set[Occupant] = set()
    removals = []
    for thing in (thing for index in chosen for thing in holdings.by_block[index]):
        if thing in gone:
            continue
        going = holdings.by_interface[thing.interface_index] if thing.interface_index in whole else (thing,)
        gone.update(going)
        after = holdings.freed_blocks(going, gone)
        removals.append(
            Removal(
                holdings.interfaces[thing.interface_index],
                thing.interface_index in whole,
                tuple(each.cidr.first for each in going if each.cidr.length == 32),
                tuple(each.cidr for each in going if each.cidr.length < 32),
                tuple(reading.blocks.cidr_of(i) for i in after),
            )
        )
    return tuple(removals)
