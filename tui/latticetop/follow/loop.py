"""Follow a scope: one long-lived loop that reads, publishes, and then waits for the next read."""

from __future__ import annotations

import random as _random
from asyncio import Event, Lock
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from latticetop.follow.assemble import assemble
from latticetop.follow.cycle import read_lattice, read_lists, read_subnet_contents
from latticetop.follow.interfaces import OnProgress, ReadProgress
from latticetop.follow.investigate import EventHistoryCache, investigate
from latticetop.follow.read_state import SELECTION, ReadState
from latticetop.follow.reader import Connect, CredentialsFingerprint, Reader, ReportProgress, Resolve
from latticetop.follow.schedule import ReadSchedule
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.follow.subnet_selection import Selection, selected_subnets
from latticetop.follow.timing import AsyncClock, PendingTracker, PollingPolicy, Random, SystemClock
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Scope, Snapshot

_PROGRESS_INTERVAL = timedelta(seconds=0.25)
_PARTIAL_SNAPSHOT_INTERVAL = timedelta(seconds=1)
"""The time between two snapshots of a long read; in between only its progress is published."""
_CREDENTIALS_CHECK_INTERVAL = 2.0
"""Seconds between two checks of the credential files while the credentials do not work."""
_BACK_OFF_KINDS = (ProblemKind.THROTTLED, ProblemKind.UNREACHABLE)


class Follower:
    """A `status.Source` for a live scope. The subnet in `focus` is read in every cycle, the others in turn.

    With `credentials_fingerprint` the credentials are resolved again as soon as the files that they come from change.
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
    ) -> None:
        self._connect = connect
        self._selection = selection or Selection()
        self._polling = polling or PollingPolicy(interval=interval)
        self._clock = clock or SystemClock()
        self._random = random
        self._wake = Event()
        self._read_requested = self._full_read_requested = self._paused = self._renew_credentials = False
        self._resolve = resolve
        self._histories = EventHistoryCache()
        self._lattice_lock = Lock()
        self._fingerprint = credentials_fingerprint
        self._connected_fingerprint: object = None
        self._schedule = ReadSchedule(self._polling.effective)
        self._reader: Reader | None = None
        self._scope: Scope | None = None
        self._state = ReadState()
        self._snapshot: Snapshot | None = None
        self._pending = PendingTracker()
        self._failures = 0
        self._read_at: datetime | None = None
        self._calls = 0
        self._progress: ReadProgress | None = None
        self._problem: Problem | None = None
        self._publish: Publish = lambda _: None

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled; problems of reading are published, not raised."""
        self._publish = publish
        self._publish_status(Phase.CONNECTING)
        try:
            while True:
                self._problem = await self._read()
                await self._wait_for_next_read(self._problem)
                self._publish_status(Phase.READING if self._reader else Phase.CONNECTING)
        finally:
            await self._disconnect()

    def refresh(self) -> None:
        """Read everything now, reservations and VPCs included; during a read, once more after it."""
        self._full_read_requested = True
        self._request_read()

    def pause(self) -> None:
        """Stop reading after the current read."""
        self._paused = True
        self._wake.set()

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
        self._read_requested = True
        self._wake.set()

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
        except ReadError as error:
            self._calls = 0
            return error.problem
        calls_before = reader.calls
        await self._read_parts(reader, self._selection, full)
        self._calls = reader.calls - calls_before
        problem = self._state.required_problem()
        if problem is None:
            self._read_at = self._clock.now()
        return problem

    async def _connected_reader(self) -> Reader:
        """The reader, opened again after a failure of the credentials; another account starts from nothing."""
        if self._reader is None:
            self._connected_fingerprint = self._fingerprint(True) if self._fingerprint else None
            self._reader = await self._connect()
            self._scope = None
        if self._scope is None:
            self._scope = await self._reader.scope()
            if self._snapshot is not None and self._snapshot.scope != self._scope:
                self._state, self._snapshot, self._read_at = ReadState(), None, None
            self._publish_status(Phase.READING)
        return self._reader

    async def _read_parts(self, reader: Reader, selection: Selection, full: bool) -> None:
        state, clock, schedule = self._state, self._clock, self._schedule
        state.account_id = self._scope.account_id if self._scope else ""
        turn = await read_lists(reader, selection, state, clock, full=full, focus=schedule.focus)
        if (problem := state.required_problem()) and problem.kind.needs_new_credentials:
            return
        if not selected_subnets(selection, state.subnets, state.known_endpoints) <= state.read_at.keys():
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
        published_at = snapshot_at = self._clock.now()
        interfaces = self._state.interfaces

        def on_progress(progress: ReadProgress) -> None:
            nonlocal published_at, snapshot_at, interfaces
            self._progress = progress
            if (now := self._clock.now()) - published_at >= _PROGRESS_INTERVAL:
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
        if phase is Phase.NEEDS_CREDENTIALS:
            await self._disconnect()
        due = None if wait is None else self._clock.now() + timedelta(seconds=wait)
        fingerprint = self._fingerprint if phase is Phase.NEEDS_CREDENTIALS else None
        files = fingerprint(False) if fingerprint else None
        while not self._read_requested:
            self._wake.clear()
            seconds = None
            if self._paused:
                self._publish_status(Phase.PAUSED)
            else:
                self._publish_status(phase, due)
                seconds = None if due is None else max(0.0, (due - self._clock.now()).total_seconds())
            if fingerprint and not self._paused:
                interval = _CREDENTIALS_CHECK_INTERVAL
                seconds = interval if seconds is None else min(seconds, interval)
            if await self._clock.wait(self._wake, seconds):
                continue
            files_changed = fingerprint is not None and fingerprint(False) != files
            if files_changed or (due is not None and due <= self._clock.now()):
                return

    def _phase_and_wait(self, problem: Problem | None) -> tuple[Phase, float | None]:
        """The phase until the next read, and its length in seconds (None: without limit)."""
        if problem and (problem.kind.needs_new_credentials or problem.kind is ProblemKind.USAGE):
            return Phase.NEEDS_CREDENTIALS, self._polling.without_credentials(self._random)
        if problem and problem.kind in _BACK_OFF_KINDS:
            self._failures += 1
            return Phase.BACKING_OFF, self._polling.after_failures(self._failures, self._random)
        self._failures = 0
        endpoints, now = self._state.endpoints.values(), self._clock.now()
        pending = self._pending.any_recent(endpoints, now, self._polling.pending_timeout)
        return Phase.WAITING, self._polling.after_success(pending=pending, random=self._random)

    def _publish_status(self, phase: Phase, next_at: datetime | None = None) -> None:
        problem = self._problem or self._state.problems.get(SELECTION)
        status = Status(phase, self._polling.effective, self._read_at, next_at, self._calls, problem, self._progress)
        self._publish(Update(self._snapshot, status))

    async def _disconnect(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.close()
