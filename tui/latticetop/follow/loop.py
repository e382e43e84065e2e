"""Follow a scope: one long-lived loop that reads, publishes, and then waits for the next read."""

from __future__ import annotations

import asyncio
import random as _random
from asyncio import Event, Lock
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec import structs

from latticetop.follow.anchored_clock import AnchoredClock
from latticetop.follow.assemble import assemble
from latticetop.follow.cycle import read_lattice, read_lists, read_subnet_contents
from latticetop.follow.interfaces import OnProgress, ReadProgress
from latticetop.follow.investigate import EventHistoryCache, investigate
from latticetop.follow.read_gate import ReadGate
from latticetop.follow.read_state import SELECTION, ReadState
from latticetop.follow.reader import Connect, CredentialsFingerprint, Reader, ReportProgress, Resolve
from latticetop.follow.schedule import ReadSchedule
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.follow.subnet_selection import Selection, selected_subnets
from latticetop.follow.timing import AsyncClock, PendingTracker, PollingPolicy, Random, SystemClock
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.read_parts import REQUIRED_LISTS
from latticetop.model.snapshot import Scope, Snapshot, with_times_moved

_PROGRESS_INTERVAL, _RESPONSE_INTERVAL = 0.25, 1.0
"""Seconds between two updates of a long read: with its progress, or to say that AWS has answered."""
_PARTIAL_SNAPSHOT_INTERVAL = 1.0
"""Seconds between two snapshots of a long read; in between only its progress is published."""
_GIVE_UP_AFTER, _GIVE_UP_AT_ONCE = 10.0, 2.0
"""Seconds without an answer after which a request gives up the read under way: the first request, and further ones."""
_MAX_CLOSE_SECONDS = 0.5
"""The longest wait for connections to close, so that the program ends whatever hangs."""
_CREDENTIALS_CHECK_INTERVAL = 2.0
"""Seconds between two checks of the credential files while the credentials do not work."""
_BACK_OFF_KINDS = (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE, ProblemKind.BUSY)


