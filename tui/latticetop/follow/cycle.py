"""One read: first what there is in the account, then what is inside the chosen subnets."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection

from latticetop.model.resources import NetworkInterface

from .choose import choose_subnets, endpoint_types, unknown_ids
from .clock import Clock
from .parts import (
    ASSOCIATIONS,
    ENDPOINTS,
    INTERFACES,
    LATTICE,
    SELECTION,
    SUBNETS,
    VPCS,
    Parts,
    passing,
    reservations_of,
)
from .reader import InterfacePages, Reader
from .status import Selection

VPCS_EVERY = 600.0
RESERVATIONS_EVERY = 300.0
"""Seconds. Reservations cost one call a subnet and seldom change."""
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


async def read_insides(reader: Reader, selection: Selection, parts: Parts, clock: Clock, *, full: bool) -> None:
    """Read the ENIs of the chosen subnets and the reservations that are due (with `full`: all)."""
    chosen = choose_subnets(selection, parts.subnets, parts.endpoints.values())
    parts.forget_others(chosen)
    now = clock.now()
    due = [i for i in sorted(chosen) if full or parts.due(reservations_of(i), now, RESERVATIONS_EVERY)]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read_interfaces(_pages(reader, selection, parts, chosen), chosen, parts, clock))
        tasks.create_task(_read_reservations(reader, due, parts, clock))


async def read_lattice(reader: Reader, parts: Parts, clock: Clock, *, full: bool) -> bool:
    """Read VPC Lattice's side of the endpoints' service networks when it is due; whether it was read."""
    arns = sorted({endpoint.service_network_arn for endpoint in parts.endpoints.values()} - {""})
    if not arns or not (full or parts.due(LATTICE, clock.now(), LATTICE_EVERY)):
        return False
    lattice, problems = await reader.lattice(arns)
    parts.take_lattice(lattice, problems, clock.now())
    return True


async def read_again(reader: Reader, subnet_ids: Collection[str], parts: Parts, clock: Clock) -> None:
    """Read the counts and the ENIs of these subnets once more."""
    await _read_subnets(reader, parts, clock)
    pages = reader.interfaces(subnet_ids=sorted(subnet_ids))
    await _read_interfaces(pages, subnet_ids, parts, clock)


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


def _pages(reader: Reader, selection: Selection, parts: Parts, chosen: Collection[str]) -> InterfacePages:
    """The ENIs of the chosen subnets: by subnet when subnets were named, else by VPC, which takes fewer values."""
    if selection.subnet_ids and not selection.all_subnets:
        return reader.interfaces(subnet_ids=sorted(chosen))
    return reader.interfaces(vpc_ids=sorted({parts.subnets[subnet_id].vpc_id for subnet_id in chosen}))


async def _read_interfaces(pages: InterfacePages, chosen: Collection[str], parts: Parts, clock: Clock) -> None:
    found = await parts.attempt(INTERFACES, _by_subnet(pages), clock)
    if found is None:
        return
    parts.interfaces = parts.interfaces | {subnet_id: tuple(found.get(subnet_id, ())) for subnet_id in chosen}
    parts.read_at.update(dict.fromkeys(chosen, clock.now()))


async def _by_subnet(pages: InterfacePages) -> dict[str, list[NetworkInterface]]:
    """Group the ENIs by subnet, each list ordered by id and each ENI once, should it come on two pages."""
    found: dict[str, NetworkInterface] = {}
    async for page in pages:
        found.update((interface.network_interface_id, interface) for interface in page)
    groups: dict[str, list[NetworkInterface]] = defaultdict(list)
    for interface_id in sorted(found):
        groups[found[interface_id].subnet_id].append(found[interface_id])
    return groups


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
