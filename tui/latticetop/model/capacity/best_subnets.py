"""Subnet selection: the best subnet of each zone, as an endpoint has one per zone, and the capacity of each zone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.behaviour import demands_by_behaviour
from latticetop.model.capacity.decide import Capacity, Decision, Outcome, capacity_of, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import Snapshot, SubnetReading


class ZoneSelection(Struct, frozen=True):
    """The best subnet of a zone, with its decision and its capacity.

    `zone_capacity` is the capacity of all `subnet_count` subnets of the VPC in the zone together.
    """

    availability_zone: str
    availability_zone_id: str
    decision: Decision
    capacity: Capacity
    zone_capacity: Capacity
    subnet_count: int


def best_subnets(snapshot: Snapshot, vpc_id: str, demand: Demand = ONE_ENDPOINT) -> tuple[ZoneSelection, ...]:
    """Select the best subnet of a VPC in each zone, ordered by zone. Zones where the demand cannot fit are left out."""
    selections = selections_by_vpc(snapshot, demand, vpc_id).get(vpc_id, ())
    return tuple(selection for selection in selections if selection.decision.outcome is not Outcome.CANNOT)


def selections_by_vpc(
    snapshot: Snapshot, demand: Demand = ONE_ENDPOINT, vpc_id: str = ""
) -> dict[str, tuple[ZoneSelection, ...]]:
    """Select the best subnet of every zone, ordered by zone, for each VPC or only for `vpc_id`.

    Subnets with IPv6 alone are left out, unless the demand needs no IPv4.
    Of endpoints those subnets are left out that another account shares: AWS refuses endpoints there (`Plan`).
    """
    vpcs: defaultdict[str, defaultdict[str, list[SubnetReading]]] = defaultdict(lambda: defaultdict(list))
    for subnet_id, reading in snapshot.subnets.items():
        subnet = reading.subnet
        refused = demand.endpoints and snapshot.foreign_owner(subnet_id)
        has_addresses = subnet.cidr_block is not None or demand.without_ipv4
        if has_addresses and vpc_id in ("", subnet.vpc_id) and not refused:
            vpcs[subnet.vpc_id][subnet.availability_zone].append(reading)
    return {vpc: tuple(_select(snapshot, zones[zone], demand) for zone in sorted(zones)) for vpc, zones in vpcs.items()}


def capacity_in_every_zone(selections: Iterable[ZoneSelection]) -> Capacity:
    """Count the endpoints that fit with a subnet in every one of these zones: the minimum of the zones."""
    capacities = [selection.zone_capacity for selection in selections]
    certain = min((capacity.certain for capacity in capacities), default=0)
    known = min((capacity.possible for capacity in capacities if capacity.known), default=0 if not capacities else None)
    if known is not None and (known == certain or all(capacity.known for capacity in capacities)):
        return Capacity(certain, known)
    return Capacity(certain, min(capacity.possible for capacity in capacities), known=False)


def usual_capacity(snapshot: Snapshot, reading: SubnetReading, missing: Collection[MissingData] = ()) -> Capacity:
    """Count the endpoints with one resource configuration that fit, by the worse of the behaviours to reckon with."""
    return worst_capacity(reading, demands_by_behaviour(snapshot, ONE_ENDPOINT), missing)


def worst_capacity(
    reading: SubnetReading, demands: Iterable[Demand], missing: Collection[MissingData] = ()
) -> Capacity:
    """Count the endpoints that fit whichever of these demands they have: the fewest, at least and at most."""
    capacities = [capacity_of(reading, demand, missing) for demand in demands]
    worst = min(capacities, key=lambda capacity: (capacity.possible, not capacity.known))
    return structs.replace(worst, certain=min(capacity.certain for capacity in capacities))


def _select(snapshot: Snapshot, readings: list[SubnetReading], demand: Demand) -> ZoneSelection:
    candidates = []
    for reading in readings:
        missing = snapshot.missing_data(reading.subnet.subnet_id)
        candidates.append((decide(reading, demand, missing), capacity_of(reading, demand, missing)))
    decision, capacity = min(candidates, key=preference)
    capacities = [candidate for _, candidate in candidates]
    zone_capacity = Capacity(
        sum(candidate.certain for candidate in capacities),
        sum(candidate.possible for candidate in capacities),
        all(candidate.known for candidate in capacities),
    )
    subnet = decision.reading.subnet
    return ZoneSelection(
        subnet.availability_zone, subnet.availability_zone_id, decision, capacity, zone_capacity, len(readings)
    )


def preference(candidate: tuple[Decision, Capacity]) -> tuple[int, int, int, int, str]:
    """Sort key that puts the best subnet first."""
    decision, capacity = candidate
    subnet = decision.reading.subnet
    free_addresses = subnet.address_count or 0
    return decision.outcome.rank, -capacity.certain, -capacity.possible, -free_addresses, subnet.subnet_id
