"""All scopes that are exported: followed behind one gate, and put together to a text without a call of AWS."""

from __future__ import annotations

import asyncio
import time
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop import __version__
from latticetop.aws import SessionCache
from latticetop.aws.request_counter import RequestCounter
from latticetop.follow.read_gate import ReadGate
from latticetop.follow.timing import SystemClock
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.reports.metrics import Families, ScopeRead
from latticetop.reports.metrics_text import exposition, lines_of
from latticetop.runtime.build import scopes_of_all_regions, source_factory
from latticetop.runtime.export.exported_scope import ExportedScope, Rendering
from latticetop.runtime.organization import relisted_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from latticetop.follow.timing import AsyncClock
    from latticetop.reports.metrics_text import Exposition, Lines
    from latticetop.runtime.build import FollowOptions
    from latticetop.runtime.targets import Target

STAGGERED_OVER = 60.0
"""The first reads begin within so many seconds, or within an interval if that is shorter."""
FIRST_READ_LIMIT = 600.0
"""Seconds after which it is over if no scope could be read."""
_LOOK = 1.0
"""Seconds between two looks at whether a scope could be read."""
_LONGEST_STEP = 0.005
"""Seconds of rendering before others may run."""
_REUSED_FOR = 1.0
"""Seconds for which a text is given to everybody who asks."""


class Shard(Struct, frozen=True):
    """Part `number` (from 0) of all accounts, by the account id, or by the profile where no role tells the id."""

    number: int = 0
    parts: int = 1

    def holds(self, target: Target) -> bool:
        """Whether the scope of a target belongs to the shard; all Regions of an account are in one."""
        account = target.settings.account_id or target.settings.profile
        return int.from_bytes(sha256(account.encode()).digest(), "big") % self.parts == self.number


