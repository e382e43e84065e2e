"""From the parts to a snapshot. Pure: the same parts give the same snapshot."""

from __future__ import annotations

from datetime import datetime

from latticetop.follow.choose import choose_subnets
from latticetop.follow.parts import ASSOCIATIONS, ENDPOINTS, LATTICE, SUBNETS, VPCS, Parts
from latticetop.follow.status import Selection
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading

_LISTS = (ENDPOINTS, ASSOCIATIONS, SUBNETS, VPCS, LATTICE)


def assemble(scope: Scope, selection: Selection, parts: Parts, previous: Snapshot | None, now: datetime) -> Snapshot:
    """Put the parts together; a subnet that reads as before keeps its object, and with it the map worked out for it."""
    chosen = choose_subnets(selection, parts.subnets, parts.endpoints.values())
    subnets = {subnet_id: _reading(subnet_id, parts, previous) for subnet_id in parts.subnets if subnet_id in chosen}
    return Snapshot(
        scope=scope,
        taken_at=now,
        vpcs=parts.vpcs,
        subnets=subnets,
        endpoints=parts.endpoints,
        associations=parts.associations,
        problems=parts.distinct_problems(),
        lattice=parts.lattice,
        read_at={key: at for key, at in parts.read_at.items() if key in _LISTS or key.split()[-1] in chosen},
    )


def _reading(subnet_id: str, parts: Parts, previous: Snapshot | None) -> SubnetReading:
    reading = SubnetReading(
        subnet=parts.subnets[subnet_id],
        interfaces=parts.interfaces.get(subnet_id, ()),
        reservations=parts.reservations.get(subnet_id, ()),
    )
    before = previous.subnets.get(subnet_id) if previous else None
    if previous is None or before is None:
        return reading
    if _same_but_for_unaccounted(reading, before):
        reading = before
    unaccounted = before.unaccounted
    if _read_anew(subnet_id, parts, previous):
        unaccounted = max(0, min(before.discrepancy, reading.discrepancy))
    return reading if reading.unaccounted == unaccounted else _with(reading, unaccounted)


def _same_but_for_unaccounted(one: SubnetReading, other: SubnetReading) -> bool:
    return (one.subnet, one.interfaces, one.reservations) == (other.subnet, other.interfaces, other.reservations)


def _read_anew(subnet_id: str, parts: Parts, previous: Snapshot) -> bool:
    """Whether both AWS's count and the ENIs were read before and again since: only then do two reads speak."""
    times = [(previous.read_at.get(key), parts.read_at.get(key)) for key in (SUBNETS, subnet_id)]
    return all(then is not None and since is not None and since > then for then, since in times)


def _with(reading: SubnetReading, unaccounted: int) -> SubnetReading:
    return SubnetReading(reading.subnet, reading.interfaces, reading.reservations, unaccounted)
