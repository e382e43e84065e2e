"""When to read again what seldom changes: VPCs, CIDR reservations, VPC Lattice's side.

In a scope where nothing changes they cost no call of their own. They are read anew where something else has changed or
they could not be read, and reservations by turns in the place of another call; a key reads everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from latticetop.follow.parts import ASSOCIATIONS, LATTICE, RESERVATIONS, TURN, VPCS, Parts, passing, reservations_of

VPCS_AFTER = 600.0
"""Seconds until it is tried again what was refused."""
RESERVATIONS_AFTER = 300.0
"""Seconds. Reservations cost one call a subnet, and are not asked for more often."""
TURN_AFTER = 60.0
"""Seconds from one turn to the next."""
RESERVATIONS_AT_A_TIME = 16
"""How many of those that are due are read again in one go, so that many subnets do not mean a burst of calls."""
LATTICE_AFTER = 300.0
"""Seconds. Several calls a service network, at rates AWS does not publish."""


def vpcs_due(parts: Parts, now: datetime) -> bool:
    """Whether the VPCs were never read, there are subnets of another one since, or it is time to try again."""
    again = VPCS in parts.problems and parts.due(VPCS, now, VPCS_AFTER)
    return VPCS not in parts.tried_at or again or not vpc_ids(parts) <= parts.vpcs_for


def vpc_ids(parts: Parts) -> frozenset[str]:
    """The VPCs that there are subnets of."""
    return frozenset(subnet.vpc_id for subnet in parts.subnets.values())


def reservations_due(chosen: Collection[str], parts: Parts, turn: str | None, now: datetime) -> list[str]:
    """The subnets whose reservations were never read; then the one whose turn it is, and where something has changed.

    Those are read again after a while only, the oldest first, a few at a time.
    """
    new = [i for i in sorted(chosen) if reservations_of(i) not in parts.tried_at]
    old = [i for i in chosen if reservations_of(i) in parts.tried_at]
    again = [i for i in old if (i == turn or _changed(i, parts)) and _rested(i, parts, now)]
    again.sort(key=lambda i: (i != turn, parts.tried_at[reservations_of(i)], i))
    return new + again[:RESERVATIONS_AT_A_TIME]


def _rested(subnet_id: str, parts: Parts, now: datetime) -> bool:
    return parts.due(reservations_of(subnet_id), now, RESERVATIONS_AFTER)


def _changed(subnet_id: str, parts: Parts) -> bool:
    """Whether AWS's count is another one, or the last attempt failed and that on another subnet did not."""
    name = reservations_of(subnet_id)
    worked = name in parts.problems and any(
        at > parts.tried_at[name] for key, at in parts.read_at.items() if key.startswith(RESERVATIONS)
    )
    return worked or parts.counted.get(subnet_id) != parts.subnets[subnet_id].available_ip_address_count


def turn_of(parts: Parts, focus: str | None, now: datetime) -> str | None:
    """The subnet whose reservations take the place of the associations this time: the one on screen, or the oldest.

    Once a minute at most, and only where the associations were read well before, and no endpoint is Pending, whose
    associations are about to change.
    """
    if ASSOCIATIONS not in parts.read_at or ASSOCIATIONS in parts.problems or not parts.due(TURN, now, TURN_AFTER):
        return None
    if any(endpoint.state.lower() == "pending" for endpoint in parts.endpoints.values()):
        return None
    due = [i for i in parts.counted if i in parts.subnets and _rested(i, parts, now) and not _stuck(i, parts)]
    return min(due, key=lambda i: (i != focus, parts.tried_at[reservations_of(i)], i), default=None)


def _stuck(subnet_id: str, parts: Parts) -> bool:
    problem = parts.problems.get(reservations_of(subnet_id))
    return problem is not None and passing(problem)


def lattice_due(arns: Iterable[str], parts: Parts, now: datetime) -> bool:
    """Whether VPC Lattice's side was never read, lacks a service network, or endpoints or associations have changed."""
    networks = parts.lattice.networks
    if LATTICE not in parts.tried_at or (networks is not None and not networks.keys() >= set(arns)):
        return True
    seen = parts.lattice_for
    changed = seen is None or seen[0] is not parts.endpoints or seen[1] is not parts.associations
    return changed and parts.due(LATTICE, now, LATTICE_AFTER)
