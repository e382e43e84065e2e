"""One cycle of reading: first the lists of the Region, then the ENIs and reservations of the selected subnets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from latticetop.follow import refresh_intervals
from latticetop.follow.interfaces import OnProgress, read_interfaces
from latticetop.follow.read_state import (
    RESERVATIONS_TURN,
    SELECTION,
    ReadState,
    is_transient,
)
from latticetop.follow.reader import Reader
from latticetop.follow.schedule import ReadSchedule
from latticetop.follow.subnet_selection import Selection, endpoint_types, selected_subnets
from latticetop.follow.timing import AsyncClock
from latticetop.follow.unknown_selection import unknown_selection_problem
from latticetop.model.endpoints.verdict import verdict_for
from latticetop.model.records.read_parts import ASSOCIATIONS, ENDPOINTS, SUBNETS, VPCS, cluster_part, reservations_part
from latticetop.model.records.resources import Endpoint

_T = TypeVar("_T")
_MAX_CONCURRENT = 8


async def read_lists(
    reader: Reader, selection: Selection, state: ReadState, clock: AsyncClock, *, full: bool, focus: str | None = None
) -> str | None:
    """Read the endpoints, associations, subnets and, if due or `full`, the VPCs, at the same time.

    Now and then the associations are skipped. The return value is then the id of the subnet whose reservations to read
    instead; `focus`, the subnet on screen, has precedence.
    """
    now = clock.monotonic()
    turn = None if full else refresh_intervals.reservations_turn(state, focus, now)
    vpcs = full or refresh_intervals.vpcs_due(state, now)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read_endpoints(reader, selection, state, clock))
        tasks.create_task(_read_subnets(reader, state, clock))
        if turn is None:
            tasks.create_task(_read_associations(reader, state, clock))
        if vpcs:
            tasks.create_task(_read_vpcs(reader, state, clock))
        for name in refresh_intervals.clusters_due(selection.clusters, state, now, full=full):
            tasks.create_task(_read_cluster(name, reader, state, clock))
    if vpcs and VPCS in state.tried_at:
        state.vpcs_read_for = refresh_intervals.vpc_ids(state)
    state.problems.pop(SELECTION, None)
    unread_cluster = next((p for name in selection.clusters if (p := state.unread_cluster_problem(name))), None)
    if unread_cluster:
        state.problems[SELECTION] = unread_cluster
    elif SUBNETS in state.read_at:
        problem = unknown_selection_problem(selection, state.subnets, state.vpcs, state.cluster_subnets)
        if problem:
            state.problems[SELECTION] = problem
    if turn is not None:
        state.tried_at[RESERVATIONS_TURN] = clock.monotonic()
    return turn


async def read_subnet_contents(
    reader: Reader,
    selection: Selection,
    state: ReadState,
    clock: AsyncClock,
    *,
    full: bool,
    schedule: ReadSchedule | None = None,
    turn: str | None = None,
    on_progress: OnProgress | None = None,
) -> None:
    """Read the ENIs of the selected subnets and the reservations that are due; if `full`, whether they are due or not.

    Without a `schedule` all ENIs are read. `turn` is a subnet whose reservations to read in this cycle.
    """
    selected = selected_subnets(selection, state.subnets, state.known_endpoints, state.cluster_subnets)
    state.keep_subnets(selected)
    now = clock.monotonic()
    focus = schedule.focus if schedule else None
    spare_calls = schedule.spare_calls if schedule else None
    due = refresh_intervals.reservations_due(
        selected, state, turn, now, focus=focus, full=full, spare_calls=spare_calls
    )
    subnets = {i: state.subnets[i] for i in sorted(selected)}
    subnet_ids = list(subnets)
    if schedule:
        scheduled = schedule.next(subnets, state.last_reads, state.endpoints.values(), now)
        subnet_ids = scheduled + [i for i in subnet_ids if full and i not in scheduled]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read_interfaces(reader, subnet_ids, state, clock, on_progress))
        tasks.create_task(read_reservations(reader, due, state, clock))


async def read_lattice(reader: Reader, state: ReadState, clock: AsyncClock, *, full: bool) -> bool:
    """Read the VPC Lattice records of the service networks if due or `full`; return whether they were read."""
    arns = sorted({endpoint.service_network_arn for endpoint in state.endpoints.values()} - {""})
    if not arns or not (full or refresh_intervals.lattice_due(arns, state, clock.monotonic())):
        return False
    lattice, problems = await reader.lattice(arns, vpcs_of_failed_endpoints(state.endpoints.values()))
    state.set_lattice(lattice, problems, clock)
    return True


def vpcs_of_failed_endpoints(endpoints: Iterable[Endpoint]) -> list[str]:
    """Return the VPCs in which an association with the service network could replace an endpoint that has failed."""
    wrong = (e for e in endpoints if e.service_network_arn and verdict_for(e.state, ()).wrong)
    return sorted({endpoint.vpc_id for endpoint in wrong} - {""})


async def read_again(reader: Reader, subnet_ids: Collection[str], state: ReadState, clock: AsyncClock) -> None:
    """Read the counts of all subnets and the ENIs of these subnets once more."""
    await _read_subnets(reader, state, clock)
    await read_interfaces(reader, [i for i in sorted(subnet_ids) if i in state.subnets], state, clock)


async def _read_endpoints(reader: Reader, selection: Selection, state: ReadState, clock: AsyncClock) -> None:
    endpoints = await state.attempt(ENDPOINTS, reader.endpoints(endpoint_types(selection)), clock)
    if endpoints is not None:
        state.endpoints = _old_if_equal(state.endpoints, {e.vpc_endpoint_id: e for e in endpoints})
        state.note_read(ENDPOINTS, clock)


async def _read_associations(reader: Reader, state: ReadState, clock: AsyncClock) -> None:
    associations = await state.attempt(ASSOCIATIONS, reader.associations(), clock)
    if associations is not None:
        state.associations = _old_if_equal(state.associations, {a.association_id: a for a in associations})
        state.note_read(ASSOCIATIONS, clock)


async def _read_subnets(reader: Reader, state: ReadState, clock: AsyncClock) -> None:
    subnets = await state.attempt(SUBNETS, reader.subnets(), clock)
    if subnets is not None:
        state.subnets = _old_if_equal(state.subnets, {subnet.subnet_id: subnet for subnet in subnets})
        state.note_read(SUBNETS, clock)


async def _read_cluster(name: str, reader: Reader, state: ReadState, clock: AsyncClock) -> None:
    cluster = await state.attempt(cluster_part(name), reader.cluster(name), clock)
    if cluster is not None:
        state.set_cluster(name, cluster)


async def _read_vpcs(reader: Reader, state: ReadState, clock: AsyncClock) -> None:
    vpcs = await state.attempt(VPCS, reader.vpcs(), clock)
    if vpcs is not None:
        state.vpcs = {vpc.vpc_id: vpc for vpc in vpcs}
        state.note_read(VPCS, clock)


class ReservationsRead:
    """One read of CIDR reservations, with one call a subnet, a few at the same time.

    After throttling no further call is made: the rest stays due. `on_subnet` is called after each subnet.
    """

    def __init__(
        self, reader: Reader, state: ReadState, clock: AsyncClock, on_subnet: Callable[[], None] = lambda: None
    ) -> None:
        self._reader = reader
        self._state = state
        self._clock = clock
        self._on_subnet = on_subnet
        self._limit = asyncio.Semaphore(_MAX_CONCURRENT)
        self._stopped = False

    async def read(self, subnet_id: str) -> None:
        """Read the reservations of a subnet; it is removed if AWS does not know it."""
        state, part = self._state, reservations_part(subnet_id)
        async with self._limit:
            if self._stopped:
                return
            reservations = await state.attempt(part, self._reader.reservations(subnet_id), self._clock)
        problem = state.problems.get(part)
        if problem and is_transient(problem):
            self._stopped = True
        if subnet_id not in state.subnets or state.was_deleted(subnet_id, problem):
            state.remove_subnet(subnet_id)
        else:
            state.free_counts[subnet_id] = state.subnets[subnet_id].available_ip_address_count
            if reservations is not None:
                state.reservations = state.reservations | {subnet_id: reservations}
                state.read_at[part] = self._clock.now()
        self._on_subnet()


async def read_reservations(reader: Reader, subnet_ids: Collection[str], state: ReadState, clock: AsyncClock) -> None:
    """Read the reservations of these subnets."""
    read = ReservationsRead(reader, state, clock)
    async with asyncio.TaskGroup() as tasks:
        for subnet_id in subnet_ids:
            tasks.create_task(read.read(subnet_id))


def _old_if_equal(old: dict[str, _T], new: dict[str, _T]) -> dict[str, _T]:
    """The old object if both are equal, so that a comparison by identity is enough later."""
    return old if old == new else new
