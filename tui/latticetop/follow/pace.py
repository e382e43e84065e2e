"""How long to wait between two reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from latticetop.model.records.resources import Endpoint

Random = Callable[[], float]
"""Gives numbers from 0 up to 1."""


class Pace(Struct, frozen=True):
    """Seconds. `interval` 0 reads on demand only; `floor` is the shortest wait there is, jitter and all."""

    interval: float = 15.0
    floor: float = 5.0
    fast: float = 5.0
    """While an endpoint is Pending …"""
    fast_for: float = 180.0
    """… and this long at most, for each endpoint."""
    backoff_cap: float = 300.0
    credentials_retry: float = 60.0
    jitter: float = 0.1

    @property
    def effective(self) -> float:
        """The interval that holds, once the floor is kept; 0 for reading on demand only."""
        return max(self.interval, self.floor) if self.interval > 0 else 0.0

    def usual(self, *, pending: bool, random: Random) -> float | None:
        """The wait after a read that went well; None for ever."""
        wait = min(self.effective, max(self.fast, self.floor)) if pending else self.effective
        return self._jittered(wait, random) if wait else None

    def after_failures(self, failures: int, random: Random) -> float | None:
        """The wait after so many failed reads in a row (1 or more): doubled each time, up to the cap."""
        wait = min(self.effective * 2.0 ** min(failures, 16), self.backoff_cap)
        return self._jittered(wait, random) if wait else None

    def without_credentials(self, random: Random) -> float | None:
        """The wait until credentials are looked for again."""
        return self._jittered(self.credentials_retry, random) if self.effective else None

    def _jittered(self, wait: float, random: Random) -> float:
        return max(self.floor, wait * (1 + self.jitter * (2 * random() - 1)))


class PendingWatch:
    """Remembers since when each endpoint is Pending, so that a stuck one does not make reads fast for ever."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def any_recent(self, endpoints: Iterable[Endpoint], now: datetime, seconds: float) -> bool:
        """Whether an endpoint is Pending and was first seen so within the last seconds."""
        pending = {e.vpc_endpoint_id for e in endpoints if e.state.lower() == "pending"}
        self._since = {key: self._since.get(key, now) for key in pending}
        return any(now - since < timedelta(seconds=seconds) for since in self._since.values())
