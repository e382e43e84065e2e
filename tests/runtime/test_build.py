"""The dashboard built from options: exit codes, sign-in commands, further Regions."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress

import pytest
from msgspec import structs

from latticetop.aws import Connector, SessionCache, Settings
from latticetop.config.organization import Organization
from latticetop.config.settings import Config, Thresholds
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.state import collection_at_rest
from latticetop.dashboard.state.collection_at_rest import RUN_SECONDS
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.preferences import DEFAULT_PREFERENCES
from latticetop.follow.loop import Follower
from latticetop.follow.read_gate import ReadGate
from latticetop.follow.subnet_selection import Selection
from latticetop.runtime import build, organization
from latticetop.runtime.build import (
    DashboardOptions,
    FollowOptions,
    live,
    preferences_of,
    scope_changes,
    scopes_of_all_regions,
    sign_in_command,
    source_factory,
)
from latticetop.runtime.targets import Target, other_regions, targets_of
from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from tests.command import KEYS, PATIENCE
from tests.dashboard.stage import Stage, playing
from tests.terminal import Terminal


@pytest.mark.parametrize(("return_code", "exit_code"), [(0, 0), (1, 3)])
def test_a_crashed_dashboard_does_not_end_with_1(
    return_code: int, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run_async(app: LatticetopApp) -> None:
        app.exit(return_code=return_code)

    monkeypatch.setattr(LatticetopApp, "run_async", run_async)
    follow = FollowOptions(targets=[Target(Settings())], selection=Selection(), interval=15.0)
    assert live(follow, DashboardOptions()) == exit_code


def test_the_thread_that_draws_comes_before_others_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    intervals: list[float] = []

    async def run_async(app: LatticetopApp) -> None:
        intervals.append(sys.getswitchinterval())
        app.exit()

    monkeypatch.setattr(LatticetopApp, "run_async", run_async)
    before = sys.getswitchinterval()
    live(FollowOptions(targets=[Target(Settings())], selection=Selection(), interval=15.0), DashboardOptions())
    assert intervals == [pytest.approx(RUN_SECONDS)] and sys.getswitchinterval() == before


def test_one_that_could_not_be_started_is_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("no more files")

    monkeypatch.setattr(collection_at_rest, "event_loop", fail)
    with pytest.raises(OSError, match="no more files"):
        live(FollowOptions(targets=[Target(Settings())], selection=Selection(), interval=15.0), DashboardOptions())
    gc.collect()


def test_the_dashboard_follows_the_settings() -> None:
    assert preferences_of(Config()) == DEFAULT_PREFERENCES
    preferences = preferences_of(Config(thresholds=Thresholds(free_blocks=2, fits=1), keys={"refresh": "f5"}))
    assert (preferences.few_blocks, preferences.few_fits, preferences.key_map) == (2, 1, {"refresh": ("f5",)})


@pytest.mark.parametrize(
    ("settings", "configured", "command"),
    [
        (Settings(), "", "aws sso login"),
        (Settings(profile="prod"), "", "aws sso login --profile prod"),
        (Settings(profile="hub", role_arn="arn:aws:iam::123456789012:role/x"), "", "aws sso login --profile hub"),
        (Settings(profile="prod"), "my-login --as={profile} -v", "my-login --as=prod -v"),
        (Settings(), "my-login {profile}", "my-login default"),
        (Settings(sandbox=True), "my-login {profile}", ""),
    ],
)
def test_the_command_names_the_profile_whose_credentials_are_used(
    settings: Settings, configured: str, command: str
) -> None:
    assert " ".join(sign_in_command(settings, configured.split())) == command


async def test_the_dashboard_adds_the_regions_of_all_as_they_are_found(estate: ServerThread) -> None:
    sessions = SessionCache()
    first = Target(Settings(region="all", endpoint_url=estate.url, sandbox=True))

    def source_of(target: Target) -> Follower:
        return Follower(Connector(target.settings, sessions))

    async def further() -> AsyncIterator[FollowedScope]:
        for target in await other_regions(first, sessions, ReadGate()):
            yield FollowedScope(source_of(target), target.title, target.settings.region)

    async with playing(source_of(first), more=further(), title="") as stage:
        scopes = stage.app.scopes
        await stage.until(lambda: len(scopes) == 17 and all(scope.view is not None for scope in scopes))
        assert len({scope.view.snapshot.scope.region for scope in scopes if scope.view}) == 17
        assert "1/17" in stage.lines[0]
        await stage.press("o")
        assert "ap-northeast-1" in stage.text
        assert "in 17 Regions" in stage.words
        await stage.press("escape", "[")
        assert "us-west-2" in stage.lines[0]


async def passed(stage: Stage, condition: Callable[[], bool]) -> None:
    """Wait for a condition that no update of the scope on screen brings about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await stage.pilot.pause()


