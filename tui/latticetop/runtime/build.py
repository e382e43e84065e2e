"""Build readers, follow loops and the dashboard from options. Each part is imported when it is first used."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field

from latticetop.config.settings import AT_ONCE_IN_DASHBOARD, MIN_INTERVAL, Appearance, ClickAction, Config, Notify
from latticetop.reports.exit_codes import ExitCode
from latticetop.runtime.interrupts import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
    from datetime import datetime

    from latticetop.aws import SessionCache, Settings
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.state.followed_scope import FollowedScope, ScopeChange
    from latticetop.dashboard.state.preferences import Preferences
    from latticetop.dashboard.state.saved_state import SavedState
    from latticetop.follow.read_gate import ReadGate
    from latticetop.follow.reader import Resolve
    from latticetop.follow.recording.reader import Recording
    from latticetop.follow.recording.recording_source import RecordingSource
    from latticetop.follow.recording.writer import Recorder
    from latticetop.follow.status import Source
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.answer_files import FileScopes
    from latticetop.runtime.targets import Target

T = TypeVar("T")
_REGIONS_RETRY = 30.0
"""Seconds before the Regions of an account are read again after that failed."""


class FollowOptions(Struct, frozen=True, kw_only=True):
    """Which targets are followed, and how.

    `interval` is the wait between two reads in seconds, 0 for reads on demand only, and `min_interval` the shortest
    wait. `max_calls` is the maximum number of API calls per minute per account, 0 for unlimited, and `at_once` that of
    targets that are read at the same time. `resolve` replaces the system's resolver. `recorder` writes what is read; a
    recording holds a single target. `on_first_read` is called after the first read of each target. `listing` is the
    configuration whose organization is listed anew each hour.
    """

    targets: Sequence[Target]
    selection: Selection
    interval: float
    min_interval: float = MIN_INTERVAL
    max_calls: int = 0
    at_once: int = AT_ONCE_IN_DASHBOARD
    resolve: Resolve | None = None
    recorder: Recorder | None = None
    on_first_read: Callable[[], None] | None = None
    listing: Config = field(default_factory=Config)


class DashboardOptions(Struct, frozen=True, kw_only=True):
    """How the dashboard looks and behaves.

    `scenarios` are the simulator's other scenarios by name, with descriptions; `on_scenario` is called with the one
    that was chosen when the dashboard ends for it. `tour` says whether the guided tour starts by itself, None where
    there is no tour.
    """

    config: Config = field(default_factory=Config)
    appearance: Appearance = field(default_factory=Appearance)
    notify: Notify = Notify.OFF
    scenarios: Mapping[str, str] = field(default_factory=dict)
    on_scenario: Callable[[str], None] | None = None
    tour: bool | None = None


def live(follow: FollowOptions, dashboard: DashboardOptions) -> ExitCode:
    """Run the dashboard until it is quit. Raises what has ended it otherwise, when the terminal is as it was."""
    from latticetop.aws import SessionCache
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.follow.read_gate import ReadGate
    from latticetop.runtime.reading_thread import ReadingThread, ThreadedSource
    from latticetop.runtime.targets import is_single_scope

    sessions, gate = SessionCache(follow.max_calls, has_terminal=False), ReadGate(follow.at_once)
    source_of, thread = source_factory(follow, sessions, gate), ReadingThread()

    def scope_of(target: Target) -> FollowedScope:
        command = sign_in_command(target.settings, dashboard.config.sign_in)
        settings = target.settings
        source = ThreadedSource(source_of(target), thread)
        return FollowedScope(source, target.name, settings.region, command, requested_account_id=settings.account_id)

    def further_scopes(targets: Sequence[Target]) -> AsyncIterator[FollowedScope]:
        return thread.items(scopes_of_all_regions(targets, sessions, gate, scope_of))

    first, *others = map(scope_of, follow.targets)
    listed = follow.listing.organization.is_followed
    recorded = _recorded(first.source, follow.recorder) if follow.recorder else None
    app = LatticetopApp(
        recorded or first.source,
        selection=follow.selection,
        title=first.title,
        region=first.region,
        others=others,
        opens_trouble=not is_single_scope(follow.targets),
        account_id=first.requested_account_id,
        more=further_scopes(follow.targets),
        changes=thread.items(scope_changes(follow, further_scopes, scope_of)) if listed else None,
        notify_by=dashboard.notify.value,
        **_appearance_arguments(dashboard.appearance),
        sign_in=first.sign_in,
        scenarios=dashboard.scenarios,
        play=dashboard.on_scenario,
        touring=dashboard.tour,
        preferences=preferences_of(dashboard.config),
        saved_state=None if follow.targets[0].settings.sandbox else _saved_state(),
    )
    try:
        with thread:
            return _run(app)
    finally:
        if recorded:
            recorded.close()


def replay(recording: Recording, index: int, speed: float, config: Config, appearance: Appearance) -> ExitCode:
    """Run the dashboard on a recording from the entry at `index`, `speed` times as fast as it was recorded.

    Raises what has ended it otherwise than by quitting.
    """
    from latticetop.dashboard.replay.app import ReplayApp
    from latticetop.follow.recording.replayer import Replayer

    replayer = Replayer(recording, speed=speed)
    replayer.seek(index)
    app = ReplayApp(
        replayer,
        title=recording.path.name,
        now=replayer.now,
        preferences=preferences_of(config),
        **_appearance_arguments(appearance),
    )
    return _run(app)


def show_answers(files: FileScopes, at: datetime | None, config: Config, appearance: Appearance) -> ExitCode:
    """Run the dashboard on answers of AWS in files: a scope for each account and Region, without a clock.

    Raises what has ended it otherwise than by quitting.
    """
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.answers_source import AnswersSource
    from latticetop.runtime.read_answers import time_of

    selection = Selection()
    first, *others = (
        FollowedScope(
            AnswersSource(scope, time_of(scope, files, at), selection, files.problems),
            region=scope.place.region,
            requested_account_id=scope.place.account_id,
        )
        for scope in files.scopes
    )
    app = LatticetopApp(
        first.source,
        selection=selection,
        region=first.region,
        others=others,
        opens_trouble=bool(others),
        now=lambda: at or files.newest,
        preferences=preferences_of(config),
        **_appearance_arguments(appearance),
    )
    return _run(app)


def _recorded(source: Source, recorder: Recorder) -> RecordingSource:
    from latticetop.follow.recording.recording_source import RecordingSource

    return RecordingSource(source, recorder)


def _run(app: LatticetopApp) -> ExitCode:
    from latticetop.dashboard.state.collection_at_rest import event_loop, keys_first

    with keys_first():
        run(_with_daemon_threads(app.run_async), event_loop)
    if app.crash is not None:
        raise app.crash
    return ExitCode.UNKNOWN if app.return_code else ExitCode.OK


async def _with_daemon_threads(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    from latticetop.aws.daemon_threads import use_daemon_threads

    use_daemon_threads()
    return await work()


def source_factory(options: FollowOptions, sessions: SessionCache, gate: ReadGate) -> Callable[[Target], Source]:
    """Return a function that makes the source of a target: a follow loop with its connection to AWS.

    The loops read through the `gate`.
    """
    from latticetop.aws import Connector
    from latticetop.aws.credential_files import stamp
    from latticetop.aws.dns_names import resolve
    from latticetop.follow.loop import Follower
    from latticetop.follow.timing import PollingPolicy
    from latticetop.runtime.first_read import FirstReadHook

    interval, floor = options.interval, options.min_interval
    polling = PollingPolicy(interval=interval, min_wait=floor, pending_interval=min(MIN_INTERVAL, max(interval, floor)))

    def source_of(target: Target) -> Source:
        follower = Follower(
            Connector(target.settings, sessions, scope_first=True),
            options.selection,
            polling=polling,
            resolve=options.resolve or resolve,
            credentials_fingerprint=None if target.settings.sandbox else stamp,
            gate=gate,
            max_calls=options.max_calls,
        )
        return FirstReadHook(follower, options.on_first_read) if options.on_first_read else follower

    return source_of


async def scopes_of_all_regions(
    targets: Sequence[Target], sessions: SessionCache, gate: ReadGate, scope_of: Callable[[Target], T]
) -> AsyncIterator[T]:
    """Yield the scopes of the further Regions of targets whose Region is `all`, as AWS tells the Regions."""
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.targets import other_regions

    waiting = list(targets)
    while waiting:
        for target in tuple(waiting):
            try:
                others = await other_regions(target, sessions, gate)
            except ReadError:
                continue  # The target's first scope reports the problem.
            waiting.remove(target)
            for other in others:
                yield scope_of(other)
        if waiting:
            await asyncio.sleep(_REGIONS_RETRY)


async def scope_changes(
    options: FollowOptions,
    further_scopes: Callable[[Sequence[Target]], AsyncIterator[FollowedScope]],
    scope_of: Callable[[Target], FollowedScope],
) -> AsyncIterator[ScopeChange]:
    """Yield how the scopes of an organization change, as it is listed anew.

    `further_scopes` yields the scopes of the further Regions of targets.
    """
    from latticetop.dashboard.state.followed_scope import ScopeChange
    from latticetop.follow.timing import SystemClock
    from latticetop.model.records.problem import Problem
    from latticetop.runtime.organization import relisted_targets

    known = list(options.targets)
    async for listed in relisted_targets(options.listing, SystemClock(), has_terminal=False):
        if isinstance(listed, Problem):
            yield ScopeChange(problem=listed)
            continue
        before, after = ({target.settings.account_id for target in targets} for targets in (known, listed))
        added, known = [target for target in listed if target.settings.account_id not in before], listed
        yield ScopeChange([scope_of(target) for target in added], further_scopes(added), before - after)


def preferences_of(config: Config) -> Preferences:
    """Return the settings that the dashboard follows."""
    from latticetop.dashboard.state.preferences import Preferences

    thresholds = config.thresholds
    return Preferences(
        config.key_map, config.columns, config.click is ClickAction.OPEN, thresholds.free_blocks, thresholds.fits
    )


def sign_in_command(settings: Settings, configured: Sequence[str]) -> tuple[str, ...]:
    """Return the command that gets new credentials for a scope; empty for a simulated account."""
    if settings.sandbox:
        return ()
    if configured:
        profile = settings.profile or os.environ.get("AWS_PROFILE") or "default"
        return tuple(word.replace("{profile}", profile) for word in configured)
    return ("aws", "sso", "login", *(("--profile", settings.profile) if settings.profile else ()))


def _saved_state() -> SavedState:
    from platformdirs import user_state_path

    from latticetop.dashboard.state.saved_state import SavedState

    return SavedState(user_state_path("latticetop", appauthor=False) / "state.json")


def _appearance_arguments(appearance: Appearance) -> dict[str, Any]:
    return {"theme": appearance.theme.value if appearance.theme else "", "ascii_only": appearance.ascii}
