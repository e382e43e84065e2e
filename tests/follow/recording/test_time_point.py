from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from latticetop.follow.recording.time_point import point_in

FIRST = datetime(2024, 12, 19, 8, 18, 40, 700_000, UTC)
LAST = datetime(2024, 12, 19, 8, 30, 0, 200_000, UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-12-19T08:20:30Z", (8, 20, 30)),
        ("2024-12-19T09:20:30+01:00", (8, 20, 30)),
        ("2024-12-19 08:20:30", (8, 20, 30)),
        ("08:20", (8, 20, 0)),
        ("08:20:30", (8, 20, 30)),
        ("08:30:00", (8, 30, 0)),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(text: str, at: tuple[int, int, int]) -> None:
    assert point_in(text, FIRST, LAST) == datetime(2024, 12, 19, *at, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after"), [("+90s", 90), ("+90", 90), ("+1m30s", 90), ("+0s", 0), ("+11m", 660), ("-0s", 679.5)]
)
def test_an_offset_is_from_the_start_or_from_the_end(text: str, after: float) -> None:
    assert point_in(text, FIRST, LAST) == FIRST + timedelta(seconds=after)


def test_the_second_a_recording_begins_in_is_its_beginning() -> None:
    assert point_in("08:18:40", FIRST, LAST) == FIRST


def test_past_midnight_a_time_is_of_the_next_day() -> None:
    last = FIRST + timedelta(hours=20)
    assert point_in("01:00", FIRST, last) == datetime(2024, 12, 20, 1, tzinfo=UTC)
    assert point_in("09:00", FIRST, last) == datetime(2024, 12, 19, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["08:18", "08:31", "2024-12-20T08:20:30Z", "+1h", "-1d", "+999999d", "-999999d"])
def test_outside_it_says_from_when_to_when_the_recording_runs(text: str) -> None:
    with pytest.raises(ValueError, match=r"from 2024-12-19 08:18:40 to 2024-12-19 08:30:00 UTC; .* is outside"):
        point_in(text, FIRST, LAST)


@pytest.mark.parametrize("text", ["", "noon", "8:20", "25:00", "+", "+s", "+90x", "2024-13-01", "90s"])
def test_what_is_no_time_is_told_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no time: write 2024-12-19T08:20:30Z"):
        point_in(text, FIRST, LAST)
