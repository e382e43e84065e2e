"""CloudTrail's LookupEvents (docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from latticetop.simulator.cloudtrail import LOOKUP_RATE
from latticetop.simulator.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.simulator.cloudtrail import SimulatedEvent
    from latticetop.simulator.operations.context import Document, OperationContext, Params

MAX_RESULTS = 50

LOOKUP_ATTRIBUTES: dict[str, Callable[[SimulatedEvent], list[str]]] = {
    "EventId": lambda e: [e.record["eventID"]],
    "EventName": lambda e: [e.name],
    "ReadOnly": lambda e: [_read_only(e)],
    "Username": lambda e: [e.username],
    "ResourceType": lambda e: [resource_type for resource_type, _ in e.resources],
    "ResourceName": lambda e: [resource_name for _, resource_name in e.resources],
    "EventSource": lambda e: [e.source],
    "AccessKeyId": lambda e: [],
}


def lookup_events(context: OperationContext, params: Params) -> Document:
    """LookupEvents: the delivered events, newest first. A token is valid only with the same parameters."""
    _check_rate(context)
    _check_params(params)
    query = {key: value for key, value in params.items() if key not in ("NextToken", "MaxResults")}
    list_key = f"{context.region.name}/events/{json.dumps(query, default=str, sort_keys=True)}"
    if params.get("NextToken"):
        events, start = context.pages.resume(list_key, params["NextToken"], "InvalidNextTokenException")
    else:
        events, start = _matching_events(context, params), 0
    page, token = context.pages.page(list_key, events, start, params.get("MaxResults", MAX_RESULTS))
    return {"Events": [_document(event) for event in page], "NextToken": token}


def _check_rate(context: OperationContext) -> None:
    """Take a token from the bucket of the Region, which is refilled in real time, or raise ThrottlingException."""
    history, now = context.region.event_history, context.region.world.clock.monotonic_seconds()
    refill = LOOKUP_RATE * (now - history.refilled_at)
    history.lookup_tokens = min(LOOKUP_RATE, history.lookup_tokens + refill)
    history.refilled_at = now
    if history.lookup_tokens < 1:
        raise ApiError("ThrottlingException", "Rate exceeded")
    history.lookup_tokens -= 1


def _check_params(params: Params) -> None:
    if not 1 <= params.get("MaxResults", MAX_RESULTS) <= MAX_RESULTS:
        message = f"A maximum of {MAX_RESULTS} results is allowed, and at least one."
        raise ApiError("InvalidMaxResultsException", message)
    attributes = params.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise ApiError("InvalidLookupAttributesException", "Only one lookup attribute is allowed.")
    for attribute in attributes:
        if attribute.get("AttributeKey") not in LOOKUP_ATTRIBUTES or not attribute.get("AttributeValue"):
            raise ApiError("InvalidLookupAttributesException", "The lookup attribute is not valid.")
    start, end = params.get("StartTime"), params.get("EndTime")
    if start and end and start > end:
        raise ApiError("InvalidTimeRangeException", "The start time is after the end time.")


def _matching_events(context: OperationContext, params: Params) -> list[SimulatedEvent]:
    history, start, end = context.region.event_history, params.get("StartTime"), params.get("EndTime")
    latest = context.region.world.clock.now() - timedelta(seconds=history.delivery_delay)
    events = [
        event
        for event in reversed(history.events)
        if event.time <= latest and (not start or event.time >= start) and (not end or event.time <= end)
    ]
    for attribute in params.get("LookupAttributes") or ():
        values_of, value = LOOKUP_ATTRIBUTES[attribute["AttributeKey"]], attribute["AttributeValue"]
        events = [event for event in events if value in values_of(event)]
    return events


def _document(event: SimulatedEvent) -> dict[str, Any]:
    return {
        "EventId": event.record["eventID"],
        "EventName": event.name,
        "ReadOnly": _read_only(event),
        "EventTime": event.time.replace(microsecond=0),
        "EventSource": event.source,
        "Username": event.username,
        "Resources": [{"ResourceType": kind, "ResourceName": name} for kind, name in event.resources],
        "CloudTrailEvent": json.dumps(event.record, separators=(",", ":")),
    }


def _read_only(event: SimulatedEvent) -> str:
    return "true" if event.record["readOnly"] else "false"
