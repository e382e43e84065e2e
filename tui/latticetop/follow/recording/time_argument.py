"""The time argument of a recording, such as `--at 08:20`, and the format of its times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

_OFFSET = re.compile(r"(?=.*\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s?)?")
_TIME_OF_DAY = re.compile(r"\d\d:\d\d(:\d\d)?")
_SECOND = timedelta(seconds=1)


def parse_time_argument(text: str, first: datetime, last: datetime) -> datetime:
    """Parse a time within a recording that runs from `first` to `last`.

    Accepted are ISO 8601, a time of day (`08:20`, `08:20:30`), an offset from the start (`+90s`) and one from the end
    (`-5m`). A time without a time zone is UTC. Raises ValueError, with a message for the user, for a text that is no
    time, and for a time outside the recording.
    """
    at = parse_time(text.strip(), first, last)
    if at is None or not first - _SECOND < at < last + _SECOND:
        raise ValueError(f"The recording runs from {format_utc(first)} to {format_utc(last)} UTC; {text} is outside.")
    return max(at, first)


def format_utc(at: datetime) -> str:
    """Format a time in UTC: `2024-12-19 08:20:30`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def parse_time(text: str, first: datetime, last: datetime) -> datetime | None:
    """Parse a time of the forms of `parse_time_argument`, which may be outside; None if no `datetime` can represent it.

    Raises ValueError for a text that is no time.
    """
    try:
        if text[:1] in ("+", "-") and (match := _OFFSET.fullmatch(text[1:])):
            days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
            offset = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            return first + offset if text[0] == "+" else last - offset
        if _TIME_OF_DAY.fullmatch(text):
            return _on_recorded_day(time.fromisoformat(text), first, last)
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        return None
    except ValueError as error:
        message = (
            f"{text!r} is not a time: use 2024-12-19T08:20:30Z, 08:20:30, +90s from the start or -5m from the end."
        )
        raise ValueError(message) from error


def _on_recorded_day(time_of_day: time, first: datetime, last: datetime) -> datetime:
    """That time on the day on which the recording starts, or on the next day if the recording runs past midnight."""
    day = first.astimezone(UTC).date()
    at = datetime.combine(day, time_of_day, UTC)
    next_day = at + timedelta(days=1)
    return next_day if at <= first - _SECOND and next_day < last + _SECOND else at
