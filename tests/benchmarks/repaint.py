"""Repainting a subnet's grid at 120 by 36: all of it, and when the cursor moves by a block; a /16 and a /24."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from textual._compositor import CompositorUpdate
from textual.screen import Screen

from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.follow.status import Phase, Status, Update
from latticetop.model.records.address import parse_cidr
from latticetop.model.records.resources import NetworkInterface, Subnet
from latticetop.model.snapshot import Scope, Snapshot, SubnetReading
from tests.benchmarks import REGION
from tests.benchmarks.table import heading, ms, ratio, row, title
from tests.dashboard.stage import showing

SIZE = (120, 36)
TIMES = 50
CIDRS = ("10.0.0.0/16", "10.0.0.0/24")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Painting(NamedTuple):
    """Seconds for: the grid anew, the lines a cursor's move touches, taking over a read that changed nothing."""

    full: float
    move: float
    show: float


def table() -> None:
    """One against the other."""
    large, small = (asyncio.run(_measure(cidr)) for cidr in CIDRS)
    title("Repainting a grid at 120x36, event loop and terminal left out")
    heading("what", "a /16 against a /24", "a /16 of 4,096 blocks", "a /24 of 16")
    for name, one, other in zip(("full repaint", "cursor moved", "same read shown"), large, small, strict=True):
        row(name, ratio(one, other), ms(one, 2), ms(other, 2))


async def _measure(cidr: str) -> Painting:
    async with showing(_update(cidr), SIZE) as stage:
        app, grid = stage.app, stage.grid
        grid.focus()
        await stage.pilot.pause()

        def full() -> None:
            grid.refresh()
            _paint(app, grid)

        def move() -> None:
            grid.action_move(1 if grid.cursor % 2 == 0 else -1, 0)
            _paint(app, grid)

        return Painting(_best(full), _best(move), _best(lambda: app.main_screen.show_data(app.screen_data)))


def _paint(app: LatticetopApp, grid: BlockGrid) -> None:
    """What Textual does with a widget that wants painting, up to the text for the terminal."""
    screen: Screen[object] = app.screen
    screen._compositor.update_widgets({grid})
    update = screen._compositor.render_update()
    assert isinstance(update, CompositorUpdate)
    update.render_segments(app.console)


def _best(action: Callable[[], None]) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[TIMES // 2]


def _update(cidr: str) -> Update:
    """A subnet of which nearly half the addresses are in use, at random."""
    network = parse_cidr(cidr)
    places = Random(1).sample(range(network.first + 4, network.last), network.size * 15 // 32)
    interfaces = tuple(NetworkInterface(f"eni-{n:017x}", "subnet-1", addresses=(a,)) for n, a in enumerate(places))
    free = network.size - 5 - len(places)
    subnet = Subnet("subnet-1", "vpc-1", network, available_ip_address_count=free, availability_zone=f"{REGION}a")
    read_at = dict.fromkeys(("endpoints", "associations", "subnets", "subnet-1"), NOW)
    reading = SubnetReading(subnet, interfaces)
    snapshot = Snapshot(Scope("123456789012", REGION), NOW, subnets={"subnet-1": reading}, read_at=read_at)
    return Update(snapshot, Status(Phase.WAITING, 15.0, NOW, calls=4))
