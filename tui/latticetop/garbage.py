"""When Python looks for garbage in cycles: what stays is not looked at again and again, so that the screen goes on."""

from __future__ import annotations

import gc
import time

YOUNG = 5_000
"""New objects after which the youngest are looked through; Python's own 700 is for small programs."""
LONG = 0.02
"""Seconds that a full collection may take."""


def keep_short() -> None:
    """From now on a full collection that took long is the last for all that has survived it.

    The account and the screen stay as long as the process, and looking through them takes hundreds of milliseconds.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)
    gc.callbacks.append(_Watch())


class _Watch:
    """A callback of the collector."""

    def __init__(self) -> None:
        self._began = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._began = time.perf_counter()
        elif time.perf_counter() - self._began > LONG:
            gc.freeze()
