"""Which subnets to name: the best of each zone, since an endpoint takes one subnet a zone; and the room per VPC."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.decide import Answer, Fits, Outcome, decide, fits
from latticetop.model.capacity.demand import ONE_ENDPOINT, Demand
from latticetop.model.snapshot import doubt_about

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.model.snapshot import Snapshot, SubnetReading


class ZoneChoice(Struct, frozen=True):
    """The best subnet of a zone and its answer; `total` is what the `subnets` of the VPC in the zone hold together."""

    availability_zone: str
    availability_zone_id: str
    answer: Answer
    fits: Fits
    total: Fits
    subnets: int


def best_subnets(snapshot: Snapshot, vpc_id: str, demand: Demand = ONE_ENDPOINT) -> tuple[ZoneChoice, ...]:
    """The best subnet of a VPC in each zone, in the order of the zones; zones where none can hold it are left out."""
    return tuple(
        c for c in choices_by_vpc(snapshot, demand, vpc_id).get(vpc_id, ()) if c.answer.outcome is not Outcome.CANNOT
    )


def choices_by_vpc(
    snapshot: Snapshot, demand: Demand = ONE_ENDPOINT, vpc_id: str = ""
) -> dict[str, tuple[ZoneChoice, ...]]:
    """Per VPC (or for one) the best subnet and the room of every zone it has IPv4 subnets in, in the order of zones."""
    groups: defaultdict[str, defaultdict[str, list[SubnetReading]]] = defaultdict(lambda: defaultdict(list))
    for reading in snapshot.subnets.values():
        subnet = reading.subnet
        if subnet.cidr_block is not None and vpc_id in ("", subnet.vpc_id):
            groups[subnet.vpc_id][subnet.availability_zone].append(reading)
    return {
        key: tuple(_choice(snapshot, zones[zone], demand) for zone in sorted(zones)) for key, zones in groups.items()
    }


def spanning(choices: Iterable[ZoneChoice]) -> Fits:
    """How many endpoints with a subnet in every one of these zones fit: as many as the zone with the least holds."""
    totals = [choice.total for choice in choices]
    return Fits(
        min((total.certain for total in totals), default=0),
        min((total.possible for total in totals), default=0),
        all(total.known for total in totals),
    )


def _choice(snapshot: Snapshot, readings: list[SubnetReading], demand: Demand) -> ZoneChoice:
    judged = []
    for reading in readings:
        doubt = doubt_about(snapshot, reading.subnet.subnet_id)
        judged.append((decide(reading, demand, doubt), fits(reading, demand, doubt)))
    answer, best = min(judged, key=_preference)
    known = [held for _, held in judged]
    total = Fits(sum(f.certain for f in known), sum(f.possible for f in known), all(f.known for f in known))
    subnet = answer.reading.subnet
    return ZoneChoice(subnet.availability_zone, subnet.availability_zone_id, answer, best, total, len(readings))


def _preference(judged: tuple[Answer, Fits]) -> tuple[int, int, int, int, str]:
    answer, held = judged
    subnet = answer.reading.subnet
    room = -subnet.available_ip_address_count
    return answer.outcome.rank, -held.certain, -held.possible, room, subnet.subnet_id
