"""How fast a count changes, and when it would reach nothing if it went on like that; as a range, or not at all.

The count is looked at in stretches that end now: all of the time it is known, the last half of it, the last quarter and
so on. A stretch bears an estimate when it has changes enough, lasts long enough, and falls: the count is sampled at
equal distances, the slopes between samples a third of the stretch or more apart are put in order, and nine in ten of
them point down, in the stretch and in its last half alike. The longest such stretch is taken. The rates are the range
that holds the middle eight in ten slopes of both.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.history.step_series import Series, Step

LEAST_CHANGES, LEAST_FALL = 5, 3
"""Changes in a stretch, and how much less there is at its end, below which nothing is concluded."""
LEAST_SECONDS = 600.0
FARTHEST = 4.0
"""How many times as long as the stretch the future is told of."""
SAMPLES, APART = 25, 8
_TENTH = 0.1
HOUR = 3600.0

NOT_READ, INCOMPLETE, NONE_LEFT = "not read", "not all is seen", "none left"
STEADY, TOO_SHORT, TOO_FEW = "no change", "too short a time", "too few changes"
RISING, NO_CLEAR_FALL, FAR_OFF = "rising", "no clear fall", "too far off to tell"


class Forecast(Struct, frozen=True):
    """What can be said of a count. `why` says why it is not told when it runs out, and is empty where it is.

    `mean` is the change an hour over all the time it is known, None before ten minutes are over. `rates` are the
    steepest and the gentlest, both negative; `soonest` and `latest` seconds from now, `latest` None when too far off.
    """

    why: str = ""
    mean: float | None = None
    rates: tuple[float, float] | None = None
    soonest: float = 0.0
    latest: float | None = None


def forecast(series: Series, now: float) -> Forecast:
    """What the steps up to now (POSIX seconds) tell; what came later is not looked at."""
    steps = series.known_until(now)
    counts = [step.level.value for step in steps if step.level]
    if not counts:
        return Forecast(NOT_READ)
    span = now - steps[0].at
    mean = (counts[-1] - counts[0]) / span * HOUR if span >= LEAST_SECONDS else None
    why = _why_not(steps, counts, span)
    if why:
        return Forecast(why, mean)
    times = [step.at for step in steps]
    for begin in _stretches(times, now):
        if rates := _rates(times, counts, begin, now):
            return _told(counts[-1], rates, mean, now - begin)
    return Forecast(RISING if counts[-1] > max(counts[:-1]) else NO_CLEAR_FALL, mean)


def _why_not(steps: Sequence[Step], counts: Sequence[int], span: float) -> str:
    if any(step.level.at_most for step in steps if step.level):
        return INCOMPLETE
    if not counts[-1]:
        return NONE_LEFT
    if len(counts) == 1:
        return STEADY
    if span < LEAST_SECONDS:
        return TOO_SHORT
    return TOO_FEW if len(counts) <= LEAST_CHANGES else ""


def _told(count: int, rates: tuple[float, float], mean: float | None, stretch: float) -> Forecast:
    soonest, latest = (count / -rate * HOUR for rate in rates)
    if soonest > FARTHEST * stretch:
        return Forecast(FAR_OFF, mean, rates)
    return Forecast("", mean, rates, soonest, latest if latest <= FARTHEST * stretch else None)


def _stretches(times: Sequence[float], now: float) -> Iterator[float]:
    """When each stretch begins, the longest first, as long as it has time and changes enough."""
    seconds = now - times[0]
    while seconds >= LEAST_SECONDS and len(times) - bisect_right(times, now - seconds) >= LEAST_CHANGES:
        yield now - seconds
        seconds /= 2


def _rates(times: Sequence[float], counts: Sequence[int], begin: float, now: float) -> tuple[float, float] | None:
    """The steepest and the gentlest rate an hour of a stretch that clearly falls; None for any other."""
    low, high = 0.0, -1.0
    for start in (begin, (begin + now) / 2):
        if _at(times, counts, start) - counts[-1] < (LEAST_FALL if start == begin else 1):
            return None
        slopes = _slopes(times, counts, start, now)
        tenth = int(len(slopes) * _TENTH)
        steepest, gentlest = slopes[tenth], slopes[-1 - tenth]
        if gentlest >= 0:
            return None
        low, high = (min(low, steepest), max(high, gentlest)) if start != begin else (steepest, gentlest)
    return low, high


def _slopes(times: Sequence[float], counts: Sequence[int], begin: float, now: float) -> list[float]:
    """The changes an hour between samples far enough apart, ascending."""
    distance = (now - begin) / (SAMPLES - 1)
    samples = [_at(times, counts, begin + number * distance) for number in range(SAMPLES)]
    return sorted(
        (samples[later] - samples[earlier]) / ((later - earlier) * distance) * HOUR
        for earlier in range(SAMPLES - APART)
        for later in range(earlier + APART, SAMPLES)
    )


def _at(times: Sequence[float], counts: Sequence[int], at: float) -> int:
    return counts[max(0, bisect_right(times, at) - 1)]
