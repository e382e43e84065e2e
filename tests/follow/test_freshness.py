"""What is live and what is stale, by the time alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from latticetop.follow.anchored_clock import ClockAnchor
from latticetop.follow.freshness import DataState, freshness_of, present
from latticetop.follow.status import Phase, Status
from tests.follow.fakes import START


def status(phase: Phase, interval: float = 15.0, *, read: bool = True, answered: float | None = None) -> Status:
    """A status of data read at START, and of a read that was last answered so many seconds later."""
    answered_at = None if answered is None else START + timedelta(seconds=answered)
    return Status(phase, interval, START if read else None, answered_at=answered_at)


@pytest.mark.parametrize(
    ("interval", "seconds", "state"),
    [
        (15.0, 0.0, DataState.LIVE),
        (15.0, 30.0, DataState.LIVE),
        (15.0, 30.5, DataState.STALE),
        (60.0, 119.0, DataState.LIVE),
        (60.0, 121.0, DataState.STALE),
        (0.5, 10.0, DataState.LIVE),
        (0.5, 11.0, DataState.STALE),
        (0.0, 86_400.0, DataState.ON_DEMAND),
    ],
)
def test_data_is_stale_after_two_intervals(interval: float, seconds: float, state: DataState) -> None:
    freshness = freshness_of(status(Phase.WAITING, interval), START + timedelta(seconds=seconds))
    assert freshness == (state, seconds, 0.0)


@pytest.mark.parametrize(
    ("seconds", "answered", "state", "unanswered"),
    [
        (20.0, 15.0, DataState.LIVE, 0.0),
        (28.0, 15.0, DataState.LIVE, 13.0),
        (31.0, 30.0, DataState.READING, 0.0),
        (300.0, 290.0, DataState.READING, 0.0),
        (300.0, 289.0, DataState.STALE, 11.0),
    ],
)
def test_a_read_with_answers_is_a_long_one_and_one_without_is_stale(
    seconds: float, answered: float, state: DataState, unanswered: float
) -> None:
    freshness = freshness_of(status(Phase.READING, answered=answered), START + timedelta(seconds=seconds))
    assert freshness.is_late == (unanswered > 0)
    assert freshness == (state, seconds, unanswered)


@pytest.mark.parametrize(
    ("phase", "state"), [(Phase.CONNECTING, DataState.CONNECTING), (Phase.READING, DataState.READING)]
)
@pytest.mark.parametrize(("seconds", "unanswered"), [(5.0, 0.0), (6.0, 6.0)])
def test_a_first_read_without_an_answer_is_told_after_five_seconds(
    phase: Phase, state: DataState, seconds: float, unanswered: float
) -> None:
    first = status(phase, read=False, answered=0.0)
    assert freshness_of(first, START + timedelta(seconds=seconds)) == (state, None, unanswered)


def test_data_of_which_a_part_was_never_read_is_incomplete_not_being_read() -> None:
    waiting = status(Phase.WAITING, read=False)
    assert freshness_of(waiting, START + timedelta(hours=1)) == (DataState.INCOMPLETE, None, 0.0)


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.BACKING_OFF, Phase.NEEDS_CREDENTIALS, Phase.REPLAYING])
def test_other_phases_are_said_as_such_whatever_the_age(phase: Phase) -> None:
    freshness = freshness_of(status(phase), START + timedelta(hours=1))
    assert (freshness.state.value, freshness.age) == (phase.value, 3600.0)


def test_the_present_follows_from_the_monotonic_time() -> None:
    later = START + timedelta(days=9000)
    anchored = Status(Phase.WAITING, 15.0, START, anchor=ClockAnchor(START, 500.0))
    assert present(anchored, 512.0, later) == START + timedelta(seconds=12)
    assert present(status(Phase.REPLAYING), 512.0, later) == later
    assert present(None, 512.0, later) == later


@pytest.mark.parametrize(
    ("read", "seconds", "state"),
    [
        (False, 3600.0, DataState.QUEUED),
        (True, 30.0, DataState.LIVE),
        (True, 31.0, DataState.QUEUED),
        (True, 300.0, DataState.QUEUED),
        (True, 301.0, DataState.STALE),
    ],
)
def test_data_whose_read_is_queued_becomes_stale_later(read: bool, seconds: float, state: DataState) -> None:
    queued = structs.replace(status(Phase.READING, read=read), queued=True)
    freshness = freshness_of(queued, START + timedelta(seconds=seconds))
    assert (freshness.state, freshness.unanswered) == (state, 0.0)
