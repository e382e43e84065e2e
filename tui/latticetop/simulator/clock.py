"""Simulated time: when things happen in the account, apart from when a test or a viewer looks."""

from __future__ import annotations

import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INCIDENT_START = datetime(2024, 12, 19, 8, 18, 40, tzinfo=UTC)


class Clock:
    """A queue of things to come. ``now`` is the moment of the thing being done, or else the present.

    ``runs`` says whether time goes by on its own.
    """

    runs = True

    def __init__(self, start: datetime = INCIDENT_START) -> None:
        self.start = start
        self._acting: datetime | None = None
        self._queue: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def present(self) -> datetime:
        """The simulated moment, in UTC, whether or not everything due has been done."""
        raise NotImplementedError

    def wait_for(self, moment: datetime) -> float:
        """Seconds of real time until the simulated moment; 0 when it has passed."""
        raise NotImplementedError

    def real_seconds(self) -> float:
        """Real time, from some origin: what rate limits go by."""
        raise NotImplementedError

    def now(self) -> datetime:
        """The moment that what is happening happens at, in UTC."""
        return self._acting or self.present()

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something after so many simulated seconds."""
        moment = self.now() + timedelta(seconds=seconds)
        heapq.heappush(self._queue, (moment, next(self._order), action))

    def play(self, script: Iterator[float]) -> None:
        """Run a script up to its first yield; each number it yields is a wait in simulated seconds."""
        seconds = next(script, None)
        if seconds is not None:
            self.call_later(seconds, lambda: self.play(script))

    def next_due(self) -> datetime | None:
        """The moment of the next thing to come, or None."""
        return self._queue[0][0] if self._queue else None

    def run_due(self) -> bool:
        """Do everything due by the present, in order, each at its own moment; say if anything was done."""
        present, acted = self.present(), False
        while self._queue and self._queue[0][0] <= present:
            self._acting, _, action = heapq.heappop(self._queue)
            try:
                action()
            finally:
                self._acting = None
            acted = True
        return acted


class RunningClock(Clock):
    """Time that runs by itself, ``speed`` simulated seconds to each real one; if ``paused``, from ``resume`` on."""

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
        self.runs = not paused
        self._origin = monotonic()

    def resume(self) -> None:
        """Start a paused clock; no effect on one that runs."""
        if not self.runs:
            self.runs, self._origin = True, self._monotonic()

    def present(self) -> datetime:
        """The start plus the real time since, times the speed; the start while paused."""
        if not self.runs:
            return self.start
        return self.start + timedelta(seconds=(self._monotonic() - self._origin) * self.speed)

    def wait_for(self, moment: datetime) -> float:
        """Seconds of real time until the moment."""
        return max(0.0, (moment - self.present()).total_seconds() / self.speed)

    def real_seconds(self) -> float:
        """The monotonic clock."""
        return self._monotonic()


class ManualClock(Clock):
    """Time that stands still until it is told to advance: for tests, from whatever thread they run in."""

    runs = False

    def __init__(self, start: datetime = INCIDENT_START) -> None:
        super().__init__(start)
        self._present = start

    def present(self) -> datetime:
        """The start plus what has been advanced."""
        return self._present

    def wait_for(self, moment: datetime) -> float:
        """Nothing: there is nothing to wait for."""
        return 0.0

    def real_seconds(self) -> float:
        """What has been advanced."""
        return (self._present - self.start).total_seconds()

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass and do what falls due in them."""
        self._present += timedelta(seconds=seconds)
        self.run_due()

    def finish(self) -> None:
        """Advance until nothing is left to come."""
        while (due := self.next_due()) is not None:
            self.advance(max(0.0, (due - self._present).total_seconds()))
