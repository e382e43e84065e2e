"""One order of handing out that serves a demand, and one that does not: step by step, to be replayed."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.demand import AllocationRequest
from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Supply


class AllocationKind(StrEnum):
    """What is handed out in a step."""

    ADDRESS = "address"
    BLOCK = "block"


class Allocation(Struct, frozen=True):
    """One thing handed out for a call; `first` is the address, or the first one of the /28 block."""

    request: AllocationRequest
    kind: AllocationKind
    first_address: int

    def __str__(self) -> str:
        return (
            str(Cidr(self.first_address, 28))
            if self.kind is AllocationKind.BLOCK
            else format_address(self.first_address)
        )


class AllocationSequence(Struct, frozen=True):
    """Steps in their order. Where it fails, `refused` says what the next step asks for in vain, for `refused_call`."""

    allocations: tuple[Allocation, ...]
    denied_kind: AllocationKind | None = None
    denied_request: AllocationRequest | None = None

    @property
    def texts(self) -> list[str]:
        """What is handed out, as text: `10.10.10.7`, `10.10.10.16/28`."""
        return [str(step) for step in self.allocations]


def working_sequence(room: Supply, demand: Demand) -> AllocationSequence:
    """Steps that serve the demand, call by call; ValueError when none do.

    The blocks with the fewest open addresses are taken; addresses land where they break nothing, and only what is left
    of them in blocks that are not wanted.
    """
    if not room.can_succeed(demand.addresses, demand.blocks):
        raise ValueError("no order serves the demand")
    taken, spared = _split(room, demand.blocks)
    return _hand_out(room, _draws(demand), taken, chain(room.other_blocks, spared))


def failing_sequence(room: Supply, demand: Demand) -> AllocationSequence:
    """Steps after which the demand is refused something; ValueError unless some orders serve it and some do not.

    Where blocks can run out the steps go call by call, and each address breaks another block while there are any.
    Where only addresses can, blocks partly inside reservations are taken first.
    """
    addresses, blocks = demand.addresses, demand.blocks
    if room.cannot_fail(addresses, blocks) or not room.can_succeed(addresses, blocks):
        raise ValueError("no order serves the demand, or every order does")
    if room.blocks_can_run_out(addresses, blocks):
        taken, broken = _split(room, blocks - 1)
        return _hand_out(room, _draws(demand), taken, chain(room.other_blocks, broken), breaking=broken)
    taken = [index for _, index in reversed(room.partly_reserved_blocks)][:blocks]
    draws = [(call, kind, 1) for call, kind, count in _draws(demand) for _ in range(count)]
    draws.sort(key=lambda draw: draw[1] is AllocationKind.ADDRESS)
    left = {*room.other_blocks, *room.unreserved_blocks, *(index for _, index in room.partly_reserved_blocks)} - set(
        taken
    )
    return _hand_out(room, chain(draws[: len(taken)], draws[blocks:]), taken, sorted(left))


def _hand_out(
    room: Supply,
    draws: Iterable[tuple[AllocationRequest, AllocationKind, int]],
    taken: Iterable[int],
    filled: Iterable[int],
    breaking: Iterable[int] = (),
) -> AllocationSequence:
    """Take these blocks, in their order; let an address land in each to break, then fill others one after another."""
    blocks = (room.first_address + index * BLOCK_SIZE for index in taken)
    broken = {index: next(room.addresses_in(index)) for index in breaking}
    rest = (a for index in filled for a in room.addresses_in(index) if a != broken.get(index))
    addresses, steps = chain(broken.values(), rest), list[Allocation]()
    for call, kind, count in draws:
        before = len(steps)
        steps += [
            Allocation(call, kind, first)
            for first in islice(blocks if kind is AllocationKind.BLOCK else addresses, count)
        ]
        if len(steps) < before + count:
            return AllocationSequence(tuple(steps), kind, call)
    return AllocationSequence(tuple(steps))


def _draws(demand: Demand) -> Iterator[tuple[AllocationRequest, AllocationKind, int]]:
    """What is drawn one after another, and how many: a call's addresses come before its blocks."""
    for call in demand.requests():
        yield call, AllocationKind.ADDRESS, call.addresses
        yield call, AllocationKind.BLOCK, call.blocks


def _split(room: Supply, count: int) -> tuple[list[int], list[int]]:
    """So many assignable blocks, the fewest open addresses first, which AWS may take in that order; and the rest."""
    ordered = [*room.reserved_blocks, *(index for _, index in room.partly_reserved_blocks), *room.unreserved_blocks]
    return ordered[:count], ordered[count:]
