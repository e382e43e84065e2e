"""The app under test: a source that publishes what it is given, and what is on screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
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
from tests.dashboard.settle import settle_at_once
from tests.dashboard.style_sheets import parse_once


def update(snapshot: Snapshot | None, phase: Phase = Phase.WAITING, **more: Any) -> Update:
    """An update as the follower publishes it, three seconds after a read of four calls."""
    fields: dict[str, Any] = {"interval": 15.0, "calls": 4}
    if snapshot is not None:
        fields |= {"read_at": TAKEN, "next_at": TAKEN + timedelta(seconds=15)}
    return Update(snapshot, Status(phase=phase, **fields | more))


class FakeSource:
    """Publishes its first update when it is run and others by `send`; `requests` has what it was asked for."""

    def __init__(self, first: Update | None = None) -> None:
        self.first = first
        self.requests: list[object] = []
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
        self.requests.append("refresh")

    def pause(self) -> None:
        self.requests.append("pause")

    def resume(self) -> None:
        self.requests.append("resume")

    def renew(self) -> None:
        self.requests.append("renew")

    def focus(self, subnet_id: str | None) -> None:
        self.focused = subnet_id

    def select(self, selection: Selection) -> None:
        self.requests.append(selection)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        self.requests.append(network_interface_id)
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Problem):
            raise ReadError(self.answer)
        return self.answer

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        self.requests.append((vpc_endpoint_id, resolve))
        snapshot = self.first.snapshot if self.first else None
        assert snapshot is not None
        return Investigation(snapshot, snapshot.endpoints[vpc_endpoint_id], NOW)


class ObservedSource:
    """A source in front of another, which sets `activity` when that publishes or answers."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.activity = asyncio.Event()
        for name in ("refresh", "pause", "resume", "renew", "focus", "select"):
            setattr(self, name, getattr(source, name))

    refresh: Callable[[], None]
    pause: Callable[[], None]
    resume: Callable[[], None]
    renew: Callable[[], None]
    focus: Callable[[str | None], None]
    select: Callable[[Selection], None]

    async def run(self, publish: Publish) -> None:
        def publish_observed(update: Update) -> None:
            publish(update)
            self.activity.set()

        await self.source.run(publish_observed)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        try:
            return await self.source.describe_interface(network_interface_id)
        finally:
            self.activity.set()

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        try:
            return await self.source.investigate(vpc_endpoint_id, progress, resolve=resolve)
        finally:
            self.activity.set()


class Stage:
    """A running app: press keys, look at the screen."""

    def __init__(self, app: LatticetopApp, pilot: Pilot[int], observed: ObservedSource) -> None:
        self.app, self.pilot = app, pilot
        self._observed = observed

    @property
    def source(self) -> FakeSource:
        """The source of the first scope."""
        assert isinstance(self._observed.source, FakeSource)
        return self._observed.source

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
        matching = next((line for line in self.lines if part in line), None)
        assert matching is not None, f"{part!r} is not on screen:\n{self.text}"
        return matching

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

    @property
    def notices(self) -> list[str]:
        """The notices on screen."""
        return [notice.message for notice in self.app._notifications]

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until every message they cause is handled."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def press_for_notice(self, *keys: str) -> None:
        """Press keys, and wait for a notice."""
        notify = self.app.notify

        def notify_observed(*arguments: Any, **options: Any) -> None:
            notify(*arguments, **options)
            self._observed.activity.set()

        self.app.clear_notifications()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.app, "notify", notify_observed)
            await self.press(*keys)
            await self.until(lambda: bool(self.notices))

    async def show(self, shown: Snapshot | Update | None) -> None:
        """Publish, and wait until it is on screen."""
        published = shown if isinstance(shown, Update) else update(shown)
        self.source.send(published)
        await self.until(lambda: self.app.current_scope.update is published)
        await self.pilot.pause()

    async def poll_until(self, predicate: Callable[[], bool]) -> None:
        """Wait until something is so of which neither the source nor the app's data tell, looking all the time."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not predicate():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"not so within {PATIENCE:g} s; on screen:\n{self.text}") from None

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait until something is so, looking again whenever the source or the app was active."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self._observed.activity.clear()
                    await self.pilot.pause()
                    if predicate():
                        return
                    await self._observed.activity.wait()
        except TimeoutError:
            raise AssertionError(f"not so within {PATIENCE:g} s; on screen:\n{self.text}") from None


def build(first: Snapshot | Update | None, **options: Any) -> LatticetopApp:
    """An app on a FakeSource that publishes this at once, with its clock standing still."""
    return LatticetopApp(FakeSource(_first_update(first)), title="prod-network", now=lambda: NOW, **options)


@asynccontextmanager
async def playing(
    source: Source,
    size: tuple[int, int] = (120, 36),
    make: Callable[..., LatticetopApp] = LatticetopApp,
    **options: Any,
) -> AsyncIterator[Stage]:
    """Run the app on a source."""
    observed = ObservedSource(source)
    defaults: dict[str, Any] = {"title": "prod-network", "now": lambda: NOW}
    app = make(observed, **defaults | options)
    with pytest.MonkeyPatch.context() as patch:
        settle_at_once(patch)
        parse_once(patch)
        async with app.run_test(size=size) as pilot:
            # What takes long is computed before the app takes it over.
            app.watch(app, "screen_data", observed.activity.set, init=False)
            yield Stage(app, pilot, observed)


@asynccontextmanager
async def showing(
    first: Snapshot | Update | None, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[Stage]:
    """Run the app on a FakeSource that publishes this at once; None waits for nothing."""
    published = _first_update(first)
    async with playing(FakeSource(published), size, **options) as stage:
        if published is not None:
            await stage.until(lambda: stage.app.current_scope.update is published)
        await stage.pilot.pause()
        yield stage


def _first_update(first: Snapshot | Update | None) -> Update | None:
    return first if first is None or isinstance(first, Update) else update(first)
