"""Stalls of the event loop: the time in which it did not run what was due, because this process computed.

A time-out after a stall says nothing about AWS: the answer may have been there for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from weakref import WeakKeyDictionary

_TICK = 0.1
"""Seconds between two looks at the clock while requests are under way."""
_PUNCTUAL = 0.05
"""Seconds by which a look may be late without being a stall."""
_LONG = 0.1
"""The share of the time from which on stalls count."""


class Stalls:
    """The stalls of an event loop since a time."""

    def __init__(self, meter: _StallMeter) -> None:
        self._meter = meter
        self._started, self._before = monotonic(), meter.total()

    @property
    def seconds(self) -> float:
        """Seconds of stalls so far, that of this moment included."""
        return self._meter.total() - self._before

    @property
    def are_long(self) -> bool:
        """Whether they took so much of the time that an answer may have come without being seen."""
        return self.seconds > _LONG * (monotonic() - self._started)


class _StallMeter:
    """Sets a timer again and again while anybody measures, and adds up by how much it was late."""

    def __init__(self) -> None:
        self._measuring = 0
        self._total = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._measuring += 1
        if self._timer is None:
            self._set_timer()

    def stop(self) -> None:
        self._measuring -= 1
        if not self._measuring and self._timer is not None:
            self._total = self.total()
            self._timer.cancel()
            self._timer = None

    def total(self) -> float:
        """Seconds of all stalls, that of this moment included."""
        late = monotonic() - self._due if self._timer else 0.0
        return self._total + (late if late > _PUNCTUAL else 0.0)

    def _set_timer(self) -> None:
        self._due = monotonic() + _TICK
        self._timer = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _tick(self) -> None:
        self._total = self.total()
        self._set_timer()


_meters: WeakKeyDictionary[asyncio.AbstractEventLoop, _StallMeter] = WeakKeyDictionary()


@contextmanager
def measured_stalls() -> Iterator[Stalls]:
    """Measure the stalls of the running event loop inside the block."""
    meter = _meters.setdefault(asyncio.get_running_loop(), _StallMeter())
    meter.start()
    try:
        yield Stalls(meter)
    finally:
        meter.stop()
