"""The time at which answers were made, as far as what stands in and around them tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from latticetop.aws.decode import to_utc

_DATE_LINE = re.compile(r"(?:^|#)[ \t]*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d))[ \t\r]*$", re.MULTILINE)
"""A line with nothing but a time, as `date -u +%Y-%m-%dT%H:%M:%SZ` prints it, or one that ends with it as a comment."""
_EVENT_TIME = re.compile(r'"eventTime"\s*:\s*"([^"]{1,40})"')


def times_in_text(text: str) -> Iterator[datetime]:
    """Yield the times that stand on lines of their own."""
    for match in _DATE_LINE.finditer(text):
        yield from _parsed(match[1])


def times_beside_records(node: Mapping[str, Any]) -> Iterator[datetime]:
    """Yield the time of a response of botocore (in its headers), and of a configuration item of AWS Config."""
    headers = node.get("HTTPHeaders")
    if isinstance(headers, Mapping) and isinstance(headers.get("date"), str):
        with suppress(ValueError):
            yield from _in_utc(parsedate_to_datetime(headers["date"]))
    yield from _parsed(node.get("configurationItemCaptureTime"))


def event_times(event: Mapping[str, Any]) -> Iterator[datetime]:
    """Yield the time of a CloudTrail event, which may be in a string."""
    body = event.get("CloudTrailEvent")
    match = _EVENT_TIME.search(body) if isinstance(body, str) else None
    yield from _parsed(match[1] if match else event.get("eventTime") or event.get("EventTime"))


def _parsed(text: object) -> Iterator[datetime]:
    if isinstance(text, str):
        with suppress(ValueError):
            yield from _in_utc(datetime.fromisoformat(text))


def _in_utc(at: datetime) -> Iterator[datetime]:
    if (utc := to_utc(at)) is not None:
        yield utc
