"""A plan: whether new endpoints or prefixes fit into subnets, and which changes would make them fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.decide import Decision, Outcome, decide
from latticetop.model.capacity.defragment import Defragmentation, defragment
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.supply import supply_of
from latticetop.model.capacity.what_if import with_prefix_reservations, without, without_each
from latticetop.model.records.address import Cidr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.snapshot import Snapshot, SubnetReading


class Plan(Struct, frozen=True):
    """The decision for each subnet, in the order given.

    `removed` are the addresses, ranges and ENIs that the plan assumes to be removed.
    """

    demand: Demand
    decisions: tuple[Decision, ...]
    removed: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of the subnets: an endpoint needs its ENIs in every one."""
        return max((decision.outcome for decision in self.decisions), key=lambda outcome: outcome.rank)


class Advice(Struct, frozen=True):
    """What would make a demand fit: ranges to reserve as `prefix`, then removals; and the outcome after both.

    The reservation comes first: AWS allows it over addresses in use, and assigns no single address there from then on,
    so that what is freed stays free (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html).
    """

    removals: Defragmentation | None
    reserved_ranges: tuple[Cidr, ...]
    outcome: Outcome


def make_plan(snapshot: Snapshot, subnet_ids: Iterable[str], demand: Demand, removed: Iterable[str] = ()) -> Plan:
    """Decide for these subnets.

    ValueError, with a sentence, for a subnet that does not exist or a combination that AWS does not accept: the subnets
    of an endpoint are in one VPC and in different zones
    (docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html).
    """
    selected = list(dict.fromkeys(subnet_ids))
    if not selected:
        raise ValueError("name at least one subnet")
    for subnet_id in selected:
        if subnet_id not in snapshot.subnets:
            raise ValueError(f"there is no {subnet_id} in {snapshot.scope.region}")
    readings = {subnet_id: snapshot.subnets[subnet_id] for subnet_id in selected}
    if demand.endpoints:
        _check_endpoint(list(readings.values()))
    removed = tuple(dict.fromkeys(removed))
    decisions = (
        decide(reading, demand, snapshot.missing_data(subnet_id))
        for subnet_id, reading in without_each(readings, removed).items()
    )
    return Plan(demand, tuple(decisions), removed)


def advise(decision: Decision, failed_endpoints: Collection[str] = ()) -> Advice | None:
    """Find what would improve the outcome for a subnet; None if nothing is needed, nothing helps or data is missing.

    `failed_endpoints` are those that may be deleted at once; see `defragment`.
    """
    reading, demand, removals = decision.reading, decision.demand, None
    if decision.missing:
        return None
    if decision.missing_blocks:
        removals = defragment(reading, decision.missing_blocks, failed_endpoints)
        if not removals.sufficient:
            return None
        reading = without(reading, removals.targets)
    after = decide(reading, demand)
    ranges = ranges_to_reserve(reading, demand) if after.outcome is Outcome.MAY else ()
    if removals and not ranges:
        ranges = removals.freed_blocks[: decision.missing_blocks]
    if ranges:
        after = decide(with_prefix_reservations(reading, ranges), demand)
    if after.outcome.rank >= decision.outcome.rank:
        return None
    return Advice(removals, ranges, after.outcome)


def ranges_to_reserve(reading: SubnetReading, demand: Demand) -> tuple[Cidr, ...]:
    """Return free ranges that make the demand fit once they are reserved as `prefix`; empty if they would not."""
    supply, blocks = supply_of(reading.blocks), reading.blocks
    left, missing, ranges = set(supply.unreserved_blocks), demand.blocks - len(supply.reserved_blocks), []
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


def _check_endpoint(readings: list[SubnetReading]) -> None:
    first = readings[0].subnet
    subnet_by_zone: dict[str, str] = {}
    for reading in readings:
        subnet = reading.subnet
        if subnet.vpc_id != first.vpc_id:
            raise ValueError(
                f"{first.subnet_id} and {subnet.subnet_id} are in different VPCs: an endpoint belongs to one VPC"
            )
        zone = subnet.availability_zone_id or subnet.availability_zone
        if zone in subnet_by_zone:
            raise ValueError(
                f"{subnet_by_zone[zone]} and {subnet.subnet_id} are both in {subnet.availability_zone}: "
                "an endpoint has at most one subnet per zone"
            )
        subnet_by_zone[zone] = subnet.subnet_id
