"""One order of handing out that serves a demand, and one that does not: step by step, to be replayed."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from .address import BLOCK_SIZE, Cidr, format_address
from .demand import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .demand import Demand
    from .room import Room


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
    table = _Table(room, taken, _addresses(room, chain(room.elsewhere, spared)))
    return table.serve(_draws(demand))


def failing_order(room: Room, demand: Demand) -> Order:
    """Steps after which the demand is refused something; ValueError when every order serves it.

    Where blocks can run out the steps go call by call, and each address breaks another block while there are any.
    Where only addresses can, blocks partly inside reservations are taken first.
    """
    if room.certain(demand.addresses, demand.blocks):
        raise ValueError("every order serves the demand")
    if room.blocks_can_run_out(demand.addresses, demand.blocks):
        kept, broken = _split(room, demand.blocks - 1)
        breaking = (next(room.addresses_in(index)) for index in broken)
        # When all else is full an address has to land in a block meant to be taken: the last of them first.
        rest = _addresses(room, chain(room.elsewhere, broken, reversed(kept)))
        return _Table(room, kept, chain(breaking, rest)).serve(_draws(demand))
    taken = [index for _, index in reversed(room.partial)][: demand.blocks]
    draws = list(_draws(demand))
    first = [draw for draw in draws if draw[1] is Kind.BLOCK][: len(taken)]
    then = [draw for draw in draws if draw[1] is Kind.ADDRESS]
    everywhere = sorted({*room.elsewhere, *room.whole, *(index for _, index in room.partial)} - set(taken))
    return _Table(room, taken, _addresses(room, everywhere)).serve(chain(first, then))


class _Table:
    """Hands out blocks and addresses in a given preference, as long as they are free."""

    def __init__(self, room: Room, blocks: Iterable[int], addresses: Iterator[int]) -> None:
        self._first = room.first
        self._blocks, self._addresses = iter(blocks), addresses
        self._used: set[int] = set()
        self._taken: set[int] = set()
        self._broken: set[int] = set()

    def serve(self, draws: Iterable[tuple[Call, Kind]]) -> Order:
        """Steps up to the end, or to the first draw that nothing is left for."""
        steps: list[Step] = []
        for call, kind in draws:
            first = self._block() if kind is Kind.BLOCK else self._address()
            if first is None:
                return Order(tuple(steps), kind, call)
            steps.append(Step(call, kind, first))
        return Order(tuple(steps))

    def _block(self) -> int | None:
        index = next((index for index in self._blocks if index not in self._broken), None)
        if index is None:
            return None
        self._taken.add(index)
        return self._first + index * BLOCK_SIZE

    def _address(self) -> int | None:
        for address in self._addresses:
            index = (address - self._first) // BLOCK_SIZE
            if address not in self._used and index not in self._taken:
                self._used.add(address)
                self._broken.add(index)
                return address
        return None


def _draws(demand: Demand) -> Iterator[tuple[Call, Kind]]:
    """What is drawn one after another: a call's addresses come before its blocks."""
    for call in demand.calls():
        for _ in range(call.addresses):
            yield call, Kind.ADDRESS
        for _ in range(call.blocks):
            yield call, Kind.BLOCK


def _split(room: Room, count: int) -> tuple[list[int], list[int]]:
    """So many assignable blocks, the fewest open addresses first, which AWS may take in that order; and the rest."""
    ordered = [*room.safe, *(index for _, index in room.partial), *room.whole]
    return ordered[:count], ordered[count:]


def _addresses(room: Room, indexes: Iterable[int]) -> Iterator[int]:
    return (address for index in indexes for address in room.addresses_in(index))
