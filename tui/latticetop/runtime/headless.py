"""`latticetop watch`: scopes or a recording followed without a screen, and reported as events."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.follow.freshness import DataState, clock_step, freshness_of, present
from latticetop.follow.unknown_selection import nothing_selected_problem
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.history.change_log import ChangeLog
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import REQUIRED_LISTS
from latticetop.model.snapshot import Scope
from latticetop.reports.check_reasons import exit_code
from latticetop.reports.exit_codes import ExitCode, worst_of
from latticetop.reports.watch_events import WatchChange, WatchProblem, WatchStarted
from latticetop.runtime.first_read import BUSY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from latticetop.aws import Settings
    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.writer import Recorder
    from latticetop.follow.status import Publish, Source, Update
    from latticetop.follow.timing import AsyncClock
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.watch_events import WatchEvent
    from latticetop.runtime.build import FollowOptions
    from latticetop.runtime.read_once import TargetResult
    from latticetop.runtime.targets import Target

    Report = Callable[[WatchEvent], bool]
    """Reports an event; False ends the watch."""

_END_OF_READ = 0.5
"""Seconds without an entry in a recording after which a read is taken to have ended."""
_TICK = 1.0
"""Seconds between two looks at how fresh the data is, which needs no update to become stale."""
_LATE_LOOK = 2 * _TICK
"""Seconds without a look after which this process was busy: answers that came meanwhile are first taken over."""
_NO_ANSWER = Problem(
    ProblemKind.UNREACHABLE,
    "",
    "AWS has not answered yet.",
    "It goes on as soon as AWS answers; --log FILE has the calls.",
)
_STALE = Problem(
    ProblemKind.UNREACHABLE,
    "",
    "The data is stale: no read has been successful for more than two intervals.",
    "It goes on as soon as AWS answers; --log FILE has the calls.",
)


class EventDetector:
    """Finds the events in the updates of one scope.

    `requested` stands for the scope until it was read. Its profile, unless empty, names the scope in all events.
    `criteria` decide what is wrong.
    """

    def __init__(self, requested: Scope, criteria: Criteria = DEFAULT_CRITERIA) -> None:
        self.usage_problem: Problem | None = None
        """A mistake in what was asked for, such as an unknown subnet id, found before the first event."""
        self._requested = requested
        self._criteria = criteria
        self._change_log = ChangeLog()
        self._started_with: Snapshot | None = None
        self._started_complete = False
        self._last: Update | None = None
        self._open_problems: dict[Problem, None] = {}

    @property
    def snapshot(self) -> Snapshot | None:
        """The last one; None before anything was read."""
        return self._last.snapshot if self._last else None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that `check` would have had at the last update."""
        last = self._last
        if last is None or last.snapshot is None:
            return ExitCode.UNKNOWN
        problem = last.status.problem
        if (problem and problem.kind is not ProblemKind.DISK) or _STALE in self._open_problems:
            return ExitCode.UNKNOWN
        return exit_code(last.snapshot, self._criteria)

    def events_of(
        self, update: Update, now: datetime, at: datetime | None = None, *, at_rest: bool | None = None
    ) -> Iterator[WatchEvent]:
        """Yield what happened since the last update; nothing until the first read has ended.

        `now` is the time of day, and `at` the one from which the age of the data is counted, see `freshness.present`.
        `at_rest` says whether no read is under way (default: as the phase says). The start is reported again when all
        data was read for the first time, and when another account is read.
        """
        self._follow_clock(update)
        snapshot, self._last = update.snapshot, update
        if at_rest is None:
            at_rest = update.status.phase not in BUSY
        problem = update.status.problem
        if self._started_with is None and problem and problem.kind is ProblemKind.USAGE:
            self.usage_problem = problem
            return
        if at_rest and snapshot is not None and self._is_start(snapshot):
            yield self._start(snapshot)
        elif snapshot is not None and self._started_with is not None:
            scope = self._named(snapshot.scope)
            for change in self._change_log.add_snapshot(snapshot):
                yield WatchChange(change.at, scope, snapshot, change)
        if at_rest or self._started_with is not None:
            yield from self._problems(update, now, at or now)

    def late_events(self, now: datetime, at: datetime) -> Iterator[WatchEvent]:
        """Yield the problem that the data is stale, or that the first read has no answer, once; see `events_of`."""
        problem = _late_problem(self._last, at) if self._last else None
        if self._last is not None and problem is not None and problem not in self._open_problems:
            self._open_problems = {**self._open_problems, problem: None}
            yield WatchProblem(now, self._scope_of(self._last), problem, over=False)

    def present(self, monotonic: float, now: datetime) -> datetime:
        """Return the time from which the age of the data of the last update is counted."""
        return present(self._last.status if self._last else None, monotonic, now)

    def finish(self) -> Iterator[WatchEvent]:
        """Yield the start if the watch ended before the first read did, and some data was read."""
        if self._started_with is None and self._last is not None and self._last.snapshot is not None:
            yield self._start(self._last.snapshot)

    def _is_start(self, snapshot: Snapshot) -> bool:
        other_scope = self._started_with is None or self._started_with.scope != snapshot.scope
        return other_scope or (not self._started_complete and is_complete(snapshot))

    def _start(self, snapshot: Snapshot) -> WatchStarted:
        self._started_with, self._started_complete = snapshot, is_complete(snapshot)
        self._change_log = ChangeLog()
        self._change_log.add_snapshot(snapshot)
        return WatchStarted(snapshot.taken_at, self._named(snapshot.scope), snapshot, self._criteria)

    def _follow_clock(self, update: Update) -> None:
        """Move the times of before if the clock was set; a recording shows it where it was set back."""
        if self._last is None:
            return
        step, before = clock_step(self._last.status, update.status), self._last.snapshot
        if not step and before and update.snapshot and update.snapshot.taken_at < before.taken_at:
            step = update.snapshot.taken_at - before.taken_at
        if step:
            self._change_log.restate_times(step)

    def _scope_of(self, update: Update) -> Scope:
        return self._named(update.snapshot.scope) if update.snapshot else self._requested

    def _problems(self, update: Update, now: datetime, at: datetime) -> Iterator[WatchProblem]:
        scope = self._scope_of(update)
        current = dict.fromkeys(update.snapshot.problems if update.snapshot else ())
        current |= {problem: None for problem in (update.status.problem, update.status.recording_problem) if problem}
        if late := _late_problem(update, at):
            current[late] = None
        previous, self._open_problems = self._open_problems, current
        yield from (WatchProblem(now, scope, problem, over=True) for problem in previous if problem not in current)
        yield from (WatchProblem(now, scope, problem, over=False) for problem in current if problem not in previous)

    def _named(self, scope: Scope) -> Scope:
        return structs.replace(scope, profile=self._requested.profile or scope.profile)