class Exporter:
    """Follows the targets of a shard, and renders what is known of them. Accounts of an organization come and go."""

    def __init__(
        self,
        options: FollowOptions,
        rendering: Rendering | None = None,
        shard: Shard | None = None,
        clock: AsyncClock | None = None,
    ) -> None:
        self._options, self._rendering, self._clock = options, rendering or Rendering(), clock or SystemClock()
        self._shard = shard or Shard()
        self._sessions, self._gate = SessionCache(options.max_calls), ReadGate(options.at_once)
        self._source_of = source_factory(options, self._sessions, self._gate)
        self._requests = RequestCounter()
        self._group = asyncio.TaskGroup()
        self._tasks: dict[Target, asyncio.Task[None]] = {}
        self._scopes: list[ExportedScope] = []
        self._read_scopes: asyncio.Queue[ExportedScope] = asyncio.Queue()
        self._without_regions: dict[Target, ExportedScope] = {}
        """The first scope of each target of which AWS has not told the Regions yet."""
        self._follows = self._is_ready = False
        self._listing_problem: Problem | None = None
        self._lock = asyncio.Lock()
        self._texts: dict[str, tuple[float, Exposition]] = {}

    async def run(self) -> None:
        """Follow the targets of the options until cancelled.

        Raises ReadError if no scope could be read in time, or all were asked for wrongly.
        """
        with self._requests:
            async with self._group:
                others = [self._group.create_task(work) for work in (self._render_ahead(), self._follow_members())]
                self.follow(self._options.targets)
                problem = await self._lasting_problem()
                self.follow(())
                for task in others:
                    task.cancel()
        raise ReadError(problem)

    def follow(self, targets: Iterable[Target]) -> None:
        """Follow those of these targets that the shard holds from now on, and no others."""
        self._follows, wanted = True, dict.fromkeys(filter(self._shard.holds, targets))
        for gone in self._tasks.keys() - wanted.keys():
            self._tasks.pop(gone).cancel()
        new = [target for target in wanted if target not in self._tasks]
        spread = min(STAGGERED_OVER, self._options.interval)
        for number, target in enumerate(new):
            self._tasks[target] = self._group.create_task(self._follow(target, spread * number / len(new)))

    @property
    def is_ready(self) -> bool:
        """Whether every scope was tried once; what could not be read is then among the metrics.

        Of an account that cannot be read the Regions need not be known.
        """
        if self._follows and len(self._scopes) >= len(self._tasks) and not self._is_ready:
            awaits_regions = any(scope.read.up for scope in self._without_regions.values())
            self._is_ready = not awaits_regions and all(scope.was_tried for scope in self._scopes)
        return self._is_ready

    async def render(self, accept: str = "") -> Exposition:
        """Render what is known of all scopes, in the format of an `Accept` header, and let others run meanwhile."""
        async with self._lock:
            rendered_at, text = self._texts.get(accept, (0.0, None))
            if text is None or self._clock.monotonic() - rendered_at > _REUSED_FOR:
                await _in_steps(chain.from_iterable(scope.render() for scope in tuple(self._scopes)))
                text = exposition(self._parts(), accept)
                self._texts = {accept: (self._clock.monotonic(), text)}
            return text

    async def _render_ahead(self) -> None:
        """Render each scope when it was read, so that a scrape has only to put lines together."""
        while True:
            scope = await self._read_scopes.get()
            async with self._lock:
                await _in_steps(scope.render())

    async def _follow_members(self) -> None:
        """Follow the accounts of the organization as it is listed anew, and keep why it could not be."""
        async for listed in relisted_targets(self._options.listing, self._clock):
            self._listing_problem = listed if isinstance(listed, Problem) else None
            if not isinstance(listed, Problem):
                self.follow(listed)

    def _parts(self) -> Iterator[Lines]:
        """All lines. What is in a scope with two names stands there once, by a whole read if there is any."""
        families = Families(self._rendering.redactor)
        families.add_build(__version__)
        families.add_requests(self._requests.counts)
        if self._listing_problem is not None:
            # As a scope that is down, which the rules already tell.
            hub = self._options.listing.organization.profile
            families.add_scope(ScopeRead(hub, "", "", problems=(self._listing_problem,)))
        yield lines_of(families)
        yield from (scope.read_lines for scope in self._scopes)
        exported = set[tuple[str, str]]()
        for scope in sorted(self._scopes, key=lambda scope: not scope.rendered_read.up):
            where = scope.rendered_read.account_id, scope.rendered_read.region
            if scope.snapshot_lines and where not in exported:
                exported.add(where)
                yield scope.snapshot_lines

    async def _follow(self, target: Target, delay: float) -> None:
        scopes: list[ExportedScope] = []

        def start(each: Target) -> ExportedScope:
            scope = ExportedScope(
                each,
                self._source_of(each),
                self._options.interval,
                self._rendering,
                self._clock,
                on_read=self._read_scopes.put_nowait,
            )
            scopes.append(scope)
            self._scopes.append(scope)
            group.create_task(scope.run(delay if each is target else 0.0))
            return scope

        try:
            async with asyncio.TaskGroup() as group:
                self._without_regions[target] = start(target)
                await self._clock.wait(asyncio.Event(), delay)
                async for _ in scopes_of_all_regions([target], self._sessions, self._gate, start):
                    pass
                del self._without_regions[target]
        finally:
            self._without_regions.pop(target, None)
            self._scopes = [scope for scope in self._scopes if scope not in scopes]

    async def _lasting_problem(self) -> Problem:
        """Wait for a problem that no time solves; for ever once a scope was read."""
        started_at, never = self._clock.monotonic(), asyncio.Event()
        while not any(scope.was_read for scope in self._scopes):
            await self._clock.wait(never, _LOOK)
            if not self._scopes:
                started_at = self._clock.monotonic()  # A shard may get its first account much later.
            problems = [scope.usage_problem for scope in self._scopes]
            first = next(iter(problems), None)
            if first is not None and all(problems):
                return first
            if self._clock.monotonic() - started_at >= FIRST_READ_LIMIT:
                return self._never_read()
        await never.wait()
        raise AssertionError

    def _never_read(self) -> Problem:
        minutes = FIRST_READ_LIMIT / 60
        told = next(
            (str(problem) for scope in self._scopes for problem in scope.read.problems), "AWS has not answered."
        )
        return Problem(ProblemKind.UNREACHABLE, "", f"No account could be read within {minutes:g} minutes. {told}")


async def _in_steps(work: Iterable[None]) -> None:
    """Let others run between two steps now and then: after each one, a scrape would wait for a busy loop too often."""
    began = time.perf_counter()
    for _ in work:
        if time.perf_counter() - began >= _LONGEST_STEP:
            await asyncio.sleep(0)
            began = time.perf_counter()
