"""Python's cyclic garbage collector, tuned so that objects that stay do not stop the screen again and again."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

THRESHOLDS = 2_000, 10, 25
"""Allocations before a collection of generation 0, and collections of one generation before one of the next.

A collection of generation 1 then takes less than 10 ms. Python's own 700, 10, 10 are meant for small programs."""
MAX_PAUSE = 0.02
"""Seconds that a full collection may take before its survivors are frozen."""
MAX_FREEZES = 3
"""Number of such freezes: garbage that is alive at that moment is never collected."""


@contextmanager
def freeze_imports() -> Iterator[None]:
    """Exclude what is imported in the context from garbage collection, now and later (saves a fifth of the start)."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def limit_gc_pauses() -> None:
    """Exclude from garbage collection what has survived a full collection that took too long, a few times.

    The account and the screen live as long as the process; collecting over them takes hundreds of milliseconds.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.callbacks.append(_FreezeAfterLongCollection())


class _FreezeAfterLongCollection:
    """A callback in `gc.callbacks`."""

    def __init__(self) -> None:
        self._started = 0.0
        self._freezes_left = MAX_FREEZES

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "start":
            self._started = time.perf_counter()
        elif self._freezes_left and time.perf_counter() - self._started > MAX_PAUSE:
            self._freezes_left -= 1
            gc.freeze()
