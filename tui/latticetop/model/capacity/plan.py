"""A plan: what is to be created in which subnets, what is taken to be gone, and what would make it fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.decide import Decision, Outcome, decide
from latticetop.model.capacity.defragment import Defragmentation, defragment
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.supply import supply_of
from latticetop.model.capacity.what_if import with_prefix_reservations, without, without_each
from latticetop.model.records.address import Cidr
from latticetop.model.snapshot import missing_data_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.snapshot import Snapshot, SubnetReading


class Plan(Struct, frozen=True):
    """The answer for each subnet in the order named; `gone` are the addresses, ranges and ENIs taken to be gone."""

    demand: Demand
    decisions: tuple[Decision, ...]
    removed: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The worst of the subnets: an endpoint needs its interfaces in every one."""
        return max((answer.outcome for answer in self.decisions), key=lambda outcome: outcome.rank)


class Advice(Struct, frozen=True):
    """What would make it fit: removals first, then ranges to reserve of type `prefix`; and the outcome after that."""

    removals: Defragmentation | None
    reserved_ranges: tuple[Cidr, ...]
    outcome: Outcome


def make_plan(snapshot: Snapshot, subnet_ids: Iterable[str], demand: Demand, gone: Iterable[str] = ()) -> Plan:
    """Decide for these subnets; ValueError, with a sentence, for a choice that AWS would not take or that is not there.

    An endpoint names subnets of one VPC, one a zone (docs.aws.amazon.com, privatelink-access-service-networks).
    """
    chosen = list(dict.fromkeys(subnet_ids))
    if not chosen:
        raise ValueError("name at least one subnet")
    for subnet_id in chosen:
        if subnet_id not in snapshot.subnets:
            raise ValueError(f"there is no {subnet_id} in {snapshot.scope.region}")
    if demand.endpoints:
        _check_endpoint([snapshot.subnets[subnet_id] for subnet_id in chosen])
    gone = tuple(dict.fromkeys(gone))
    readings = without_each({subnet_id: snapshot.subnets[subnet_id] for subnet_id in chosen}, gone)
    answers = (decide(reading, demand, missing_data_of(snapshot, subnet_id)) for subnet_id, reading in readings.items())
    return Plan(demand, tuple(answers), gone)


def advise(answer: Decision) -> Advice | None:
    """What would make it fit in this subnet, or better than now; None where nothing needs doing or nothing helps."""
    reading, removals = answer.reading, None
    if answer.missing_blocks:
        removals = defragment(reading, answer.missing_blocks)
        if not removals.sufficient:
            return None
        reading = without(reading, [removal.target for removal in removals.removals])
    then = decide(reading, answer.demand, answer.missing_data)
    reserve = ranges_to_reserve(reading, answer.demand) if then.outcome is Outcome.MAY else ()
    if reserve:
        then = decide(with_prefix_reservations(reading, reserve), answer.demand, answer.missing_data)
    if then.outcome.rank >= answer.outcome.rank:
        return None
    return Advice(removals, reserve, then.outcome)


def ranges_to_reserve(reading: SubnetReading, demand: Demand) -> tuple[Cidr, ...]:
    """Free ranges that, reserved with type `prefix`, make it certain that the demand fits; none when they would not."""
    room, blocks = supply_of(reading.blocks), reading.blocks
    left, missing, ranges = set(room.unreserved_blocks), demand.blocks - len(room.reserved_blocks), []
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
    reserved = with_prefix_reservations(reading, ranges)
    return tuple(sorted(ranges)) if decide(reserved, demand).outcome is Outcome.FITS else ()


def _check_endpoint(readings: list[SubnetReading]) -> None:
    zones: dict[str, str] = {}
    for reading in readings:
        subnet = reading.subnet
        if subnet.vpc_id != readings[0].subnet.vpc_id:
            raise ValueError(
                f"{readings[0].subnet.subnet_id} and {subnet.subnet_id} are in different VPCs: an endpoint is in one"
            )
        zone = subnet.availability_zone_id or subnet.availability_zone
        if zone in zones:
            raise ValueError(
                f"{zones[zone]} and {subnet.subnet_id} are both in {subnet.availability_zone}: "
                "an endpoint takes one subnet a zone"
            )
        zones[zone] = subnet.subnet_id
