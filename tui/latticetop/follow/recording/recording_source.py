"""Recording what a source publishes, while it is followed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from msgspec import structs

from latticetop.follow.clock import Clock, SystemClock
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Publish, Source, Update
from latticetop.model.records.problem import Problem, ProblemKind

MOST_WAITING = 100
"""Updates that a slow disk may be behind; more are passed over, and the next one written makes up for them."""


class Recorded:
    """A `status.Source` that writes what another publishes to a file, in a thread of its own.

    A disk that is full is published as a problem, and writing is tried again with every update.
    """

    def __init__(self, source: Source, recorder: Recorder, clock: Clock | None = None) -> None:
        self._source, self._recorder = source, recorder
        self._clock = clock or SystemClock()
        self._writer = ThreadPoolExecutor(1, "latticetop-recorder")
        self._waiting = 0
        self._problem: Problem | None = None
        self._latest: Update | None = None
        self._publish: Publish = lambda _: None
        self.refresh, self.pause, self.resume = source.refresh, source.pause, source.resume
        self.focus, self.select, self.renew = source.focus, source.select, source.renew
        self.describe_interface, self.investigate = source.describe_interface, source.investigate

    async def run(self, publish: Publish) -> None:
        """Publish until cancelled, and record on the way."""
        self._publish = publish
        await self._source.run(self._take)

    def close(self) -> None:
        """Wait until all is written, and close the file."""
        self._writer.shutdown()
        self._recorder.close()

    def _take(self, update: Update) -> None:
        self._latest = update
        self._tell(update)
        if self._waiting < MOST_WAITING:
            self._waiting += 1
            loop = asyncio.get_running_loop()
            written = loop.run_in_executor(self._writer, self._recorder.record, update, self._clock.now())
            written.add_done_callback(self._written)

    def _written(self, written: asyncio.Future[None]) -> None:
        self._waiting -= 1
        if written.cancelled():
            return
        problem = None
        if error := written.exception():
            if not isinstance(error, OSError):
                raise error
            problem = self._problem_of(error)
        if problem != self._problem:
            self._problem = problem
            if self._latest is not None:
                self._tell(self._latest)

    def _tell(self, update: Update) -> None:
        if self._problem is not None and update.status.problem is None:
            update = structs.replace(update, status=structs.replace(update.status, problem=self._problem))
        self._publish(update)

    def _problem_of(self, error: OSError) -> Problem:
        message = f"{self._recorder.path} cannot be written: {error.strerror}."
        return Problem(ProblemKind.DISK, "", message, "Recording goes on by itself once there is room.")
