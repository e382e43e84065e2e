"""Replay a recording as if it were live."""

from __future__ import annotations

from asyncio import Event
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from latticetop.follow.reader import ReportProgress
from latticetop.follow.recording.reader import Recording, RecordingError, apply_entry
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.incident.investigation import Investigation, InvestigationRecord
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES, LOOKUP_EVENTS
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot

SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""The playback speed multipliers that `change_speed` steps through."""
MAX_WAIT = 2.0
"""Seconds; the longest wait between two entries, whatever the time between them in the recording."""


class Replayer:
    """A `status.Source` that replays a recording; it can be paused, stepped, sought and sped up.

    Each such action publishes the current entry again, so that a view of the position follows.
    """

    def __init__(self, recording: Recording, *, speed: float = 10.0, clock: AsyncClock | None = None) -> None:
        self.recording = recording
        self.speed = speed
        self.index = 0
        self.playing = True
        self._clock = clock or SystemClock()
        self._wake = Event()
        self._snapshot: Snapshot | None = None
        self._snapshot_index = -1
        self._publish: Publish = lambda _: None

    @property
    def at(self) -> datetime:
        """The time of the current entry."""
        return self.recording.positions[self.index].at

    def now(self) -> datetime:
        """Return the time of the current entry, as a clock would."""
        return self.at

    @property
    def ended(self) -> bool:
        """Whether the current entry is the last one."""
        return self.index == len(self.recording) - 1

    async def run(self, publish: Publish) -> None:
        """Publish the entries at their speed until cancelled; wait for an action at the end."""
        self._publish = publish
        while True:
            self._publish_entry()
            if not self.playing or self.ended:
                await self._wake.wait()
                self._wake.clear()
            else:
                await self._clock.wait(self._wake, self._seconds_to_next())
                if self._wake.is_set():
                    self._wake.clear()
                else:
                    self.index += 1

    def pause(self) -> None:
        """Pause."""
        self.playing = False
        self._wake.set()

    def resume(self) -> None:
        """Play; from the beginning if the end was reached."""
        if self.ended:
            self.index = 0
        self.playing = True
        self._wake.set()

    def step(self, entries: int) -> None:
        """Pause, and move by a number of entries; back if it is negative."""
        self.playing = False
        self.seek(self.index + entries)

    def seek(self, index: int) -> None:
        """Move to an entry; an index outside the recording means its first or last entry."""
        self.index = max(0, min(index, len(self.recording) - 1))
        self._wake.set()

    def seek_change(self, direction: int) -> None:
        """Pause, and move to the next (1) or previous (-1) entry with changes; without one, to the last or first."""
        self.playing = False
        positions = self.recording.positions
        indexes = range(self.index + 1, len(positions)) if direction > 0 else range(self.index - 1, -1, -1)
        end = len(positions) - 1 if direction > 0 else 0
        self.seek(next((index for index in indexes if positions[index].has_changes), end))

    def change_speed(self, steps: int) -> None:
        """Change the speed by a number of steps in `SPEEDS`; slower if it is negative."""
        nearest = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        self.speed = SPEEDS[max(0, min(nearest + steps, len(SPEEDS) - 1))]
        self._wake.set()

    def refresh(self) -> None:
        """Do nothing: a recording has no newer data."""

    def renew(self) -> None:
        """Do nothing: a recording needs no credentials."""

    def focus(self, subnet_id: str | None) -> None:
        """Do nothing: a recording has every subnet as it was read."""

    def select(self, selection: Selection) -> None:
        """Do nothing: a recording has the selection with which it was made."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Raise ReadError: a recording has no further attributes of an ENI."""
        message = "A recording has no further attributes of a network interface."
        raise ReadError(Problem(ProblemKind.NOT_OFFERED, DESCRIBE_INTERFACES, message))

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Investigate an endpoint with what was found of it by then. Raises KeyError if it is unknown."""
        if self._snapshot is None:
            raise KeyError(vpc_endpoint_id)
        try:
            found = self.recording.investigation(self.index, vpc_endpoint_id)
        except RecordingError:
            # The entry on screen is read with the same error, and shows it.
            found = None
        return investigation_of(self._snapshot, vpc_endpoint_id, self.at, found)

    def _seconds_to_next(self) -> float:
        seconds = (self.recording.positions[self.index + 1].at - self.at).total_seconds()
        return min(max(seconds, 0.0) / self.speed, MAX_WAIT)

    def _publish_entry(self) -> None:
        try:
            problem = self._read_entry()
        except RecordingError as error:
            problem = Problem(ProblemKind.DISK, "", str(error), "Open the recording again.")
            self._snapshot_index = -1
            self.playing = False
        read_at = self._snapshot.taken_at if self._snapshot else None
        self._publish(Update(self._snapshot, Status(Phase.REPLAYING, 0.0, read_at, problem=problem)))

    def _read_entry(self) -> Problem | None:
        """Read the current entry and its snapshot; return its problem. Raises RecordingError if the file changed."""
        entry = self.recording.entry(self.index)
        if self.index == self._snapshot_index + 1:
            self._snapshot = apply_entry(self._snapshot, entry)
        elif self.index != self._snapshot_index:
            self._snapshot = self.recording.snapshot(self.index)
        self._snapshot_index = self.index
        return entry.problem


def investigation_of(
    snapshot: Snapshot, vpc_endpoint_id: str, at: datetime, found: InvestigationRecord | None = None
) -> Investigation:
    """Return an investigation from a recorded snapshot, and what was found of the endpoint while recording.

    Raises KeyError if the endpoint is unknown.
    """
    if found is not None:
        return found.investigation(snapshot, at)
    message = "The recording has no CloudTrail events of this endpoint."
    next_step = "It has those of the endpoints that are explained (e) while it is made."
    problem = Problem(ProblemKind.NOT_OFFERED, LOOKUP_EVENTS, message, next_step)
    return Investigation(snapshot, snapshot.endpoints[vpc_endpoint_id], at, problems=(problem,))
