"""One complete read, for commands that print and exit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable

from latticetop.follow.assemble import assemble
from latticetop.follow.cycle import ReservationsRead, read_again, read_lattice, read_lists
from latticetop.follow.interfaces import read_interfaces
from latticetop.follow.progress_report import ProgressReport
from latticetop.follow.read_state import SELECTION, ReadState
from latticetop.follow.reader import Reader
from latticetop.follow.subnet_selection import Selection, selected_subnets
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.capacity.counting_subnets import (
    need_blocks,
    subnets_needing_reservations,
    subnets_surely_needing_reservations,
    subnets_with_possible_blocks,
)
from latticetop.model.records.problem import ReadError
from latticetop.model.snapshot import Scope, Snapshot

CONFIRM_AFTER = 2.0
"""Seconds before a count that does not add up is read again: EC2's counts and ENIs may disagree for a moment."""


async def read_once(
    reader: Reader,
    selection: Selection | None = None,
    clock: AsyncClock | None = None,
    *,
    lattice: bool = False,
    vpc_endpoint_id: str = "",
    final: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Snapshot:
    """Read everything once, with `lattice` the VPC Lattice records too; read counts that do not add up again.

    CIDR reservations cost a call a subnet: they are read where an answer depends on them, in the subnets of
    `vpc_endpoint_id` among others. A part that fails is missing from `read_at`, and `problems` has the reason.
    `final` is set where a second read would bring the same, as of files: what the first one shows then counts.
    `progress` is called with a clause on how far a long read is. Raises ReadError if no part could be read, or a
    selected subnet or VPC does not exist.
    """
    selection, clock = selection or Selection(), clock or SystemClock()
    state = ReadState()
    report = ProgressReport(clock, progress)
    async with report.reporting_silence(reader):
        scope = await _read_lists_and_scope(reader, selection, state, clock)
        state.account_id = scope.account_id
        needing = await _read_contents(reader, scope, selection, state, clock, vpc_endpoint_id, report)
        if lattice:
            await read_lattice(reader, state, clock, full=True)
        snapshot = assemble(scope, selection, state, None, clock.now())
        unconfirmed = _unconfirmed(snapshot, needing)
        if not unconfirmed:
            return snapshot
        if final:
            state.confirmed = frozenset(unconfirmed)
            return assemble(scope, selection, state, None, clock.now())
        await clock.wait(asyncio.Event(), CONFIRM_AFTER)
        await read_again(reader, unconfirmed, state, clock)
        return assemble(scope, selection, state, snapshot, clock.now())


async def _read_lists_and_scope(reader: Reader, selection: Selection, state: ReadState, clock: AsyncClock) -> Scope:
    """Read the lists, and the account beside them: it is not waited for where AWS answers nothing else."""
    scope_task = asyncio.create_task(_scope_or_error(reader))
    try:
        await read_lists(reader, selection, state, clock, full=True)
        if not scope_task.done():
            _raise_fatal_problem(state)
        scope = await scope_task
    finally:
        scope_task.cancel()
    if isinstance(scope, ReadError):
        raise scope
    _raise_fatal_problem(state)
    return scope


async def _read_contents(
    reader: Reader,
    scope: Scope,
    selection: Selection,
    state: ReadState,
    clock: AsyncClock,
    vpc_endpoint_id: str,
    report: ProgressReport,
) -> list[str]:
    """Read the ENIs of the selected subnets, and the reservations on which an answer depends.

    Return the ids of the subnets of these reservations. AWS allows few calls for them a second: they are made beside
    those for ENIs, as soon as it is known that they are needed.
    """
    selected = selected_subnets(selection, state.subnets, state.known_endpoints, state.cluster_subnets)
    state.keep_subnets(selected)
    criteria, endpoint_ids = selection.criteria, [vpc_endpoint_id]
    read = ReservationsRead(reader, state, clock, report.reservations)
    asked: set[str] = set()
    async with asyncio.TaskGroup() as tasks:

        def ask(subnet_ids: Iterable[str]) -> None:
            for subnet_id in subnet_ids:
                if subnet_id not in asked:
                    asked.add(subnet_id)
                    tasks.create_task(read.read(subnet_id))

        def ask_if_needed(subnet_ids: Iterable[str]) -> None:
            ask(i for i in subnet_ids if i in possible and need_blocks(state.interfaces.get(i, ())))

        before = assemble(scope, selection, state, None, clock.now())
        possible = set(subnets_with_possible_blocks(before))
        ask(subnets_surely_needing_reservations(before, criteria, endpoint_ids))
        await read_interfaces(reader, sorted(selected), state, clock, report.interfaces, ask_if_needed)
        after = assemble(scope, selection, state, None, clock.now())
        needing = subnets_needing_reservations(after, criteria, endpoint_ids)
        ask(needing)
        report.reservations_of(len(asked))
    return needing


def _unconfirmed(snapshot: Snapshot, needing: Collection[str]) -> list[str]:
    """The subnets to read again: a count did not add up, and reservations that were not asked for do not explain it."""
    return [
        key
        for key, reading in snapshot.subnets.items()
        if key in snapshot.read_at
        and reading.unaccounted_now > reading.unaccounted
        and (key in needing or not reading.blocks.free)
    ]


async def _scope_or_error(reader: Reader) -> Scope | ReadError:
    """The scope, or the error as a value: another one may come first, and a task's error has to be fetched."""
    try:
        return await reader.scope()
    except ReadError as error:
        return error


def _raise_fatal_problem(state: ReadState) -> None:
    problem = state.problems.get(SELECTION)
    if not problem and not state.read_at:
        problem = state.required_problem()
    if problem:
        raise ReadError(problem)
