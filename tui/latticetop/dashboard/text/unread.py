"""What a pane says of what could not be read, and of what was read a while ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.text.format import age
from latticetop.model.records.problem import ProblemKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from latticetop.model.snapshot import Snapshot

ENDPOINTS = "ec2:DescribeVpcEndpoints"
ASSOCIATIONS = "ec2:DescribeVpcEndpointAssociations"
SUBNETS = "ec2:DescribeSubnets"
INTERFACES = "ec2:DescribeNetworkInterfaces"
RESERVATIONS = "ec2:GetSubnetCidrReservations"
LATTICE = "vpc-lattice:"
"""The actions, and the service, that the panes need."""

FRESH_INTERVALS, FRESH_SECONDS = 2.5, 10.0
"""What is younger has no age: a part may sit out one read, and a read takes its time."""


STEP = 10
"""Seconds by which a pane's age goes on as long as it is told in seconds: the pane is painted for each."""


def reason(snapshot: Snapshot, action: str) -> str:
    """Why an action, or any of a service, brought nothing: `ec2:DescribeSubnets is denied`; empty when it did not fail.

    An action that failed for another reason is told of in that problem's own words.
    """
    failed = [problem for problem in snapshot.problems if problem.operation.startswith(action)]
    denied = [problem.operation for problem in failed if problem.kind is ProblemKind.ACCESS_DENIED]
    if denied:
        return f"{', '.join(denied)} {'is' if len(denied) == 1 else 'are'} denied"
    return failed[0].message.rstrip(".") if failed else ""


def not_read(what: str, snapshot: Snapshot, action: str) -> str:
    """`The endpoints could not be read: ec2:DescribeVpcEndpoints is denied.`"""
    why = reason(snapshot, action)
    return f"{what} could not be read{': ' + why if why else ''}."


def of_blocks(snapshot: Snapshot, subnet_id: str) -> str:
    """What is missing from a subnet's map, and the action that would tell it; empty when nothing is."""
    if subnet_id not in snapshot.read_at:
        interfaces = reason(snapshot, INTERFACES)
        return f"The interfaces of this subnet could not be read: {interfaces}." if interfaces else ""
    reservations = reason(snapshot, RESERVATIONS)
    if not reservations or f"reservations {subnet_id}" in snapshot.read_at:
        return ""
    return f"CIDR reservations are not known: {reservations}."


def as_of(snapshot: Snapshot, parts: Iterable[str], now: datetime, interval: float) -> str:
    """`as of 4 min ago` for the oldest of some parts, when that is older than the reads are apart; else empty."""
    times = [snapshot.read_at[part] for part in parts if part in snapshot.read_at]
    seconds = max(((now - at).total_seconds() for at in times), default=0.0)
    old = seconds > max(FRESH_INTERVALS * interval, FRESH_SECONDS)
    return f"as of {age(seconds // STEP * STEP)} ago" if old else ""
