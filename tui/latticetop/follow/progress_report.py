"""How far a long read for a command that prints and exits is, in clauses with seconds between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from latticetop.follow.interfaces import ReadProgress
from latticetop.follow.reader import Reader
from latticetop.follow.timing import AsyncClock

FIRST_AFTER = 2.0
"""Seconds; a read that ends sooner reports nothing."""
EVERY = 5.0
"""Seconds between two reports."""


class ProgressReport:
    """Calls a function with a clause, once a read takes long, and then every few seconds."""

    def __init__(self, clock: AsyncClock, report: Callable[[str], None]) -> None:
        self._clock = clock
        self._report = report
        self._answered_at = clock.monotonic()
        self._next_at = self._answered_at + FIRST_AFTER
        self._subnets = self._done = 0

    @asynccontextmanager
    async def reporting_silence(self, reader: Reader) -> AsyncIterator[None]:
        """Report every few seconds inside the block for how long AWS has not answered the reader."""
        reader.on_response = self._note_answer
        task = asyncio.create_task(self._report_silence())
        try:
            yield
        finally:
            task.cancel()

    def _note_answer(self) -> None:
        self._answered_at = self._clock.monotonic()

    async def _report_silence(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            seconds = self._clock.monotonic() - self._answered_at
            if seconds >= EVERY:
                self._say(f"AWS has not answered for {seconds:.0f} s")

    def interfaces(self, progress: ReadProgress) -> None:
        """Report the addresses of the ENIs read so far."""
        self._say(f"network interfaces: {progress.addresses:,} of about {progress.expected:,} addresses read")

    def reservations_of(self, subnets: int) -> None:
        """Take the number of subnets whose CIDR reservations are read."""
        self._subnets = subnets

    def reservations(self) -> None:
        """Report, after those of one more subnet, the subnets so far, once their number is known."""
        self._done += 1
        if self._subnets:
            self._say(f"CIDR reservations: {self._done:,} of {self._subnets:,} subnets read")

    def _say(self, clause: str) -> None:
        now = self._clock.monotonic()
        if now >= self._next_at:
            self._next_at = now + EVERY
            self._report(clause)
