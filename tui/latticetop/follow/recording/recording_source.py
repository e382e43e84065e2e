"""A source that records what another source publishes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import structs

from latticetop.follow.reader import ReportProgress
from latticetop.follow.recording.reader import RecordingError
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Publish, Source, Update
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.incident.investigation import Investigation, InvestigationRecord
from latticetop.model.records.problem import Problem, ProblemKind

MAX_QUEUED = 100
"""The updates that may wait for a slow disk; further ones are skipped, and the next one written covers them."""


class RecordingSource:
    """A `status.Source` that publishes the updates of another one, and writes them to a file in a thread of its own.

    Whatever prevents that is published as a problem, and every further update tries to write again. What an
    investigation found is recorded too.
    """

    def __init__(self, source: Source, recorder: Recorder, clock: AsyncClock | None = None) -> None:
        self._source, self._recorder = source, recorder
        self._clock = clock or SystemClock()
        self._writer = ThreadPoolExecutor(1, "latticetop-recorder")
        self._queued = 0
        self._problem: Problem | None = None
        self._latest: Update | None = None
        self._publish: Publish = lambda _: None
        self.refresh, self.pause, self.resume = source.refresh, source.pause, source.resume
        self.focus, self.select, self.renew = source.focus, source.select, source.renew
        self.describe_interface = source.describe_interface

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled, and record them."""
        self._publish = publish
        await self._source.run(self._on_update)

    def close(self) -> None:
        """Wait until everything is written, and close the file."""
        self._writer.shutdown()
        self._recorder.close()

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Investigate an endpoint with the other source, and record what was found."""
        investigation = await self._source.investigate(vpc_endpoint_id, progress, resolve=resolve)
        found = InvestigationRecord.of(investigation)
        self._write(self._recorder.record_investigation, found, self._latest_phase, self._clock.now())
        return investigation

    def _on_update(self, update: Update) -> None:
        self._latest = update
        self._publish_with_problem(update)
        self._write(self._recorder.record, update, self._clock.now())

    @property
    def _latest_phase(self) -> Phase:
        return self._latest.status.phase if self._latest else Phase.CONNECTING

    def _write(self, write: Callable[..., None], *arguments: object) -> None:
        if self._queued < MAX_QUEUED:
            self._queued += 1
            written = asyncio.get_running_loop().run_in_executor(self._writer, write, *arguments)
            written.add_done_callback(self._on_written)

    def _on_written(self, write: asyncio.Future[None]) -> None:
        self._queued -= 1
        if write.cancelled():
            return
        problem = recording_problem(self._recorder.path, error) if (error := write.exception()) else None
        if problem != self._problem:
            self._problem = problem
            if self._latest is not None:
                self._publish_with_problem(self._latest)

    def _publish_with_problem(self, update: Update) -> None:
        if self._problem is not None:
            update = structs.replace(update, status=structs.replace(update.status, recording_problem=self._problem))
        self._publish(update)


def recording_problem(path: Path, error: BaseException) -> Problem:
    """Return the problem of a recording that could not be written, or whose writer failed."""
    if isinstance(error, RecordingError):
        return Problem(ProblemKind.DISK, "", str(error), "Start latticetop again with --record and another file.")
    if isinstance(error, OSError):
        message = f"{path} cannot be written: {error.strerror or error}."
        return Problem(ProblemKind.DISK, "", message, "Recording continues when there is free space.")
    text = " ".join(str(error).split())
    message = f"The last data could not be recorded in {path}: {type(error).__name__}{f': {text}' if text else ''}."
    return Problem(ProblemKind.DISK, "", message, "latticetop tries again with the next data.")
