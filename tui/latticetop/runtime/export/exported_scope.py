"""One scope that is exported: what its last finished read brought, its lines of text, and its rest between reads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from latticetop.follow.freshness import present
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria, counts
from latticetop.model.records.problem import ProblemKind
from latticetop.model.records.read_parts import REQUIRED_LISTS
from latticetop.reports.metrics import Families, ScopeRead, oldest_reservations
from latticetop.reports.metrics_text import joined, lines_of, snapshot_lines
from latticetop.runtime.first_read import BUSY
from latticetop.runtime.headless import is_complete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from latticetop.follow.status import Source, Update
    from latticetop.follow.timing import AsyncClock
    from latticetop.model.records.problem import Problem
    from latticetop.model.redact import Redactor
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.metrics_text import Lines
    from latticetop.runtime.targets import Target

RESTING_INTERVAL = 1800.0
"""Seconds between two reads of a scope in which nothing needs blocks."""
KEPT_INTERVALS, MIN_KEPT_SECONDS = 3.0, 1800.0
"""Numbers of before are kept while reads fail, for so many intervals, but never less than so many seconds.

So they stay until LatticetopScopeFailing, which waits for 15 minutes of failing, takes the place of their alerts.
"""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What is exported of every scope: `criteria` say which subnets count, a `redactor` replaces all names."""

    criteria: Criteria = DEFAULT_CRITERIA
    block_states: bool = False
    redactor: Redactor | None = None


class ExportedScope:
    """Follows the scope of a target, every `interval` seconds.

    One in which nothing needs blocks is read every `RESTING_INTERVAL`, and is not connected in between. `on_read` is
    called at the end of each read.
    """

    def __init__(
        self,
        target: Target,
        source: Source,
        interval: float,
        rendering: Rendering,
        clock: AsyncClock,
        on_read: Callable[[ExportedScope], None] = lambda _: None,
    ) -> None:
        self.target = target
        self.was_tried = False
        """Whether the first read has ended, whatever came of it."""
        self._source, self._on_read = source, on_read
        self._interval, self._rendering, self._clock = interval, rendering, clock
        self._current_interval = interval
        """Seconds between the last whole read and the next one."""
        self._last: Update | None = None
        self._started_at: float | None = None
        self._duration: float | None = None
        self._rests = asyncio.Event()
        self._rendered: Snapshot | None = None
        self.rendered_read = ScopeRead("", "", "")
        """What the lines of the scope say; like those below, as `render` has left it."""
        self.read_lines: Lines = {}
        """The lines of the scope itself."""
        self.snapshot_lines: Lines = {}
        """The lines of its subnets and endpoints."""

    async def run(self, delay: float = 0.0) -> None:
        """Follow it until cancelled; the first read begins after so many seconds."""
        await self._clock.wait(asyncio.Event(), delay)
        while True:
            self._rests.clear()
            async with asyncio.TaskGroup() as group:
                following = group.create_task(self._source.run(self._take_over))
                await self._rests.wait()
                following.cancel()
            await self._clock.wait(asyncio.Event(), RESTING_INTERVAL)

    @property
    def was_read(self) -> bool:
        """Whether anything was ever read."""
        return self._last is not None and self._last.snapshot is not None

    @property
    def usage_problem(self) -> Problem | None:
        """A mistake in what was asked for, such as an unknown profile."""
        problem = self._last.status.problem if self._last else None
        return problem if problem and problem.kind is ProblemKind.USAGE else None

    @property
    def read(self) -> ScopeRead:
        """How the last read went; before the first one has ended the scope is down."""
        settings = self.target.settings
        scope = ScopeRead(self.target.name, settings.account_id, settings.region, interval=self._current_interval)
        if self._last is None:
            return scope
        snapshot, status = self._last.snapshot, self._last.status
        problems = (*(snapshot.problems if snapshot else ()), *((status.problem,) if status.problem else ()))
        return ScopeRead(
            scope.name,
            (snapshot.scope.account_id if snapshot else "") or scope.account_id,
            (snapshot.scope.region if snapshot else "") or scope.region,
            up=status.problem is None and snapshot is not None and is_complete(snapshot),
            read_at=status.read_at,
            duration=self._duration,
            interval=scope.interval,
            problems=problems,
            reservations_read_at=oldest_reservations(snapshot) if snapshot else None,
        )

    @property
    def snapshot(self) -> Snapshot | None:
        """What was read, None once it is too old."""
        if self._last is None or self._last.snapshot is None:
            return None
        snapshot, status = self._last.snapshot, self._last.status
        read_at = status.read_at or _oldest(snapshot)
        age = present(status, self._clock.monotonic(), self._clock.now()) - read_at
        limit = max(KEPT_INTERVALS * self._current_interval, MIN_KEPT_SECONDS)
        return snapshot if age <= timedelta(seconds=limit) else None

    def render(self) -> Iterator[None]:
        """Bring the lines up to date in short steps; those of what did not change are kept."""
        read, snapshot = self.read, self.snapshot
        if read != self.rendered_read:
            families = Families(self._rendering.redactor)
            families.add_scope(read)
            self.read_lines, self.rendered_read = lines_of(families), read
        yield
        if snapshot is None:
            self.snapshot_lines = {}
        elif self._rendered is None or not _has_same_lines(self._rendered, snapshot):
            yield from self._render(snapshot)
        self._rendered = snapshot

    def _render(self, snapshot: Snapshot) -> Iterator[None]:
        rendering = self._rendering
        parts: list[Lines] = []
        for part in snapshot_lines(
            snapshot, rendering.criteria, block_states=rendering.block_states, redactor=rendering.redactor
        ):
            parts.append(part)
            yield
        self.snapshot_lines = joined(parts)

    def _take_over(self, update: Update) -> None:
        """Take over the end of a read; what comes during a read is not whole."""
        if update.status.phase in BUSY:
            if self._started_at is None and update.status.answered_at is not None:
                self._started_at = self._clock.monotonic()
            return
        if self._started_at is not None:
            self._duration, self._started_at = self._clock.monotonic() - self._started_at, None
        self._last = update
        self.was_tried = True
        if self.read.up and update.snapshot is not None:
            self._current_interval = self._interval
            if self._needs_nothing(update.snapshot):
                self._current_interval = max(self._interval, RESTING_INTERVAL)
                self._rests.set()
        self._on_read(self)

    def _needs_nothing(self, snapshot: Snapshot) -> bool:
        criteria = self._rendering.criteria
        if criteria.names_subnets or snapshot.endpoints:
            return False
        return not any(counts(snapshot, subnet_id, criteria) for subnet_id in snapshot.subnets)


def _oldest(snapshot: Snapshot) -> datetime:
    """Return when the oldest of the required data was read, as far as any was: failed reads renew the snapshot too."""
    times = (snapshot.read_at.get(part) for part in (*REQUIRED_LISTS, *snapshot.subnets))
    return min((at for at in times if at is not None), default=snapshot.taken_at)


def _has_same_lines(before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing but times differs. What did not change is mostly the same object, and quickly compared."""
    names = ("scope", "subnets", "endpoints", "associations", "lattice", "failures", "problems")
    return before.read_at.keys() == after.read_at.keys() and all(
        getattr(before, name) == getattr(after, name) for name in names
    )
