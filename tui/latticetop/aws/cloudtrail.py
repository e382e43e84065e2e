"""The CloudTrail events of a window of time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import msgspec

from latticetop.aws.rate_limiter import Bucket
from latticetop.aws.decode import in_utc, whole
from latticetop.aws.paging import pages
from latticetop.aws.sdk import Client
from latticetop.model.incident.timeline import EVENT_NAMES, HANDING_OVER, Trail, TrailEvent
from latticetop.model.records.address import Cidr, parse_address, parse_cidr
from latticetop.model.records.problem import ProblemKind, ReadError

PAGE = 50
PER_SECOND = 2.0
"""LookupEvents takes two requests a second for the whole account and Region."""
PATIENCE = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after each throttling, since others of the account share the rate."""
QUIET = 4
"""Pages: a window of fewer writing events than these hold is read whole."""
SETTLES_AFTER = timedelta(minutes=15)
"""CloudTrail delivers within five minutes on average, and guarantees nothing."""

Json = Mapping[str, Any]


class Lookups:
    """Asks LookupEvents no faster than AWS allows, for all who look through one reader, and sits out throttling."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._bucket = Bucket(1, PER_SECOND, clock=clock, sleep=sleep)
        self._sleep = sleep

    async def ask(self, client: Client, **params: Any) -> tuple[dict[str, Any], str]:
        """One page and the token of the next; ReadError when CloudTrail refuses, or goes on being throttled."""
        for wait in PATIENCE:
            try:
                return await self._ask(client, params)
            except ReadError as error:
                if error.problem.kind is not ProblemKind.THROTTLED:
                    raise
            await self._sleep(wait)
        return await self._ask(client, params)

    async def _ask(self, client: Client, params: dict[str, Any]) -> tuple[dict[str, Any], str]:
        await self._bucket.take()
        answer = await client.call("LookupEvents", **params)
        return answer, _text(answer, "NextToken")


async def read_trail(
    client: Client, lookups: Lookups, start: datetime, end: datetime, progress: Callable[[str], None]
) -> Trail:
    """The writing events between two times, newest first; ReadError when CloudTrail refuses.

    A look-up takes one attribute. By `ReadOnly=false` a quiet window is one or two calls, where a look-up for each
    event name would be seven; all events would bring every Describe call along. A window with more than `QUIET` pages
    is read by name instead, and its other events are counted as far as they were seen.
    """
    reading = _Reading(client, lookups, start, end, progress)
    whole = await reading.look("ReadOnly", "false", QUIET)
    if not whole:
        # The hand-over of an interface follows its creation, and tells nothing more.
        for name in (name for name in EVENT_NAMES if name != HANDING_OVER):
            await reading.look("EventName", name)
    reaches = min(end, max(start, reading.asked_at - SETTLES_AFTER))
    events = sorted(reading.events.values(), key=lambda event: event.event_time, reverse=True)
    return Trail(tuple(events), start, end, reaches, whole)


class _Reading:
    """The look-ups that make one trail; an event that two of them bring counts once."""

    def __init__(
        self, client: Client, lookups: Lookups, start: datetime, end: datetime, progress: Callable[[str], None]
    ) -> None:
        self.events: dict[str, TrailEvent] = {}
        self.asked_at = datetime.now(UTC)
        self._ask = partial(lookups.ask, client)
        # CloudTrail may refuse a time that is still to come.
        self._window = {"StartTime": start, "EndTime": max(start, min(end, self.asked_at))}
        self._progress = progress
        self._answered = False

    async def look(self, key: str, value: str, most: int | None = None) -> bool:
        """Read a look-up to its end, or so many pages of it; whether the end was reached."""
        count = 0
        async for page in self._pages(key, value):
            if not self._answered:
                self.asked_at, self._answered = _date_of(page) or self.asked_at, True
            last = None
            for last in decode_events(page.get("Events") or ()):
                self.events.setdefault(last.event_id or f"no id {len(self.events)}", last)
            if last:
                self._progress(f"CloudTrail: {len(self.events)} events, back to {last.event_time:%H:%M:%S}")
            count += 1
            if count == most and page.get("NextToken"):
                return False
        return True

    def _pages(self, key: str, value: str) -> AsyncIterator[dict[str, Any]]:
        chosen = [{"AttributeKey": key, "AttributeValue": value}]
        params: dict[str, Any] = {"LookupAttributes": chosen, "MaxResults": PAGE, **self._window}
        return pages(self._ask, "cloudtrail:LookupEvents", **params)


def _date_of(answer: Json) -> datetime | None:
    """AWS's own time of an answer, which this machine's clock may be far from."""
    date = _text(_section(_section(answer, "ResponseMetadata"), "HTTPHeaders"), "date")
    try:
        return in_utc(parsedate_to_datetime(date))
    except ValueError:
        return None


def decode_events(records: Iterable[Json]) -> Iterator[TrailEvent]:
    """From LookupEvents' records to events; a record whose `CloudTrailEvent` is not JSON is passed over."""
    for record in records:
        try:
            body = msgspec.json.decode(_text(record, "CloudTrailEvent") or "{}")
        except (msgspec.MsgspecError, RecursionError):
            continue
        if isinstance(body, dict) and (event := _event(body, record)) is not None:
            yield event


