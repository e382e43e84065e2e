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

from latticetop.model.capacity.allocation_sequence import AllocationSequence, failing_sequence, working_sequence
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.capacity.supply import Supply, supply_of
from latticetop.model.capacity.wording import cannot_fit_reason, fits_reason, may_fit_reason, unknown_reason
from latticetop.model.endpoints.findings import Evidence, block_evidence
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
    UNKNOWN = "cannot-tell"
    CANNOT = "cannot"

    @property
    def rank(self) -> int:
        """0 for the best; of several subnets the worst one's outcome holds."""
        return list(Outcome).index(self)


class Decision(Struct, frozen=True, dict=True):
    """The answer for one subnet, with its proof. `doubt` says what is not known of the subnet, as a clause."""

    reading: SubnetReading
    demand: Demand
    outcome: Outcome
    missing_data: str = ""

    @property
    def supply(self) -> Supply:
        """What the subnet has to give, as far as can be seen."""
        return supply_of(self.reading.blocks)

    @property
    def missing_blocks(self) -> int:
        """How many more assignable blocks it takes for some order to work; 0 when it is not blocks that lack."""
        return max(0, self.demand.blocks - self.supply.assignable_blocks)

    @property
    def reason(self) -> str:
        """The reason in one sentence with its numbers, without a full stop."""
        match self.outcome:
            case Outcome.FITS:
                return fits_reason(self.supply, self.demand)
            case Outcome.MAY:
                return may_fit_reason(self.supply, self.demand)
            case Outcome.UNKNOWN:
                return unknown_reason(self.supply, self.demand, self.missing_data)
            case Outcome.CANNOT:
                return cannot_fit_reason(self.supply, self.demand) if self.reading.blocks.letters else NO_IPV4

    @cached_property
    def working_sequence(self) -> AllocationSequence | None:
        """An order that works, where it may fit."""
        return working_sequence(self.supply, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def failing_sequence(self) -> AllocationSequence | None:
        """An order that fails, where it may fit."""
        return failing_sequence(self.supply, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def block_evidence(self) -> tuple[Evidence, ...]:
        """Where it cannot fit: why each block is or is not assignable, by state in a subnet of many blocks."""
        if self.outcome is not Outcome.CANNOT:
            return ()
        return tuple(block_evidence(self.reading.blocks, Endpoint("", "", "", "")))


def decide(reading: SubnetReading, demand: Demand, missing_data: str = "") -> Decision:
    """Whether a subnet holds a demand; with a missing_data, or addresses unaccounted for, never yes: hidden ENIs only take."""
    room, addresses, blocks = supply_of(reading.blocks), demand.addresses, demand.blocks
    if not missing_data and reading.unaccounted:
        missing_data = f"{counted(reading.unaccounted, 'address', 'addresses')} in use cannot be accounted for"
    if not room.can_succeed(addresses, blocks) or not reading.blocks.letters:
        return Decision(reading, demand, Outcome.CANNOT, missing_data)
    if missing_data:
        return Decision(reading, demand, Outcome.UNKNOWN, missing_data)
    return Decision(reading, demand, Outcome.FITS if room.cannot_fail(addresses, blocks) else Outcome.MAY)


class Capacity(Struct, frozen=True, order=True):
    """How many more fit, for certain and possibly; where the subnet is not `known` the latter is an upper bound."""

    certain: int
    possible: int
    known: bool = True

    def __str__(self) -> str:
        if not self.possible or (self.known and self.certain == self.possible):
            return f"{self.possible:,}"
        return f"{self.certain:,}–{self.possible:,}" if self.known else f"≤ {self.possible:,}"


def capacity_of(reading: SubnetReading, demand: Demand = ONE_ENDPOINT, missing_data: str = "") -> Capacity:
    """How many endpoints such as the demand's a subnet still holds together; prefixes, where it has no endpoint."""
    room, one = supply_of(reading.blocks), demand.single
    addresses, blocks = one.addresses, one.blocks
    most, known = room.assignable_blocks // blocks, not (missing_data or reading.unaccounted)
    possible = _most(most, lambda count: room.can_succeed(count * addresses, count * blocks))
    certain = _most(possible, lambda count: room.cannot_fail(count * addresses, count * blocks)) if known else 0
    return Capacity(certain, possible, known)


def _most(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to the limit for which it holds; it holds for none beyond the first it fails for."""
    return bisect_left(range(1, limit + 1), True, key=lambda count: not holds(count))
