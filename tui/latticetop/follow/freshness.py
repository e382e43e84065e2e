"""How fresh the data of a source is: the one place that says whether it is live, stale or being read, and its age.

It needs no update of the source: with the time alone, live data becomes stale.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from latticetop.follow.status import Phase, Status

STALE_INTERVALS, MIN_STALE_SECONDS = 2.0, 10.0
"""Data is live up to an age of so many intervals, but never less than so many seconds."""
MAX_QUEUED_SECONDS = 300.0
"""While a read is queued, data is not stale up to this age: with many accounts, reads are further apart."""
SLOW_FIRST_ANSWER, SLOW_ANSWER = 5.0, 10.0
"""Seconds without an answer after which that is said: before the first data, and later."""


class DataState(StrEnum):
    """The state of the data of a source; exports print the value."""

    CONNECTING = "connecting"
    READING = "reading"
    """A read is under way, and it is the first one or takes long; AWS answers."""
    QUEUED = "queued"
    """The first read, or one that is late, begins when fewer other accounts and Regions are being read."""
    LIVE = "live"
    INCOMPLETE = "incomplete"
    """Nothing is being read, and no read has got all that is required: a call is denied, for one."""
    STALE = "stale"
    """No read has been successful for longer than two intervals."""
    ON_DEMAND = "on demand"
    """Nothing is read before a key asks for it."""
    PAUSED = "paused"
    BACKING_OFF = "backing off"
    NEEDS_CREDENTIALS = "needs credentials"
    REPLAYING = "replaying"
    FROM_FILES = "from files"
    """The data is that of files, which do not change."""


class Freshness(NamedTuple):
    """The state of the data, its age, and how long an answer has been awaited, both in seconds.

    `age` is None before the first successful read; `unanswered` is 0 unless that takes long.
    """

    state: DataState
    age: float | None
    unanswered: float

    @property
    def is_late(self) -> bool:
        """Whether the data is older than it should be, or the read under way has no answer."""
        return self.state is DataState.STALE or self.unanswered > 0


_STATES = {
    Phase.PAUSED: DataState.PAUSED,
    Phase.BACKING_OFF: DataState.BACKING_OFF,
    Phase.NEEDS_CREDENTIALS: DataState.NEEDS_CREDENTIALS,
    Phase.REPLAYING: DataState.REPLAYING,
    Phase.FROM_FILES: DataState.FROM_FILES,
}


def present(status: Status | None, monotonic: float, now: datetime) -> datetime:
    """Return the time from which the ages of a source's data are counted.

    It follows from the `monotonic` time and is right whatever the clock of the machine shows; a source without a clock,
    such as a recording, has `now`.
    """
    return now if status is None or status.anchor is None else status.anchor.time_at(monotonic)


def clock_step(before: Status | None, after: Status) -> timedelta:
    """Return how far the clock of the machine was set forward between two updates; negative if back, 0 if it was not.

    The times of the later update are those of the clock as it is then; times of before have to be moved as far.
    """
    if before is None or before.anchor is None or after.anchor is None:
        return timedelta()
    return before.anchor.step_to(after.anchor)


def freshness_of(status: Status, at: datetime) -> Freshness:
    """Return how fresh the data is at a time, which is `present` of the status."""
    age = max(0.0, (at - status.read_at).total_seconds()) if status.read_at else None
    unanswered = (at - status.answered_at).total_seconds() if status.answered_at else 0.0
    if unanswered <= (SLOW_FIRST_ANSWER if age is None else SLOW_ANSWER):
        unanswered = 0.0
    return Freshness(_state(status, age, answered=not unanswered), age, unanswered)


def _state(status: Status, age: float | None, *, answered: bool) -> DataState:
    if state := _STATES.get(status.phase):
        return state
    if status.queued and (age is None or _is_old(status, age)) and (age or 0.0) <= MAX_QUEUED_SECONDS:
        return DataState.QUEUED
    if status.phase is Phase.CONNECTING:
        return DataState.CONNECTING
    if age is None:
        return DataState.READING if status.phase is Phase.READING else DataState.INCOMPLETE
    if not status.interval:
        return DataState.ON_DEMAND if status.phase is Phase.WAITING else DataState.READING
    if not _is_old(status, age):
        return DataState.LIVE
    is_reading = status.phase is Phase.READING and answered and not status.queued
    return DataState.READING if is_reading else DataState.STALE


def _is_old(status: Status, age: float) -> bool:
    """Whether data is older than its interval explains; data that is read on demand never is."""
    return bool(status.interval) and age > max(STALE_INTERVALS * status.interval, MIN_STALE_SECONDS)
