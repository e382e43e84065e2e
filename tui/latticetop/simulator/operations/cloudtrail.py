"""CloudTrail's LookupEvents."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.operations.call import Context, Document, Params
    from latticetop.simulator.trail import Event

PAGE = 50
RATE = 2.0

ATTRIBUTES: dict[str, Callable[[Event], list[str]]] = {
    "EventId": lambda e: [e.record["eventID"]],
    "EventName": lambda e: [e.name],
    "ReadOnly": lambda e: [_read_only(e)],
    "Username": lambda e: [e.username],
    "ResourceType": lambda e: [kind for kind, _ in e.resources],
    "ResourceName": lambda e: [name for _, name in e.resources],
    "EventSource": lambda e: [e.source],
    "AccessKeyId": lambda e: [],
}


def lookup_events(context: Context, params: Params) -> Document:
    """Delivered events, newest first; two requests a second (LookupEvents), shared by all who ask."""
    _throttle(context)
    _check(params)
    same = {key: value for key, value in params.items() if key not in ("NextToken", "MaxResults")}
    place = f"{context.region.name}/events/{json.dumps(same, default=str, sort_keys=True)}"
    if params.get("NextToken"):
        events, start = context.pages.resume(place, params["NextToken"], "InvalidNextTokenException")
    else:
        events, start = _matching(context, params), 0
    page, token = context.pages.cut(place, events, start, params.get("MaxResults", PAGE))
    return {"Events": [_document(event) for event in page], "NextToken": token}


def _throttle(context: Context) -> None:
    """A bucket of two tokens, refilled at two a second of real time."""
    trail, now = context.region.trail, context.account.clock.real_seconds()
    trail.tokens = min(RATE, trail.tokens + RATE * (now - trail.filled_at))
    trail.filled_at = now
    if trail.tokens < 1:
        raise ApiError("ThrottlingException", "Rate exceeded")
    trail.tokens -= 1


def _check(params: Params) -> None:
    if not 1 <= params.get("MaxResults", PAGE) <= PAGE:
        message = f"A maximum of {PAGE} results is allowed, and at least one."
        raise ApiError("InvalidMaxResultsException", message)
    attributes = params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise ApiError("InvalidLookupAttributesException", "Only one lookup attribute is allowed.")
    for attribute in attributes:
        if attribute.get("AttributeKey") not in ATTRIBUTES or not attribute.get("AttributeValue"):
            raise ApiError("InvalidLookupAttributesException", "The lookup attribute is not valid.")
    start, end = params.get("StartTime"), params.get("EndTime")
    if start and end and start > end:
        raise ApiError("InvalidTimeRangeException", "The start time is after the end time.")


def _matching(context: Context, params: Params) -> list[Event]:
    trail, start, end = context.region.trail, params.get("StartTime"), params.get("EndTime")
    delivered = context.account.clock.now() - timedelta(seconds=trail.delay)
    events = [
        event
        for event in reversed(trail.events)
        if event.at <= delivered and (not start or event.at >= start) and (not end or event.at <= end)
    ]
    for attribute in params.get("LookupAttributes") or ():
        read, value = ATTRIBUTES[attribute["AttributeKey"]], attribute["AttributeValue"]
        events = [event for event in events if value in read(event)]
    return events


def _document(event: Event) -> dict[str, Any]:
    return {
        "EventId": event.record["eventID"],
        "EventName": event.name,
        "ReadOnly": _read_only(event),
        "EventTime": event.at.replace(microsecond=0),
        "EventSource": event.source,
        "Username": event.username,
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event.resources],
        "CloudTrailEvent": json.dumps(event.record, separators=(",", ":")),
    }


def _read_only(event: Event) -> str:
    return "true" if event.record["readOnly"] else "false"
