"""The CloudTrail events of a window of time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from latticetop.model.address import Cidr, parse_address, parse_cidr
from latticetop.model.problem import ProblemKind, ReadError
from latticetop.model.timeline import Trail, TrailEvent

from .sdk import Client

PAGE = 50
SPACING = 0.5
"""Seconds between two requests: LookupEvents takes two a second for the whole account and Region."""
PATIENCE = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after each throttling, since others of the account share the rate."""
SETTLES_AFTER = timedelta(minutes=15)
"""CloudTrail delivers within five minutes on average, and guarantees nothing."""

Json = Mapping[str, Any]


async def read_trail(
    client: Client, start: datetime, end: datetime, progress: Callable[[str], None], *, spacing: float = SPACING
) -> Trail:
    """The writing events between two times, newest page first; ReadError when CloudTrail refuses.

    One look-up by `ReadOnly=false` is read to its end: at most one attribute is taken, eight look-ups by event name
    would cost eight calls even in a quiet account, and all events would bring every Describe call along.
    """
    asked_at = datetime.now(UTC)
    params: dict[str, Any] = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": start,
        "EndTime": min(end, asked_at) if start < asked_at else end,
        "MaxResults": PAGE,
    }
    events: list[TrailEvent] = []
    seen: set[str] = set()
    while True:
        answer = await _patiently(client, params)
        events += decode_events(answer.get("Events") or ())
        token = answer.get("NextToken")
        if not token or token in seen:
            break
        progress(f"CloudTrail: {len(events)} events, back to {events[-1].event_time:%H:%M:%S}")
        seen.add(token)
        params["NextToken"] = token
        await asyncio.sleep(spacing)
    return Trail(tuple(events), start, end, reaches=min(end, max(start, asked_at - SETTLES_AFTER)))


async def _patiently(client: Client, params: dict[str, Any]) -> dict[str, Any]:
    for wait in PATIENCE:
        try:
            return await client.call("LookupEvents", **params)
        except ReadError as error:
            if error.problem.kind is not ProblemKind.THROTTLED:
                raise
            await asyncio.sleep(wait)
    return await client.call("LookupEvents", **params)


def decode_events(records: Iterator[Json] | Any) -> Iterator[TrailEvent]:
    """From LookupEvents' records to events; a record whose `CloudTrailEvent` is not JSON is passed over."""
    for record in records:
        try:
            body = msgspec.json.decode(record.get("CloudTrailEvent") or "{}")
        except (msgspec.MsgspecError, RecursionError):
            continue
        if isinstance(body, dict) and (event := _event(body, record)) is not None:
            yield event


def _event(body: Json, record: Json) -> TrailEvent | None:
    time = _time(body.get("eventTime")) or record.get("EventTime")
    if not isinstance(time, datetime):
        return None
    asked, done = _section(body, "requestParameters"), _section(body, "responseElements")
    made = _section(done, "networkInterface")
    return TrailEvent(
        event_id=_text(body, "eventID") or _text(record, "EventId"),
        event_time=time.astimezone(UTC),
        event_name=_text(body, "eventName") or _text(record, "EventName"),
        error_code=_text(body, "errorCode"),
        error_message=_text(body, "errorMessage"),
        principal=_principal(_section(body, "userIdentity")),
        vpc_endpoint_ids=tuple(dict.fromkeys(_endpoint_ids(asked, done))),
        subnet_id=_text(asked, "subnetId") or _text(made, "subnetId"),
        description=_text(asked, "description") or _text(made, "description"),
        client_token=_text(asked, "clientToken"),
        network_interface_id=_text(made, "networkInterfaceId") or _text(asked, "networkInterfaceId"),
        addresses=tuple(_addresses(asked, made)),
        prefixes=tuple(_prefixes(asked, made)),
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


def _addresses(asked: Json, made: Json) -> Iterator[int]:
    listed = [_text(item, "privateIpAddress") for item in _items(made, "privateIpAddressesSet")]
    listed += [_text(item, "privateIpAddress") for item in _items(asked, "privateIpAddressesSet")]
    for text in dict.fromkeys(listed or [_text(made, "privateIpAddress")]):
        try:
            yield parse_address(text)
        except ValueError:
            continue


def _prefixes(asked: Json, made: Json) -> Iterator[Cidr]:
    for item in (*_items(made, "ipv4PrefixSet"), *_items(asked, "ipv4PrefixSet")):
        try:
            yield parse_cidr(_text(item, "ipv4Prefix"))
        except ValueError:
            continue


def _items(section: Json, name: str) -> list[Json]:
    """A list as CloudTrail writes EC2's: under `item` or `items`."""
    held = _section(section, name)
    listed = held.get("item") or held.get("items") or []
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _section(section: Json, name: str) -> Json:
    value = section.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(section: Json, name: str) -> str:
    value = section.get(name)
    return value if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
