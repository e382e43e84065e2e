"""Following a scope: one long-lived loop that reads, publishes, and waits after the read has ended."""

from __future__ import annotations

import random as _random
from asyncio import Event, Lock
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from latticetop.follow.assemble import assemble
from latticetop.follow.choose import choose_subnets
from latticetop.follow.clock import Clock, SystemClock
from latticetop.follow.cycle import read_insides, read_lattice, read_lists
from latticetop.follow.interfaces import Seen, Told
from latticetop.follow.investigate import Trails, investigate
from latticetop.follow.pace import Pace, PendingWatch, Random
from latticetop.follow.parts import SELECTION, Parts
from latticetop.follow.reader import Connect, Progress, Reader, Resolve, Stamp
from latticetop.follow.schedule import Turns
from latticetop.follow.status import Phase, Publish, Selection, Status, Update
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Scope, Snapshot

_TOLD_EVERY = timedelta(seconds=0.25)
_SHOWN_EVERY = timedelta(seconds=1)
"""How often a long read shows more of the account; what it has to tell in between is only how far it is."""
_WATCH_EVERY = 2.0
"""Seconds between two looks at the credential files, while those that there were do not work."""
_BACK_OFF = (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE)


class Follower:
    """A `status.Source` that follows a live scope. The subnet in `focus` is read each time, others by turns.

    With `stamp` credentials are got anew as soon as the files they come from have changed.
    """

    def __init__(
        self,
        connect: Connect,
        selection: Selection | None = None,
        *,
        interval: float = 15.0,
        pace: Pace | None = None,
        clock: Clock | None = None,
        random: Random = _random.random,
        resolve: Resolve | None = None,
        stamp: Stamp | None = None,
    ) -> None:
        self._connect = connect
        self._selection = selection or Selection()
        self._pace = pace or Pace(interval=interval)
        self._clock = clock or SystemClock()
        self._random = random
        self._wake = Event()
        self._wanted = self._full = self._paused = self._stale = False
        self._resolve = resolve
        self._trails = Trails()
        self._lattice = Lock()
        self._stamp = stamp
        self._stamped: object = None
        self._turns = Turns(self._pace.effective)
        self._reader: Reader | None = None
        self._scope: Scope | None = None
        self._parts = Parts()
        self._snapshot: Snapshot | None = None
        self._pending = PendingWatch()
        self._failures = 0
        self._read_at: datetime | None = None
        self._calls = 0
        self._progress: Seen | None = None
        self._problem: Problem | None = None
        self._publish: Publish = lambda _: None

    async def run(self, publish: Publish) -> None:
        """Publish until cancelled; problems of reading are published, not raised."""
        self._publish = publish
        self._emit(Phase.CONNECTING)
        try:
            while True:
                self._problem = await self._read()
                await self._rest(self._problem)
                self._emit(Phase.READING if self._reader else Phase.CONNECTING)
        finally:
            await self._disconnect()

    def refresh(self) -> None:
        """Read now, everything, reservations and VPCs too; while a read is under way, once more after it."""
        self._full = True
        self._ask()

    def pause(self) -> None:
        """Stop reading after the read under way."""
        self._paused = True
        self._wake.set()

    def resume(self) -> None:
        """Go on, with a read at once."""
        self._paused = False
        self._ask()

    def renew(self) -> None:
        """Get credentials anew, then read."""
        self._stale = True
        self._ask()

    def focus(self, subnet_id: str | None) -> None:
        """Say which subnet is on screen."""
        self._turns.focus = subnet_id

    def select(self, selection: Selection) -> None:
        """Read something else from now on, starting at once."""
        self._selection = selection
        self._ask()

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Everything AWS says of one ENI; raises ReadError."""
        if self._reader is None:
            raise ReadError(Problem(ProblemKind.UNREACHABLE, "", "There is no connection to AWS yet."))
        return await self._reader.describe_interface(network_interface_id)

    async def investigate(self, vpc_endpoint_id: str, progress: Progress, *, resolve: bool = False) -> Investigation:
        """Look into one endpoint; what cannot be read is a problem of the investigation. KeyError for an unknown."""
        reader, snapshot = self._reader, self._snapshot
        if snapshot is None or reader is None or vpc_endpoint_id not in snapshot.endpoints:
            raise KeyError(vpc_endpoint_id)
        endpoint = snapshot.endpoints[vpc_endpoint_id]
        if endpoint.service_network_arn and snapshot.network_of(endpoint) is None:
            progress("asking VPC Lattice")
            await self._read_lattice(reader, self._selection, full=False)
        asked = self._resolve if resolve else None
        found = await investigate(
            reader,
            self._snapshot or snapshot,
            vpc_endpoint_id,
            progress,
            trails=self._trails,
            resolve=asked,
            clock=self._clock,
        )
        if resolve and asked is None:
            missing = Problem(ProblemKind.NOT_OFFERED, "", "There is no resolver to ask for the names.")
            return structs.replace(found, problems=(*found.problems, missing))
        return found

    def _ask(self) -> None:
        self._wanted = True
        self._wake.set()

    async def _read(self) -> Problem | None:
        """Connect if need be and read once; the gravest problem, if there was one."""
        self._wanted = False
        full, self._full = self._full, False
        if self._stale or (self._stamp and self._stamp(True) != self._stamped):
            await self._disconnect()
        self._stale = False
        try:
            reader = await self._connected()
        except ReadError as error:
            self._calls = 0
            return error.problem
        before = reader.calls
        await self._read_parts(reader, self._selection, full)
        self._calls = reader.calls - before
        problem = self._parts.required_problem()
        if problem is None:
            self._read_at = self._clock.now()
        return problem

    async def _connected(self) -> Reader:
        """The reader, opened anew after a failure of the credentials; another account starts from nothing."""
        if self._reader is None:
            self._stamped = self._stamp(True) if self._stamp else None
            self._reader = await self._connect()
            self._scope = None
        if self._scope is None:
            self._scope = await self._reader.scope()
            if self._snapshot is not None and self._snapshot.scope != self._scope:
                self._parts, self._snapshot, self._read_at = Parts(), None, None
            self._emit(Phase.READING)
        return self._reader

    async def _read_parts(self, reader: Reader, selection: Selection, full: bool) -> None:
        parts, clock = self._parts, self._clock
        turn = await read_lists(reader, selection, parts, clock, full=full, focus=self._turns.focus)
        if (problem := parts.required_problem()) and problem.kind.needs_new_credentials:
            return
        chosen = choose_subnets(selection, parts.subnets, parts.endpoints.values())
        if not chosen <= parts.read_at.keys():
            self._take_snapshot(selection)
            self._emit(Phase.READING)
        told = self._teller(selection)
        await read_insides(reader, selection, parts, clock, full=full, turns=self._turns, turn=turn, told=told)
        self._progress = None
        self._take_snapshot(selection)
        self._emit(Phase.READING)
        await self._read_lattice(reader, selection, full=full)

    async def _read_lattice(self, reader: Reader, selection: Selection, *, full: bool) -> None:
        """Read VPC Lattice's side if it is due, or wait for the read under way."""
        async with self._lattice:
            if await read_lattice(reader, self._parts, self._clock, full=full):
                self._take_snapshot(selection)

    def _teller(self, selection: Selection) -> Told:
        """What publishes how far a long read is, with the subnets that are whole, now and then."""
        last = shown = self._clock.now()
        whole = self._parts.interfaces

        def told(seen: Seen) -> None:
            nonlocal last, shown, whole
            self._progress = seen
            if (now := self._clock.now()) - last >= _TOLD_EVERY:
                last = now
                if self._parts.interfaces is not whole and now - shown >= _SHOWN_EVERY:
                    whole, shown = self._parts.interfaces, now
                    self._take_snapshot(selection)
                self._emit(Phase.READING)

        return told

    def _take_snapshot(self, selection: Selection) -> None:
        if self._scope is not None and self._parts.read_at:
            self._snapshot = assemble(self._scope, selection, self._parts, self._snapshot, self._clock.now())

    async def _rest(self, problem: Problem | None) -> None:
        """Wait until the next read is due or asked for."""
        phase, wait = self._plan(problem)
        if phase is Phase.NEEDS_CREDENTIALS:
            await self._disconnect()
        due = None if wait is None else self._clock.now() + timedelta(seconds=wait)
        watched = self._stamp if phase is Phase.NEEDS_CREDENTIALS else None
        files = watched(False) if watched else None
        while not self._wanted:
            self._wake.clear()
            left = None
            if self._paused:
                self._emit(Phase.PAUSED)
            else:
                self._emit(phase, due)
                left = None if due is None else max(0.0, (due - self._clock.now()).total_seconds())
            if watched and not self._paused:
                left = _WATCH_EVERY if left is None else min(left, _WATCH_EVERY)
            if await self._clock.wait(self._wake, left):
                continue
            changed = watched is not None and watched(False) != files
            if changed or (due is not None and due <= self._clock.now()):
                return

    def _plan(self, problem: Problem | None) -> tuple[Phase, float | None]:
        """What to wait for, and how long."""
        if problem and (problem.kind.needs_new_credentials or problem.kind is ProblemKind.USAGE):
            return Phase.NEEDS_CREDENTIALS, self._pace.without_credentials(self._random)
        if problem and problem.kind in _BACK_OFF:
            self._failures += 1
            return Phase.BACKING_OFF, self._pace.after_failures(self._failures, self._random)
        self._failures = 0
        now = self._clock.now()
        pending = self._pending.any_recent(self._parts.endpoints.values(), now, self._pace.fast_for)
        return Phase.WAITING, self._pace.usual(pending=pending, random=self._random)

    def _emit(self, phase: Phase, next_at: datetime | None = None) -> None:
        shown = self._problem or self._parts.problems.get(SELECTION)
        status = Status(phase, self._pace.effective, self._read_at, next_at, self._calls, shown, self._progress)
        self._publish(Update(self._snapshot, status))

    async def _disconnect(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()
