"""Whether a demand fits into a subnet, whatever sequence AWS allocates in.

A demand is S single addresses and B blocks. AWS may assign them in any sequence: the ENIs of several endpoints come one
after another or mixed, and VPC Lattice may add addresses to an ENI later. A single address may be any assignable one
(see `Supply`). A block comes out of a `prefix` reservation while one is left there: a maintainer's statement, in
aws/amazon-vpc-cni-k8s#2749.

It can succeed exactly when B blocks are assignable and S assignable addresses lie outside the B of them that contain
the fewest: those are a lawful choice in every sequence, since the blocks in reservations, which go first, contain less.

It can fail in two ways. A block is denied when every assignable one is assigned or fragmented. At most B - 1 were
assigned, so S addresses fragmented the rest, and none of the rest lay wholly inside a reservation: hence S + B exceeds
the assignable blocks, and B exceeds those that no address can fragment. And then it does fail: let addresses fragment
all but B - 1. An address is denied when no assignable one is left. Had a block outside the reservations been assigned
by then, those inside were gone and every other one filled, so that blocks run out too. Else all came out of
reservations, and they cost the most assignable addresses when those with the most of them were assigned before any
address was.
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
from latticetop.model.records.text import counted
from latticetop.model.snapshot import SubnetReading

if TYPE_CHECKING:
    from collections.abc import Callable

NO_IPV4 = "The subnet has no IPv4 addresses"


class Outcome(StrEnum):
    """Whether a demand fits; `cannot-tell` when that depends on data that could not be read."""

    FITS = "fits"
    """In every allocation sequence."""
    MAY = "may"
    """In some allocation sequences only."""
    UNKNOWN = "cannot-tell"
    """In some or all, unless there are ENIs or reservations that are not visible."""
    CANNOT = "cannot"
    """In none."""

    @property
    def rank(self) -> int:
        """The position from best (0) to worst. The worst outcome of several subnets is that of the plan."""
        return list(Outcome).index(self)


class Decision(Struct, frozen=True, dict=True):
    """The outcome for one subnet, with its proof. `missing_data` says what was not read of the subnet, as a clause."""

    reading: SubnetReading
    demand: Demand
    outcome: Outcome
    missing_data: str = ""

    @property
    def supply(self) -> Supply:
        """The free capacity of the subnet, as far as it is visible."""
        return supply_of(self.reading.blocks)

    @property
    def missing_blocks(self) -> int:
        """The number of assignable blocks short of the demand; 0 if enough blocks are assignable."""
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
        """A sequence that provides the demand, for the outcome `may`; else None."""
        return working_sequence(self.supply, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def failing_sequence(self) -> AllocationSequence | None:
        """A sequence that does not provide the demand, for the outcome `may`; else None."""
        return failing_sequence(self.supply, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def block_evidence(self) -> tuple[Evidence, ...]:
        """Why each block is or is not assignable, for the outcome `cannot`; by state in a subnet of many blocks."""
        if self.outcome is not Outcome.CANNOT:
            return ()
        return tuple(block_evidence(self.reading.blocks))


def decide(reading: SubnetReading, demand: Demand, missing_data: str = "") -> Decision:
    """Decide whether a demand fits into a subnet.

    With missing data, or addresses that are unaccounted for, the outcome is never `fits` or `may`: ENIs that are not
    visible can only take more. `cannot` stays certain.
    """
    supply, addresses, blocks = supply_of(reading.blocks), demand.addresses, demand.blocks
    if not missing_data and reading.unaccounted:
        used_addresses = counted(reading.unaccounted, "used address belongs", "used addresses belong")
        missing_data = f"{used_addresses} to no visible ENI"
    if not supply.can_succeed(addresses, blocks) or not reading.blocks.letters:
        return Decision(reading, demand, Outcome.CANNOT, missing_data)
    if missing_data:
        return Decision(reading, demand, Outcome.UNKNOWN, missing_data)
    return Decision(reading, demand, Outcome.FITS if supply.cannot_fail(addresses, blocks) else Outcome.MAY)


class Capacity(Struct, frozen=True, order=True):
    """How many more endpoints fit: `certain` in every allocation sequence, `possible` in some.

    If the subnet is not fully `known`, `possible` is an upper bound.
    """

    certain: int
    possible: int
    known: bool = True

    def __str__(self) -> str:
        if not self.possible or (self.known and self.certain == self.possible):
            return f"{self.possible:,}"
        return f"{self.certain:,}-{self.possible:,}" if self.known else f"≤ {self.possible:,}"


def capacity_of(reading: SubnetReading, demand: Demand = ONE_ENDPOINT, missing_data: str = "") -> Capacity:
    """Count the endpoints as in the demand that fit into a subnet together; its prefixes, if it has no endpoint."""
    supply, single = supply_of(reading.blocks), demand.single
    addresses, blocks = single.addresses, single.blocks
    limit, known = supply.assignable_blocks // blocks, not (missing_data or reading.unaccounted)
    possible = _largest(limit, lambda count: supply.can_succeed(count * addresses, count * blocks))
    certain = _largest(possible, lambda count: supply.cannot_fail(count * addresses, count * blocks)) if known else 0
    return Capacity(certain, possible, known)


def _largest(limit: int, holds: Callable[[int], bool]) -> int:
    """Return the largest number up to the limit for which a condition holds that never holds again once it fails."""
    return bisect_left(range(1, limit + 1), True, key=lambda count: not holds(count))
