"""One order of handing out that serves a demand, and one that does not: step by step, to be replayed."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.demand import Call
from latticetop.model.records.address import BLOCK_SIZE, Cidr, format_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Room


class Kind(StrEnum):
    """What is handed out in a step."""

    ADDRESS = "address"
    BLOCK = "block"


class Step(Struct, frozen=True):
    """One thing handed out for a call; `first` is the address, or the first one of the /28 block."""

    call: Call
    kind: Kind
    first: int

    def __str__(self) -> str:
        return str(Cidr(self.first, 28)) if self.kind is Kind.BLOCK else format_address(self.first)


class Order(Struct, frozen=True):
    """Steps in their order. Where it fails, `refused` says what the next step asks for in vain, for `refused_call`."""

    steps: tuple[Step, ...]
    refused: Kind | None = None
    refused_call: Call | None = None

    @property
    def script(self) -> list[str]:
        """What is handed out, as text: `10.10.10.7`, `10.10.10.16/28`."""
        return [str(step) for step in self.steps]


def working_order(room: Room, demand: Demand) -> Order:
    """Steps that serve the demand, call by call; ValueError when none do.

    The blocks with the fewest open addresses are taken; addresses land where they break nothing, and only what is left
    of them in blocks that are not wanted.
    """
    if not room.possible(demand.addresses, demand.blocks):
        raise ValueError("no order serves the demand")
    taken, spared = _split(room, demand.blocks)
    return _hand_out(room, _draws(demand), taken, chain(room.elsewhere, spared))


def failing_order(room: Room, demand: Demand) -> Order:
    """Steps after which the demand is refused something; ValueError unless some orders serve it and some do not.

    Where blocks can run out the steps go call by call, and each address breaks another block while there are any.
    Where only addresses can, blocks partly inside reservations are taken first.
    """
    addresses, blocks = demand.addresses, demand.blocks
    if room.certain(addresses, blocks) or not room.possible(addresses, blocks):
        raise ValueError("no order serves the demand, or every order does")
    if room.blocks_can_run_out(addresses, blocks):
        taken, broken = _split(room, blocks - 1)
        return _hand_out(room, _draws(demand), taken, chain(room.elsewhere, broken), breaking=broken)
    taken = [index for _, index in reversed(room.partial)][:blocks]
    draws = [(call, kind, 1) for call, kind, count in _draws(demand) for _ in range(count)]
    draws.sort(key=lambda draw: draw[1] is Kind.ADDRESS)
    left = {*room.elsewhere, *room.whole, *(index for _, index in room.partial)} - set(taken)
    return _hand_out(room, chain(draws[: len(taken)], draws[blocks:]), taken, sorted(left))


def _hand_out(
    room: Room,
    draws: Iterable[tuple[Call, Kind, int]],
    taken: Iterable[int],
    filled: Iterable[int],
    breaking: Iterable[int] = (),
) -> Order:
    """Take these blocks, in their order; let an address land in each to break, then fill others one after another."""
    blocks = (room.first + index * BLOCK_SIZE for index in taken)
    broken = {index: next(room.addresses_in(index)) for index in breaking}
    rest = (a for index in filled for a in room.addresses_in(index) if a != broken.get(index))
    addresses, steps = chain(broken.values(), rest), list[Step]()
    for call, kind, count in draws:
        before = len(steps)
        steps += [Step(call, kind, first) for first in islice(blocks if kind is Kind.BLOCK else addresses, count)]
        if len(steps) < before + count:
            return Order(tuple(steps), kind, call)
    return Order(tuple(steps))


def _draws(demand: Demand) -> Iterator[tuple[Call, Kind, int]]:
    """What is drawn one after another, and how many: a call's addresses come before its blocks."""
    for call in demand.calls():
        yield call, Kind.ADDRESS, call.addresses
        yield call, Kind.BLOCK, call.blocks


def _split(room: Room, count: int) -> tuple[list[int], list[int]]:
    """So many assignable blocks, the fewest open addresses first, which AWS may take in that order; and the rest."""
    ordered = [*room.safe, *(index for _, index in room.partial), *room.whole]
    return ordered[:count], ordered[count:]