@pytest.fixture
def listed_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """An organization is listed ten times a second, with credentials of the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(organization, "LIST_INTERVAL", 0.1)
    monkeypatch.setattr(organization, "LIST_RETRY", 0.1)


@pytest.mark.usefixtures("listed_often")
async def test_accounts_of_an_organization_come_and_go_while_the_dashboard_shows_one() -> None:
    first, second, refusing, new = "210000000001", "210000000002", "210000000003", "444455556666"
    with ServerThread("organization:accounts=4", clock=ManualClock()) as server:
        settings = Organization("latticetop", include=(first, second))
        config = Config(regions=("us-east-1",), endpoint_url=server.url, organization=settings)
        targets = targets_of(await organization.with_members(config, SessionCache()))
        listing = structs.replace(config, organization=Organization("latticetop", exclude=("management", refusing)))
        options = FollowOptions(targets=targets, selection=Selection(), interval=0.0, listing=listing)
        sessions, gate = SessionCache(), ReadGate()
        source_of = source_factory(options, sessions, gate)

        def scope_of(target: Target) -> FollowedScope:
            account_id = target.settings.account_id
            return FollowedScope(source_of(target), target.name, "us-east-1", requested_account_id=account_id)

        def further_scopes(targets: Sequence[Target]) -> AsyncIterator[FollowedScope]:
            return scopes_of_all_regions(targets, sessions, gate, scope_of)

        here, other = map(scope_of, targets)
        changes = scope_changes(options, further_scopes, scope_of)
        async with playing(
            here.source, others=[other], changes=changes, title=here.title, region="us-east-1", account_id=first
        ) as stage:
            app = stage.app

            def accounts() -> list[str]:
                return [scope.requested_account_id for scope in app.scopes]

            await passed(stage, lambda: all(scope.view is not None for scope in app.scopes))
            await stage.press("2")

            def replace_account(home: SimulatedAccount) -> None:
                home.add_member_account(new, "new")
                home.manage_organization().members[first].state = "SUSPENDED"

            server.call(replace_account)
            await passed(stage, lambda: accounts() == [second, new])
            assert stage.screen_name == "MainScreen" and "ledger 1/2" in stage.lines[0]
            assert app.current_scope is other
            server.call(lambda home: home.faults.set(["deny:organizations:*"]))
            await passed(stage, lambda: any("organizations:ListAccounts" in n.message for n in app._notifications))
            assert accounts() == [second, new]


@pytest.mark.usefixtures("listed_often")
async def test_the_regions_of_a_new_account_are_found_once_its_role_may_be_assumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "_REGIONS_RETRY", 0.1)
    monkeypatch.setattr("latticetop.aws.session_cache.ROLE_RETRY", 0.0)
    with ServerThread("organization:accounts=2", clock=ManualClock()) as server:
        payments = "210000000001"
        config = Config(regions=("all",), endpoint_url=server.url, organization=Organization("latticetop"))
        options = FollowOptions(targets=(), selection=Selection(), interval=0.0, listing=config)
        sessions, gate = SessionCache(), ReadGate()
        source_of = source_factory(options, sessions, gate)

        def scope_of(target: Target) -> FollowedScope:
            account_id, region = target.settings.account_id, target.settings.region
            return FollowedScope(source_of(target), target.name, region, requested_account_id=account_id)

        def further_scopes(targets: Sequence[Target]) -> AsyncIterator[FollowedScope]:
            return scopes_of_all_regions(targets, sessions, gate, scope_of)

        change = await anext(aiter(scope_changes(options, further_scopes, scope_of)))
        assert [scope.requested_account_id for scope in change.added] == ["", payments]
        assert change.more is not None
        found = list[FollowedScope]()

        def allow(home: SimulatedAccount) -> None:
            home.manage_organization().members[payments].refuses_roles = False

        async with asyncio.timeout(PATIENCE):
            async for scope in change.more:
                found.append(scope)
                if scope.requested_account_id == "":
                    server.call(allow)
    assert {scope.requested_account_id for scope in found} == {"", payments}


class SilentServer:
    """Takes connections and never answers. `connected` is set when the account and the four lists are asked for."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections: list[socket.socket] = []
        self.connected = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.connections.append(self._socket.accept()[0])
                if len(self.connections) == 5:
                    self.connected.set()

    def close(self) -> None:
        for connection in (self._socket, *self.connections):
            connection.close()


@pytest.fixture
def silent() -> Iterator[SilentServer]:
    server = SilentServer()
    yield server
    server.close()


@pytest.mark.fault("hang")
@pytest.mark.parametrize(
    "begun", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n<"]
)
def test_q_ends_the_dashboard_at_once_though_nothing_answers(silent: SilentServer, begun: bytes) -> None:
    """Nothing is tried once more before: neither a time-out nor a retry is waited for."""
    terminal = Terminal("--endpoint-url", silent.url, "--region", "us-east-1", **KEYS)
    terminal.until(lambda: "q quit" in terminal.text)
    assert silent.connected.wait(PATIENCE)
    for connection in silent.connections:
        connection.sendall(begun)
    before = len(silent.connections)
    assert terminal.quit() == 0
    assert len(silent.connections) == before


BLOCKED = """
import sys, threading
from latticetop.follow.loop import Follower
from latticetop.runtime import reading_thread
async def blocked(self, publish):
    threading.Event().wait()
Follower.run = blocked
reading_thread.END_SECONDS = 0.1
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
main()
"""


def test_keys_are_answered_while_a_read_keeps_its_event_loop() -> None:
    terminal = Terminal("--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1", program=BLOCKED, **KEYS)
    terminal.until(lambda: "q quit" in terminal.text)
    terminal.then("o", "All subnets")
    assert terminal.quit() == 0


FAULTY = """
import sys
from latticetop.follow.loop import Follower
async def fail(self):
    raise LookupError("a fault of the reader")
Follower._read_to_end = fail
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
main()
"""


def test_a_fault_of_the_reader_is_told_with_its_place() -> None:
    terminal = Terminal("--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1", program=FAULTY, **KEYS)
    assert terminal.to_end() == 3
    assert re.search(
        r"Internal error: LookupError: a fault of the reader \([a-z/]*follow/loop\.py:\d+\)", terminal.text
    )
