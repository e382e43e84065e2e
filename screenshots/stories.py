"""The stories that the pictures are taken from; each draws some of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from screenshots.film import draw_film
from screenshots.studio import NARROW, USUAL, Keep, Standing, Studio, follower_of, has_read, studio
from screenshots.svg import sheet

from latticetop.aws.settings import Settings
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.replay.bar import ReplayBar
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.follow.one_shot import read_once
from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import Replayer
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Status, Update
from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.network_interfaces import unassign_addresses
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory

ANSWERED = "as AWS says now"
EVERY = 480.0
"""Seconds from one read of the growing cluster to the next."""
DELIVERED = 60.0
"""Seconds in which CloudTrail has delivered."""
PENDING_AFTER = 45.0
"""Seconds into the incident at which the endpoint is Pending and subnet A has no block left."""
SHOWN_THEMES = ("light", "contrast", "colour-blind", "colour-blind-blue")


async def draw_incident(keep: Keep) -> None:
    """The incident in its end, and what can be opened from there."""
    async with studio(keep, "incident", after=None) as shown:
        await shown.later(DELIVERED)
        await shown.take("incident")
        await shown.press("e")
        await shown.until(lambda: getattr(shown.app.screen, "explanation", None) is not None)
        await shown.take("explain")
        await shown.press("escape", "p", "down")
        await shown.take("plan")
        await shown.press("escape", "enter")
        await shown.take("endpoint")
        await shown.press("enter")
        await shown.until(lambda: shown.app.screen.query_one("#attributes-pane").border_subtitle == ANSWERED)
        await shown.take("interface")
        await shown.press("escape", "escape", "tab", "enter", "enter")
        await shown.take("block")
        await shown.press("escape", "question_mark")
        await shown.take("help")


async def draw_changes(keep: Keep) -> None:
    """The incident as it goes: while the endpoint is Pending, and what changed up to its end."""
    async with studio(keep, "incident") as shown:
        for _ in range(3):
            await shown.later(PENDING_AFTER / 3)
        await shown.take("pending")
        for _ in range(8):
            await shown.later(15)
        await shown.press("w")
        await shown.take("changes")


async def draw_sizes_and_themes(keep: Keep) -> None:
    """The incident on 80 columns, and in the other themes."""
    sides: dict[str, str] = {}
    for theme in ("dark", *SHOWN_THEMES):
        async with studio(sides.__setitem__, "incident", NARROW, None, theme=theme) as shown:
            await shown.take(theme)
    keep("narrow", sides.pop("dark"))
    keep("themes", sheet(sides))


async def draw_fleet(keep: Keep) -> None:
    """A large account: every subnet in one list, the grid of a subnet of EKS nodes, and who fragments it."""
    async with studio(keep, "fleet") as shown:
        await shown.press("o")
        await shown.take("estate")
        await shown.press("escape")
        table = shown.app.screen.query_one("#subnet-table", KeyedTable)
        view = shown.app.view
        assert view is not None
        nodes = next(r for r in view.snapshot.subnets.values() if r.subnet.name == "production-eks-a")
        table.focus()
        table.go_to(nodes.subnet.subnet_id)
        await shown.press("enter")
        shown.app.screen.query_one(BlockGrid).go_to(nodes.blocks.letters.index("A", 5 * 16))
        await shown.take("eks")
        await shown.press("O")
        await shown.take("owners")


async def draw_trouble(keep: Keep) -> None:
    """What is wrong in two accounts, in one list."""
    clock = ManualClock(SCENARIOS["incident"].start)
    with ServerThread("fleet", clock=clock) as server:
        platform = FollowedScope(follower_of(server, clock), title="data-platform")
        async with studio(keep, "incident", after=None, others=[platform]) as shown:
            await shown.until(lambda: platform.view is not None)
            moment = shown.clock.current_time()
            server.call(lambda _: clock.advance((moment - clock.current_time()).total_seconds()))
            platform.source.refresh()
            await shown.until(lambda: has_read(platform.update, moment))
            await shown.press("1")
            await shown.take("trouble")


def grow(account: SimulatedAccount) -> None:
    """A node joins the cluster and takes a block; every sixth gives it back."""
    region = account.region()
    subnet = next(each for each in region.subnets.values() if each.tags.get("Name") == "production-eks-a")
    factory = InterfaceFactory(region)
    node = factory.eks_node(subnet, "production", 1, factory.new_instance_id())
    if int(account.world.clock.current_time().timestamp()) // int(EVERY) % 6 == 0:
        unassign_addresses(region, node.id, (), node.prefixes)


async def draw_trend(keep: Keep) -> None:
    """Three hours in which a cluster grows."""
    async with studio(keep, "fleet") as shown:
        for _ in range(24):
            shown.clock.advance(EVERY)
            await shown.later(0, grow)
        await shown.press("t", "home")
        await shown.take("trend")


async def draw_replay(keep: Keep) -> None:
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
                shown = Studio(app, pilot, server, clock, keep)
                await shown.until(lambda: bool(app.view) and bool(app.screen.query(ReplayBar)))
                await shown.take("replay")


STORIES: Mapping[Callable[[Keep], Coroutine[Any, Any, None]], tuple[str, ...]] = {
    draw_incident: ("incident", "explain", "plan", "endpoint", "interface", "block", "help"),
    draw_changes: ("pending", "changes"),
    draw_sizes_and_themes: ("narrow", "themes"),
    draw_fleet: ("estate", "eks", "owners"),
    draw_trouble: ("trouble",),
    draw_trend: ("trend",),
    draw_replay: ("replay",),
    draw_film: ("film",),
}
"""Each story and the names of its pictures."""