class Follower:
    """A `status.Source` for a live scope. The subnet in `focus` is read in every cycle, the others in turn.

    With `credentials_fingerprint` the credentials are resolved again as soon as the files that they come from change.
    Followers with the same `gate` take turns; one that the user waits for is next. Of `max_calls` a minute (0:
    unlimited) a part is left for what can wait.
    """

    def __init__(
        self,
        connect: Connect,
        selection: Selection | None = None,
        *,
        interval: float = 15.0,
        polling: PollingPolicy | None = None,
        clock: AsyncClock | None = None,
        random: Random = _random.random,
        resolve: Resolve | None = None,
        credentials_fingerprint: CredentialsFingerprint | None = None,
        gate: ReadGate | None = None,
        max_calls: int = 0,
    ) -> None:
        self._connect = connect
        self._selection = selection or Selection()
        self._polling = polling or PollingPolicy(interval=interval)
        self._clock = AnchoredClock(clock or SystemClock())
        self._random = random
        self._gate = gate or ReadGate()
        self._waits_for_turn = False
        self._wake = Event()
        self._read_requested = self._full_read_requested = self._paused = self._renew_credentials = False
        self._resolve = resolve
        self._histories = EventHistoryCache()
        self._lattice_lock = Lock()
        self._fingerprint = credentials_fingerprint
        self._connected_fingerprint: object = None
        self._schedule = ReadSchedule(self._polling.effective, max_calls)
        # Calls count against a maximum once the account is known; and credentials that do not work fail each call.
        self._lists_beside_scope = not max_calls
        self._reader: Reader | None = None
        self._scope: Scope | None = None
        self._account_problem: Problem | None = None
        """Why STS did not tell the account when it was last asked, which `_scope` may know from before."""
        self._state = ReadState()
        self._snapshot: Snapshot | None = None
        self._pending = PendingTracker()
        self._failures = 0
        self._read_at: float | None = None
        self._answered_at: float | None = None
        """When AWS last answered the read under way, or when it began; monotonic, as all times of this class."""
        self._published_at = 0.0
        self._reading: asyncio.Task[Problem | None] | None = None
        self._calls = 0
        self._progress: ReadProgress | None = None
        self._problem: Problem | None = None
        self._publish: Publish = lambda _: None

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled; problems of reading are published, not raised."""
        self._publish = publish
        try:
            while True:
                self._problem = await self._read_to_end()
                await self._wait_for_next_read(self._problem)
        finally:
            await self._disconnect()

    def refresh(self) -> None:
        """Read everything now, reservations and VPCs included; during a read, once more after it.

        A read that has had no answer for long is given up for it.
        """
        self._full_read_requested = True
        self._request_read()

    def pause(self) -> None:
        """Stop reading after the current read."""
        self._paused = True
        self._wake.set()
        if self._waits_for_turn:
            self._publish_status(Phase.PAUSED)

    def resume(self) -> None:
        """Continue, starting with a read."""
        self._paused = False
        self._request_read()

    def renew(self) -> None:
        """Resolve the credentials again, then read."""
        self._renew_credentials = True
        self._request_read()

    def focus(self, subnet_id: str | None) -> None:
        """Set the subnet on screen, which is read in every cycle."""
        self._schedule.focus = subnet_id

    def select(self, selection: Selection) -> None:
        """Change the selection, and read it now."""
        self._selection = selection
        self._request_read()

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return all attributes of one ENI; raises ReadError."""
        if self._reader is None:
            raise ReadError(Problem(ProblemKind.UNREACHABLE, "", "Not connected to AWS yet."))
        return await self._reader.describe_interface(network_interface_id)

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Collect the data of one endpoint; problems of reading are part of the result. KeyError if it is unknown."""
        reader, snapshot = self._reader, self._snapshot
        if snapshot is None or reader is None or vpc_endpoint_id not in snapshot.endpoints:
            raise KeyError(vpc_endpoint_id)
        endpoint = snapshot.endpoints[vpc_endpoint_id]
        if endpoint.service_network_arn and snapshot.service_network_of(endpoint) is None:
            progress("reading VPC Lattice")
            await self._read_lattice(reader, self._selection, full=False)
        resolver = self._resolve if resolve else None
        investigation = await investigate(
            reader,
            self._snapshot or snapshot,
            vpc_endpoint_id,
            progress,
            histories=self._histories,
            resolve=resolver,
            clock=self._clock,
        )
        if resolve and resolver is None:
            no_resolver = Problem(ProblemKind.NOT_OFFERED, "", "DNS names were not resolved: there is no resolver.")
            return structs.replace(investigation, problems=(*investigation.problems, no_resolver))
        return investigation

    def _request_read(self) -> None:
        if self._reading is not None and self._answered_at is not None:
            patience = _GIVE_UP_AT_ONCE if self._read_requested else _GIVE_UP_AFTER
            if self._clock.monotonic() - self._answered_at >= patience:
                self._reading.cancel()
        self._read_requested = True
        self._wake.set()

    async def _read_to_end(self) -> Problem | None:
        """Read once; once more if that read is given up. What it had read until then is kept."""
        while True:
            if self._gate.is_full:
                self._waits_for_turn = True
                self._publish_status(Phase.READING if self._reader else Phase.CONNECTING)
            async with self._gate.turn(lambda: self._read_requested):
                self._waits_for_turn = False
                if self._paused and not self._read_requested:
                    return self._problem
                self._answered_at = self._clock.monotonic()
                self._publish_status(Phase.READING if self._reader else Phase.CONNECTING)
                self._reading = asyncio.create_task(self._read())
                try:
                    return await self._reading
                except asyncio.CancelledError:
                    this_task = asyncio.current_task()
                    if this_task is None or this_task.cancelling():
                        raise
                    self._progress = None
                finally:
                    self._reading = self._answered_at = None

    def _on_response(self) -> None:
        """Note that AWS has answered, and publish it now and then: otherwise a long read looks like one that hangs."""
        if self._reading is not None:
            self._answered_at = now = self._clock.monotonic()
            if now - self._published_at >= _RESPONSE_INTERVAL:
                self._publish_status(Phase.READING)

    async def _read(self) -> Problem | None:
        """Connect if necessary and read once; return the most severe problem, if any."""
        self._read_requested = False
        full, self._full_read_requested = self._full_read_requested, False
        files_changed = self._fingerprint and self._fingerprint(True) != self._connected_fingerprint
        if self._renew_credentials or files_changed:
            await self._disconnect()
        self._renew_credentials = False
        try:
            reader = await self._connected_reader()
            calls_before = reader.calls if self._scope else 0
            turn = await self._read_scope_and_lists(reader, self._selection, full)
        except ReadError as error:
            self._calls = 0
            return error.problem
        await self._read_parts(reader, self._selection, full, turn)
        self._calls = reader.calls - calls_before
        problem = self._state.required_problem()
        if problem is None:
            self._read_at = self._clock.monotonic()
        return problem

    async def _connected_reader(self) -> Reader:
        """The reader, opened again after a failure of the credentials."""
        if self._reader is None:
            self._connected_fingerprint = self._fingerprint(True) if self._fingerprint else None
            self._reader = await self._connect()
            self._reader.on_response = self._on_response
            self._scope = None
            if self._snapshot is None:
                # What was read with other credentials may be of another account; with a snapshot, `_set_scope` knows.
                self._state = ReadState()
        return self._reader

    async def _read_scope_and_lists(self, reader: Reader, selection: Selection, full: bool) -> str | None:
        """Read the lists after the account, in the first read beside it; the account is asked for until it is known.

        The return value is that of `read_lists`.
        """
        beside, self._lists_beside_scope = self._lists_beside_scope, False
        lists = asyncio.create_task(self._read_lists(reader, selection, full)) if beside else None
        try:
            problem = self._account_problem
            if self._scope is None or (problem is not None and problem.kind is not ProblemKind.ACCESS_DENIED):
                self._set_scope(await reader.scope())
                self._publish_status(Phase.READING)
            return await (lists or self._read_lists(reader, selection, full))
        finally:
            if lists is not None:
                lists.cancel()

    async def _read_lists(self, reader: Reader, selection: Selection, full: bool) -> str | None:
        return await read_lists(reader, selection, self._state, self._clock, full=full, focus=self._schedule.focus)

    def _set_scope(self, scope: Scope) -> None:
        """Set what the credentials give access to; while that cannot be told, it is what was known before."""
        self._account_problem = scope.account_problem
        known = self._snapshot.scope if self._snapshot else None
        if known is not None and known.account_id and scope.account_id not in ("", known.account_id):
            self._state, self._snapshot, self._read_at = ReadState(), None, None
        elif known is not None and scope.account_problem is not None:
            scope = known
        self._scope = scope

    async def _read_parts(self, reader: Reader, selection: Selection, full: bool, turn: str | None) -> None:
        """Read what the lists have shown; `turn` is the subnet whose reservations to read in this cycle."""
        state, clock, schedule = self._state, self._clock, self._schedule
        state.account_id = self._scope.account_id if self._scope else ""
        # The problem of the ENIs is from the last read: credentials that the lists accept may be new ones.
        if (problem := state.required_problem(REQUIRED_LISTS)) and problem.needs_new_credentials:
            return
        selected = selected_subnets(selection, state.subnets, state.known_endpoints, state.cluster_subnets)
        if not selected <= state.read_at.keys():
            self._take_snapshot(selection)
            self._publish_status(Phase.READING)
        on_progress = self._progress_publisher(selection)
        await read_subnet_contents(
            reader, selection, state, clock, full=full, schedule=schedule, turn=turn, on_progress=on_progress
        )
        self._progress = None
        self._take_snapshot(selection)
        self._publish_status(Phase.READING)
        await self._read_lattice(reader, selection, full=full)

    async def _read_lattice(self, reader: Reader, selection: Selection, *, full: bool) -> None:
        """Read the VPC Lattice records if due; wait for a read that is already running."""
        async with self._lattice_lock:
            if await read_lattice(reader, self._state, self._clock, full=full):
                self._take_snapshot(selection)

    def _progress_publisher(self, selection: Selection) -> OnProgress:
        """A callback that publishes the progress of a long read, and a snapshot if more subnets are complete."""
        published_at = snapshot_at = self._clock.monotonic()
        interfaces = self._state.interfaces

        def on_progress(progress: ReadProgress) -> None:
            nonlocal published_at, snapshot_at, interfaces
            self._progress = progress
            if (now := self._clock.monotonic()) - published_at >= _PROGRESS_INTERVAL:
                published_at = now
                if self._state.interfaces is not interfaces and now - snapshot_at >= _PARTIAL_SNAPSHOT_INTERVAL:
                    interfaces, snapshot_at = self._state.interfaces, now
                    self._take_snapshot(selection)
                self._publish_status(Phase.READING)

        return on_progress

    def _take_snapshot(self, selection: Selection) -> None:
        if self._scope is not None and self._state.read_at:
            self._snapshot = assemble(self._scope, selection, self._state, self._snapshot, self._clock.now())

    async def _wait_for_next_read(self, problem: Problem | None) -> None:
        """Wait until the next read is due or requested."""
        phase, wait = self._phase_and_wait(problem)
        if phase is Phase.NEEDS_CREDENTIALS and not (problem and problem.is_refused_role):
            # The session of a refused role assumes it again by itself: what it is assumed with works.
            await self._disconnect()
        due = None if wait is None else self._clock.monotonic() + wait
        fingerprint = self._fingerprint if phase is Phase.NEEDS_CREDENTIALS else None
        files = fingerprint(False) if fingerprint else None
        while not self._read_requested:
            self._wake.clear()
            seconds = None
            if self._paused:
                self._publish_status(Phase.PAUSED)
            else:
                self._publish_status(phase, due)
                seconds = None if due is None else max(0.0, due - self._clock.monotonic())
            if fingerprint and not self._paused:
                interval = _CREDENTIALS_CHECK_INTERVAL
                seconds = interval if seconds is None else min(seconds, interval)
            if await self._clock.wait(self._wake, seconds):
                continue
            files_changed = fingerprint is not None and fingerprint(False) != files
            self._renew_credentials |= files_changed
            if files_changed or (due is not None and due <= self._clock.monotonic()):
                return

    def _phase_and_wait(self, problem: Problem | None) -> tuple[Phase, float | None]:
        """The phase until the next read, and its length in seconds (None: without limit)."""
        if problem and (problem.needs_new_credentials or problem.kind is ProblemKind.USAGE):
            return Phase.NEEDS_CREDENTIALS, self._polling.without_credentials(self._random)
        if problem and problem.kind in _BACK_OFF_KINDS:
            self._failures += 1
            return Phase.BACKING_OFF, self._polling.after_failures(self._failures, self._random)
        self._failures = 0
        endpoints, now = self._state.endpoints.values(), self._clock.monotonic()
        pending = self._pending.any_recent(endpoints, now, self._polling.pending_timeout)
        return Phase.WAITING, self._polling.after_success(pending=pending, random=self._random)

    def _publish_status(self, phase: Phase, next_at: float | None = None) -> None:
        self._follow_clock_step()
        self._published_at = self._clock.monotonic()
        anchor = self._clock.anchor
        read_at, due, answered_at = (
            None if at is None else anchor.time_at(at) for at in (self._read_at, next_at, self._answered_at)
        )
        status = Status(
            phase,
            self._polling.effective,
            read_at,
            due,
            self._calls,
            self._problem or self._state.problems.get(SELECTION),
            self._progress,
            answered_at,
            anchor,
            queued=self._waits_for_turn,
        )
        self._publish(Update(self._snapshot, status))

    def _follow_clock_step(self) -> None:
        """If the clock of the machine was set, restate all times of day."""
        if step := self._clock.follow_step():
            self._state.restate_times(step)
            if self._snapshot is not None:
                self._snapshot = with_times_moved(self._snapshot, step)

    async def _disconnect(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_MAX_CLOSE_SECONDS):
                    await reader.close()
