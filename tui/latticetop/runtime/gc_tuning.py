"""When Python looks for garbage in cycles: what stays is not looked at again and again, so that the screen goes on."""

from __future__ import annotations

import gc
import time

THRESHOLDS = 2_000, 10, 25
"""New objects after which the youngest are looked through, how often these before the young, these before all.

The young are looked through in less than 10 ms so; Python's own 700, 10, 10 are for small programs."""
LONG = 0.02
"""Seconds that a full collection may take."""
MOST = 3
"""How often what survived is passed over from then on: what is on its way out at such a moment is never given back."""


def keep_short() -> None:
    """From now on a full collection that took long is the last for all that has survived it, a few times.

    The account and the screen stay as long as the process, and looking through them takes hundreds of milliseconds.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.callbacks.append(_Watch())


class _Watch:
    """A callback of the collector."""

    def __init__(self) -> None:
        self._began = 0.0
        self._left = MOST

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._began = time.perf_counter()
        elif self._left and time.perf_counter() - self._began > LONG:
            self._left -= 1
            gc.freeze()
