"""Whether what is to be created fits into a subnet, whatever order AWS hands out in.

S single addresses and B blocks are wanted. AWS may hand them out in any sequence: the ENIs of several endpoints come
one after another or mixed, and VPC Lattice may add addresses to an ENI later. A single address may be any open one; a
block comes out of a `prefix` reservation while one is left there (a maintainer's word in aws/amazon-vpc-cni-k8s 2749).

It can succeed exactly when B blocks are assignable and S open addresses lie outside the B of them that hold the
fewest: those are a lawful choice in every sequence, since the blocks in reservations, which go first, hold less.

It can fail in two ways. A block is refused when every assignable one is taken or broken. At most B - 1 were taken, so
S addresses broke the rest, and none of the rest lay wholly inside a reservation: hence S + B exceeds the assignable
blocks, and B exceeds those that no address can break. And then it does fail: let addresses break all but B - 1.
An address is refused when no open one is left. Had a block outside the reservations been taken by then, those inside
were gone and every other one filled, so that blocks run out too. Else all came out of reservations, and they cost the
most open addresses when those with the most of them were taken before any address was.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.allocation_orders import Order, failing_order, working_order
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.capacity.supply import Room, room_of
from latticetop.model.capacity.wording import why_it_cannot, why_it_cannot_be_told, why_it_fits, why_it_may
from latticetop.model.endpoints.findings import Evidence, blocks_of
from latticetop.model.records.resources import Endpoint
from latticetop.model.records.text import counted
from latticetop.model.snapshot import SubnetReading

if TYPE_CHECKING:
    from collections.abc import Callable

NO_IPV4 = "the subnet has no IPv4 addresses"


class Outcome(StrEnum):
    """Whether it fits: under every order, under some, or none; or the picture of the subnet is incomplete."""

    FITS = "fits"
    MAY = "may"
    CANNOT_TELL = "cannot-tell"
    CANNOT = "cannot"

    @property
    def rank(self) -> int:
        """0 for the best; of several subnets the worst one's outcome holds."""
        return list(Outcome).index(self)


class Answer(Struct, frozen=True, dict=True):
    """The answer for one subnet, with its proof. `doubt` says what is not known of the subnet, as a clause."""

    reading: SubnetReading
    demand: Demand
    outcome: Outcome
    doubt: str = ""

    @property
    def room(self) -> Room:
        """What the subnet has to give, as far as can be seen."""
        return room_of(self.reading.blocks)

    @property
    def short_of(self) -> int:
        """How many more assignable blocks it takes for some order to work; 0 when it is not blocks that lack."""
        return max(0, self.demand.blocks - self.room.assignable)

    @property
    def bound(self) -> str:
        """The reason in one sentence with its numbers, without a full stop."""
        match self.outcome:
            case Outcome.FITS:
                return why_it_fits(self.room, self.demand)
            case Outcome.MAY:
                return why_it_may(self.room, self.demand)
            case Outcome.CANNOT_TELL:
                return why_it_cannot_be_told(self.room, self.demand, self.doubt)
            case Outcome.CANNOT:
                return why_it_cannot(self.room, self.demand) if self.reading.blocks.letters else NO_IPV4

    @cached_property
    def works(self) -> Order | None:
        """An order that works, where it may fit."""
        return working_order(self.room, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def fails(self) -> Order | None:
        """An order that fails, where it may fit."""
        return failing_order(self.room, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def reasons(self) -> tuple[Evidence, ...]:
        """Where it cannot fit: why each block is or is not assignable, by state in a subnet of many blocks."""
        if self.outcome is not Outcome.CANNOT:
            return ()
        return tuple(blocks_of(self.reading.blocks, Endpoint("", "", "", "")))


def decide(reading: SubnetReading, demand: Demand, doubt: str = "") -> Answer:
    """Whether a subnet holds a demand; with a doubt, or addresses unaccounted for, never yes: hidden ENIs only take."""
    room, addresses, blocks = room_of(reading.blocks), demand.addresses, demand.blocks
    if not doubt and reading.unaccounted:
        doubt = f"{counted(reading.unaccounted, 'address', 'addresses')} in use cannot be accounted for"
    if not room.possible(addresses, blocks) or not reading.blocks.letters:
        return Answer(reading, demand, Outcome.CANNOT, doubt)
    if doubt:
        return Answer(reading, demand, Outcome.CANNOT_TELL, doubt)
    return Answer(reading, demand, Outcome.FITS if room.certain(addresses, blocks) else Outcome.MAY)


class Fits(Struct, frozen=True, order=True):
    """How many more fit, for certain and possibly; where the subnet is not `known` the latter is an upper bound."""

    certain: int
    possible: int
    known: bool = True

    def __str__(self) -> str:
        if not self.possible or (self.known and self.certain == self.possible):
            return f"{self.possible:,}"
        return f"{self.certain:,}–{self.possible:,}" if self.known else f"≤ {self.possible:,}"


def fits(reading: SubnetReading, demand: Demand = ONE_ENDPOINT, doubt: str = "") -> Fits:
    """How many endpoints such as the demand's a subnet still holds together; prefixes, where it has no endpoint."""
    room, one = room_of(reading.blocks), demand.one
    addresses, blocks = one.addresses, one.blocks
    most, known = room.assignable // blocks, not (doubt or reading.unaccounted)
    possible = _most(most, lambda count: room.possible(count * addresses, count * blocks))
    certain = _most(possible, lambda count: room.certain(count * addresses, count * blocks)) if known else 0
    return Fits(certain, possible, known)


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to the limit for which it holds; it holds for none beyond the first it fails for."""
    return bisect_left(range(1, limit + 1), True, key=lambda count: not holds(count))
