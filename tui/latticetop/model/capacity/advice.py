"""What would make a demand fit into a subnet: ranges to reserve, then removals, in the order that works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.decide import Decision, Outcome, decide, worst_outcome
from latticetop.model.capacity.defragment import defragment
from latticetop.model.capacity.removal import Defragmentation
from latticetop.model.capacity.supply import supply_of
from latticetop.model.capacity.what_if import with_prefix_reservations, without
from latticetop.model.records.address import Cidr, joined

if TYPE_CHECKING:
    from collections.abc import Collection

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.snapshot import SubnetReading


MAX_UNACCOUNTED_FREED = 4
"""Unaccounted addresses for each of which a further block is freed; beyond that the advice says that it may fit."""


class Advice(Struct, frozen=True):
    """What would make a demand fit: ranges to reserve as `prefix`, then removals; and the outcome after both.

    The reservation comes first: AWS allows it over addresses in use, and assigns no single address there from then on,
    so that what is freed stays free (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html).
    """

    removals: Defragmentation | None
    reserved_ranges: tuple[Cidr, ...]
    outcome: Outcome

    def after(self, reading: SubnetReading) -> SubnetReading:
        """The subnet once it is carried out."""
        freed = without(reading, self.removals.targets) if self.removals else reading
        return with_prefix_reservations(freed, self.reserved_ranges)


def advise(
    decision: Decision, failed_endpoints: Collection[str] = (), other_demands: Collection[Demand] = ()
) -> Advice | None:
    """Find what would improve the outcome for a subnet; None if nothing is needed, nothing helps or data is missing.

    `failed_endpoints` are those that may be deleted at once; see `defragment`. With `other_demands`, which may arise in
    place of the decision's own, the advice is for the worst of them.
    """
    if decision.missing or decision.demand.without_ipv4:
        return None
    if not other_demands:
        return _advice_for(decision, failed_endpoints)
    decisions = [decision, *(decide(decision.reading, demand) for demand in other_demands)]
    outcome = worst_outcome(each.outcome for each in decisions)
    options = [
        structs.replace(advice, outcome=worst_outcome(decide(after, each.demand).outcome for each in decisions))
        for each in decisions
        if (advice := _advice_for(each, failed_endpoints)) and (after := advice.after(decision.reading))
    ]
    best = min(options, key=lambda advice: advice.outcome.rank, default=None)
    return best if best and best.outcome.rank < outcome.rank else None


def ranges_to_reserve(reading: SubnetReading, demand: Demand) -> tuple[Cidr, ...]:
    """Return free ranges that make the demand fit once they are reserved as `prefix`; empty if they would not.

    Addresses in use that belong to no visible ENI may lie in them: each takes one block more.
    """
    supply, blocks = supply_of(reading.blocks), reading.blocks
    missing = demand.blocks - len(supply.prefix_reserved_blocks) + reading.unaccounted
    left, ranges = set(supply.unreserved_blocks), []
    size = 1 << max(missing, 1).bit_length() - 1
    while missing > 0 and size:
        starts = (i for i in sorted(left) if i % size == 0 and left.issuperset(range(i, i + size)))
        start = next(starts, None) if size <= missing else None
        if start is None:
            size //= 2
            continue
        left.difference_update(range(start, start + size))
        missing -= size
        ranges.append(Cidr(blocks.cidr_of(start).first, 28 - (size.bit_length() - 1)))
    after = decide(with_prefix_reservations(reading, ranges), demand)
    return tuple(sorted(ranges)) if after.outcome is Outcome.FITS else ()


def _advice_for(decision: Decision, failed_endpoints: Collection[str]) -> Advice | None:
    """Find what would improve the outcome of one decision, of which nothing is missing.

    The fewest blocks that may be enough are freed; if unaccounted addresses can still break some, one more for each.
    """
    advice = _after_freeing(decision, decision.missing_blocks, failed_endpoints)
    unaccounted = decision.unaccounted.count
    if (
        not decision.missing_blocks
        or not 0 < unaccounted <= MAX_UNACCOUNTED_FREED
        or (advice and advice.outcome is Outcome.FITS)
    ):
        return advice
    count = decision.demand.blocks + unaccounted - decision.supply.assignable_blocks
    certain = _after_freeing(decision, count, failed_endpoints)
    return certain if certain and certain.outcome is Outcome.FITS else advice


def _after_freeing(decision: Decision, count: int, failed_endpoints: Collection[str]) -> Advice | None:
    """The advice that frees this many blocks, and reserves ranges; None if it improves nothing."""
    reading, demand, removals = decision.reading, decision.demand, None
    if count:
        removals = defragment(reading.blocks, count, failed_endpoints)
        if not removals.sufficient:
            return None
        reading = without(reading, removals.targets)
    after = decide(reading, demand)
    ranges = ranges_to_reserve(reading, demand) if after.outcome is Outcome.MAY else ()
    if removals and not ranges:
        ranges = joined(_unreserved(reading, removals.freed_blocks)[:count])
    if ranges:
        after = decide(with_prefix_reservations(reading, ranges), demand)
    if after.outcome.rank >= decision.outcome.rank:
        return None
    return Advice(removals, ranges, after.outcome)


def _unreserved(reading: SubnetReading, ranges: tuple[Cidr, ...]) -> tuple[Cidr, ...]:
    """Return the ranges that no reservation overlaps: AWS refuses a second one."""
    reserved = [reservation.cidr for reservation in reading.reservations]
    return tuple(cidr for cidr in ranges if not any(cidr.overlaps(other) for other in reserved))
