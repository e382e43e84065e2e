"""One whole read, for the commands that print and end."""

from __future__ import annotations

import asyncio

from latticetop.follow.assemble import assemble
from latticetop.follow.clock import Clock, SystemClock
from latticetop.follow.cycle import read_again, read_insides, read_lattice, read_lists
from latticetop.follow.parts import SELECTION, Parts
from latticetop.follow.reader import Reader
from latticetop.follow.status import Selection
from latticetop.model.records.problem import ReadError
from latticetop.model.snapshot import Scope, Snapshot

CONFIRM_AFTER = 2.0
"""Seconds. EC2's counts and ENIs may disagree for a moment; a difference that lasts is real."""


async def read_once(
    reader: Reader, selection: Selection | None = None, clock: Clock | None = None, *, lattice: bool = False
) -> Snapshot:
    """Read everything once, with `lattice` VPC Lattice's side too; a subnet whose count does not add up is read again.

    A part that fails is missing from `read_at`, and `problems` says why. ReadError when no part could be read, or when
    a subnet or VPC was asked for that does not exist.
    """
    selection, clock = selection or Selection(), clock or SystemClock()
    parts = Parts()
    async with asyncio.TaskGroup() as tasks:
        asked = tasks.create_task(_scope(reader))
        tasks.create_task(read_lists(reader, selection, parts, clock, full=True))
    scope = asked.result()
    if isinstance(scope, ReadError):
        raise scope
    _raise_if_hopeless(parts)
    await read_insides(reader, selection, parts, clock, full=True)
    if lattice:
        await read_lattice(reader, parts, clock, full=True)
    snapshot = assemble(scope, selection, parts, None, clock.now())
    doubtful = [key for key, reading in snapshot.subnets.items() if key in parts.read_at and reading.discrepancy > 0]
    if not doubtful:
        return snapshot
    await clock.wait(asyncio.Event(), CONFIRM_AFTER)
    await read_again(reader, doubtful, parts, clock)
    return assemble(scope, selection, parts, snapshot, clock.now())


async def _scope(reader: Reader) -> Scope | ReadError:
    try:
        return await reader.scope()
    except ReadError as error:
        return error


def _raise_if_hopeless(parts: Parts) -> None:
    problem = parts.problems.get(SELECTION)
    if not problem and not parts.read_at:
        problem = parts.required_problem()
    if problem:
        raise ReadError(problem)
