"""The real app on the simulator, whose time stands still, so that its pictures do not differ from run to run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from textual.pilot import Pilot

from latticetop.aws.settings import Settings
from latticetop.dashboard.app import LatticetopApp
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.follow.status import Phase, Update
from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount

USUAL, NARROW = (120, 36), (80, 24)
AGE = timedelta(seconds=3)
DEADLINE = 60.0
SWAYING = ("NO_COLOR", "FORCE_COLOR", "TERM_PROGRAM", "TMUX", "STY", "COLUMNS", "LINES")

Keep = Callable[[str, str], None]
"""What is told the name of a picture and its SVG."""


def forget_terminal() -> None:
    """Owe nothing to the terminal this runs in, nor to the settings of whoever runs it."""
    for name in list(os.environ):
        if name in SWAYING or name.startswith(("TEXTUAL_", "LATTICETOP_")):
            del os.environ[name]
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class Standing:
    """The simulator's time for the follower, which reads once and then waits to be asked."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The simulated moment."""
        return self._clock.current_time()

    def monotonic(self) -> float:
        """The seconds simulated so far."""
        return self._clock.monotonic_seconds()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until asked."""
        await event.wait()
        return True


class Studio:
    """The app on the simulator."""

    def __init__(
        self, app: LatticetopApp, pilot: Pilot[int], server: ServerThread, clock: ManualClock, keep: Keep
    ) -> None:
        self.app, self.pilot = app, pilot
        self.server, self.clock = server, clock
        self._keep = keep

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(DEADLINE):
            while not is_so():
                await self.pilot.pause(0.02)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what they cause."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def later(
        self, seconds: float | None, happens: Callable[[SimulatedAccount], object] = lambda _: None
    ) -> None:
        """Let something happen, and so many seconds pass, or all that is still to come for None; read it."""

        def go_on(account: SimulatedAccount) -> None:
            happens(account)
            if seconds is None:
                self.clock.finish()
            else:
                self.clock.advance(seconds)

        self.server.call(go_on)
        self.app.action_refresh()
        moment = self.clock.current_time()
        await self.until(lambda: has_read(self.app.screen_data.update, moment))

    async def take(self, name: str) -> None:
        """Keep the screen as a picture."""
        await self.pilot.pause()
        self._keep(name, self.app.export_screenshot(title="latticetop"))


def has_read(update: Update | None, moment: datetime) -> bool:
    """Whether the read at a moment has ended: parts of it come before."""
    if update is None or update.snapshot is None or update.status.phase is not Phase.WAITING:
        return False
    return update.snapshot.taken_at == moment


def follower_of(server: ServerThread, clock: ManualClock) -> Follower:
    """What follows a simulated account."""

    async def connect() -> Reader:
        from latticetop.aws import connect as open_reader

        return await open_reader(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

    return Follower(connect, clock=Standing(clock), random=lambda: 0.5)


@asynccontextmanager
async def studio(
    keep: Keep,
    scenario: str,
    size: tuple[int, int] = USUAL,
    after: float | None = 0.0,
    **options: Any,
) -> AsyncIterator[Studio]:
    """The app on a scenario after so many seconds, or at its end for None, after its first read."""
    clock = ManualClock(SCENARIOS[scenario.partition(":")[0]].start)
    with ServerThread(scenario, clock=clock) as server:
        server.call(lambda _: clock.finish() if after is None else clock.advance(after))

        app = LatticetopApp(
            follower_of(server, clock),
            title="prod-network",
            now=lambda: clock.current_time() + AGE,
            monotonic=lambda: clock.monotonic_seconds() + AGE.total_seconds(),
            **options,
        )
        async with app.run_test(size=size) as pilot:
            shown = Studio(app, pilot, server, clock, keep)
            await shown.until(
                lambda: app.screen_data.update is not None and app.screen_data.update.status.phase is Phase.WAITING
            )
            yield shown
