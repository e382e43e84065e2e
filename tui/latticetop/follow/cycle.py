"""One read: first what there is in the account, then what is inside the chosen subnets."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TypeVar

from latticetop.follow import seldom
from latticetop.follow.choose import choose_subnets, endpoint_types, unknown_ids
from latticetop.follow.clock import Clock
from latticetop.follow.interfaces import Told, read_interfaces
from latticetop.follow.parts import (
    ASSOCIATIONS,
    ENDPOINTS,
    SELECTION,
    SUBNETS,
    TURN,
    VPCS,
    Parts,
    passing,
    reservations_of,
)
from latticetop.follow.reader import Reader
from latticetop.follow.schedule import Turns
from latticetop.follow.status import Selection

_T = TypeVar("_T")
_AT_ONCE = 8


async def read_lists(
    reader: Reader, selection: Selection, parts: Parts, clock: Clock, *, full: bool, focus: str | None = None
) -> str | None:
    """Read the endpoints, associations, subnets and, when due or `full`, the VPCs, all at once.

    Now and then the associations are left out, and what comes back is the subnet whose reservations to read instead;
    the one in `focus`, on screen, has precedence.
    """
    turn = None if full else seldom.turn_of(parts, focus, clock.now())
    vpcs = full or seldom.vpcs_due(parts, clock.now())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read_endpoints(reader, selection, parts, clock))
        tasks.create_task(_read_subnets(reader, parts, clock))
        if turn is None:
            tasks.create_task(_read_associations(reader, parts, clock))
        if vpcs:
            tasks.create_task(_read_vpcs(reader, parts, clock))
    if vpcs and VPCS in parts.tried_at:
        parts.vpcs_for = seldom.vpc_ids(parts)
    parts.problems.pop(SELECTION, None)
    if SUBNETS in parts.read_at and (problem := unknown_ids(selection, parts.subnets, parts.vpcs)):
        parts.problems[SELECTION] = problem
    if turn is not None:
        parts.tried_at[TURN] = clock.now()
    return turn


async def read_insides(
    reader: Reader,
    selection: Selection,
    parts: Parts,
    clock: Clock,
    *,
    full: bool,
    turns: Turns | None = None,
    turn: str | None = None,
    told: Told | None = None,
) -> None:
    """Read the ENIs of the chosen subnets and the reservations that are due; with `full`, or without turns, all.

    `turn` is a subnet whose reservations are to be read.
    """
    chosen = choose_subnets(selection, parts.subnets, parts.endpoints.values())
    parts.forget_others(chosen)
    now = clock.now()
    due = sorted(chosen) if full else seldom.reservations_due(chosen, parts, turn, now)
    subnets = {i: parts.subnets[i] for i in sorted(chosen)}
    wanted = list(subnets)
    if turns:
        first = turns.next(subnets, parts.known, parts.endpoints.values(), now)
        wanted = first + [i for i in wanted if full and i not in first]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read_interfaces(reader, wanted, parts, clock, told))
        tasks.create_task(_read_reservations(reader, due, parts, clock))


async def read_lattice(reader: Reader, parts: Parts, clock: Clock, *, full: bool) -> bool:
    """Read VPC Lattice's side of the endpoints' service networks when it is due or one is new; whether it was read."""
    arns = sorted({endpoint.service_network_arn for endpoint in parts.endpoints.values()} - {""})
    if not arns or not (full or seldom.lattice_due(arns, parts, clock.now())):
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
        parts.endpoints = _kept(parts.endpoints, {each.vpc_endpoint_id: each for each in found})
        parts.read_at[ENDPOINTS] = clock.now()


async def _read_associations(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(ASSOCIATIONS, reader.associations(), clock)
    if found is not None:
        parts.associations = _kept(parts.associations, {each.association_id: each for each in found})
        parts.read_at[ASSOCIATIONS] = clock.now()


async def _read_subnets(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(SUBNETS, reader.subnets(), clock)
    if found is not None:
        parts.subnets = _kept(parts.subnets, {each.subnet_id: each for each in found})
        parts.read_at[SUBNETS] = clock.now()


async def _read_vpcs(reader: Reader, parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(VPCS, reader.vpcs(), clock)
    if found is not None:
        parts.vpcs = {each.vpc_id: each for each in found}
        parts.read_at[VPCS] = clock.now()


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
        parts.counted[subnet_id] = parts.subnets[subnet_id].available_ip_address_count
        if found is not None:
            parts.reservations = parts.reservations | {subnet_id: found}
            parts.read_at[name] = clock.now()
        elif passing(parts.problems[name]):
            stopped = True

    async with asyncio.TaskGroup() as tasks:
        for subnet_id in subnet_ids:
            tasks.create_task(read_one(subnet_id))


def _kept(before: dict[str, _T], now: dict[str, _T]) -> dict[str, _T]:
    """What was before when nothing is different."""
    return before if before == now else now
