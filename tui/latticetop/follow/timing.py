"""Time as an argument, and the waits between two reads. Tests pass a clock of their own.

What waits, is due or has an age goes by the monotonic clock, which nobody sets. The time of day is for people, for
recordings, and for comparisons with the times of AWS.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from latticetop.model.endpoints.verdict import is_being_created
from latticetop.model.records.resources import Endpoint

Random = Callable[[], float]
"""Returns a random number from 0 up to, but not including, 1."""
_MAX_DOUBLINGS = 16
MAX_TIMER = 2.0
"""The longest timer of the event loop, in seconds: its timers stand still while the machine is suspended."""
_CLOCK_ID: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""The monotonic clock that counts the time in which the machine is suspended too, on Linux and on macOS."""


class AsyncClock(Protocol):
    """Returns the time of day and the monotonic time, and waits for events."""

    def now(self) -> datetime:
        """Return the time of day in UTC, timezone-aware; it jumps when the clock of the machine is set."""

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary start; never set, and counted while the machine is suspended."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for an event, up to `seconds` (None: without limit); return whether it was set."""


class SystemClock:
    """The clock of this machine; it waits in steps of `max_timer` seconds."""

    def __init__(self, max_timer: float = MAX_TIMER) -> None:
        self._max_timer = max_timer

    def now(self) -> datetime:
        """Return the time of day in UTC, timezone-aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds since the machine was started, those in which it was suspended included."""
        return time.monotonic() if _CLOCK_ID is None else time.clock_gettime(_CLOCK_ID)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for an event, up to `seconds` (None: without limit); return whether it was set.

        A wait that ended while the machine was suspended ends within two seconds of its resumption.
        """
        if seconds is None:
            return await event.wait()
        end = self.monotonic() + seconds
        while not event.is_set():
            rest = end - self.monotonic()
            if rest <= 0:
                break
            try:
                async with asyncio.timeout(min(rest, self._max_timer)):
                    await event.wait()
            except TimeoutError:
                continue
        return event.is_set()


class PollingPolicy(Struct, frozen=True):
    """The waits between two reads, in seconds. An `interval` of 0 reads on demand only."""

    interval: float = 15.0
    min_wait: float = 5.0
    """No wait is shorter, jitter included."""
    pending_interval: float = 5.0
    """The interval while an endpoint is Pending …"""
    pending_timeout: float = 180.0
    """… up to this time for each endpoint."""
    max_backoff: float = 300.0
    credentials_retry: float = 60.0
    jitter: float = 0.1
    """The largest random change of a wait, as a fraction of it."""

    @property
    def effective(self) -> float:
        """The interval in effect, at least `min_wait`; 0 for reading on demand only."""
        return max(self.interval, self.min_wait) if self.interval > 0 else 0.0

    def after_success(self, *, pending: bool, random: Random) -> float | None:
        """Return the wait after a successful read; None to wait without limit."""
        wait = min(self.effective, max(self.pending_interval, self.min_wait)) if pending else self.effective
        return self._with_jitter(wait, random) if wait else None

    def after_failures(self, failures: int, random: Random) -> float | None:
        """Return the wait after consecutive failures (1 or more): doubled each time, up to `max_backoff`."""
        wait = min(self.effective * 2.0 ** min(failures, _MAX_DOUBLINGS), self.max_backoff)
        return self._with_jitter(wait, random) if wait else None

    def without_credentials(self, random: Random) -> float | None:
        """Return the wait before credentials are resolved again."""
        return self._with_jitter(self.credentials_retry, random) if self.effective else None

    def _with_jitter(self, wait: float, random: Random) -> float:
        return max(self.min_wait, wait * (1 + self.jitter * (2 * random() - 1)))


class PendingTracker:
    """Remembers how long each endpoint has been Pending, so that a stuck one does not keep the interval short."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def any_recent(self, endpoints: Iterable[Endpoint], now: float, seconds: float) -> bool:
        """Return whether an endpoint is Pending, and was first seen so less than `seconds` ago; `now` is monotonic."""
        pending = {e.vpc_endpoint_id for e in endpoints if is_being_created(e.state)}
        self._since = {key: self._since.get(key, now) for key in pending}
        return any(now - since < seconds for since in self._since.values())
