"""Playing a recording back, as if it were live."""

from __future__ import annotations

from asyncio import Event
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from latticetop.follow.clock import Clock, SystemClock
from latticetop.follow.reader import Progress
from latticetop.follow.recording.reader import Recording, RecordingError, advance
from latticetop.follow.status import Phase, Publish, Selection, Status, Update
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot

SPEEDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
LONGEST_WAIT = 2.0
"""Seconds. A stretch in which nothing was recorded is not sat through."""


class Replayer:
    """A `status.Source` that plays a recording: it can be paused, stepped, sought and sped up.

    Each step or turn is published anew, so that whoever shows the place in the recording follows.
    """

    def __init__(self, recording: Recording, *, speed: float = 10.0, clock: Clock | None = None) -> None:
        self.recording = recording
        self.speed = speed
        self.index = 0
        self.playing = True
        self._clock = clock or SystemClock()
        self._wake = Event()
        self._snapshot: Snapshot | None = None
        self._shown = -1
        self._publish: Publish = lambda _: None

    @property
    def at(self) -> datetime:
        """The moment that is shown."""
        return self.recording.moments[self.index].at

    def now(self) -> datetime:
        """The moment that is shown, for what tells the time by a call."""
        return self.at

    @property
    def ended(self) -> bool:
        """Whether the last entry is shown."""
        return self.index == len(self.recording) - 1

    async def run(self, publish: Publish) -> None:
        """Publish the entries at their pace until cancelled; at the end it waits to be sent elsewhere."""
        self._publish = publish
        while True:
            self._show()
            if not self.playing or self.ended:
                await self._wake.wait()
                self._wake.clear()
            else:
                await self._clock.wait(self._wake, self._pause_before_next())
                if self._wake.is_set():
                    self._wake.clear()
                else:
                    self.index += 1

    def pause(self) -> None:
        """Stand still."""
        self.playing = False
        self._wake.set()

    def resume(self) -> None:
        """Play on, from the beginning when the end was reached."""
        if self.ended:
            self.index = 0
        self.playing = True
        self._wake.set()

    def step(self, entries: int) -> None:
        """Stand still, so many entries on or back."""
        self.playing = False
        self.seek(self.index + entries)

    def seek(self, index: int) -> None:
        """Go to an entry; beyond either end to the nearest."""
        self.index = max(0, min(index, len(self.recording) - 1))
        self._wake.set()

    def seek_change(self, direction: int) -> None:
        """Stand still at the next (1) or the previous (-1) entry that changed something."""
        self.playing = False
        moments = self.recording.moments
        places = range(self.index + 1, len(moments)) if direction > 0 else range(self.index - 1, -1, -1)
        self.seek(next((i for i in places if moments[i].telling), len(moments) - 1 if direction > 0 else 0))

    def change_speed(self, steps: int) -> None:
        """Play faster or slower by so many steps of `SPEEDS`."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self.speed))
        self.speed = SPEEDS[max(0, min(nearest + steps, len(SPEEDS) - 1))]
        self._wake.set()

    def refresh(self) -> None:
        """A recording has nothing newer to read."""

    def renew(self) -> None:
        """A recording needs no credentials."""

    def focus(self, subnet_id: str | None) -> None:
        """A recording holds every subnet as it was."""

    def select(self, selection: Selection) -> None:
        """A recording holds what was selected when it was made."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """A recording keeps what the screen needs of an ENI and no more: always a ReadError."""
        message = "This is a recording: AWS was not asked for more of this interface than is shown."
        raise ReadError(Problem(ProblemKind.NOT_OFFERED, "ec2:DescribeNetworkInterfaces", message))

    async def investigate(self, vpc_endpoint_id: str, progress: Progress, *, resolve: bool = False) -> Investigation:
        """What the recording tells of an endpoint: everything but CloudTrail and names; KeyError for an unknown one."""
        if self._snapshot is None:
            raise KeyError(vpc_endpoint_id)
        return investigate_recorded(self._snapshot, vpc_endpoint_id, self.at)

    def _pause_before_next(self) -> float:
        gap = (self.recording.moments[self.index + 1].at - self.at).total_seconds()
        return min(max(gap, 0.0) / self.speed, LONGEST_WAIT)

    def _show(self) -> None:
        try:
            problem = self._go()
        except RecordingError as error:
            problem = Problem(ProblemKind.DISK, "", str(error), "Open it anew.")
            self._shown = -1
            self.playing = False
        read_at = self._snapshot.taken_at if self._snapshot else None
        self._publish(Update(self._snapshot, Status(Phase.REPLAYING, 0.0, read_at, problem=problem)))

    def _go(self) -> Problem | None:
        """Read up to the entry at the index; its problem. RecordingError when the file is no longer what it was."""
        entry = self.recording.entry(self.index)
        if self.index == self._shown + 1:
            self._snapshot = advance(self._snapshot, entry)
        elif self.index != self._shown:
            self._snapshot = self.recording.snapshot(self.index)
        self._shown = self.index
        return entry.problem


def investigate_recorded(snapshot: Snapshot, vpc_endpoint_id: str, at: datetime) -> Investigation:
    """What a snapshot of a recording tells of an endpoint; KeyError for an unknown one."""
    message = "CloudTrail was not asked: this is told from a recording."
    problem = Problem(ProblemKind.NOT_OFFERED, "cloudtrail:LookupEvents", message)
    return Investigation(snapshot, snapshot.endpoints[vpc_endpoint_id], at, problems=(problem,))
