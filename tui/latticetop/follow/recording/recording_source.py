"""A source that records what another source publishes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from msgspec import structs

from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Publish, Source, Update
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.records.problem import Problem, ProblemKind

MAX_QUEUED = 100
"""The updates that may wait for a slow disk; further ones are skipped, and the next one written covers them."""


class RecordingSource:
    """A `status.Source` that publishes the updates of another one, and writes them to a file in a thread of its own.

    A full disk is published as a problem, and every further update tries to write again.
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
        self.describe_interface, self.investigate = source.describe_interface, source.investigate

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled, and record them."""
        self._publish = publish
        await self._source.run(self._on_update)

    def close(self) -> None:
        """Wait until everything is written, and close the file."""
        self._writer.shutdown()
        self._recorder.close()

    def _on_update(self, update: Update) -> None:
        self._latest = update
        self._publish_with_problem(update)
        if self._queued < MAX_QUEUED:
            self._queued += 1
            loop = asyncio.get_running_loop()
            write = loop.run_in_executor(self._writer, self._recorder.record, update, self._clock.now())
            write.add_done_callback(self._on_written)

    def _on_written(self, write: asyncio.Future[None]) -> None:
        self._queued -= 1
        if write.cancelled():
            return
        problem = None
        if error := write.exception():
            if not isinstance(error, OSError):
                raise error
            problem = self._disk_problem(error)
        if problem != self._problem:
            self._problem = problem
            if self._latest is not None:
                self._publish_with_problem(self._latest)

    def _publish_with_problem(self, update: Update) -> None:
        if self._problem is not None and update.status.problem is None:
            update = structs.replace(update, status=structs.replace(update.status, problem=self._problem))
        self._publish(update)

    def _disk_problem(self, error: OSError) -> Problem:
        message = f"{self._recorder.path} cannot be written: {error.strerror}."
        return Problem(ProblemKind.DISK, "", message, "Recording continues when there is free space.")
