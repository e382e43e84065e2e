"""One complete read, for commands that print and exit."""

from __future__ import annotations

import asyncio

from latticetop.follow.assemble import assemble
from latticetop.follow.cycle import read_again, read_lattice, read_lists, read_subnet_contents
from latticetop.follow.read_state import SELECTION, ReadState
from latticetop.follow.reader import Reader
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.records.problem import ReadError
from latticetop.model.snapshot import Scope, Snapshot

CONFIRM_AFTER = 2.0
"""Seconds before a count that does not add up is read again: EC2's counts and ENIs may disagree for a moment."""


async def read_once(
    reader: Reader, selection: Selection | None = None, clock: AsyncClock | None = None, *, lattice: bool = False
) -> Snapshot:
    """Read everything once, with `lattice` the VPC Lattice records too; read counts that do not add up again.

    A part that fails is missing from `read_at`, and `problems` has the reason. Raises ReadError if no part could be
    read, or a selected subnet or VPC does not exist.
    """
    selection, clock = selection or Selection(), clock or SystemClock()
    state = ReadState()
    async with asyncio.TaskGroup() as tasks:
        scope_task = tasks.create_task(_scope_or_error(reader))
        tasks.create_task(read_lists(reader, selection, state, clock, full=True))
    scope = scope_task.result()
    if isinstance(scope, ReadError):
        raise scope
    _raise_fatal_problem(state)
    await read_subnet_contents(reader, selection, state, clock, full=True)
    if lattice:
        await read_lattice(reader, state, clock, full=True)
    snapshot = assemble(scope, selection, state, None, clock.now())
    unconfirmed = [
        key
        for key, reading in snapshot.subnets.items()
        if key in state.read_at and reading.discrepancy > reading.unaccounted
    ]
    if not unconfirmed:
        return snapshot
    await clock.wait(asyncio.Event(), CONFIRM_AFTER)
    await read_again(reader, unconfirmed, state, clock)
    return assemble(scope, selection, state, snapshot, clock.now())


async def _scope_or_error(reader: Reader) -> Scope | ReadError:
    """The scope, or the error as a value: raised in a task group it would cancel the other reads."""
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
