"""Build a snapshot from the read state. Pure: the same state gives the same snapshot."""

from __future__ import annotations

from datetime import datetime

from latticetop.follow.read_state import ReadState
from latticetop.follow.subnet_selection import Selection, selected_subnets
from latticetop.model.endpoints.kept_assessments import keep_derived
from latticetop.model.records.read_parts import LISTS, SUBNETS, reservations_part
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading


def assemble(
    scope: Scope, selection: Selection, state: ReadState, previous: Snapshot | None, now: datetime
) -> Snapshot:
    """Build a snapshot; an unchanged subnet keeps the object of the previous one, and with it its computed map.

    If nothing but the times changed, the snapshot keeps all that was derived of the previous one.
    """
    selected = selected_subnets(selection, state.subnets, state.known_endpoints, state.cluster_subnets)
    subnets = {i: _reading(i, scope, state, previous) for i in state.subnets if i in selected}
    parts = {*LISTS, *subnets, *map(reservations_part, subnets)}
    snapshot = Snapshot(
        scope=scope,
        taken_at=now,
        vpcs=state.vpcs,
        subnets=subnets,
        endpoints=state.endpoints,
        associations=state.associations,
        problems=(*state.distinct_problems(), *([scope.account_problem] if scope.account_problem else [])),
        lattice=state.lattice,
        read_at={part: at for part, at in state.read_at.items() if part in parts},
        failures={
            part: problem.kind
            for subnet_id in subnets
            if (problem := state.problems.get(part := reservations_part(subnet_id))) and part not in state.read_at
        },
    )
    if previous is not None:
        keep_derived(previous, snapshot)
    return snapshot


def _reading(subnet_id: str, scope: Scope, state: ReadState, previous: Snapshot | None) -> SubnetReading:
    reading = SubnetReading(
        subnet=state.subnets[subnet_id],
        interfaces=state.interfaces.get(subnet_id, ()),
        reservations=state.reservations.get(subnet_id, ()),
    )
    old = previous.subnets.get(subnet_id) if previous else None
    if old is not None and _equal_as_read(reading, old):
        reading = old
    elif subnet_id in state.read_at and _count_follows_reservations(reading, old):
        reading = reading.concluded(reading.unaccounted, count_follows_reservations=True)
    unaccounted = _unaccounted(reading, old, scope, state, previous)
    if reading.unaccounted == unaccounted:
        return reading
    return reading.concluded(unaccounted, reading.count_follows_reservations)


def _count_follows_reservations(reading: SubnetReading, old: SubnetReading | None) -> bool:
    """Whether this read, or an earlier one with the same reservations, shows that AWS's count leaves them out."""
    if not any(reservation.is_prefix for reservation in reading.reservations):
        return False
    known = old is not None and old.count_follows_reservations and old.reservations == reading.reservations
    return known or (reading.prefix_reserved.unused > 0 and reading.count_excludes_reservations)


def _unaccounted(
    reading: SubnetReading, old: SubnetReading | None, scope: Scope, state: ReadState, previous: Snapshot | None
) -> int:
    """The unaccounted addresses that count: two reads have to agree, as EC2's counts and ENIs may differ for a moment.

    One read is enough of a shared subnet, where the ENIs of other accounts are not visible, while the count is that of
    all; and where no other read will come.
    """
    subnet_id, owner_id = reading.subnet.subnet_id, reading.subnet.owner_id
    if subnet_id in state.read_at and (subnet_id in state.confirmed or scope.is_foreign(owner_id)):
        return reading.unaccounted_now
    if old is None or previous is None:
        return 0
    if _both_read_again(subnet_id, state, previous):
        return min(old.unaccounted_now, reading.unaccounted_now)
    if old.unaccounted and old.reservations != reading.reservations:
        return min(old.unaccounted, reading.unaccounted_now)
    return old.unaccounted


def _equal_as_read(one: SubnetReading, other: SubnetReading) -> bool:
    return (one.subnet, one.interfaces, one.reservations) == (other.subnet, other.interfaces, other.reservations)


def _both_read_again(subnet_id: str, state: ReadState, previous: Snapshot) -> bool:
    """Whether both AWS's count and the ENIs were read for the previous snapshot, and again since then."""
    times = [(previous.read_at.get(part), state.read_at.get(part)) for part in (SUBNETS, subnet_id)]
    return all(old is not None and new is not None and new > old for old, new in times)
