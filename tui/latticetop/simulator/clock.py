"""Simulated time, and a queue of the actions that are due at a later time."""

from __future__ import annotations

import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INCIDENT_START = datetime(2024, 12, 19, 8, 18, 40, tzinfo=UTC)


class SimulatedClock:
    """A clock with a queue of actions, in the manner of ``asyncio``'s ``call_later``.

    ``is_running`` says whether time passes without a call to the clock.
    """

    is_running = True

    def __init__(self, start: datetime = INCIDENT_START) -> None:
        self.start = start
        self._action_time: datetime | None = None
        self._queue: list[tuple[datetime, int, Callable[[], object]]] = []
        self._sequence = itertools.count()

    def current_time(self) -> datetime:
        """The simulated time in UTC, even if actions that are due have not run yet."""
        raise NotImplementedError

    def seconds_until(self, when: datetime) -> float:
        """Seconds of real time until a simulated time; 0 if it has passed."""
        raise NotImplementedError

    def monotonic_seconds(self) -> float:
        """Seconds of real time since an arbitrary start; for rate limits."""
        raise NotImplementedError

    def now(self) -> datetime:
        """The time at which the running action was due, or else the current time, in UTC."""
        return self._action_time or self.current_time()

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """Queue an action to run after that many simulated seconds."""
        when = self.now() + timedelta(seconds=seconds)
        heapq.heappush(self._queue, (when, next(self._sequence), action))

    def run_script(self, script: Iterator[float]) -> None:
        """Run a generator; each number that it yields is a pause in simulated seconds."""
        seconds = next(script, None)
        if seconds is not None:
            self.call_later(seconds, lambda: self.run_script(script))

    def next_due_time(self) -> datetime | None:
        """The time of the next queued action, or None."""
        return self._queue[0][0] if self._queue else None

    def run_due(self) -> bool:
        """Run all actions that are due, in order, each with ``now`` at its own time; return whether any ran."""
        current_time, has_run = self.current_time(), False
        while self._queue and self._queue[0][0] <= current_time:
            self._action_time, _, action = heapq.heappop(self._queue)
            try:
                action()
            finally:
                self._action_time = None
            has_run = True
        return has_run


class RunningClock(SimulatedClock):
    """A clock that runs by itself: ``speed`` simulated seconds for each real second.

    A ``paused`` clock stays at its start until ``resume``.
    """

    def __init__(
        self,
        start: datetime = INCIDENT_START,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        paused: bool = False,
    ) -> None:
        super().__init__(start)
        if speed <= 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed
        self._monotonic = monotonic
        self.is_running = not paused
        self._origin = monotonic()

    def resume(self) -> None:
        """Start a paused clock; no effect on a running one."""
        if not self.is_running:
            self.is_running, self._origin = True, self._monotonic()

    def current_time(self) -> datetime:
        """The start time plus the elapsed real time multiplied by the speed; the start time while paused."""
        if not self.is_running:
            return self.start
        return self.start + timedelta(seconds=(self._monotonic() - self._origin) * self.speed)

    def seconds_until(self, when: datetime) -> float:
        """Seconds of real time until a simulated time."""
        return max(0.0, (when - self.current_time()).total_seconds() / self.speed)

    def monotonic_seconds(self) -> float:
        """The monotonic clock of the system."""
        return self._monotonic()


class ManualClock(SimulatedClock):
    """A clock for tests that moves only when ``advance`` is called, from any thread."""

    is_running = False

    def __init__(self, start: datetime = INCIDENT_START) -> None:
        super().__init__(start)
        self._current_time = start

    def current_time(self) -> datetime:
        """The start time plus the seconds advanced."""
        return self._current_time

    def seconds_until(self, when: datetime) -> float:
        """Always 0: no real time passes."""
        return 0.0

    def monotonic_seconds(self) -> float:
        """The seconds advanced so far."""
        return (self._current_time - self.start).total_seconds()

    def advance(self, seconds: float) -> None:
        """Advance the time and run the actions that become due."""
        self._current_time += timedelta(seconds=seconds)
        self.run_due()

    def finish(self) -> None:
        """Advance until the queue is empty."""
        while (due := self.next_due_time()) is not None:
            self.advance(max(0.0, (due - self._current_time).total_seconds()))
