"""The CIDR reservations of all subnets, read again within the hour.

An `explicit` reservation changes no count of AWS, so nothing else tells that there is a new one. Turns are enough for
some fifty subnets (`refresh_intervals`); in larger accounts a cycle has a few calls more, as late as possible.
"""

from __future__ import annotations

from collections.abc import Collection

from latticetop.follow.read_state import ReadState
from latticetop.model.capacity.counting_subnets import live_lattice_endpoints
from latticetop.model.records.read_parts import reservations_part

MAX_AGE = 3_300.0
"""Seconds after which reservations have been read again. With the cycle that reads them it is less than an hour."""
_PACE = 2
"""How many times as fast as in `MAX_AGE` a round is made, once it has to begin."""


def due_in_round(subnet_ids: Collection[str], state: ReadState, now: float, most: int | None = None) -> list[str]:
    """Return those of these subnets whose reservations are read again now, the oldest first, at most `most`.

    So many that, with as many a second as a round has, each is read before it is `MAX_AGE` old. Where that is more than
    `most`, those that an answer depends on come first. Subnets whose last read failed have no part in it.
    """
    ages = [
        (now - state.tried_at[part], subnet_id)
        for subnet_id in subnet_ids
        if (part := reservations_part(subnet_id)) in state.tried_at and part not in state.problems
    ]
    ages.sort(reverse=True)
    per_second = _PACE * len(ages) / MAX_AGE
    behind = max((place - (MAX_AGE - age) * per_second for place, (age, _) in enumerate(ages, 1)), default=0.0)
    count = max(0, int(behind))
    if most is None or count <= most:
        return [subnet_id for _, subnet_id in ages[:count]]
    late = [subnet_id for age, subnet_id in ages if age >= MAX_AGE]
    needed = needed_subnets(late, state)
    first = [subnet_id for subnet_id in late if subnet_id in needed]
    return list(dict.fromkeys(first + [subnet_id for _, subnet_id in ages]))[:most]


def needed_subnets(subnet_ids: Collection[str], state: ReadState) -> set[str]:
    """Return those of these subnets on whose blocks an answer depends: of an endpoint, or with prefixes in use."""
    of_endpoints = {i for e in live_lattice_endpoints(state.endpoints.values()) for i in e.subnet_ids}
    return {
        subnet_id
        for subnet_id in subnet_ids
        if subnet_id in of_endpoints or any(i.prefixes for i in state.interfaces.get(subnet_id, ()))
    }
