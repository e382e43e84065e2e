"""A gate for reads: so many accounts and Regions at a time, and the others wait for their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple


def _never() -> bool:
    return False


class _Waiting(NamedTuple):
    turn: asyncio.Future[None]
    is_urgent: Callable[[], bool]


class ReadGate:
    """Lets at most `at_once` reads run at the same time, in the order in which they came, urgent ones first."""

    def __init__(self, at_once: int = 1) -> None:
        self._free = at_once
        self._queue: list[_Waiting] = []

    @property
    def is_full(self) -> bool:
        """Whether the next one has to wait."""
        return not self._free

    @asynccontextmanager
    async def turn(self, is_urgent: Callable[[], bool] = _never) -> AsyncIterator[None]:
        """Wait for a turn, which lasts as long as the block; `is_urgent` is asked whenever another one has ended."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(_Waiting(asyncio.get_running_loop().create_future(), is_urgent))
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, waiting: _Waiting) -> None:
        self._queue.append(waiting)
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if not waiting.turn.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next one, if any waits."""
        self._queue = [waiting for waiting in self._queue if not waiting.turn.cancelled()]
        if not self._queue:
            self._free += 1
            return
        waiting = next((waiting for waiting in self._queue if waiting.is_urgent()), self._queue[0])
        self._queue.remove(waiting)
        waiting.turn.set_result(None)
