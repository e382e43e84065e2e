"""How far a long read for a command that prints and exits is, in clauses with seconds between them."""

from __future__ import annotations

from collections.abc import Callable

from latticetop.follow.interfaces import ReadProgress
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
        self._next_at = clock.monotonic() + FIRST_AFTER

    def interfaces(self, progress: ReadProgress) -> None:
        """Report the addresses of the ENIs read so far."""
        self._say(f"network interfaces: {progress.addresses:,} of about {progress.expected:,} addresses read")

    def reservations(self, subnets: int) -> Callable[[], None]:
        """Return the function to call after the CIDR reservations of each of so many subnets."""
        done = 0

        def on_subnet() -> None:
            nonlocal done
            done += 1
            self._say(f"CIDR reservations: {done:,} of {subnets:,} subnets read")

        return on_subnet

    def _say(self, clause: str) -> None:
        now = self._clock.monotonic()
        if now >= self._next_at:
            self._next_at = now + EVERY
            self._report(clause)