def _event(body: Json, record: Json) -> TrailEvent | None:
    said = _time(body.get("eventTime")) or record.get("EventTime")
    at = in_utc(said) if isinstance(said, datetime) else None
    if at is None:
        return None
    asked, done = _section(body, "requestParameters"), _section(body, "responseElements")
    made = _section(done, "networkInterface")
    return TrailEvent(
        event_id=_text(body, "eventID") or _text(record, "EventId"),
        event_time=at,
        event_name=_text(body, "eventName") or _text(record, "EventName"),
        error_code=_text(body, "errorCode"),
        error_message=_text(body, "errorMessage"),
        principal=_principal(_section(body, "userIdentity")),
        vpc_endpoint_ids=tuple(dict.fromkeys(_endpoint_ids(asked, done))),
        subnet_id=_text(asked, "subnetId") or _text(made, "subnetId"),
        description=_text(asked, "description") or _text(made, "description"),
        client_token=_text(asked, "clientToken"),
        network_interface_id=_text(made, "networkInterfaceId") or _text(asked, "networkInterfaceId"),
        addresses=tuple(_addresses(asked, done, made)),
        prefixes=tuple(dict.fromkeys(_prefixes(asked, done, made))),
    )


def _principal(identity: Json) -> str:
    issuer = _section(_section(identity, "sessionContext"), "sessionIssuer")
    return _text(issuer, "userName") or _text(identity, "invokedBy") or _text(identity, "arn")


def _endpoint_ids(*sections: Json) -> Iterator[str]:
    """Every endpoint id in a request or its answer, however AWS wraps it (`CreateVpcEndpointRequest` …)."""
    for section in sections:
        for value in section.values():
            yield from _ids_in(value)


def _ids_in(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("vpce-") and value.replace("-", "").isalnum() and len(value) < 30:
        yield value
    elif isinstance(value, Mapping):
        yield from _endpoint_ids(value)
    elif isinstance(value, list):
        for part in value:
            yield from _ids_in(part)


def _addresses(asked: Json, done: Json, made: Json) -> Iterator[int]:
    """Those AWS gave, or those that were asked for."""
    listed = [*_items(made, "privateIpAddressesSet"), *_items(done, "assignedPrivateIpAddressesSet")]
    listed += _items(asked, "privateIpAddressesSet")
    texts = [_text(item, "privateIpAddress") for item in listed] or [_text(made, "privateIpAddress")]
    for text in dict.fromkeys(texts):
        try:
            yield parse_address(text)
        except ValueError:
            continue


def _prefixes(asked: Json, done: Json, made: Json) -> Iterator[Cidr]:
    given = (*_items(made, "ipv4PrefixSet"), *_items(done, "assignedIpv4PrefixSet"), *_items(asked, "ipv4PrefixSet"))
    for item in given:
        try:
            yield parse_cidr(_text(item, "ipv4Prefix"))
        except ValueError:
            continue


def _items(section: Json, name: str) -> list[Json]:
    """A list as CloudTrail writes EC2's: under `item`, `items` or the name of the type."""
    held = _section(section, name)
    listed = held.get("item") or held.get("items") or held.get("assignedPrivateIpAddressSetType") or []
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _section(section: Json, name: str) -> Json:
    value = section.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(section: Json, name: str) -> str:
    value = section.get(name)
    return whole(value) if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read
