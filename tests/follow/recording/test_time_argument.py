from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from latticetop.follow.recording.time_argument import parse_time_argument

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
def test_a_time_without_a_time_zone_is_utc(text: str, at: tuple[int, int, int]) -> None:
    assert parse_time_argument(text, FIRST, LAST) == datetime(2024, 12, 19, *at, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "after"), [("+90s", 90), ("+90", 90), ("+1m30s", 90), ("+0s", 0), ("+11m", 660), ("-0s", 679.5)]
)
def test_offsets_from_the_start_and_from_the_end(text: str, after: float) -> None:
    assert parse_time_argument(text, FIRST, LAST) == FIRST + timedelta(seconds=after)


def test_the_second_in_which_a_recording_starts_is_its_start() -> None:
    assert parse_time_argument("08:18:40", FIRST, LAST) == FIRST


def test_a_time_of_day_after_midnight() -> None:
    last = FIRST + timedelta(hours=20)
    assert parse_time_argument("01:00", FIRST, last) == datetime(2024, 12, 20, 1, tzinfo=UTC)
    assert parse_time_argument("09:00", FIRST, last) == datetime(2024, 12, 19, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["08:18", "08:31", "2024-12-20T08:20:30Z", "+1h", "-1d", "+999999d", "-999999d"])
def test_a_time_outside_the_recording_is_an_error_with_its_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"from 2024-12-19 08:18:40 to 2024-12-19 08:30:00 UTC; .* is outside"):
        parse_time_argument(text, FIRST, LAST)


@pytest.mark.parametrize("text", ["", "noon", "8:20", "25:00", "+", "+s", "+90x", "2024-13-01", "90s"])
def test_a_text_that_is_no_time_is_an_error_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time: use 2024-12-19T08:20:30Z"):
        parse_time_argument(text, FIRST, LAST)
