"""When a count would reach nothing: reckoned by hand or by the statistics module, and when nothing is to be said."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.history import forecast as words
from latticetop.model.history.forecast import HOUR, forecast
from latticetop.model.history.step_series import Level, Series

MINUTE = 60.0
BEGUN = 1_734_596_340.0


def counted(values: Sequence[int | None], every: float = MINUTE) -> tuple[Series, float]:
    """So many seconds from one to the next, and the time of the last."""
    found = Series()
    for number, value in enumerate(values):
        found.put(BEGUN + number * every, None if value is None else Level(value))
    return found, BEGUN + (len(values) - 1) * every


def falling(per_hour: float, hours: float, start: int, noise: float = 0.0) -> list[int]:
    """A straight line in whole numbers, one a minute."""
    shaken = random.Random(7)
    count = int(hours * 60) + 1
    return [max(0, round(start - per_hour * n / 60 + shaken.uniform(-noise, noise))) for n in range(count)]


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize(("per_hour", "hours", "start"), [(10, 5, 100), (60, 1, 100), (3, 6, 40), (600, 0.25, 400)])
def test_a_steady_fall(per_hour: float, hours: float, start: int, noise: float) -> None:
    values = falling(per_hour, hours, start, noise)
    told = forecast(*counted(values))
    slope = statistics.linear_regression([n / 60 for n in range(len(values))], values).slope
    assert told.why == "" and told.rates is not None and told.latest is not None
    steepest, gentlest = told.rates
    assert steepest <= slope <= gentlest < 0
    assert told.soonest <= values[-1] / -slope * HOUR <= told.latest
    assert steepest > 2 * slope and gentlest < slope / 2, "and it is narrow enough to be of use"


def test_by_hand_one_block_every_six_minutes() -> None:
    """30 after 0 h, 20 after 1 h, 10 after 2 h: one hour is left."""
    told = forecast(*counted(range(30, 9, -1), 6 * MINUTE))
    assert told.mean == pytest.approx(-10)
    assert told.rates is not None and told.rates[0] <= -10 <= told.rates[1]
    assert told.soonest <= HOUR <= (told.latest or 0)


def test_a_fall_that_has_just_begun_is_seen_after_days_of_quiet() -> None:
    values = [50] * (3 * 24 * 60) + falling(20, 1.5, 50)
    told = forecast(*counted(values))
    assert told.why == "" and told.rates is not None and told.rates[0] <= -20 <= told.rates[1]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], words.NOT_READ),
        ([5, 4, None], words.NOT_READ),
        ([5] * 100, words.STEADY),
        ([*range(100, 90, -1)], words.TOO_SHORT),
        ([*range(20, 0, -1), 0], words.NONE_LEFT),
        ([9] * 20 + [8] * 20 + [7] * 20, words.TOO_FEW),
        ([*range(10, 60)], words.RISING),
        ([8, 6] * 40, words.NO_CLEAR_FALL),
        ([*range(90, 60, -1)] + [60] * 40, words.NO_CLEAR_FALL),
        ([3000 - n // 3 for n in range(60)], words.FAR_OFF),
        ([9, 8, 7, 6, None, 5] + [5] * 30, words.STEADY),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_the_data_does_not_bear_it(values: list[int | None], why: str) -> None:
    told = forecast(*counted(values))
    assert (told.why, told.latest) == (why, None)


def test_an_upper_bound_bears_nothing() -> None:
    series, now = counted(falling(10, 5, 100))
    series.put(now + MINUTE, Level(40, at_most=True))
    assert forecast(series, now + MINUTE).why == words.INCOMPLETE
    assert forecast(series, now).why == ""


def test_what_came_later_is_not_looked_at() -> None:
    values = falling(10, 5, 100)
    series, now = counted(values)
    told = forecast(series, now)
    series.put(now + MINUTE, Level(500))
    assert forecast(series, now) == told


@given(st.lists(st.integers(0, 30), min_size=2, max_size=80), st.floats(1.0, 1000.0))
def test_whatever_is_said_holds_together(values: list[int], every: float) -> None:
    series, now = counted(values, every)
    told = forecast(series, now)
    span = now - BEGUN
    assert (told.mean is None) == (span < 600)
    if told.why:
        assert told.latest is None
        return
    assert told.rates is not None and told.rates[0] <= told.rates[1] < 0
    assert 0 < values[-1] <= max(values) - 3
    assert 0 < told.soonest <= 4 * span
    assert told.latest is None or told.soonest <= told.latest <= 4 * span


@given(st.lists(st.integers(0, 30), min_size=2, max_size=80))
def test_what_never_falls_never_runs_out(values: list[int]) -> None:
    assert forecast(*counted(sorted(values))).why


@given(st.integers(3, 60), st.integers(12, 40), st.integers(2, 9))
def test_the_same_fall_so_many_times_slower_takes_so_many_times_longer(last: int, changes: int, times: int) -> None:
    values = range(last + changes, last - 1, -1)
    quick, slow = forecast(*counted(values)), forecast(*counted(values, times * MINUTE))
    assert quick.why == slow.why
    assert slow.soonest == pytest.approx(times * quick.soonest)
