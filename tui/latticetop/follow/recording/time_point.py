"""A moment of a recording, as a person names it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

_OFFSET = re.compile(r"(?=.*\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s?)?")
_OF_DAY = re.compile(r"\d\d:\d\d(:\d\d)?")
_SECOND = timedelta(seconds=1)


def point_in(text: str, first: datetime, last: datetime) -> datetime:
    """The moment a text names: ISO 8601, `08:20` or `08:20:30` of the day, `+90s` from the start, `-5m` from the end.

    What names no zone is UTC. ValueError, in a sentence, for what names no moment between the first and the last.
    """
    at = _moment(text.strip(), first, last)
    if at is None or not first - _SECOND < at < last + _SECOND:
        raise ValueError(f"The recording runs from {told(first)} to {told(last)} UTC; {text} is outside.")
    return max(at, first)


def told(moment: datetime) -> str:
    """`2024-12-19 08:20:30`, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _moment(text: str, first: datetime, last: datetime) -> datetime | None:
    """The moment; None for one that no calendar has."""
    try:
        if text[:1] in ("+", "-") and (found := _OFFSET.fullmatch(text[1:])):
            days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
            offset = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            return first + offset if text[0] == "+" else last - offset
        if _OF_DAY.fullmatch(text):
            return _of_day(time.fromisoformat(text), first, last)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None
    except ValueError as error:
        message = f"{text!r} is no time: write 2024-12-19T08:20:30Z, 08:20:30, +90s from the start or -5m from the end."
        raise ValueError(message) from error


def _of_day(moment: time, first: datetime, last: datetime) -> datetime:
    """That time on the day the recording begins, or on the next where it runs past midnight."""
    day = first.astimezone(UTC).date()
    at = datetime.combine(day, moment, UTC)
    following = at + timedelta(days=1)
    return following if at <= first - _SECOND and following < last + _SECOND else at
