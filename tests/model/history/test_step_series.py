"""Steps of a count: which are kept, which are thinned out, which are dropped."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.history.step_series import Level, LevelStep, Series

LEVELS = st.one_of(st.none(), st.builds(Level, st.integers(0, 4096), st.booleans()))
HISTORIES = st.lists(LEVELS, max_size=300)


def series_of(*levels: Level | int | None, max_steps: int = 512) -> Series:
    """A series with one level a second, from 0 on."""
    series = Series(max_steps)
    for at, level in enumerate(levels):
        series.put(at, Level(level) if isinstance(level, int) else level)
    return series


def test_only_changes_are_steps() -> None:
    steps = list(series_of(3, 3, 2, 2, None, None, 2, Level(2, at_most=True)))
    assert steps == [
        LevelStep(0, Level(3)),
        LevelStep(2, Level(2)),
        LevelStep(4, None),
        LevelStep(6, Level(2)),
        LevelStep(7, Level(2, at_most=True)),
    ]


def test_the_last_level_at_one_time_counts() -> None:
    series = series_of(3, 2)
    series.put(1, Level(3))
    assert list(series) == [LevelStep(0, Level(3))]
    series = series_of(5, 4, 3, 2)
    series.put(3, Level(9))
    assert [(step.at, step.level) for step in series] == [(n, Level(v)) for n, v in enumerate((5, 4, 3, 9))]


def test_an_unknown_level_is_a_gap() -> None:
    series = series_of(5, None, 4, 3)
    assert [series.level_at(at) for at in (-1, 0.5, 1.5, 9)] == [None, Level(5), None, Level(3)]
    assert series.known_until(9) == [LevelStep(2, Level(4)), LevelStep(3, Level(3))]
    assert series.known_until(1.5) == []
    assert series.lowest() == LevelStep(3, Level(3))
    assert series_of(None).lowest() is None


def test_of_equal_counts_the_first_is_the_lowest_whether_it_is_an_upper_bound_or_not() -> None:
    bound = Level(2, at_most=True)
    assert series_of(3, bound, 4, 2, 3).lowest() == LevelStep(1, bound)
    assert series_of(5, 2, 4, bound, 3).lowest() == LevelStep(1, Level(2))


def test_the_higher_steps_of_the_pairs_that_are_closest_in_time_are_dropped() -> None:
    """Of nine steps the first and the newest two stay; of the pairs at 10 and 12, 20 and 30, 40 and 41 two are thinned.

    A pair lasts from its first step to the one after it: 10, 20 and 10 seconds.
    """
    series = Series(8)
    for at, value in zip((0, 10, 12, 20, 30, 40, 41, 50, 60), (4, 5, 6, 4, 3, 8, 7, 2, 1), strict=True):
        series.put(at, Level(value))
    assert [(step.at, step.level) for step in series] == [
        (at, Level(value)) for at, value in ((0, 4), (10, 5), (20, 4), (30, 3), (41, 7), (50, 2), (60, 1))
    ]


def test_neighbours_that_are_equal_once_the_step_between_them_is_dropped_become_one() -> None:
    """As above, but the step at 12 is between two of the same level."""
    series = Series(8)
    for at, value in zip((0, 10, 12, 20, 30, 40, 41, 50, 60), (4, 3, 6, 3, 2, 8, 7, 2, 1), strict=True):
        series.put(at, Level(value))
    assert [(step.at, step.level) for step in series] == [
        (at, Level(value)) for at, value in ((0, 4), (10, 3), (30, 2), (41, 7), (50, 2), (60, 1))
    ]


def test_steps_after_a_time_are_dropped() -> None:
    series = series_of(5, 4, 3)
    series.drop_after(1)
    assert list(series) == [LevelStep(0, Level(5)), LevelStep(1, Level(4))]


@given(HISTORIES)
def test_a_series_within_the_maximum_is_complete(levels: list[Level | None]) -> None:
    series = series_of(*levels)
    assert [series.level_at(at) for at in range(len(levels))] == levels


@given(HISTORIES)
def test_a_thinned_series_keeps_the_maximum_and_only_steps_that_happened(levels: list[Level | None]) -> None:
    steps = list(series_of(*levels, max_steps=16))
    assert len(steps) <= 16
    assert all(levels[int(step.at)] == step.level for step in steps)
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert all(one.level != other.level for one, other in pairwise(steps))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=300))
def test_a_thinned_series_keeps_its_first_last_and_lowest_level(values: list[int]) -> None:
    series = series_of(*values, max_steps=16)
    assert series.level_at(0) == Level(values[0])
    assert series.level_at(len(values)) == Level(values[-1])
    lowest = series.lowest()
    assert lowest is not None and lowest.level == Level(min(values))


def test_if_every_other_step_is_unknown_the_oldest_are_dropped() -> None:
    """No pair of neighbours is known on both sides, so that no pair can be thinned."""
    series = series_of(*(None if n % 2 else Level(n) for n in range(40)), max_steps=8)
    assert [step.at for step in series] == list(range(32, 40))
    assert series.level_at(31) is None
