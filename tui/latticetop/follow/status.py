"""What following says of itself, and how it is asked for more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from latticetop.follow.reader import Progress
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem
from latticetop.model.snapshot import Snapshot


class Phase(StrEnum):
    """What the loop is doing."""

    CONNECTING = "connecting"
    READING = "reading"
    WAITING = "waiting"
    PAUSED = "paused"
    BACKING_OFF = "backing off"
    NEEDS_CREDENTIALS = "needs credentials"
    REPLAYING = "replaying"


class Selection(Struct, frozen=True):
    """What to read of a scope.

    By default the service-network endpoints, and every subnet of a VPC that has one. `vpc_ids` and `subnet_ids` choose
    subnets; `all_subnets` takes every one of the Region, `all_endpoints` every type of endpoint.
    """

    all_endpoints: bool = False
    all_subnets: bool = False
    vpc_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()


class Status(Struct, frozen=True):
    """Where the loop stands. Times are UTC; `interval` is in seconds, 0 for reading on demand only."""

    phase: Phase
    interval: float
    read_at: datetime | None = None
    """When the last read ended that brought everything."""
    next_at: datetime | None = None
    calls: int = 0
    """Requests of the last cycle."""
    problem: Problem | None = None
    progress: tuple[int, int] | None = None
    """During a long read: addresses seen so far, and addresses that AWS counts as in use."""


class Update(Struct, frozen=True):
    """One thing published: the newest snapshot (None before the first) and the status."""

    snapshot: Snapshot | None
    status: Status


Publish = Callable[[Update], None]


class Source(Protocol):
    """What the dashboard follows: a live loop, or a recording played back."""

    async def run(self, publish: Publish) -> None:
        """Publish until cancelled; problems of reading are published, not raised."""

    def refresh(self) -> None:
        """Read now, everything, reservations and VPCs too."""

    def pause(self) -> None:
        """Stop reading after the read under way."""

    def resume(self) -> None:
        """Go on, with a read at once."""

    def renew(self) -> None:
        """Get credentials anew, then read."""

    def focus(self, subnet_id: str | None) -> None:
        """Say which subnet is on screen."""

    def select(self, selection: Selection) -> None:
        """Read something else from now on, starting at once."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Everything AWS says of one ENI; raises `model.problem.ReadError`."""

    async def investigate(self, vpc_endpoint_id: str, progress: Progress, *, resolve: bool = False) -> Investigation:
        """Look into one endpoint: its CloudTrail events and, where asked for, the addresses its names resolve to.

        What cannot be read is a problem of the investigation, not an exception; KeyError for an unknown endpoint.
        """