def _late_problem(update: Update, at: datetime) -> Problem | None:
    """The problem that the data of an update is stale, or that the first read has no answer."""
    freshness = freshness_of(update.status, at)
    if freshness.state is DataState.STALE:
        return _STALE
    return _NO_ANSWER if freshness.age is None and freshness.unanswered else None


def is_complete(snapshot: Snapshot) -> bool:
    """Whether all data was read that verdicts and free blocks depend on."""
    return all(part in snapshot.read_at for part in (*REQUIRED_LISTS, *snapshot.subnets))


def watch_recording(recording: Recording, report: Report, criteria: Criteria = DEFAULT_CRITERIA) -> ExitCode:
    """Report the events of a recording; return the exit code at its end. Raises RecordingError for a damaged file."""
    from latticetop.follow.recording.reader import apply_entry
    from latticetop.follow.status import Status, Update

    detector, snapshot = EventDetector(Scope("", ""), criteria), None
    for index in range(len(recording)):
        entry = recording.entry(index)
        snapshot = apply_entry(snapshot, entry)
        update = Update(snapshot, Status(entry.phase, 0.0, problem=entry.problem))
        at_rest = entry.phase not in BUSY or entry.problem is not None
        # An entry is written at the first update that has its snapshot, when the read is often still under way.
        at_rest = at_rest or (snapshot is not None and is_complete(snapshot) and _ends_read(recording, index))
        if not _report_all(detector.events_of(update, entry.at, at_rest=at_rest), report):
            return detector.exit_code
    _report_all(detector.finish(), report)
    return detector.exit_code


def watch_still(results: Sequence[TargetResult], report: Report, criteria: Criteria = DEFAULT_CRITERIA) -> ExitCode:
    """Report what is wrong in scopes that do not change, and their problems; return the exit code."""
    from latticetop.follow.status import Phase, Status, Update

    codes = list[ExitCode]()
    for target, result in results:
        detector = EventDetector(Scope(target.account_id, target.settings.region), criteria)
        problem = result if isinstance(result, Problem) else None
        snapshot = None if isinstance(result, Problem) else result
        now = snapshot.taken_at if snapshot else datetime.now(UTC)
        update = Update(snapshot, Status(Phase.FROM_FILES, 0.0, read_at=now if snapshot else None, problem=problem))
        if not _report_all(detector.events_of(update, now, at_rest=True), report):
            return worst_of([*codes, detector.exit_code])
        codes.append(detector.exit_code)
    return worst_of(codes)


def _ends_read(recording: Recording, index: int) -> bool:
    """Whether a pause follows an entry, as between two reads."""
    moments = recording.positions[index : index + 2]
    return len(moments) < 2 or (moments[1].at - moments[0].at).total_seconds() >= _END_OF_READ


async def watch_live(
    options: FollowOptions,
    report: Report,
    seconds: float | None = None,
    criteria: Criteria = DEFAULT_CRITERIA,
    clock: AsyncClock | None = None,
) -> ExitCode | Problem:
    """Follow targets and report their events, for at most so many seconds; accounts of an organization come and go.

    Returns the exit code for the last updates, or the problem if something was asked for that does not exist.
    """
    from latticetop.follow.timing import SystemClock

    watch = _LiveWatch(options, report, criteria, clock or SystemClock())
    await watch.run(seconds)
    detectors = watch.detectors.values()
    problem = next((detector.usage_problem for detector in detectors if detector.usage_problem), None)
    problem = problem or nothing_selected_problem(options.selection, [detector.snapshot for detector in detectors])
    if problem is not None:
        return problem
    if not watch.is_over:
        for detector in detectors:
            _report_all(detector.finish(), report)
    return worst_of(detector.exit_code for detector in detectors)


