"""The rate at which a count falls, and when it would reach zero at that rate: a range, or the reason for none.

The count is examined in periods that end now: all of the known time, its last half, its last quarter and so on. A
period supports an estimate if it has enough changes, is long enough, and the count falls in it: the count is sampled at
equal distances, the slopes between samples at least a third of the period apart are sorted, and nine in ten of them are
negative, both in the period and in its last half. The longest such period is used. The rates are the range that
contains the middle eight tenths of the slopes of both.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.history.step_series import LevelStep, Series

MIN_CHANGES, MIN_DECREASE = 5, 3
"""The changes in a period, and the decrease by its end, that an estimate needs."""
MIN_SECONDS = 600.0
"""The length that a period needs, in seconds."""
MAX_LOOKAHEAD = 4.0
"""How far ahead an estimate may lie, as a multiple of the length of the period."""
SAMPLES, MIN_SAMPLE_DISTANCE = 25, 8
"""The samples of a period, and how many samples apart the two ends of a slope are at least."""
_TENTH = 0.1
HOUR = 3600.0

NO_DATA, UPPER_BOUND_ONLY, NONE_LEFT = "no data", "upper bound only", "none left"
NO_CHANGE, TOO_SHORT, TOO_FEW_CHANGES = "no change", "too little data", "too few changes"
RISING, NO_CLEAR_DECREASE, TOO_FAR_AHEAD = "rising", "no clear decrease", "too far ahead"


class Forecast(Struct, frozen=True):
    """The estimate for a count; `why` is the reason if there is none, and empty if there is one.

    `mean` is the mean change an hour over all of the known time; None if that is less than ten minutes. `rates` are the
    steepest and the gentlest change an hour, both negative. `soonest` and `latest` are seconds from now; `latest` is
    None if it is too far ahead.
    """

    why: str = ""
    mean: float | None = None
    rates: tuple[float, float] | None = None
    soonest: float = 0.0
    latest: float | None = None


def forecast(series: Series, now: float) -> Forecast:
    """Estimate when a count reaches zero from its steps up to `now` (POSIX seconds); later steps are ignored."""
    steps = series.known_until(now)
    counts = [step.level.value for step in steps if step.level]
    if not counts:
        return Forecast(NO_DATA)
    seconds = now - steps[0].at
    mean = (counts[-1] - counts[0]) / seconds * HOUR if seconds >= MIN_SECONDS else None
    why = _reason_for_none(steps, counts, seconds)
    if why:
        return Forecast(why, mean)
    times = [step.at for step in steps]
    for start in _period_starts(times, now):
        if rates := _rates(times, counts, start, now):
            return _estimate(counts[-1], rates, mean, now - start)
    return Forecast(RISING if counts[-1] > max(counts[:-1]) else NO_CLEAR_DECREASE, mean)


def _reason_for_none(steps: Sequence[LevelStep], counts: Sequence[int], seconds: float) -> str:
    if any(step.level.at_most for step in steps if step.level):
        return UPPER_BOUND_ONLY
    if not counts[-1]:
        return NONE_LEFT
    if len(counts) == 1:
        return NO_CHANGE if seconds else TOO_SHORT
    if seconds < MIN_SECONDS:
        return TOO_SHORT
    return TOO_FEW_CHANGES if len(counts) <= MIN_CHANGES else ""


def _estimate(count: int, rates: tuple[float, float], mean: float | None, seconds: float) -> Forecast:
    soonest, latest = (count / -rate * HOUR for rate in rates)
    if soonest > MAX_LOOKAHEAD * seconds:
        return Forecast(TOO_FAR_AHEAD, mean, rates)
    return Forecast("", mean, rates, soonest, latest if latest <= MAX_LOOKAHEAD * seconds else None)


def _period_starts(times: Sequence[float], now: float) -> Iterator[float]:
    """The start of each period, the longest first, while the period has enough time and changes."""
    seconds = now - times[0]
    while seconds >= MIN_SECONDS and len(times) - bisect_right(times, now - seconds) >= MIN_CHANGES:
        yield now - seconds
        seconds /= 2


def _rates(times: Sequence[float], counts: Sequence[int], start: float, now: float) -> tuple[float, float] | None:
    """The steepest and the gentlest change an hour of a period in which the count clearly falls; None otherwise."""
    low, high = 0.0, -1.0
    for begin in (start, (start + now) / 2):
        if _count_at(times, counts, begin) - counts[-1] < (MIN_DECREASE if begin == start else 1):
            return None
        slopes = _slopes(times, counts, begin, now)
        tenth = int(len(slopes) * _TENTH)
        steepest, gentlest = slopes[tenth], slopes[-1 - tenth]
        if gentlest >= 0:
            return None
        low, high = (min(low, steepest), max(high, gentlest)) if begin != start else (steepest, gentlest)
    return low, high


def _slopes(times: Sequence[float], counts: Sequence[int], begin: float, now: float) -> list[float]:
    """The changes an hour between samples that are far enough apart, in ascending order."""
    distance = (now - begin) / (SAMPLES - 1)
    samples = [_count_at(times, counts, begin + number * distance) for number in range(SAMPLES)]
    return sorted(
        (samples[later] - samples[earlier]) / ((later - earlier) * distance) * HOUR
        for earlier in range(SAMPLES - MIN_SAMPLE_DISTANCE)
        for later in range(earlier + MIN_SAMPLE_DISTANCE, SAMPLES)
    )


def _count_at(times: Sequence[float], counts: Sequence[int], at: float) -> int:
    return counts[max(0, bisect_right(times, at) - 1)]
