"""Scopes followed without a screen: each happening is handed on as it is seen."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.config.settings import FLOOR
from latticetop.follow.status import Phase
from latticetop.model.history.log import Journal
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Scope
from latticetop.reports.check import REQUIRED, UNREADABLE, exit_code
from latticetop.reports.check_scopes import worst
from latticetop.reports.events import WatchChange, WatchProblem, WatchStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from latticetop.follow.loop import Follower
    from latticetop.follow.reader import Resolve
    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.writer import Recorder
    from latticetop.follow.status import Publish, Selection, Update
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.events import WatchEvent
    from latticetop.runtime.targets import Target

    Tell = Callable[[WatchEvent], bool]
    """Takes a happening; whether there is somebody to tell the next one."""

_PAUSE = 0.5
"""Seconds without an entry in a recording after which a read is taken to have ended."""
_AT_WORK = (Phase.CONNECTING, Phase.READING)


class Teller:
    """Finds in the updates of one scope what happens in it.

    `known_as` stands in for the scope until it is read; its profile, if any, is what the scope is called ever after.
    """

    def __init__(self, known_as: Scope) -> None:
        self.mistake: Problem | None = None
        """A problem of what was asked for, met before anything was told."""
        self._known_as = known_as
        self._journal = Journal()
        self._begun: Snapshot | None = None
        self._whole = False
        self._last: Update | None = None
        self._held: dict[Problem, None] = {}

    @property
    def code(self) -> int:
        """The exit code that `check` would have had at the last update."""
        last = self._last
        if last is None or last.snapshot is None:
            return UNREADABLE
        problem = last.status.problem
        return UNREADABLE if problem and problem.kind is not ProblemKind.DISK else exit_code(last.snapshot)

    def _named(self, scope: Scope) -> Scope:
        """The scope by the name it is known as, when it has one."""
        return structs.replace(scope, profile=self._known_as.profile or scope.profile)

    def take(self, update: Update, now: datetime, *, settled: bool | None = None) -> Iterator[WatchEvent]:
        """What happened since the update before; nothing until the first attempt to read has ended.

        What is there at the start is told once more when it is seen whole for the first time, or in another account.
        """
        snapshot, self._last = update.snapshot, update
        at_rest = update.status.phase not in _AT_WORK if settled is None else settled
        problem = update.status.problem
        if self._begun is None and problem and problem.kind is ProblemKind.USAGE:
            self.mistake = problem
            return
        if at_rest and snapshot is not None and self._begins(snapshot):
            yield self._begin(snapshot)
        elif snapshot is not None and self._begun is not None:
            scope = self._named(snapshot.scope)
            yield from (WatchChange(e.at, scope, snapshot, e) for e in self._journal.follow(snapshot))
        if at_rest or self._begun is not None:
            yield from self._problems(update, now)

    def finish(self) -> Iterator[WatchEvent]:
        """What is left to tell at the end: what was read, when that never came to its end."""
        if self._begun is None and self._last is not None and self._last.snapshot is not None:
            yield self._begin(self._last.snapshot)

    def _begins(self, snapshot: Snapshot) -> bool:
        another = self._begun is None or self._begun.scope != snapshot.scope
        return another or (not self._whole and whole(snapshot))

    def _begin(self, snapshot: Snapshot) -> WatchStarted:
        self._begun, self._whole = snapshot, whole(snapshot)
        self._journal = Journal()
        self._journal.follow(snapshot)
        return WatchStarted(snapshot.taken_at, self._named(snapshot.scope), snapshot)

    def _problems(self, update: Update, now: datetime) -> Iterator[WatchProblem]:
        scope = self._named(update.snapshot.scope) if update.snapshot else self._known_as
        present = dict.fromkeys(update.snapshot.problems if update.snapshot else ())
        if update.status.problem:
            present[update.status.problem] = None
        before, self._held = self._held, present
        yield from (WatchProblem(now, scope, problem, True) for problem in before if problem not in present)
        yield from (WatchProblem(now, scope, problem, False) for problem in present if problem not in before)


def whole(snapshot: Snapshot) -> bool:
    """Whether everything was read that verdicts and blocks are told from."""
    return all(part in snapshot.read_at for part in (*REQUIRED, *snapshot.subnets))


def tell_recording(recording: Recording, tell: Tell) -> int:
    """Tell what happens over a recording; the exit code at its end. Raises RecordingError for a damaged one."""
    from latticetop.follow.recording.reader import advance
    from latticetop.follow.status import Status, Update

    teller, snapshot = Teller(Scope("", "")), None
    for index in range(len(recording)):
        entry = recording.entry(index)
        snapshot = advance(snapshot, entry)
        update = Update(snapshot, Status(entry.phase, 0.0, problem=entry.problem))
        settled = entry.phase not in _AT_WORK or entry.problem is not None
        # An entry is written at the first update that has its snapshot, when the read is often still going on.
        settled = settled or (snapshot is not None and whole(snapshot) and _pause_after(recording, index))
        if not _told(teller.take(update, entry.at, settled=settled), tell):
            return teller.code
    _told(teller.finish(), tell)
    return teller.code


def _pause_after(recording: Recording, index: int) -> bool:
    """Whether nothing was written for a while after an entry, as between two reads."""
    moments = recording.moments[index : index + 2]
    return len(moments) < 2 or (moments[1].at - moments[0].at).total_seconds() >= _PAUSE


async def tell_live(
    places: Sequence[Target],
    interval: float,
    tell: Tell,
    *,
    selection: Selection,
    seconds: float | None = None,
    max_calls: int = 0,
    floor: float = FLOOR,
    resolve: Resolve | None = None,
    recorder: Recorder | None = None,
) -> int | Problem:
    """Follow scopes and tell what happens, for so many seconds at most; the exit code, or what was asked wrongly."""
    from latticetop.aws import Shared
    from latticetop.runtime.build import followers, found_later

    done, tellers, running = asyncio.Event(), list[Teller](), list[asyncio.Task[None]]()
    shared = Shared(max_calls)
    follower = followers(interval, selection, shared, floor, resolve)

    def begin(place: Target) -> None:
        teller = Teller(Scope("", place.settings.region, place.title or place.settings.profile))
        tellers.append(teller)

        def publish(update: Update) -> None:
            if not done.is_set() and (not _told(teller.take(update, datetime.now(UTC)), tell) or teller.mistake):
                done.set()

        running.append(group.create_task(_follow(follower(place), recorder, publish)))

    async def begin_others() -> None:
        async for _ in found_later(places, shared, begin):
            pass

    async with asyncio.TaskGroup() as group:
        for place in places:
            begin(place)
        running.append(group.create_task(begin_others()))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await done.wait()
        for task in running:
            task.cancel()
    if mistake := next((teller.mistake for teller in tellers if teller.mistake), None):
        return mistake
    if not done.is_set():
        for teller in tellers:
            _told(teller.finish(), tell)
    return worst(teller.code for teller in tellers)


async def _follow(follower: Follower, recorder: Recorder | None, publish: Publish) -> None:
    """Run it until cancelled, and record it if asked for."""
    if recorder is None:
        return await follower.run(publish)
    from latticetop.follow.recording.recording_source import Recorded

    recorded = Recorded(follower, recorder)
    try:
        await recorded.run(publish)
    finally:
        recorded.close()


def _told(happenings: Iterable[WatchEvent], tell: Tell) -> bool:
    """Tell them in order; whether there is still somebody to tell."""
    return all(map(tell, happenings))
