"""When to read again what changes rarely: VPCs, CIDR reservations, and VPC Lattice records.

Without changes they cost no call of their own. They are read again if related data has changed or their last read
failed; reservations also take the place of another call in turn. A refresh by the user reads everything. All times are
in seconds of the monotonic clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import inf

from latticetop.follow.read_state import (
    RESERVATIONS_TURN,
    ReadState,
    is_transient,
)
from latticetop.follow.reservations_round import due_in_round, needed_subnets
from latticetop.model.capacity.counting_subnets import live_lattice_endpoints
from latticetop.model.endpoints.verdict import is_being_created
from latticetop.model.records.address import BLOCK_SIZE
from latticetop.model.records.read_parts import (
    ASSOCIATIONS,
    LATTICE,
    RESERVATIONS,
    VPCS,
    cluster_part,
    reservations_part,
)

VPCS_RETRY = 600.0
"""Seconds before a denied call is retried."""
RESERVATIONS_INTERVAL = 300.0
"""Seconds between two reads of a subnet's reservations, which cost one call a subnet."""
LARGE_CHANGE, LARGE_CHANGE_INTERVAL = BLOCK_SIZE // 2, 10.0
"""A free count that changes by so many addresses may be due to a reservation: where somebody looks, or an endpoint is,
the seconds between two reads."""
TURN_INTERVAL = 60.0
"""Seconds between two cycles that read reservations instead of the associations."""
MAX_RESERVATIONS_PER_CYCLE = 16
"""The number of subnets whose reservations are read again in one cycle, so that there is no burst of calls."""
MAX_NEW_RESERVATIONS_PER_CYCLE = 100
"""The same for the first time, and for a refresh by the user: of thousands of subnets the others wait their turn."""
CLUSTER_INTERVAL = 600.0
"""Seconds between two reads of the subnets in which an EKS cluster is: a few calls, and all its ENIs."""
LATTICE_INTERVAL = 300.0
"""Seconds between two reads of the VPC Lattice records: several calls a service network, at unpublished rates."""


def vpcs_due(state: ReadState, now: float) -> bool:
    """Return whether to read the VPCs: they were never read, a new one has subnets, or the last read failed."""
    retry = VPCS in state.problems and state.is_due(VPCS, now, VPCS_RETRY)
    return VPCS not in state.tried_at or retry or not vpc_ids(state) <= state.vpcs_read_for


def clusters_due(names: Iterable[str], state: ReadState, now: float, *, full: bool) -> list[str]:
    """Return the EKS clusters whose subnets to read: all if `full`, else those never read, or not for a while."""
    known = state.cluster_subnets
    return [i for i in names if full or i not in known or state.is_due(cluster_part(i), now, CLUSTER_INTERVAL)]


def vpc_ids(state: ReadState) -> frozenset[str]:
    """Return the ids of the VPCs that have subnets."""
    return frozenset(subnet.vpc_id for subnet in state.subnets.values())


def reservations_due(
    selected: Collection[str],
    state: ReadState,
    turn: str | None,
    now: float,
    *,
    focus: str | None = None,
    full: bool = False,
    spare_calls: int | None = None,
) -> list[str]:
    """Return the ids of the subnets whose reservations to read: some that were never read, and some to read again.

    The subnet on screen (`focus`) comes first, then those that need blocks, then those that can have one; at most
    `MAX_NEW_RESERVATIONS_PER_CYCLE`, also if `full`. Read again are the subnet in `turn` and those whose data changed,
    the oldest first, up to `MAX_RESERVATIONS_PER_CYCLE`, each at most every `RESERVATIONS_INTERVAL`; sooner after a
    large change in the `focus` or in a subnet of an endpoint. `reservations_round` adds what makes each an hour old at
    most, within `spare_calls`.
    """
    old = [i for i in selected if reservations_part(i) in state.tried_at]
    new = list(selected) if full else [i for i in selected if reservations_part(i) not in state.tried_at]
    if len(new) > MAX_NEW_RESERVATIONS_PER_CYCLE:
        needed = needed_subnets(new, state)
        new.sort(key=lambda i: (i != focus, i not in needed, _never_has_room(i, state), _last_try(i, state), i))
        new = new[:MAX_NEW_RESERVATIONS_PER_CYCLE]
    if full:
        return sorted(new)
    again = [i for i in old if (i == turn or _changed(i, state)) and _interval_over(i, state, now)]
    changed = [i for i in _largely_changed(old, state, focus) if _is_due(i, state, now, LARGE_CHANGE_INTERVAL)]
    again += [i for i in changed if i not in again]
    again.sort(key=lambda i: (i != turn, state.tried_at[reservations_part(i)], i))
    again = again[:MAX_RESERVATIONS_PER_CYCLE]
    again += [i for i in due_in_round(old, state, now, spare_calls) if i not in again]
    return sorted(new, key=lambda i: (i != focus, i)) + again


