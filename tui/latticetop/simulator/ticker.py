"""Makes things happen when they are due, whether or not anybody asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.simulator.account import Account

LONGEST_WAIT = 3600.0


class Ticker:
    """Runs an account's clock in the running loop. A clock that stands still is left to whoever moves it."""

    def __init__(self, account: Account) -> None:
        self._clock = account.clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._stop_watching = account.watch(lambda: self._loop.call_soon_threadsafe(self._arm))
        self._stopped = False
        self._arm()

    def stop(self) -> None:
        """Let nothing more happen by itself."""
        self._stopped = True
        self._stop_watching()
        if self._timer:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        due = self._clock.next_due()
        if due is None or self._stopped or not self._clock.runs:
            return
        self._timer = self._loop.call_later(min(LONGEST_WAIT, self._clock.wait_for(due)), self._fire)

    def _fire(self) -> None:
        self._clock.run_due()
        self._arm()
