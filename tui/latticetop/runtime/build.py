"""The parts put together: readers of AWS, what follows them, what shows it. Each is imported when it is used."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from latticetop.cli.output import UNREADABLE
from latticetop.config.settings import FLOOR, ClickAction, Notify

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from latticetop.aws import Settings, Shared
    from latticetop.config.settings import Appearance, Config
    from latticetop.dashboard.state.preferences import Preferences
    from latticetop.dashboard.state.saved_state import Memory
    from latticetop.follow.loop import Follower
    from latticetop.follow.reader import Resolve
    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.recording_source import Recorded
    from latticetop.follow.recording.writer import Recorder
    from latticetop.follow.status import Selection, Source
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target

T = TypeVar("T")
_LOOK_AGAIN = 30.0
"""Seconds until it is asked again which Regions there are, when that failed."""


def live(
    places: Sequence[Target],
    interval: float,
    selection: Selection,
    *,
    max_calls: int = 0,
    floor: float = FLOOR,
    resolve: Resolve | None = None,
    notify: Notify = Notify.OFF,
    recorder: Recorder | None = None,
    look: Appearance | None = None,
    scenarios: Mapping[str, str] | None = None,
    play: Callable[[str], None] | None = None,
    touring: bool | None = None,
    config: Config | None = None,
) -> int:
    """Open the dashboard; the exit code, which is UNREADABLE after a crash, since 1 says something of the account.

    `resolve` stands in for the system's resolver. One scope alone is recorded. `scenarios` are offered by name, and
    `play` is told which one was chosen. `touring` is whether the guided tour begins, None where there is none.
    """
    with _for_good():
        from latticetop.aws import Shared
        from latticetop.dashboard.app import LatticetopApp
        from latticetop.dashboard.state.followed_scope import Watched
        from latticetop.runtime.gc_tuning import keep_short

        shared = Shared(max_calls)
        follower = followers(interval, selection, shared, floor, resolve)

    def follow(place: Target) -> Watched:
        command = sign_in_command(place.settings, config.sign_in if config else ())
        title = place.title or place.settings.profile
        return Watched(follower(place), title, place.settings.region, command)

    first, *others = map(follow, places)
    recorded = _recorded(first.source, recorder) if recorder else None
    more = found_later(places, shared, follow)
    app = LatticetopApp(
        recorded or first.source,
        selection=selection,
        title=first.title,
        region=first.region,
        others=others,
        more=more,
        notify_by=notify.value,
        **_drawn(look),
        sign_in=first.sign_in,
        scenarios=scenarios,
        play=play,
        touring=touring,
        preferences=preferences_of(config),
        memory=None if places[0].settings.sandbox else _memory(),
    )
    keep_short()
    try:
        app.run()
    finally:
        if recorded:
            recorded.close()
    return UNREADABLE if app.return_code else 0


def _memory() -> Memory:
    """What was filtered and how it was sorted the last time."""
    from platformdirs import user_state_path

    from latticetop.dashboard.state.saved_state import Memory

    return Memory(user_state_path("latticetop", appauthor=False) / "state.json")


def followers(
    interval: float, selection: Selection, shared: Shared, floor: float, resolve: Resolve | None
) -> Callable[[Target], Follower]:
    """What makes the follower of a scope."""
    from latticetop.aws import Connector
    from latticetop.aws.credential_files import stamp
    from latticetop.follow.loop import Follower
    from latticetop.follow.pace import Pace

    pace = Pace(interval=interval, floor=floor, fast=min(FLOOR, max(interval, floor)))

    def follow(place: Target) -> Follower:
        watched = None if place.settings.sandbox else stamp
        connect = Connector(place.settings, shared)
        return Follower(connect, selection, pace=pace, resolve=resolve or system_resolve, stamp=watched)

    return follow


def preferences_of(config: Config | None) -> Preferences:
    """What the settings say of the dashboard."""
    from latticetop.dashboard.state.preferences import USUAL, Preferences

    if config is None:
        return USUAL
    tight = config.thresholds
    return Preferences(config.key_map, config.columns, config.click is ClickAction.OPEN, tight.free_blocks, tight.fits)


def sign_in_command(settings: Settings, configured: Sequence[str]) -> tuple[str, ...]:
    """What gets new credentials for a scope; nothing does where made-up ones are used."""
    if settings.sandbox:
        return ()
    if configured:
        profile = settings.profile or os.environ.get("AWS_PROFILE") or "default"
        return tuple(word.replace("{profile}", profile) for word in configured)
    return ("aws", "sso", "login", *(("--profile", settings.profile) if settings.profile else ()))


def replay(
    recording: Recording, index: int, speed: float, config: Config | None = None, look: Appearance | None = None
) -> int:
    """Open the dashboard on a recording, at one of its entries; the exit code."""
    with _for_good():
        from latticetop.dashboard.replay.app import ReplayApp
        from latticetop.follow.recording.replayer import Replayer

    replayer = Replayer(recording, speed=speed)
    replayer.seek(index)
    likes = preferences_of(config)
    app = ReplayApp(replayer, title=recording.path.name, now=replayer.now, preferences=likes, **_drawn(look))
    app.run()
    return UNREADABLE if app.return_code else 0


def _drawn(look: Appearance | None) -> dict[str, Any]:
    """What the app is told of its look."""
    return {"theme": look.theme.value if look.theme else "", "ascii_only": look.ascii} if look else {}


@contextmanager
def _for_good() -> Iterator[None]:
    """Imports that stay: Python looks for no garbage among them, now (a fifth of the start) or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _recorded(source: Source, recorder: Recorder) -> Recorded:
    from latticetop.follow.recording.recording_source import Recorded

    return Recorded(source, recorder)


