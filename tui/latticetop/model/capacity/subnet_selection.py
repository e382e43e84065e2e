"""Which subnets to name: the best of each zone, since an endpoint takes one subnet a zone; and the room per VPC."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.decide import Capacity, Decision, Outcome, capacity_of, decide
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.snapshot import missing_data_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.snapshot import Snapshot, SubnetReading


class ZoneSelection(Struct, frozen=True):
    """The best subnet of a zone and its answer; `total` is what the `subnets` of the VPC in the zone hold together."""

    availability_zone: str
    availability_zone_id: str
    decision: Decision
    capacity: Capacity
    zone_capacity: Capacity
    subnet_count: int


def best_subnets(snapshot: Snapshot, vpc_id: str, demand: Demand = ONE_ENDPOINT) -> tuple[ZoneSelection, ...]:
    """The best subnet of a VPC in each zone, in the order of the zones; zones where none can hold it are left out."""
    return tuple(
        c
        for c in selections_by_vpc(snapshot, demand, vpc_id).get(vpc_id, ())
        if c.decision.outcome is not Outcome.CANNOT
    )


def selections_by_vpc(
    snapshot: Snapshot, demand: Demand = ONE_ENDPOINT, vpc_id: str = ""
) -> dict[str, tuple[ZoneSelection, ...]]:
    """Per VPC (or for one) the best subnet and the room of every zone it has IPv4 subnets in, in the order of zones."""
    groups: defaultdict[str, defaultdict[str, list[SubnetReading]]] = defaultdict(lambda: defaultdict(list))
    for reading in snapshot.subnets.values():
        subnet = reading.subnet
        if subnet.cidr_block is not None and vpc_id in ("", subnet.vpc_id):
            groups[subnet.vpc_id][subnet.availability_zone].append(reading)
    return {
        key: tuple(_choice(snapshot, zones[zone], demand) for zone in sorted(zones)) for key, zones in groups.items()
    }


def capacity_in_every_zone(choices: Iterable[ZoneSelection]) -> Capacity:
    """How many endpoints with a subnet in every one of these zones fit: as many as the zone with the least holds."""
    totals = [choice.zone_capacity for choice in choices]
    return Capacity(
        min((total.certain for total in totals), default=0),
        min((total.possible for total in totals), default=0),
        all(total.known for total in totals),
    )


def _choice(snapshot: Snapshot, readings: list[SubnetReading], demand: Demand) -> ZoneSelection:
    judged = []
    for reading in readings:
        doubt = missing_data_of(snapshot, reading.subnet.subnet_id)
        judged.append((decide(reading, demand, doubt), capacity_of(reading, demand, doubt)))
    answer, best = min(judged, key=_preference)
    known = [held for _, held in judged]
    total = Capacity(sum(f.certain for f in known), sum(f.possible for f in known), all(f.known for f in known))
    subnet = answer.reading.subnet
    return ZoneSelection(subnet.availability_zone, subnet.availability_zone_id, answer, best, total, len(readings))


def _preference(judged: tuple[Decision, Capacity]) -> tuple[int, int, int, int, str]:
    answer, held = judged
    subnet = answer.reading.subnet
    room = -subnet.available_ip_address_count
    return answer.outcome.rank, -held.certain, -held.possible, room, subnet.subnet_id
