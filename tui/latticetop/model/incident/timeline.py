"""The CloudTrail events of one endpoint, in order, with their outcome; the retries of an attempt are one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct, structs

from latticetop.model.records.address import Cidr
from latticetop.model.records.eni_owners import Role, endpoint_of
from latticetop.model.records.resources import Endpoint, NetworkInterface

EVENT_NAMES = (
    "CreateVpcEndpoint",
    "ModifyVpcEndpoint",
    "DeleteVpcEndpoints",
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "AssignPrivateIpAddresses",
    "UnassignPrivateIpAddresses",
)
"""The events a timeline is made of; any other is noise."""

NO_BLOCK_CODES = frozenset({"InvalidParameterValue", "InsufficientCidrBlocks", "InsufficientFreeAddressesInSubnet"})
"""The codes with which EC2 refuses a prefix for want of room. Its own explanation of how they differ does not hold."""

HANDING_OVER = "CreateNetworkInterfacePermission"
"""Follows each creation that succeeded, and tells nothing more."""

BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=15)
"""The window around an endpoint's creation in which its interfaces are made."""


class TrailEvent(Struct, frozen=True):
    """One CloudTrail event, as far as a timeline needs it. Without an error code the call succeeded."""

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


class Trail(Struct, frozen=True):
    """What was read of CloudTrail: the events of a window, and until when CloudTrail can be taken to be complete.

    `whole` is whether every writing event was read, so that there are no more of others than these.
    """

    events: tuple[TrailEvent, ...]
    start: datetime
    end: datetime
    reaches: datetime
    whole: bool = True


class Line(Struct, frozen=True):
    """One line of a timeline: an event, or the tries of one attempt that failed alike. `times` are ascending."""

    event_name: str
    times: tuple[datetime, ...]
    role: Role | None = None
    subnet_id: str = ""
    network_interface_id: str = ""
    addresses: tuple[int, ...] = ()
    prefixes: tuple[Cidr, ...] = ()
    error_code: str = ""
    error_message: str = ""

    @property
    def failed(self) -> bool:
        """Whether AWS refused it."""
        return bool(self.error_code)

    @property
    def wants_block(self) -> bool:
        """Whether it was refused for want of a block or an address; one of the codes has other uses too."""
        code = self.error_code.removeprefix("Client.")
        return code in NO_BLOCK_CODES and (code != "InvalidParameterValue" or "sufficient free" in self.error_message)

    @property
    def gaps(self) -> tuple[float, ...]:
        """Seconds between one try and the next."""
        return tuple((b - a).total_seconds() for a, b in zip(self.times, self.times[1:], strict=False))


class Timeline(Struct, frozen=True):
    """The lines of one endpoint. `noise` counts the events of others that were left out, all of them if `whole`.

    `reaches` is until when CloudTrail is taken to be complete: it delivers with a delay, so that what came later may be
    missing.
    """

    vpc_endpoint_id: str
    created: datetime | None
    lines: tuple[Line, ...]
    noise: int
    start: datetime
    reaches: datetime
    whole: bool = True

    @property
    def complete(self) -> bool:
        """Whether CloudTrail had delivered the whole window when it was read."""
        return self.created is not None and self.reaches >= self.created + AFTER

    @property
    def failures(self) -> tuple[Line, ...]:
        """The attempts that AWS refused for want of room."""
        return tuple(line for line in self.lines if line.wants_block)

    def offset(self, moment: datetime) -> float | None:
        """Seconds from the endpoint's creation; CloudTrail's times are whole seconds."""
        return (moment - self.created.replace(microsecond=0)).total_seconds() if self.created else None


_TOKEN = re.compile(r"^(vpce-[0-9a-f]+)-subnet-")


def build_timeline(endpoint: Endpoint, trail: Trail) -> Timeline:
    """Pick an endpoint's events out of a trail, by description, client token and ENI ids, and fold its retries."""
    own, known = [], set(endpoint.network_interface_ids)
    for event in sorted(trail.events, key=_in_order):
        if _belongs(event, endpoint.vpc_endpoint_id, known):
            own.append(event)
            if event.event_name == "CreateNetworkInterface" and event.network_interface_id:
                known.add(event.network_interface_id)
    lines = _fold(own)
    if endpoint.vpc_endpoint_type.lower() == "interface":
        lines = [structs.replace(line, role=None) for line in lines]
    return Timeline(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        created=endpoint.creation_timestamp,
        lines=tuple(lines),
        noise=len(trail.events) - len(own),
        start=trail.start,
        reaches=min(trail.end, trail.reaches),
        whole=trail.whole,
    )


def window_of(endpoint: Endpoint) -> tuple[datetime, datetime] | None:
    """When to look for an endpoint's events: a minute before its creation to fifteen after; None if that is unknown."""
    created = endpoint.creation_timestamp
    return (created - BEFORE, created + AFTER) if created else None


def _in_order(event: TrailEvent) -> tuple[datetime, int, str]:
    """By time; within a second, as one thing leads to another."""
    known = event.event_name in EVENT_NAMES
    return event.event_time, EVENT_NAMES.index(event.event_name) if known else len(EVENT_NAMES), event.event_id


def _belongs(event: TrailEvent, endpoint_id: str, interface_ids: set[str]) -> bool:
    if event.event_name not in EVENT_NAMES:
        return False
    if endpoint_id in event.vpc_endpoint_ids or event.network_interface_id in interface_ids:
        return True
    token = _TOKEN.match(event.client_token)
    return _described(event)[0] == endpoint_id or bool(token and token[1] == endpoint_id)


def _described(event: TrailEvent) -> tuple[str, Role | None]:
    return endpoint_of(NetworkInterface("", event.subnet_id, description=event.description))


def _fold(events: Iterable[TrailEvent]) -> list[Line]:
    lines: list[Line] = []
    roles: dict[str, tuple[Role | None, str]] = {}
    open_attempts: dict[tuple[object, ...], int] = {}
    for event in events:
        if event.event_name == HANDING_OVER and not event.error_code and event.network_interface_id in roles:
            continue
        if event.network_interface_id and event.description:
            roles[event.network_interface_id] = (_described(event)[1], event.subnet_id)
        line = _line(event, roles)
        purpose = (line.event_name, line.subnet_id, line.role)
        attempt = (*purpose, line.network_interface_id, line.error_code, line.error_message)
        if not line.failed:
            # What is refused after a success is another attempt.
            open_attempts = {key: place for key, place in open_attempts.items() if key[: len(purpose)] != purpose}
        elif attempt in open_attempts:
            place = open_attempts[attempt]
            lines[place] = structs.replace(lines[place], times=(*lines[place].times, event.event_time))
            continue
        else:
            open_attempts[attempt] = len(lines)
        lines.append(line)
    return lines


def _line(event: TrailEvent, roles: dict[str, tuple[Role | None, str]]) -> Line:
    role, subnet_id = roles.get(event.network_interface_id, (_described(event)[1], event.subnet_id))
    return Line(
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
