"""A time of day that does not jump while it is counted from: that of the machine at one moment, and monotonic since.

So two times of one scope always have the distance that they had in fact, whatever is done to the clock of the machine;
after it was set, the times of before are restated as the clock would have shown them.
"""

from __future__ import annotations

from asyncio import Event
from datetime import datetime, timedelta

from msgspec import Struct

from latticetop.follow.timing import AsyncClock

MIN_STEP = timedelta(seconds=1)
"""A smaller difference between the two clocks is drift."""


class ClockAnchor(Struct, frozen=True):
    """A time of day in UTC, and the monotonic time at that moment in seconds."""

    wall: datetime
    monotonic: float

    def time_at(self, monotonic: float) -> datetime:
        """Return the time of day at a monotonic time, as this anchor has it."""
        return self.wall + timedelta(seconds=monotonic - self.monotonic)

    def step_to(self, later: ClockAnchor) -> timedelta:
        """Return how far the clock of the machine was set forward until a later anchor; negative if it was set back."""
        return later.wall - self.time_at(later.monotonic)


class AnchoredClock:
    """An `AsyncClock` whose time of day follows the one of another clock only when `follow_step` is called."""

    def __init__(self, clock: AsyncClock) -> None:
        self._clock = clock
        self.anchor = ClockAnchor(clock.now(), clock.monotonic())

    def now(self) -> datetime:
        """Return the time of day in UTC: that of the anchor plus the monotonic time since."""
        return self.anchor.time_at(self._clock.monotonic())

    def monotonic(self) -> float:
        """Return the monotonic time in seconds."""
        return self._clock.monotonic()

    async def wait(self, event: Event, seconds: float | None) -> bool:
        """Wait for an event, up to `seconds` (None: without limit); return whether it was set."""
        return await self._clock.wait(event, seconds)

    def follow_step(self) -> timedelta:
        """Take over the time of day if the clock was set; return how far forward, 0 if it was not."""
        now = ClockAnchor(self._clock.now(), self._clock.monotonic())
        step = self.anchor.step_to(now)
        if abs(step) < MIN_STEP:
            return timedelta()
        self.anchor = now
        return step
