"""Python's threads and garbage collector, set so that a key waits for neither.

A full collection passes over all objects: of 200 accounts that takes a quarter of a second, and comes every few seconds
while they are read. So it waits until nobody presses a key.
"""

from __future__ import annotations

import asyncio
import gc
import selectors
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_SECONDS, RUN_SECONDS = 0.001, 0.05
"""How long the thread that draws waits for one that reads or computes, and this for that; Python's default is 0.005.

A frame takes 20 ms and more. With equal turns it would take twice as long beside one thread, three times beside two.
"""
REST_SECONDS = 2.0
"""Seconds without input after which a pause for a collection is not noticed."""
DUE, OVERDUE = 20, 500
"""Collections of younger objects after which a full one is made: at rest, and whatever is pressed."""


@contextmanager
def keys_first() -> Iterator[None]:
    """Until the end of the block, let threads take turns sooner, and make full collections only when asked to."""
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(*thresholds[:2], sys.maxsize >> 32)
    sys.setswitchinterval(WAIT_SECONDS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


class _Selector(selectors.DefaultSelector):
    """Waits for events, after which whoever waited comes first."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        sys.setswitchinterval(WAIT_SECONDS)
        try:
            return super().select(timeout)
        finally:
            sys.setswitchinterval(RUN_SECONDS)


def event_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose thread comes before others when it has something to do; Python's own on Windows."""
    return asyncio.new_event_loop() if sys.platform == "win32" else asyncio.SelectorEventLoop(_Selector())


class CollectionAtRest:
    """Makes a full collection when one is due and nothing was pressed for a while; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._input_at = monotonic()

    def on_input(self) -> None:
        """Note that a key or the mouse is in use."""
        self._input_at = self._monotonic()

    def tick(self) -> None:
        """Collect if it is time; called now and then."""
        younger = gc.get_count()[2]
        if younger >= OVERDUE or (younger >= DUE and self._monotonic() - self._input_at >= REST_SECONDS):
            gc.collect()
