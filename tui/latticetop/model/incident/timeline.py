"""The CloudTrail events of one endpoint, in order, with their outcome; the retries of one attempt are one entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct, structs

from latticetop.model.endpoints.endpoint_types import has_associations
from latticetop.model.records.address import Address, Cidr
from latticetop.model.records.eni_owners import EniRole, endpoint_of
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Endpoint, NetworkInterface, Time

CREATE_EVENT, DELETE_EVENT = "CreateNetworkInterface", "DeleteNetworkInterface"
ASSIGN_EVENT, UNASSIGN_EVENT = "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"
PERMISSION_EVENT = "CreateNetworkInterfacePermission"
"""Follows each successful creation of an ENI, and adds no information to it."""
EVENT_NAMES = (
    "CreateVpcEndpoint",
    "ModifyVpcEndpoint",
    "DeleteVpcEndpoints",
    CREATE_EVENT,
    PERMISSION_EVENT,
    DELETE_EVENT,
    ASSIGN_EVENT,
    UNASSIGN_EVENT,
)
"""The events that a timeline contains, in the order in which one causes the next."""

CAPACITY_ERROR_CODES = ("InvalidParameterValue", "InsufficientCidrBlocks", "InsufficientFreeAddressesInSubnet")
"""The error codes of EC2 for a prefix that does not fit; EC2's own documentation of their difference does not hold."""

WINDOW_BEFORE, WINDOW_AFTER = timedelta(minutes=1), timedelta(minutes=15)
"""The window around an endpoint's creation in which its ENIs are created."""


class CloudTrailEvent(Struct, frozen=True):
    """The fields of one CloudTrail event that a timeline needs; an empty error code means success."""

    event_id: str
    event_time: datetime
    event_name: str
    error_code: str = ""
    error_message: str = ""
    principal: str = ""
    vpc_endpoint_ids: tuple[str, ...] = ()
    subnet_id: str = ""
    description: str = ""
    client_token: str = ""
    network_interface_id: str = ""
    addresses: tuple[int, ...] = ()
    prefixes: tuple[Cidr, ...] = ()


class EventHistory(Struct, frozen=True):
    """The CloudTrail events of a time window, and the time until which CloudTrail has delivered all events.

    `all_events_read` is False if only the events in `EVENT_NAMES` were read to the end, and others in part. `undecoded`
    is the number of records that are no events. With a `problem`, any event may be missing: a page was not read.
    """

    events: tuple[CloudTrailEvent, ...]
    start: datetime
    end: datetime
    complete_until: datetime
    all_events_read: bool = True
    undecoded: int = 0
    problem: Problem | None = None


class TimelineEntry(Struct, frozen=True):
    """One event, or the retries of one attempt that failed with the same error; `times` are in ascending order."""

    event_name: str
    times: Annotated[tuple[Time, ...], Meta(min_length=1)]
    role: EniRole | None = None
    subnet_id: str = ""
    network_interface_id: str = ""
    addresses: tuple[Address, ...] = ()
    prefixes: tuple[Cidr, ...] = ()
    error_code: str = ""
    error_message: str = ""

    @property
    def failed(self) -> bool:
        """Whether AWS refused the call."""
        return bool(self.error_code)

    @property
    def lacks_capacity(self) -> bool:
        """Whether the call failed for lack of a free block or address; `InvalidParameterValue` has other causes too."""
        code = self.error_code.removeprefix("Client.")
        return code in CAPACITY_ERROR_CODES and (
            code != "InvalidParameterValue" or "sufficient free" in self.error_message
        )

    @property
    def retry_intervals(self) -> tuple[float, ...]:
        """Seconds between each attempt and the next."""
        return tuple((b - a).total_seconds() for a, b in zip(self.times, self.times[1:], strict=False))


class Timeline(Struct, frozen=True):
    """The entries of one endpoint, and the numbers of the other events in the window.

    `unrelated_events` is a lower bound unless `all_events_read`. `granted_permissions` are the endpoint's successful
    `PERMISSION_EVENT`s, which are no entries. CloudTrail delivers with a delay: events after `complete_until` may be
    missing. `undecoded` and `problem` are as in the event history.
    """

    vpc_endpoint_id: str
    created: Time | None
    entries: tuple[TimelineEntry, ...]
    unrelated_events: int
    start: Time
    complete_until: Time
    all_events_read: bool = True
    granted_permissions: int = 0
    undecoded: int = 0
    problem: Problem | None = None

    @property
    def complete(self) -> bool:
        """Whether CloudTrail had delivered the whole window when it was read, and all of it was read."""
        return self.problem is None and self.created is not None and self.complete_until >= self.created + WINDOW_AFTER

    @property
    def failures(self) -> tuple[TimelineEntry, ...]:
        """The entries that failed for lack of a free block or address."""
        return tuple(entry for entry in self.entries if entry.lacks_capacity)

    def offset(self, at: datetime) -> float | None:
        """Seconds from the endpoint's creation to `at`; None if the creation time is unknown.

        CloudTrail's times are whole seconds, so the creation time is rounded down.
        """
        return (at - self.created.replace(microsecond=0)).total_seconds() if self.created else None


