"""A source that publishes what it is told to, and what a test sees of the screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.follow.reader import ReportProgress
from latticetop.follow.status import Phase, Publish, Source, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ReadError
from latticetop.model.snapshot import Snapshot
from tests.command import PATIENCE
from tests.dashboard.accounts import NOW, TAKEN


def update(snapshot: Snapshot | None, phase: Phase = Phase.WAITING, **more: Any) -> Update:
    """An update as the follower publishes one three seconds after a read of four calls."""
    fields: dict[str, Any] = {"interval": 15.0, "calls": 4}
    if snapshot is not None:
        fields |= {"read_at": TAKEN, "next_at": TAKEN + timedelta(seconds=15)}
    return Update(snapshot, Status(phase=phase, **fields | more))


class FakeSource:
    """Publishes its first update when it is run and others by `send`; notes what it is asked for."""

    def __init__(self, first: Update | None = None) -> None:
        self.first = first
        self.asked: list[object] = []
        self.focused: str | None = None
        self.answer: Mapping[str, Any] | Problem = {}
        self.gate: asyncio.Event | None = None
        self.send: Publish = lambda _: None

    async def run(self, publish: Publish) -> None:
        self.send = publish
        if self.first is not None:
            publish(self.first)
        await asyncio.Event().wait()

    def refresh(self) -> None:
        self.asked.append("refresh")

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def renew(self) -> None:
        self.asked.append("renew")

    def focus(self, subnet_id: str | None) -> None:
        self.focused = subnet_id

    def select(self, selection: Selection) -> None:
        self.asked.append(selection)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        self.asked.append(network_interface_id)
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Problem):
            raise ReadError(self.answer)
        return self.answer

    async def investigate(self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False) -> Investigation:
        self.asked.append((vpc_endpoint_id, resolve))
        snapshot = self.first.snapshot if self.first else None
        assert snapshot is not None
        return Investigation(snapshot, snapshot.endpoints[vpc_endpoint_id], NOW)


class Tap:
    """A source behind which another stands; `heard`, which several may share, is set when it publishes or answers."""

    def __init__(self, source: Source, heard: asyncio.Event | None = None) -> None:
        self.source = source
        self.heard = heard or asyncio.Event()
        for name in ("refresh", "pause", "resume", "renew", "focus", "select"):
            setattr(self, name, getattr(source, name))

    refresh: Callable[[], None]
    pause: Callable[[], None]
    resume: Callable[[], None]
    renew: Callable[[], None]
    focus: Callable[[str | None], None]
    select: Callable[[Selection], None]

    async def run(self, publish: Publish) -> None:
        def hear(told: Update) -> None:
            publish(told)
            self.heard.set()

        await self.source.run(hear)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        try:
            return await self.source.describe_interface(network_interface_id)
        finally:
            self.heard.set()

    async def investigate(self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False) -> Investigation:
        try:
            return await self.source.investigate(vpc_endpoint_id, progress, resolve=resolve)
        finally:
            self.heard.set()


class Stage:
    """A running app: press keys, look at the screen."""

    def __init__(self, app: LatticetopApp, pilot: Pilot[int], tap: Tap) -> None:
        self.app, self.pilot, self.tap = app, pilot, tap

    @property
    def source(self) -> FakeSource:
        assert isinstance(self.tap.source, FakeSource)
        return self.tap.source

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """The screen with its line ends and runs of blanks as single blanks."""
        return " ".join(self.text.split())

    def line(self, part: str) -> str:
        """The first line of the screen that has this in it."""
        found = next((line for line in self.lines if part in line), None)
        assert found is not None, f"{part!r} is not on screen:\n{self.text}"
        return found

    def pane(self, selector: str) -> str:
        """What stands within a widget, its border included."""
        region = self.app.screen.query_one(selector).region
        return "\n".join(line[region.x : region.right] for line in self.lines[region.y : region.bottom])

    def pane_words(self, selector: str) -> str:
        """The words within a widget, its border and line ends left out."""
        return " ".join(re.sub("[│╭╮╰╯─]", " ", self.pane(selector)).split())

    def table(self, selector: str) -> KeyedTable:
        return self.app.screen.query_one(selector, KeyedTable)

    @property
    def grid(self) -> BlockGrid:
        return self.app.screen.query_one(BlockGrid)

    @property
    def screen_name(self) -> str:
        return type(self.app.screen).__name__

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def show(self, shown: Snapshot | Update | None) -> None:
        """Publish, and wait until it is on screen."""
        told = shown if isinstance(shown, Update) else update(shown)
        self.source.send(told)
        await self.until(lambda: self.app.screen_data.update is told)
        await self.pilot.pause()

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait for something to be so, looking again whenever the source has spoken or the app listened."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self.tap.heard.clear()
                    await self.pilot.pause()
                    if predicate():
                        return
                    await self.tap.heard.wait()
        except TimeoutError:
            raise AssertionError(f"waited in vain; on screen:\n{self.text}") from None


def build(first: Snapshot | Update | None, **options: Any) -> LatticetopApp:
    """An app on a FakeSource that publishes this at once, with its clock standing still."""
    told = first if first is None or isinstance(first, Update) else update(first)
    return LatticetopApp(FakeSource(told), title="prod-network", now=lambda: NOW, **options)


@asynccontextmanager
async def playing(
    source: Source,
    size: tuple[int, int] = (120, 36),
    make: Callable[..., LatticetopApp] = LatticetopApp,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Run the app on a source."""
    tap = source if isinstance(source, Tap) else Tap(source)
    given: dict[str, Any] = {"title": "prod-network", "now": lambda: NOW} | options
    app = make(tap, **given)
    async with app.run_test(size=size) as pilot:
        # What takes long is worked out before the app takes it over.
        app.watch(app, "screen_data", tap.heard.set, init=False)
        yield Stage(app, pilot, tap)


@asynccontextmanager
async def showing(
    first: Snapshot | Update | None, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[Stage]:
    """Run the app on a FakeSource that publishes this at once; None waits for nothing."""
    told = first if first is None or isinstance(first, Update) else update(first)
    async with playing(FakeSource(told), size, **options) as stage:
        if told is not None:
            await stage.until(lambda: stage.app.screen_data.update is told)
        await stage.pilot.pause()
        yield stage