class _LiveWatch:
    """Follows targets in one group of tasks and reports their events, until a report is False."""

    def __init__(self, options: FollowOptions, report: Report, criteria: Criteria, clock: AsyncClock) -> None:
        from latticetop.aws import SessionCache
        from latticetop.follow.read_gate import ReadGate
        from latticetop.runtime.build import source_factory

        self.detectors: dict[Target, EventDetector] = {}
        self._options, self._report, self._criteria, self._clock = options, report, criteria, clock
        self._sessions, self._gate = SessionCache(options.max_calls), ReadGate(options.at_once)
        self._source_of = source_factory(options, self._sessions, self._gate)
        self._done = asyncio.Event()
        self._group = asyncio.TaskGroup()
        self._accounts: set[Settings] = set()
        self._scopes: dict[Target, asyncio.Task[None]] = {}
        self._others: list[asyncio.Task[None]] = []

    @property
    def is_over(self) -> bool:
        """Whether a report, or something that does not exist, has ended it before its time."""
        return self._done.is_set()

    async def run(self, seconds: float | None) -> None:
        """Follow the targets of the options until it is over, for at most so many seconds."""
        async with self._group:
            self._follow(self._options.targets)
            self._others += [self._group.create_task(work) for work in (self._follow_members(), self._report_late())]
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._done.wait()
            for task in (*self._scopes.values(), *self._others):
                task.cancel()

    def _follow(self, targets: Sequence[Target]) -> None:
        """Follow these targets from now on, in all Regions of the account where that was asked for, and no others."""
        new = [target for target in targets if target.account not in self._accounts]
        self._accounts = {target.account for target in targets}
        for target in [target for target in self._scopes if target.account not in self._accounts]:
            self._scopes.pop(target).cancel()
            del self.detectors[target]
        for target in new:
            self._start(target)
        self._others.append(self._group.create_task(self._start_other_regions(new)))

    def _start(self, target: Target) -> None:
        """Follow a target, unless its account has left meanwhile."""
        if target.account not in self._accounts:
            return
        requested = Scope(target.settings.account_id, target.settings.region, target.name)
        self.detectors[target] = detector = EventDetector(requested, self._criteria)
        work = _run(self._source_of(target), self._options.recorder, partial(self._take_over, detector))
        self._scopes[target] = self._group.create_task(work)

    async def _start_other_regions(self, targets: Sequence[Target]) -> None:
        from latticetop.runtime.build import scopes_of_all_regions

        async for _ in scopes_of_all_regions(targets, self._sessions, self._gate, self._start):
            pass

    async def _follow_members(self) -> None:
        """Follow the accounts of the organization as it is listed anew, and report why it could not be, once."""
        from latticetop.runtime.organization import relisted_targets

        listing = self._options.listing
        problem: Problem | None = None
        scope = Scope("", "", listing.organization.profile)
        async for listed in relisted_targets(listing, self._clock):
            previous, problem = problem, listed if isinstance(listed, Problem) else None
            if problem != previous:
                changes = ((previous, True), (problem, False))
                self._report_all(WatchProblem(self._clock.now(), scope, p, over=over) for p, over in changes if p)
            if not isinstance(listed, Problem):
                self._follow(listed)

    async def _report_late(self) -> None:
        """Report what becomes true with the time alone, until it is over."""
        clock = self._clock
        looked_at = clock.monotonic()
        while not await clock.wait(self._done, _TICK):
            since, looked_at = looked_at, clock.monotonic()
            if looked_at - since > _LATE_LOOK:
                continue
            for detector in tuple(self.detectors.values()):
                now = clock.now()
                self._report_all(detector.late_events(now, detector.present(clock.monotonic(), now)))

    def _take_over(self, detector: EventDetector, update: Update) -> None:
        if self.is_over:
            return
        now = self._clock.now()
        self._report_all(detector.events_of(update, now, present(update.status, self._clock.monotonic(), now)))
        if detector.usage_problem:
            self._done.set()

    def _report_all(self, events: Iterable[WatchEvent]) -> None:
        if not _report_all(events, self._report):
            self._done.set()


async def _run(source: Source, recorder: Recorder | None, publish: Publish) -> None:
    if recorder is None:
        return await source.run(publish)
    from latticetop.follow.recording.recording_source import RecordingSource

    recorded = RecordingSource(source, recorder)
    try:
        await recorded.run(publish)
    finally:
        recorded.close()


def _report_all(events: Iterable[WatchEvent], report: Report) -> bool:
    """Report events in order until a report is False; whether none was."""
    return all(map(report, events))
