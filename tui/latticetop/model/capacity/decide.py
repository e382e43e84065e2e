"""Whether a demand fits into a subnet, whatever sequence AWS allocates in and wherever unaccounted addresses lie.

A demand is S single addresses and B blocks. AWS may assign them in any sequence: the ENIs of several endpoints come one
after another or mixed, and VPC Lattice may add addresses to an ENI later. A single address may be any assignable one
(see `Supply`). A block comes out of a `prefix` reservation while one is left there: a maintainer's statement, in
aws/amazon-vpc-cni-k8s#2749.

Without unaccounted addresses:

It can succeed exactly when B blocks are assignable and S assignable addresses lie outside the B of them that contain
the fewest: those are a lawful choice in every sequence, since the blocks in reservations, which go first, contain less.

It can fail in two ways. A block is denied when every assignable one is assigned or fragmented. At most B - 1 were
assigned, so S addresses fragmented the rest, and none of the rest lay wholly inside a reservation: hence S + B exceeds
the assignable blocks, and B exceeds those that no address can fragment. And then it does fail: let addresses fragment
all but B - 1. An address is denied when no assignable one is left. Had a block outside the reservations been assigned
by then, those inside were gone and every other one filled, so that blocks run out too. Else all came out of
reservations, and they cost the most assignable addresses when those with the most of them were assigned before any
address was.

Unaccounted addresses, H of them, are in use but belong to no visible ENI. They came first, and lie anywhere but where
we see use or AWS has its own five, inside reservations of either type too.

It can succeed for some place of theirs exactly when it can without them and S + 16 B + H does not exceed the addresses
that nobody is seen to use: they then lie where that sequence takes none. If AWS's count shows that they lie outside
`prefix` reservations, S + H beside the blocks' addresses there must not exceed the addresses there. In other words:
AWS does not assign more addresses than it counts as available.

It can fail for some place of theirs exactly when one of the two ways is open after the worst of them. Each makes one
block at most unassignable. Blocks run out when H lie in as many assignable blocks, those first that no address can
fragment: B exceeds what is left of these, and S + B exceeds what is left of all assignable blocks. Addresses run out
when H lie at assignable addresses outside the B blocks that cost the most: S, H and this cost exceed the assignable
addresses. Those that find no room there lie in other blocks: unless blocks run out, there are at least H of them.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import too_small_reason
from latticetop.model.capacity.address_types import address_type_reason, lacks_address_type
from latticetop.model.capacity.allocation_sequence import AllocationSequence, failing_sequence, working_sequence
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.capacity.supply import (
    Supply,
    UnaccountedAddresses,
    free_blocks_in,
    largest,
    supply_of,
    unaccounted_addresses,
)
from latticetop.model.capacity.wording import (
    cannot_fit_reason,
    fits_reason,
    may_fit_reason,
    too_small_for,
    unknown_reason,
)
from latticetop.model.endpoints.findings import Evidence, block_evidence
from latticetop.model.records.missing_data import MissingData, lacks_interfaces, lacks_reservations
from latticetop.model.snapshot import SubnetReading

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NO_IPV4 = "The subnet has no IPv4 addresses"
UNUSED = "no visible use; whether it can be assigned is unknown"
"""What is said of a block that looks free in a subnet of which data is missing."""


class Outcome(StrEnum):
    """Whether a demand fits; `cannot-tell` when that depends on data that could not be read."""

    FITS = "fits"
    """In every allocation sequence, wherever unaccounted addresses lie."""
    MAY = "may"
    """In some allocation sequences only, or only where unaccounted addresses do not lie in the worst places."""
    UNKNOWN = "cannot-tell"
    """That depends on ENIs or reservations that were not read."""
    CANNOT = "cannot"
    """In none."""

    @property
    def rank(self) -> int:
        """The position from best (0) to worst."""
        return list(Outcome).index(self)


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of some outcomes. ValueError if there is none."""
    return max(outcomes, key=lambda outcome: outcome.rank)


