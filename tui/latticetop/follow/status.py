"""The status that following a scope publishes, and the interface of a source of updates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from latticetop.follow.anchored_clock import ClockAnchor
from latticetop.follow.reader import ReportProgress
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem
from latticetop.model.snapshot import Snapshot


class Phase(StrEnum):
    """The current activity of a source."""

    CONNECTING = "connecting"
    READING = "reading"
    WAITING = "waiting"
    PAUSED = "paused"
    BACKING_OFF = "backing off"
    NEEDS_CREDENTIALS = "needs credentials"
    REPLAYING = "replaying"
    FROM_FILES = "from files"
    """It holds what files have of AWS's answers, and reads nothing."""


class Status(Struct, frozen=True):
    """The status of a source. Times are in UTC; `interval` is in seconds, 0 for reading on demand only.

    `freshness` says what follows from it at a later time.
    """

    phase: Phase
    interval: float
    read_at: datetime | None = None
    """The end of the last read in which all required parts were successful."""
    next_at: datetime | None = None
    """The start of the next read."""
    calls: int = 0
    """The requests of the last cycle."""
    problem: Problem | None = None
    progress: tuple[int, int] | None = None
    """During a long read: addresses read so far, and addresses that AWS counts as in use."""
    answered_at: datetime | None = None
    """While it connects or reads: the last answer of AWS, before the first one the start of the read."""
    anchor: ClockAnchor | None = None
    """The clock of all these times and of the snapshot's; None for a source that has no clock, such as a recording."""
    recording_problem: Problem | None = None
    """Why the last update could not be recorded."""
    queued: bool = False
    """Whether a read is due and waits until fewer other accounts and Regions are being read."""


class Update(Struct, frozen=True):
    """The newest snapshot (None before the first one) and the status."""

    snapshot: Snapshot | None
    status: Status


Publish = Callable[[Update], None]


class Source(Protocol):
    """A source of updates for the dashboard: a live follower, or a recording that is replayed."""

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled; problems of reading are published, not raised."""

    def refresh(self) -> None:
        """Read everything now, reservations and VPCs included; a read without an answer for long is given up for it."""

    def pause(self) -> None:
        """Stop reading after the current read."""

    def resume(self) -> None:
        """Continue, starting with a read."""

    def renew(self) -> None:
        """Resolve the credentials again, then read."""

    def focus(self, subnet_id: str | None) -> None:
        """Set the subnet on screen, which is read in every cycle."""

    def select(self, selection: Selection) -> None:
        """Change the selection, and read it now."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return all attributes of one ENI; raises `ReadError`."""

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Collect the CloudTrail events of one endpoint and, with `resolve`, the addresses of its DNS names.

        Problems of reading are part of the investigation, not raised. Raises KeyError for an unknown endpoint.
        """
