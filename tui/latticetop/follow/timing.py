"""Time as an argument, and the waits between two reads. Tests pass a clock of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from msgspec import Struct

from latticetop.model.endpoints.verdict import is_being_created
from latticetop.model.records.resources import Endpoint

Random = Callable[[], float]
"""Returns a random number from 0 up to, but not including, 1."""
_MAX_DOUBLINGS = 16


class AsyncClock(Protocol):
    """Returns the current time, and waits for events."""

    def now(self) -> datetime:
        """Return the current time in UTC, timezone-aware."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for an event, up to `seconds` (None: without limit); return whether it was set."""


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the current time in UTC, timezone-aware."""
        return datetime.now(UTC)

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait for an event, up to `seconds` (None: without limit); return whether it was set."""
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return False
        return True


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
        self._since: dict[str, datetime] = {}

    def any_recent(self, endpoints: Iterable[Endpoint], now: datetime, seconds: float) -> bool:
        """Return whether an endpoint is Pending, and was first seen so less than `seconds` ago."""
        pending = {e.vpc_endpoint_id for e in endpoints if is_being_created(e.state)}
        self._since = {key: self._since.get(key, now) for key in pending}
        return any(now - since < timedelta(seconds=seconds) for since in self._since.values())
