"""One read: first what there is in the account, then what is inside the chosen subnets."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime

from .choose import choose_subnets, endpoint_types, unknown_ids
from .clock import Clock
from .interfaces import Told, read_interfaces
from .parts import (
    ASSOCIATIONS,
    ENDPOINTS,
    LATTICE,
    SELECTION,
    SUBNETS,
    VPCS,
    Parts,
    passing,
    reservations_of,
)
from .reader import Reader
from .schedule import Turns
from .status import Selection

VPCS_EVERY = 600.0
RESERVATIONS_EVERY = 300.0
"""Seconds. Reservations cost one call a subnet and seldom change."""
RESERVATIONS_AT_A_TIME = 16
"""How many of those that are due are read again in one go, so that many subnets do not mean a burst of calls."""
LATTICE_EVERY = 300.0
"""Seconds. Several calls a service network, at rates AWS does not publish."""
_AT_ONCE = 8


async def read_lists(reader: Reader, selection: Selection, parts: Parts, clock: Clock, *, full: bool) -> None:
    """Read the endpoints, associations, subnets and, when due or `full`, the VPCs, all at once."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read_endpoints(reader, selection, parts, clock))
        tasks.create_task(_read_associations(reader, parts, clock))
        tasks.create_task(_read_subnets(reader, parts, clock))
        if full or parts.due(VPCS, clock.now(), VPCS_EVERY):
            tasks.create_task(_read_vpcs(reader, parts, clock))
    parts.problems.pop(SELECTION, None)
    if SUBNETS in parts.read_at and (problem := unknown_ids(selection, parts.subnets, parts.vpcs)):
        parts.problems[SELECTION] = problem


async def read_insides(
    reader: Reader,
    selection: Selection,
    parts: Parts,
    clock: Clock,
    *,
    full: bool,
    turns: Turns | None = None,
    told: Told | None = None,
) -> None:
    """Read the ENIs of the chosen subnets and the reservations that are due; with `full`, or without turns, all."""
    chosen = choose_subnets(selection, parts.subnets, parts.endpoints.values())
    parts.forget_others(chosen)
    now = clock.now()
    due = sorted(chosen) if full else _due_reservations(chosen, parts, now)
    subnets = {i: parts.subnets[i] for i in sorted(chosen)}
    wanted = list(subnets)
    if turns:
        turn = turns.next(subnets, parts.known, parts.endpoints.values(), now)
        wanted = turn + [i for i in wanted if full and i not in turn]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read_interfaces(reader, wanted, parts, clock, told))
        tasks.create_task(_read_reservations(reader, due, parts, clock))


async def read_lattice(reader: Reader, parts: Parts, clock: Clock, *, full: bool) -> bool:
    """Read VPC Lattice's side of the endpoints' service networks when it is due or one is new; whether it was read."""
    arns = sorted({endpoint.service_network_arn for endpoint in parts.endpoints.values()} - {""})
    new = parts.lattice.networks is not None and not parts.lattice.networks.keys() >= set(arns)
    if not arns or not (full or new or parts.due(LATTICE, clock.now(), LATTICE_EVERY)):
        return False
    lattice, problems = await reader.lattice(arns)
    parts.take_lattice(lattice, problems, clock.now())
    return True


async def read_again(reader: Reader, subnet_ids: Collection[str], parts: Parts, clock: Clock) -> None:
    """Read the counts and the ENIs of these subnets once more."""
    await _read_subnets(reader, parts, clock)
    await read_interfaces(reader, [i for i in sorted(subnet_ids) if i in parts.subnets], parts, clock)


async def _read_endpoints(reader: Reader, selection: Selection, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(ENDPOINTS, reader.endpoints(endpoint_types(selection)), clock)
    if found is not None:
        parts.endpoints = {each.vpc_endpoint_id: each for each in found}
        parts.read_at[ENDPOINTS] = clock.now()


async def _read_associations(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(ASSOCIATIONS, reader.associations(), clock)
    if found is not None:
        parts.associations = {each.association_id: each for each in found}
        parts.read_at[ASSOCIATIONS] = clock.now()


async def _read_subnets(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(SUBNETS, reader.subnets(), clock)
    if found is not None:
        parts.subnets = {each.subnet_id: each for each in found}
        parts.read_at[SUBNETS] = clock.now()


async def _read_vpcs(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(VPCS, reader.vpcs(), clock)
    if found is not None:
        parts.vpcs = {each.vpc_id: each for each in found}
        parts.read_at[VPCS] = clock.now()


def _due_reservations(chosen: Collection[str], parts: Parts, now: datetime) -> list[str]:
    """The subnets whose reservations were never read, and some of those that are due, the oldest first."""
    due = [i for i in sorted(chosen) if parts.due(reservations_of(i), now, RESERVATIONS_EVERY)]
    tried = {i: parts.tried_at[reservations_of(i)] for i in due if reservations_of(i) in parts.tried_at}
    return [i for i in due if i not in tried] + sorted(tried, key=lambda i: tried[i])[:RESERVATIONS_AT_A_TIME]


async def _read_reservations(reader: Reader, subnet_ids: Collection[str], parts: Parts, clock: Clock) -> None:
    """One call a subnet, a few at once; what is left after throttling stays due."""
    gate = asyncio.Semaphore(_AT_ONCE)
    stopped = False

    async def read_one(subnet_id: str) -> None:
        nonlocal stopped
        name = reservations_of(subnet_id)
        async with gate:
            if stopped:
                return
            found = await parts.attempt(name, reader.reservations(subnet_id), clock)
        if found is not None:
            parts.reservations = parts.reservations | {subnet_id: found}
        elif passing(parts.problems[name]):
            stopped = True

    async with asyncio.TaskGroup() as tasks:
        for subnet_id in subnet_ids:
            tasks.create_task(read_one(subnet_id))