_TOKEN = re.compile(r"^(vpce-[0-9a-f]+)-subnet-")


def build_timeline(endpoint: Endpoint, history: EventHistory) -> Timeline:
    """Select an endpoint's events by description, client token and ENI ids, and combine its retries."""
    events, interface_ids = [], set(endpoint.network_interface_ids)
    for event in sorted(history.events, key=_sort_key):
        if _belongs(event, endpoint.vpc_endpoint_id, interface_ids):
            events.append(event)
            if event.event_name == CREATE_EVENT and event.network_interface_id:
                interface_ids.add(event.network_interface_id)
    entries = _combine_retries(events)
    if not has_associations(endpoint):
        entries = [structs.replace(entry, role=None) for entry in entries]
    return Timeline(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        created=endpoint.creation_timestamp,
        entries=tuple(entries),
        unrelated_events=len(history.events) - len(events),
        start=history.start,
        complete_until=min(history.end, history.complete_until),
        all_events_read=history.all_events_read,
        granted_permissions=len(events) - sum(len(entry.times) for entry in entries),
        undecoded=history.undecoded,
        problem=history.problem,
    )


def creation_window(endpoint: Endpoint) -> tuple[datetime, datetime] | None:
    """Return the window of an endpoint's events, 1 minute before to 15 after its creation; None if that is unknown."""
    created = endpoint.creation_timestamp
    return (created - WINDOW_BEFORE, created + WINDOW_AFTER) if created else None


def _sort_key(event: CloudTrailEvent) -> tuple[datetime, int, str]:
    """By time; within the same second, causes before effects."""
    known = event.event_name in EVENT_NAMES
    return event.event_time, EVENT_NAMES.index(event.event_name) if known else len(EVENT_NAMES), event.event_id


def _belongs(event: CloudTrailEvent, endpoint_id: str, interface_ids: set[str]) -> bool:
    if event.event_name not in EVENT_NAMES:
        return False
    if endpoint_id in event.vpc_endpoint_ids or event.network_interface_id in interface_ids:
        return True
    token = _TOKEN.match(event.client_token)
    return _endpoint_and_role(event)[0] == endpoint_id or bool(token and token[1] == endpoint_id)


def _endpoint_and_role(event: CloudTrailEvent) -> tuple[str, EniRole | None]:
    return endpoint_of(NetworkInterface("", event.subnet_id, description=event.description))


def _combine_retries(events: Iterable[CloudTrailEvent]) -> list[TimelineEntry]:
    entries: list[TimelineEntry] = []
    interfaces: dict[str, tuple[EniRole | None, str]] = {}
    failed_attempts: dict[tuple[object, ...], int] = {}
    for event in events:
        if event.event_name == PERMISSION_EVENT and not event.error_code and event.network_interface_id in interfaces:
            continue
        if event.network_interface_id and event.description:
            interfaces[event.network_interface_id] = (_endpoint_and_role(event)[1], event.subnet_id)
        entry = _entry(event, interfaces)
        purpose = (entry.event_name, entry.subnet_id, entry.role)
        attempt = (*purpose, entry.network_interface_id, entry.error_code, entry.error_message)
        if not entry.failed:
            # A failure after a success belongs to another attempt.
            failed_attempts = {key: index for key, index in failed_attempts.items() if key[: len(purpose)] != purpose}
        elif attempt in failed_attempts:
            index = failed_attempts[attempt]
            entries[index] = structs.replace(entries[index], times=(*entries[index].times, event.event_time))
            continue
        else:
            failed_attempts[attempt] = len(entries)
        entries.append(entry)
    return entries


def _entry(event: CloudTrailEvent, interfaces: dict[str, tuple[EniRole | None, str]]) -> TimelineEntry:
    """The entry of an event; `interfaces` has the role and subnet id of each ENI described so far."""
    role, subnet_id = interfaces.get(event.network_interface_id, (_endpoint_and_role(event)[1], event.subnet_id))
    return TimelineEntry(
        event_name=event.event_name,
        times=(event.event_time,),
        role=role,
        subnet_id=event.subnet_id or subnet_id,
        network_interface_id=event.network_interface_id,
        addresses=event.addresses,
        prefixes=event.prefixes,
        error_code=event.error_code,
        error_message=event.error_message,
    )
