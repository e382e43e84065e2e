"""The CloudTrail events of a time window, read with LookupEvents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from latticetop.aws.clock_skew import server_time
from latticetop.aws.decode import replace_surrogates, to_utc
from latticetop.aws.limits import LOOKUP_PAGES, LOOKUPS_PER_SECOND, PageSizes
from latticetop.aws.paging import pages
from latticetop.aws.rate_limiter import RateLimiter
from latticetop.aws.response_parser import in_thread
from latticetop.aws.sdk import Client
from latticetop.model.incident.timeline import EVENT_NAMES, CloudTrailEvent, EventHistory
from latticetop.model.records.address import Cidr, parse_address, parse_cidr
from latticetop.model.records.aws_actions import LOOKUP_EVENTS
from latticetop.model.records.problem import ProblemKind, ReadError

RETRY_DELAYS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before a throttled request is retried: other users of the account share the rate."""
MAX_WRITE_PAGES = 4
"""Pages of write events that are read before the window counts as busy."""
DELIVERY_DELAY = timedelta(minutes=15)
"""CloudTrail delivers an event within about five minutes on average, and guarantees no maximum."""

Json = Mapping[str, Any]


class RateLimitedLookups:
    """Call LookupEvents within AWS's rate, shared by all readers of one connection, and retry when throttled."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._limiter = RateLimiter(1, LOOKUPS_PER_SECOND, clock=clock, sleep=sleep)
        self._sleep = sleep

    async def fetch_page(self, client: Client, **params: Any) -> tuple[dict[str, Any], str]:
        """Return one page and the token of the next.

        Raises ReadError: at once when the call is denied, after RETRY_DELAYS when it is throttled each time.
        """
        for delay in RETRY_DELAYS:
            try:
                return await self._fetch_page(client, params)
            except ReadError as error:
                if error.problem.kind is not ProblemKind.THROTTLED:
                    raise
            await self._sleep(delay)
        return await self._fetch_page(client, params)

    async def _fetch_page(self, client: Client, params: dict[str, Any]) -> tuple[dict[str, Any], str]:
        await self._limiter.acquire()
        response = await client.call(LOOKUP_EVENTS, **params)
        return response, _text(response, "NextToken")


async def read_event_history(
    client: Client,
    lookups: RateLimitedLookups,
    start: datetime,
    end: datetime,
    progress: Callable[[str], None],
    page_size: int = PageSizes().cloudtrail,
) -> EventHistory:
    """Read the write events of a time window, newest first. Raises ReadError when CloudTrail refuses the first page.

    If it refuses a later one, the events read so far are returned with the problem.

    LookupEvents takes one attribute a request. With `ReadOnly=false` a quiet window takes one or two requests, where
    one lookup per event name takes eight; without an attribute the result would hold every Describe call too. A
    window with more than MAX_WRITE_PAGES pages is read by event name instead, and its other events are then
    incomplete.
    """
    window = _EventWindow(client, lookups, start, end, progress, page_size)
    all_events_read, problem = False, None
    try:
        all_events_read = await window.look_up("ReadOnly", "false", MAX_WRITE_PAGES)
        if not all_events_read:
            for name in EVENT_NAMES:
                await window.look_up("EventName", name)
    except ReadError as error:
        if not window.events:
            raise
        problem = error.problem
    complete_until = min(end, max(start, window.read_at - DELIVERY_DELAY))
    events = sorted(window.events.values(), key=lambda event: event.event_time, reverse=True)
    undecoded = len(window.undecoded)
    return EventHistory(tuple(events), start, end, complete_until, all_events_read, undecoded, problem)


class _EventWindow:
    """The lookups of one window. An event that two lookups return counts once."""

    def __init__(
        self,
        client: Client,
        lookups: RateLimitedLookups,
        start: datetime,
        end: datetime,
        progress: Callable[[str], None],
        page_size: int,
    ) -> None:
        self.events: dict[str, CloudTrailEvent] = {}
        self.undecoded: set[str] = set()
        """The records that are no events."""
        self.read_at = datetime.now(UTC)
        self._fetch_page = partial(lookups.fetch_page, client)
        # CloudTrail may reject a time in the future.
        self._params: dict[str, Any] = {
            "StartTime": start,
            "EndTime": max(start, min(end, self.read_at)),
            "MaxResults": page_size,
        }
        self._progress = progress
        self._has_server_time = False

    async def look_up(self, key: str, value: str, max_pages: int | None = None) -> bool:
        """Read the pages of one lookup, at most `max_pages`; return whether it was read to the end."""
        count = 0
        async for page in self._pages(key, value):
            if not self._has_server_time:
                # This machine's clock may be wrong.
                self.read_at, self._has_server_time = server_time(page) or self.read_at, True
            events, undecoded = await in_thread(decode_events, page.get("Events") or ())
            for event in events:
                self.events.setdefault(event.event_id or f"no id {len(self.events)}", event)
            self.undecoded.update(event_id or f"no id {len(self.undecoded)}" for event_id in undecoded)
            if events:
                self._progress(f"CloudTrail: {len(self.events)} events, back to {events[-1].event_time:%H:%M:%S}")
            count += 1
            if count == max_pages and page.get("NextToken"):
                return False
        return True

    def _pages(self, key: str, value: str) -> AsyncIterator[dict[str, Any]]:
        attributes = [{"AttributeKey": key, "AttributeValue": value}]
        return pages(
            self._fetch_page, LOOKUP_EVENTS, max_pages=LOOKUP_PAGES, **self._params, LookupAttributes=attributes
        )


def decode_events(records: Iterable[Json]) -> tuple[list[CloudTrailEvent], list[str]]:
    """Decode LookupEvents' records to events; return also the ids of those without a JSON object or without a time.

    One with more levels than can be followed counts as one without a JSON object.
    """
    events, undecoded = [], []
    for record in records:
        try:
            event = _event(record)
        except RecursionError:
            event = None
        if event is not None:
            events.append(event)
        else:
            undecoded.append(_text(record, "EventId"))
    return events, undecoded


def _event(record: Json) -> CloudTrailEvent | None:
    try:
        body = msgspec.json.decode(_text(record, "CloudTrailEvent") or "{}")
    except msgspec.MsgspecError:
        return None
    if not isinstance(body, dict):
        return None
    value = _time(body.get("eventTime")) or record.get("EventTime")
    event_time = to_utc(value) if isinstance(value, datetime) else None
    if event_time is None:
        return None
    request, response = _section(body, "requestParameters"), _section(body, "responseElements")
    interface = _section(response, "networkInterface")
    return CloudTrailEvent(
        event_id=_text(body, "eventID") or _text(record, "EventId"),
        event_time=event_time,
        event_name=_text(body, "eventName") or _text(record, "EventName"),
        error_code=_text(body, "errorCode"),
        error_message=_text(body, "errorMessage"),
        principal=_principal(_section(body, "userIdentity")),
        vpc_endpoint_ids=tuple(dict.fromkeys(_endpoint_ids(request, response))),
        subnet_id=_text(request, "subnetId") or _text(interface, "subnetId"),
        description=_text(request, "description") or _text(interface, "description"),
        client_token=_text(request, "clientToken"),
        network_interface_id=_text(interface, "networkInterfaceId") or _text(request, "networkInterfaceId"),
        addresses=tuple(_addresses(request, response, interface)),
        prefixes=tuple(dict.fromkeys(_prefixes(request, response, interface))),
    )


def _principal(identity: Json) -> str:
    issuer = _section(_section(identity, "sessionContext"), "sessionIssuer")
    return _text(issuer, "userName") or _text(identity, "invokedBy") or _text(identity, "arn")


def _endpoint_ids(*sections: Json) -> Iterator[str]:
    """Every endpoint id in a request or response, however AWS wraps it (`CreateVpcEndpointRequest` and others)."""
    for section in sections:
        for value in section.values():
            yield from _ids_in(value)


def _ids_in(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("vpce-") and value.replace("-", "").isalnum() and len(value) < 30:
        yield value
    elif isinstance(value, Mapping):
        yield from _endpoint_ids(value)
    elif isinstance(value, list):
        for item in value:
            yield from _ids_in(item)


def _addresses(request: Json, response: Json, interface: Json) -> Iterator[int]:
    """The addresses that AWS assigned, or those that were requested."""
    items = [
        *_items(interface, "privateIpAddressesSet"),
        *_items(response, "assignedPrivateIpAddressesSet"),
        *_items(request, "privateIpAddressesSet"),
    ]
    texts = [_text(item, "privateIpAddress") for item in items] or [_text(interface, "privateIpAddress")]
    for text in dict.fromkeys(texts):
        try:
            yield parse_address(text)
        except ValueError:
            continue


def _prefixes(request: Json, response: Json, interface: Json) -> Iterator[Cidr]:
    items = (
        *_items(interface, "ipv4PrefixSet"),
        *_items(response, "assignedIpv4PrefixSet"),
        *_items(request, "ipv4PrefixSet"),
    )
    for item in items:
        try:
            yield parse_cidr(_text(item, "ipv4Prefix"))
        except ValueError:
            continue


def _items(section: Json, name: str) -> list[Json]:
    """A list in CloudTrail's form of EC2's lists: under `item`, `items` or the name of the type."""
    wrapper = _section(section, name)
    items = wrapper.get("item") or wrapper.get("items") or wrapper.get("assignedPrivateIpAddressSetType") or []
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _section(section: Json, name: str) -> Json:
    value = section.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(section: Json, name: str) -> str:
    value = section.get(name)
    return replace_surrogates(value) if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        event_time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return event_time.replace(tzinfo=UTC) if event_time and event_time.tzinfo is None else event_time