def reservations_turn(state: ReadState, focus: str | None, now: float) -> str | None:
    """Return the subnet whose reservations to read instead of the associations: `focus`, or the oldest; or None.

    At most once every `TURN_INTERVAL`, only if the associations were read before without a problem, and not while an
    endpoint is Pending, since its associations are about to change.
    """
    if ASSOCIATIONS not in state.read_at or ASSOCIATIONS in state.problems:
        return None
    if not state.is_due(RESERVATIONS_TURN, now, TURN_INTERVAL):
        return None
    if any(is_being_created(endpoint.state) for endpoint in state.endpoints.values()):
        return None
    due = [
        i
        for i in state.free_counts
        if i in state.subnets and _interval_over(i, state, now) and not _fails_transiently(i, state)
    ]
    return min(due, key=lambda i: (i != focus, state.tried_at[reservations_part(i)], i), default=None)


def lattice_due(arns: Iterable[str], state: ReadState, now: float) -> bool:
    """Return whether to read the VPC Lattice records of these service networks.

    They are due if they were never read or lack a service network; after a change of the endpoints or associations, at
    most every `LATTICE_INTERVAL`.
    """
    networks = state.lattice.networks
    if LATTICE not in state.tried_at or (networks is not None and not networks.keys() >= set(arns)):
        return True
    read_for = state.lattice_read_for
    changed = read_for is None or read_for[0] is not state.endpoints or read_for[1] is not state.associations
    return changed and state.is_due(LATTICE, now, LATTICE_INTERVAL)


def _never_has_room(subnet_id: str, state: ReadState) -> bool:
    """Whether the subnet cannot have a free block, whatever is reserved in it: it is too small, or without IPv4."""
    cidr = state.subnets[subnet_id].cidr_block
    return cidr is None or cidr.size <= 2 * BLOCK_SIZE


def _last_try(subnet_id: str, state: ReadState) -> float:
    return state.tried_at.get(reservations_part(subnet_id), -inf)


def _interval_over(subnet_id: str, state: ReadState, now: float) -> bool:
    return _is_due(subnet_id, state, now, RESERVATIONS_INTERVAL)


def _is_due(subnet_id: str, state: ReadState, now: float, seconds: float) -> bool:
    return state.is_due(reservations_part(subnet_id), now, seconds)


def _largely_changed(subnet_ids: Collection[str], state: ReadState, focus: str | None) -> list[str]:
    """Those of these subnets, the focus or of an endpoint, whose free count changed by as much as a reservation does.

    A `prefix` reservation of a block lowers it at once by the addresses that nobody uses.
    """
    of_endpoints = {i for e in live_lattice_endpoints(state.endpoints.values()) for i in e.subnet_ids}
    counts = {i: state.subnets[i].available_ip_address_count for i in subnet_ids if i == focus or i in of_endpoints}
    return [i for i, count in counts.items() if abs(count - state.free_counts.get(i, count)) >= LARGE_CHANGE]


def _changed(subnet_id: str, state: ReadState) -> bool:
    """Whether the free count changed, or the last read failed and a later one for another subnet did not."""
    part = reservations_part(subnet_id)
    works_again = part in state.problems and any(
        at > state.tried_at[part]
        for key, at in state.tried_at.items()
        if key.startswith(RESERVATIONS) and key not in state.problems
    )
    return works_again or state.free_counts.get(subnet_id) != state.subnets[subnet_id].available_ip_address_count


def _fails_transiently(subnet_id: str, state: ReadState) -> bool:
    problem = state.problems.get(reservations_part(subnet_id))
    return problem is not None and is_transient(problem)
