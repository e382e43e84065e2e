"""Allocation sequences, step by step, so that they can be replayed: one that provides a demand, one that does not."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.demand import AllocationRequest
from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Supply


class AllocationKind(StrEnum):
    """What AWS assigns in one allocation."""

    ADDRESS = "address"
    BLOCK = "block"


class Allocation(Struct, frozen=True):
    """One address or one /28 block assigned for a request; `first_address` is the address, or the block's first."""

    request: AllocationRequest
    kind: AllocationKind
    first_address: int

    def __str__(self) -> str:
        cidr = Cidr(self.first_address, 28)
        return str(cidr) if self.kind is AllocationKind.BLOCK else format_address(self.first_address)


class AllocationSequence(Struct, frozen=True):
    """Allocations in their order.

    If the sequence fails, `denied_kind` is what AWS cannot assign after them, and `denied_request` needs it. It fails
    if unaccounted addresses lie at `unaccounted_addresses`; others may lie wherever it takes none.
    """

    allocations: tuple[Allocation, ...]
    denied_kind: AllocationKind | None = None
    denied_request: AllocationRequest | None = None
    unaccounted_addresses: tuple[int, ...] = ()

    @property
    def texts(self) -> list[str]:
        """The allocations as text: `10.10.10.7`, `10.10.10.16/28`."""
        return [str(allocation) for allocation in self.allocations]

    @property
    def unaccounted_texts(self) -> list[str]:
        """The unaccounted addresses as text."""
        return list(map(format_address, self.unaccounted_addresses))


def working_sequence(supply: Supply, demand: Demand) -> AllocationSequence:
    """Return a sequence that provides the demand, request by request. ValueError if there is none.

    It takes the blocks with the fewest assignable addresses. Single addresses come from blocks that are not assignable,
    then from those that the demand does not need.
    """
    if not supply.can_succeed(demand.addresses, demand.blocks):
        raise ValueError("no allocation sequence provides the demand")
    needed, spare = _split(supply, demand.blocks)
    return _allocate(supply, _draws(demand), needed, chain(supply.other_blocks, spare))


def failing_sequence(supply: Supply, demand: Demand, unaccounted: int = 0) -> AllocationSequence:
    """Return a sequence that leaves too little for the demand, with `unaccounted` addresses in the worst places.

    ValueError if there is none, or if none provides it even without unaccounted addresses. If blocks can run out, it
    goes request by request, and each address fragments another block while there are any. If only addresses can run
    out, blocks partly inside reservations are assigned first.
    """
    addresses, blocks = demand.addresses, demand.blocks
    if supply.cannot_fail(addresses, blocks, unaccounted) or not supply.can_succeed(addresses, blocks):
        raise ValueError("no allocation sequence provides the demand, or every one does")
    places = tuple(sorted(_worst_places(supply, addresses, blocks, unaccounted)))
    left = supply.with_used_addresses(places) if places else supply
    sequence = _failing_sequence(left, demand)
    return structs.replace(sequence, unaccounted_addresses=places)


def _worst_places(supply: Supply, addresses: int, blocks: int, unaccounted: int) -> Iterable[int]:
    """Where unaccounted addresses make the demand fail: one in each block, those first that no address fragments.

    If only addresses can run out: where AWS could assign a single address, but not in the blocks that it takes first.
    """
    if supply.blocks_can_run_out(addresses, blocks, unaccounted):
        ordered, _ = _split(supply, unaccounted)
        return (supply.first_address + index * BLOCK_SIZE for index in ordered)
    partly_reserved = [index for _, index in supply.partly_prefix_reserved_blocks]
    others = chain(
        supply.other_blocks, supply.unreserved_blocks, partly_reserved[: max(0, len(partly_reserved) - blocks)]
    )
    return islice((address for index in others for address in supply.addresses_in(index)), unaccounted)


def _failing_sequence(supply: Supply, demand: Demand) -> AllocationSequence:
    addresses, blocks = demand.addresses, demand.blocks
    if supply.blocks_can_run_out(addresses, blocks):
        assigned, fragmented = _split(supply, blocks - 1)
        return _allocate(
            supply, _draws(demand), assigned, chain(supply.other_blocks, fragmented), fragmented_first=fragmented
        )
    partly_reserved = [index for _, index in supply.partly_prefix_reserved_blocks]
    assigned = partly_reserved[::-1][:blocks]
    draws = [(request, kind, 1) for request, kind, count in _draws(demand) for _ in range(count)]
    draws.sort(key=lambda draw: draw[1] is AllocationKind.ADDRESS)
    rest = {*supply.other_blocks, *supply.unreserved_blocks, *partly_reserved} - set(assigned)
    return _allocate(supply, chain(draws[: len(assigned)], draws[blocks:]), assigned, sorted(rest))


def _allocate(
    supply: Supply,
    draws: Iterable[tuple[AllocationRequest, AllocationKind, int]],
    assigned: Iterable[int],
    filled: Iterable[int],
    fragmented_first: Iterable[int] = (),
) -> AllocationSequence:
    """Assign these blocks in their order, and addresses: one in each block to fragment first, then block by block.

    When those are used up, addresses fragment the blocks that are not assigned yet, from the last one.
    """
    unassigned = deque(assigned)
    first = {index: next(supply.addresses_in(index)) for index in fragmented_first}
    rest = (a for index in filled for a in supply.addresses_in(index) if a != first.get(index))
    last = (a for index in _drained(unassigned) for a in supply.addresses_in(index))
    blocks = (supply.first_address + index * BLOCK_SIZE for index in _drained(unassigned, first=True))
    addresses, allocations = chain(first.values(), rest, last), list[Allocation]()
    for request, kind, count in draws:
        source = blocks if kind is AllocationKind.BLOCK else addresses
        drawn = [Allocation(request, kind, address) for address in islice(source, count)]
        allocations += drawn
        if len(drawn) < count:
            return AllocationSequence(tuple(allocations), kind, request)
    return AllocationSequence(tuple(allocations))


def _drained(indexes: deque[int], *, first: bool = False) -> Iterator[int]:
    """Take the first or the last index out until none is left."""
    while indexes:
        yield indexes.popleft() if first else indexes.pop()


def _draws(demand: Demand) -> Iterator[tuple[AllocationRequest, AllocationKind, int]]:
    """What is drawn, and how many of it: the addresses of a request come before its blocks."""
    for request in demand.requests():
        yield request, AllocationKind.ADDRESS, request.addresses
        yield request, AllocationKind.BLOCK, request.blocks


def _split(supply: Supply, count: int) -> tuple[list[int], list[int]]:
    """Return this many assignable blocks, fewest assignable addresses first (AWS may take this order), and the rest."""
    partly_reserved = (index for _, index in supply.partly_prefix_reserved_blocks)
    ordered = [*supply.prefix_reserved_blocks, *partly_reserved, *supply.unreserved_blocks]
    return ordered[:count], ordered[count:]
