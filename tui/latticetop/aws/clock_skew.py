"""A wrong clock of this machine: AWS refuses requests that are signed too early or too late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from latticetop.aws.decode import to_utc

CLOCK_CODES = frozenset(
    {
        "RequestExpired",
        "RequestTimeTooSkewed",
        "RequestInTheFuture",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "AuthFailure",
    }
)
"""The codes that AWS refuses a wrong time with; most of them have other causes too."""
SET_THE_CLOCK = "Set the clock: timedatectl shows it, sudo timedatectl set-ntp true keeps it right."
_TOLERANCE = timedelta(minutes=4)
"""AWS tolerates five minutes, and a response is a while on its way."""
_DAY = timedelta(days=1)


def server_time(response: Mapping[str, Any]) -> datetime | None:
    """AWS's own time in UTC, from the header `Date` of a response that botocore parsed; None when there is none."""
    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return to_utc(parsedate_to_datetime(date))
    except (ValueError, OverflowError):
        return None


def wrong_clock(response: Mapping[str, Any], now: datetime) -> str:
    """By how much the clock differs from the time of AWS's response, as a clause; empty when it hardly does.

    `response` is that of botocore's ClientError, `now` this machine's time.
    """
    aws_time = server_time(response)
    if aws_time is None or abs(now - aws_time) < _TOLERANCE:
        return ""
    return (
        f"This machine's clock is {_duration(abs(now - aws_time))} {'behind' if now < aws_time else 'ahead of'} AWS's"
    )


def _duration(difference: timedelta) -> str:
    minutes = round(difference.total_seconds() / 60)
    if difference >= _DAY:
        return f"{difference.days} d"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
