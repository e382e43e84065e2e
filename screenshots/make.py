"""Draw the pictures of this folder: `python screenshots/make.py` drives the real app on the simulator.

Time is the simulator's and stands still, so the pictures do not differ from run to run. Where chromium is at hand,
the pictures that pages show are drawn as PNG too.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime, timedelta
from pathlib import Path

from textual.pilot import Pilot

from latticetop.aws.settings import Settings
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.replay_app import ReplayApp
from latticetop.dashboard.widgets.block_grid import BlockGrid
from latticetop.dashboard.widgets.keyed_table import KeyedTable
from latticetop.dashboard.widgets.replay_bar import ReplayBar
from latticetop.follow.loop import Follower
from latticetop.follow.one_shot import read_once
from latticetop.follow.reader import Reader
from latticetop.follow.recorder import Recorder
from latticetop.follow.recording import Recording
from latticetop.follow.replay import Replayer
from latticetop.follow.status import Phase, Status, Update
from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from latticetop.simulator.account import Account
from latticetop.simulator.interfaces import unassign
from latticetop.simulator.scenarios.furniture import Furnisher

HERE = Path(__file__).parent
USUAL, NARROW = (120, 36), (80, 24)
AGE = timedelta(seconds=3)
DEADLINE = 60.0
ANSWERED = "as AWS says now"
AS_PNG = ("incident", "eks")
EVERY = 480.0
"""Seconds from one read of the growing cluster to the next."""
PENDING_AFTER = 45.0
"""Seconds into the incident at which the endpoint is Pending and subnet A has no block left."""


class Standing:
    """The simulator's time for the follower, which reads once and then waits to be asked."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The simulated moment."""
        return self._clock.present()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until asked."""
        await event.wait()
        return True


class Studio:
    """The app on the simulator, after its first read."""

    def __init__(self, app: LatticetopApp, pilot: Pilot[int], server: ServerThread, clock: ManualClock) -> None:
        self.app, self.pilot = app, pilot
        self.server, self.clock = server, clock

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

    async def take(self, name: str) -> None:
        """Save the screen as a picture."""
        await self.pilot.pause()
        path = HERE / f"{name}.svg"
        path.write_text(self.app.export_screenshot(title="latticetop"), encoding="utf-8")
        sys.stdout.write(f"{path.name}\n")
        if name in AS_PNG and (browser := shutil.which("chromium")):
            draw_png(browser, path)


@asynccontextmanager
async def studio(scenario: str, title: str, size: tuple[int, int], after: float | None = 0.0) -> AsyncIterator[Studio]:
    """The app on a scenario after so many seconds, or at its end for None."""
    clock = ManualClock(SCENARIOS[scenario].start)
    with ServerThread(scenario, clock=clock) as server:
        server.call(lambda _: clock.finish() if after is None else clock.advance(after))

        async def connect() -> Reader:
            from latticetop.aws import connect as open_reader

            return await open_reader(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))

        follower = Follower(connect, clock=Standing(clock), random=lambda: 0.5)
        app = LatticetopApp(follower, title=title, now=lambda: clock.present() + AGE)
        async with app.run_test(size=size) as pilot:
            shown = Studio(app, pilot, server, clock)
            await shown.until(lambda: app.latest is not None and app.latest.status.phase is Phase.WAITING)
            yield shown


async def draw_incident() -> None:
    """The incident under way and in its end, and what can be opened from there."""
    async with studio("incident", "prod-network", USUAL, PENDING_AFTER) as shown:
        await shown.take("pending")
    async with studio("incident", "prod-network", NARROW, None) as shown:
        await shown.take("narrow")
    async with studio("incident", "prod-network", USUAL, None) as shown:
        await shown.take("incident")
        await shown.press("e")
        await shown.until(lambda: getattr(shown.app.screen, "explanation", None) is not None)
        await shown.take("explain")
        await shown.press("escape", "p", "down")
        await shown.take("plan")
        await shown.press("escape", "enter")
        await shown.take("endpoint")
        await shown.press("enter")
        await shown.until(lambda: shown.app.screen.query_one("#facts-pane").border_subtitle == ANSWERED)
        await shown.take("interface")
        await shown.press("escape", "escape", "tab", "enter", "enter")
        await shown.take("block")
        await shown.press("escape", "question_mark")
        await shown.take("help")


async def draw_eks() -> None:
    """A large account with the cursor in a subnet of EKS nodes."""
    async with studio("fleet", "prod-network", USUAL) as shown:
        table = shown.app.screen.query_one("#subnet-table", KeyedTable)
        view = shown.app.view
        assert view is not None
        nodes = next(r for r in view.snapshot.subnets.values() if r.subnet.name == "production-eks-a")
        table.focus()
        table.go_to(nodes.subnet.subnet_id)
        await shown.press("enter")
        grid = shown.app.screen.query_one(BlockGrid)
        grid.go_to(nodes.blocks.letters.index("A", 5 * 16))
        await shown.take("eks")


def grow(account: Account) -> None:
    """A node joins the cluster and takes a block; every sixth gives it back."""
    region = account.region()
    subnet = next(each for each in region.subnets.values() if each.tags.get("Name") == "production-eks-a")
    furnish = Furnisher(region)
    node = furnish.node(subnet, "production", 1, furnish.new_instance())
    if int(account.clock.present().timestamp()) // int(EVERY) % 6 == 0:
        unassign(region, node.id, (), node.prefixes)


async def draw_trend() -> None:
    """Three hours in which a cluster grows."""
    async with studio("fleet", "prod-network", USUAL) as shown:
        app = shown.app
        for _ in range(24):
            shown.clock.advance(EVERY)
            shown.server.call(grow)
            app.action_refresh()
            await shown.until(lambda: app.trend.until == shown.clock.present().timestamp())
        await shown.press("t", "home")
        await shown.take("trend")


async def draw_replay() -> None:
    """The incident recorded every five seconds, and played back to where AWS gave up."""
    from latticetop.aws import connect as open_reader

    clock = ManualClock(SCENARIOS["incident"].start)
    with tempfile.TemporaryDirectory() as folder, ServerThread("incident", clock=clock) as server:
        path = Path(folder) / "incident.rec"
        recorder = Recorder(path)
        reader = await open_reader(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))
        for _ in range(36):
            server.call(lambda _: clock.advance(5.0))
            snapshot = await read_once(reader, clock=Standing(clock), lattice=True)
            recorder.record(Update(snapshot, Status(Phase.WAITING, 5.0)), snapshot.taken_at)
        await reader.close()
        recorder.close()
        with closing(Recording(path)) as recording:
            replayer = Replayer(recording)
            replayer.pause()
            replayer.seek(24)
            app = ReplayApp(replayer, title=path.name, now=replayer.now)
            async with app.run_test(size=USUAL) as pilot:
                shown = Studio(app, pilot, server, clock)
                await shown.until(lambda: bool(app.view) and bool(app.screen.query(ReplayBar)))
                await shown.take("replay")


def draw_png(browser: str, svg: Path) -> None:
    """Let a browser draw a picture, as large as the SVG says."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        drawn = svg.read_text(encoding="utf-8").replace("Fira Code", "Fira Code, DejaVu Sans Mono")
        page.write_text(f"<body style='margin:0;background:#11171d'>{drawn}</body>", encoding="utf-8")
        quiet = ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1482,928", *quiet)
        target = f"--screenshot={svg.with_suffix('.png')}"
        command = [browser, *options, f"--user-data-dir={folder}/profile", target, page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE)
    sys.stdout.write(f"{svg.with_suffix('.png').name}\n")


async def main() -> None:
    """Draw them all."""
    await draw_incident()
    await draw_eks()
    await draw_replay()
    await draw_trend()


if __name__ == "__main__":
    asyncio.run(main())