class Decision(Struct, frozen=True, dict=True):
    """The outcome for one subnet, with its proof. `missing` is what was not read of the subnet."""

    reading: SubnetReading
    demand: Demand
    outcome: Outcome
    missing: tuple[MissingData, ...] = ()

    @property
    def supply(self) -> Supply:
        """The free capacity of the subnet, as far as it is visible."""
        return supply_of(self.reading.blocks)

    @property
    def unaccounted(self) -> UnaccountedAddresses:
        """The addresses in use that belong to no visible ENI."""
        return unaccounted_addresses(self.reading)

    @property
    def missing_blocks(self) -> int:
        """The number of blocks short of the demand for certain; 0 if there may be enough."""
        free = None if self.missing else free_blocks_in(self.reading)
        return max(0, self.demand.blocks - (free.max if free else self.supply.assignable_blocks))

    @property
    def reason(self) -> str:
        """The reason in one sentence with its numbers, without a full stop."""
        if reason := address_type_reason(self.reading.subnet, self.demand):
            return reason
        match self.outcome:
            case Outcome.FITS:
                return fits_reason(self.supply, self.demand, self.unaccounted.count)
            case Outcome.MAY:
                return may_fit_reason(self.supply, self.demand, self.unaccounted.count)
            case Outcome.UNKNOWN:
                return unknown_reason(self.supply, self.demand, self._count, self.missing)
            case Outcome.CANNOT:
                if not self.reading.blocks.letters:
                    return NO_IPV4
                if self.reading.subnet.too_small and self.demand.blocks:
                    return too_small_for(self.demand, too_small_reason(self.reading.blocks))
                return cannot_fit_reason(self.supply, self.demand, self._count, self.missing)

    @cached_property
    def working_sequence(self) -> AllocationSequence | None:
        """A sequence that provides the demand, for the outcome `may`; else None.

        It works if no unaccounted address lies there.
        """
        return working_sequence(self.supply, self.demand) if self.outcome is Outcome.MAY else None

    @cached_property
    def failing_sequence(self) -> AllocationSequence | None:
        """A sequence that does not provide the demand, for the outcome `may`; else None."""
        if self.outcome is not Outcome.MAY:
            return None
        return failing_sequence(self.supply, self.demand, self.unaccounted.count)

    @cached_property
    def block_evidence(self) -> tuple[Evidence, ...]:
        """Why each block is or is not assignable, for the outcome `cannot`; by state in a subnet of many blocks."""
        if self.outcome is not Outcome.CANNOT or lacks_address_type(self.reading.subnet, self.demand):
            return ()
        lines = block_evidence(self.reading.blocks)
        if self.missing:
            free = BlockState.FREE.value
            lines = [structs.replace(line, text=UNUSED) if line.letter == free else line for line in lines]
        return tuple(lines)

    @property
    def _count(self) -> UnaccountedAddresses:
        return _counted_addresses(self.reading, self.missing)


def decide(reading: SubnetReading, demand: Demand, missing: Collection[MissingData] = ()) -> Decision:
    """Decide whether a demand fits into a subnet of which this data is missing.

    With missing data the outcome is never `fits` or `may`; `cannot` stays certain. What may be missing is about IPv4:
    it decides nothing for endpoints with IPv6 alone.
    """
    supply, missing = supply_of(reading.blocks), tuple(missing)
    if lacks_address_type(reading.subnet, demand):
        return Decision(reading, demand, Outcome.CANNOT, missing)
    if demand.without_ipv4:
        return Decision(reading, demand, Outcome.FITS)
    if not reading.blocks.letters or not _may_succeed(reading, demand, missing):
        outcome = Outcome.CANNOT
    elif missing:
        outcome = Outcome.UNKNOWN
    elif supply.cannot_fail(demand.addresses, demand.blocks, reading.unaccounted):
        outcome = Outcome.FITS
    else:
        outcome = Outcome.MAY
    return Decision(reading, demand, outcome, missing)


class Capacity(Struct, frozen=True, order=True):
    """How many more endpoints fit: `certain` at least, `possible` at most.

    Unless the subnet is `known`, `possible` counts addresses outside CIDR reservations only, which were not read.
    """

    certain: int
    possible: int
    known: bool = True

    def __str__(self) -> str:
        if self.certain != self.possible:
            return f"{self.certain:,}-{self.possible:,}"
        if self.known:
            return f"{self.possible:,}"
        return f"≥ {self.certain:,}" if self.certain else "?"


def capacity_of(
    reading: SubnetReading, demand: Demand = ONE_ENDPOINT, missing: Collection[MissingData] = ()
) -> Capacity:
    """Count the endpoints as in the demand that fit into a subnet together; its prefixes, if it has no endpoint.

    Of endpoints with IPv6 alone, whose number IPv4 does not limit, none are counted.
    """
    if lacks_address_type(reading.subnet, demand):
        return Capacity(0, 0)
    supply, single, unaccounted = supply_of(reading.blocks), demand.single, _counted_addresses(reading, missing)
    addresses, blocks = single.addresses, single.blocks
    limit = supply.assignable_blocks // blocks if blocks else 0
    possible = largest(limit, lambda count: supply.can_succeed(count * addresses, count * blocks, unaccounted))
    if missing:
        return Capacity(0, possible, known=not possible and not _may_succeed(reading, single, missing))
    certain = largest(possible, lambda count: supply.cannot_fail(count * addresses, count * blocks, unaccounted.count))
    return Capacity(certain, possible)


def _counted_addresses(reading: SubnetReading, missing: Collection[MissingData]) -> UnaccountedAddresses:
    """The unaccounted addresses that AWS's count shows; with no ENI read, all in use."""
    return unaccounted_addresses(reading, confirmed=not lacks_interfaces(missing))


def _may_succeed(reading: SubnetReading, demand: Demand, missing: Collection[MissingData]) -> bool:
    """Whether some allocation sequence may provide the demand, whatever the missing data is."""
    supply, unaccounted = supply_of(reading.blocks), _counted_addresses(reading, missing)
    addresses, blocks = demand.addresses, demand.blocks
    if not lacks_reservations(missing):
        return supply.can_succeed(addresses, blocks, unaccounted)
    # AWS's count leaves out the addresses in `prefix` reservations, where it may have any number of blocks.
    return supply.can_succeed(addresses, blocks) and supply.shortage(addresses, 0, unaccounted) <= 0