async def found_later(places: Sequence[Target], shared: Shared, follow: Callable[[Target], T]) -> AsyncIterator[T]:
    """The scopes of `all` Regions, once AWS has said which they are."""
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.targets import other_regions

    waiting = list(places)
    while waiting:
        for place in tuple(waiting):
            try:
                found = await other_regions(place, shared)
            except ReadError:
                continue  # Its first scope says what is wrong.
            waiting.remove(place)
            for each in found:
                yield follow(each)
        if waiting:
            await asyncio.sleep(_LOOK_AGAIN)


async def read_snapshot(settings: Settings, selection: Selection, shared: Shared | None = None) -> Snapshot:
    """One whole read; ReadError when nothing could be read."""
    from latticetop.aws import connect
    from latticetop.follow.one_shot import read_once

    reader = await connect(settings, shared=shared, again=False)
    try:
        return await read_once(reader, selection)
    finally:
        await reader.close()


async def read_snapshots(
    places: Sequence[Target], selection: Selection, max_calls: int
) -> list[tuple[Target, Snapshot | Problem]]:
    """One whole read of each scope, side by side; a scope that could not be read has the problem instead."""
    from latticetop.aws import Shared
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.targets import other_regions

    shared = Shared(max_calls)

    async def read(place: Target) -> list[tuple[Target, Snapshot | Problem]]:
        try:
            return [(place, await read_snapshot(place.settings, selection, shared))]
        except ReadError as error:
            return [(place, error.problem)]

    async def read_all(place: Target) -> list[tuple[Target, Snapshot | Problem]]:
        first = asyncio.ensure_future(read(place))
        try:
            others = await other_regions(place, shared)
        except ReadError:
            others = []
        return [each for found in await asyncio.gather(first, *map(read, others)) for each in found]

    return [each for found in await asyncio.gather(*map(read_all, places)) for each in found]


async def look_into(
    settings: Settings, vpc_endpoint_id: str, resolving: bool, port: int | None, shared: Shared
) -> Investigation:
    """Read once, then look into one endpoint of any type; ReadError when it is not there."""
    from latticetop.aws import connect
    from latticetop.follow.investigate import investigate, probe_all
    from latticetop.follow.one_shot import read_once
    from latticetop.follow.status import Selection
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError

    reader = await connect(settings, shared=shared)
    try:
        snapshot = await read_once(reader, Selection(all_endpoints=True), lattice=True)
        if vpc_endpoint_id not in snapshot.endpoints:
            message = f"There is no endpoint {vpc_endpoint_id} in {snapshot.scope.region}."
            raise ReadError(Problem(ProblemKind.USAGE, "", message, "latticetop check --all-endpoints lists them."))
        resolve = system_resolve if resolving or port else None
        narrate = partial(click.echo, err=True) if sys.stderr.isatty() else lambda _: None
        found = await investigate(reader, snapshot, vpc_endpoint_id, narrate, resolve=resolve)
    finally:
        await reader.close()
    if port is None:
        return found
    from latticetop.aws.names import probe

    return await probe_all(found, partial(probe, port=port))


async def system_resolve(name: str) -> tuple[str, ...]:
    """The addresses of a name by the system's resolver."""
    from latticetop.aws.names import resolve

    return await resolve(name)
