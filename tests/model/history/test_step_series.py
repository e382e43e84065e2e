"""Steps of a count: what is kept, what is thinned out, what is forgotten."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from latticetop.model.history.step_series import Level, Series, Step

LEVELS = st.one_of(st.none(), st.builds(Level, st.integers(0, 4096), st.booleans()))
HISTORIES = st.lists(LEVELS, max_size=300)


def series(*levels: Level | int | None, most: int = 512) -> Series:
    """One level a second, from 0 on."""
    found = Series(most)
    for at, level in enumerate(levels):
        found.put(at, Level(level) if isinstance(level, int) else level)
    return found


def test_only_what_changes_is_a_step() -> None:
    steps = list(series(3, 3, 2, 2, None, None, 2, Level(2, at_most=True)))
    assert steps == [
        Step(0, Level(3)), Step(2, Level(2)), Step(4, None), Step(6, Level(2)), Step(7, Level(2, at_most=True)),
    ]  # fmt: skip


def test_told_twice_of_one_moment_the_later_counts() -> None:
    found = series(3, 2)
    found.put(1, Level(3))
    assert list(found) == [Step(0, Level(3))]


def test_what_was_unread_is_a_gap() -> None:
    found = series(5, None, 4, 3)
    assert [found.level_at(at) for at in (-1, 0.5, 1.5, 9)] == [None, Level(5), None, Level(3)]
    assert found.known_until(9) == [Step(2, Level(4)), Step(3, Level(3))]
    assert found.known_until(1.5) == []
    assert found.lowest() == Step(3, Level(3))
    assert series(None).lowest() is None


def test_going_back_forgets() -> None:
    found = series(5, 4, 3)
    found.forget_after(1)
    assert list(found) == [Step(0, Level(5)), Step(1, Level(4))]


@given(HISTORIES)
def test_what_fits_is_kept_as_it_was(levels: list[Level | None]) -> None:
    found = series(*levels)
    assert [found.level_at(at) for at in range(len(levels))] == levels


@given(HISTORIES)
def test_thinned_it_stays_within_bounds_and_every_step_did_happen(levels: list[Level | None]) -> None:
    steps = list(series(*levels, most=16))
    assert len(steps) <= 16
    assert all(levels[int(step.at)] == step.level for step in steps)
    assert [step.at for step in steps] == sorted({step.at for step in steps})
    assert all(one.level != other.level for one, other in pairwise(steps))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=300))
def test_thinned_it_keeps_its_beginning_its_end_and_its_lowest(values: list[int]) -> None:
    found = series(*values, most=16)
    assert found.level_at(0) == Level(values[0])
    assert found.level_at(len(values)) == Level(values[-1])
    lowest = found.lowest()
    assert lowest is not None and lowest.level == Level(min(values))


def test_where_every_other_step_was_unread_the_oldest_go() -> None:
    """No pair of neighbours is known, so that none can be dispensed with."""
    found = series(*(None if n % 2 else Level(n) for n in range(40)), most=8)
    assert [step.at for step in found] == list(range(32, 40))
    assert found.level_at(31) is None
