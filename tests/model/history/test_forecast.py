"""When a count reaches zero, checked by hand or with the statistics module, and when there is no estimate."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.history import forecast as module
from latticetop.model.history.forecast import HOUR, forecast
from latticetop.model.history.step_series import Level, Series

MINUTE = 60.0
BEGUN = 1_734_596_340.0


def series_of(values: Sequence[int | None], every: float = MINUTE) -> tuple[Series, float]:
    """A series with a value every `every` seconds, and the time of the last one."""
    series = Series()
    for number, value in enumerate(values):
        series.put(BEGUN + number * every, None if value is None else Level(value))
    return series, BEGUN + (len(values) - 1) * every


def falling(per_hour: float, hours: float, start: int, noise: float = 0.0) -> list[int]:
    """A straight line in whole numbers, one a minute, with random noise."""
    generator = random.Random(7)
    count = int(hours * 60) + 1
    return [max(0, round(start - per_hour * n / 60 + generator.uniform(-noise, noise))) for n in range(count)]


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize(("per_hour", "hours", "start"), [(10, 5, 100), (60, 1, 100), (3, 6, 40), (600, 0.25, 400)])
def test_a_steady_decrease(per_hour: float, hours: float, start: int, noise: float) -> None:
    values = falling(per_hour, hours, start, noise)
    estimate = forecast(*series_of(values))
    slope = statistics.linear_regression([n / 60 for n in range(len(values))], values).slope
    assert estimate.why == "" and estimate.rates is not None and estimate.latest is not None
    steepest, gentlest = estimate.rates
    assert steepest <= slope <= gentlest < 0
    assert estimate.soonest <= values[-1] / -slope * HOUR <= estimate.latest
    assert steepest > 2 * slope and gentlest < slope / 2, "and it is narrow enough to be of use"


def test_one_block_every_six_minutes() -> None:
    """30 after 0 h, 20 after 1 h, 10 after 2 h: one hour is left."""
    estimate = forecast(*series_of(range(30, 9, -1), 6 * MINUTE))
    assert estimate.mean == pytest.approx(-10)
    assert estimate.rates is not None and estimate.rates[0] <= -10 <= estimate.rates[1]
    assert estimate.soonest <= HOUR <= (estimate.latest or 0)


def test_a_recent_decrease_after_days_without_change() -> None:
    values = [50] * (3 * 24 * 60) + falling(20, 1.5, 50)
    estimate = forecast(*series_of(values))
    assert estimate.why == "" and estimate.rates is not None and estimate.rates[0] <= -20 <= estimate.rates[1]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([], module.NO_DATA),
        ([5, 4, None], module.NO_DATA),
        ([5] * 100, module.NO_CHANGE),
        ([*range(100, 90, -1)], module.TOO_SHORT),
        ([*range(20, 0, -1), 0], module.NONE_LEFT),
        ([9] * 20 + [8] * 20 + [7] * 20, module.TOO_FEW_CHANGES),
        ([*range(10, 60)], module.RISING),
        ([8, 6] * 40, module.NO_CLEAR_DECREASE),
        ([*range(10, 60), 55], module.NO_CLEAR_DECREASE),
        ([*range(30, 25, -1), *range(40, 31, -1), 31, 41], module.RISING),
        ([*range(90, 60, -1)] + [60] * 40, module.NO_CLEAR_DECREASE),
        ([3000 - n // 3 for n in range(60)], module.TOO_FAR_AHEAD),
        ([9, 8, 7, 6, None, 5] + [5] * 30, module.NO_CHANGE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reason_for_no_estimate(values: list[int | None], why: str) -> None:
    estimate = forecast(*series_of(values))
    assert (estimate.why, estimate.latest) == (why, None)


def test_a_fall_of_two_in_all_is_too_small_however_steady() -> None:
    """It rises to 14 first, and from then on falls as clearly as any other; an estimate needs a fall of three."""
    values = [12] * 2 + [13] * 2 + [14] * 6 + [13] * 10 + [12] * 20 + [11] * 12 + [10] * 9
    assert forecast(*series_of(values)).why == module.NO_CLEAR_DECREASE
    assert forecast(*series_of([13, 13, *values[2:]])).why == ""


def test_a_fall_that_has_slowed_down_may_go_on_for_longer_than_can_be_foreseen() -> None:
    """From 73 to 43 in half an hour, to 40 in the other: at the latter rate 40 more take over six hours, not four."""
    estimate = forecast(*series_of([*range(73, 43, -1), *(43 - n // 10 for n in range(31))]))
    assert (estimate.why, estimate.latest) == ("", None)
    assert estimate.mean == pytest.approx(-33)
    assert estimate.soonest == pytest.approx(40 / 60 * HOUR, rel=0.2)


def test_what_is_too_far_ahead_still_has_its_rates() -> None:
    """19 of 3,000 in 59 minutes."""
    estimate = forecast(*series_of([3000 - n // 3 for n in range(60)]))
    assert estimate.why == module.TOO_FAR_AHEAD
    assert estimate.mean == pytest.approx(-19 / 59 * 60)
    assert estimate.rates is not None and estimate.rates[0] <= -19 / 59 * 60 <= estimate.rates[1]


def test_no_estimate_from_an_upper_bound() -> None:
    series, now = series_of(falling(10, 5, 100))
    series.put(now + MINUTE, Level(40, at_most=True))
    assert forecast(series, now + MINUTE).why == module.UPPER_BOUND_ONLY
    assert forecast(series, now).why == ""


def test_later_steps_are_ignored() -> None:
    values = falling(10, 5, 100)
    series, now = series_of(values)
    estimate = forecast(series, now)
    series.put(now + MINUTE, Level(500))
    assert forecast(series, now) == estimate


@given(st.lists(st.integers(0, 30), min_size=2, max_size=80), st.floats(1.0, 1000.0))
def test_every_estimate_is_consistent(values: list[int], every: float) -> None:
    series, now = series_of(values, every)
    estimate = forecast(series, now)
    span = now - BEGUN
    assert (estimate.mean is None) == (span < 600)
    if estimate.why:
        assert estimate.latest is None
        return
    assert estimate.rates is not None and estimate.rates[0] <= estimate.rates[1] < 0
    assert 0 < values[-1] <= max(values) - 3
    assert 0 < estimate.soonest <= 4 * span
    assert estimate.latest is None or estimate.soonest <= estimate.latest <= 4 * span


@given(st.lists(st.integers(0, 30), min_size=2, max_size=80))
def test_what_never_falls_never_runs_out(values: list[int]) -> None:
    assert forecast(*series_of(sorted(values))).why


@given(st.integers(3, 60), st.integers(12, 40), st.integers(2, 9))
def test_the_same_fall_so_many_times_slower_takes_so_many_times_longer(last: int, changes: int, times: int) -> None:
    values = range(last + changes, last - 1, -1)
    quick, slow = forecast(*series_of(values)), forecast(*series_of(values, times * MINUTE))
    assert quick.why == slow.why
    assert slow.soonest == pytest.approx(times * quick.soonest)
