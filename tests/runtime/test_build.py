"""The dashboard built from options: exit codes, sign-in commands, further Regions."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest

from latticetop.aws import Connector, SessionCache, Settings
from latticetop.config.settings import Config, Thresholds
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.preferences import DEFAULT_PREFERENCES
from latticetop.follow.loop import Follower
from latticetop.follow.read_gate import ReadGate
from latticetop.follow.subnet_selection import Selection
from latticetop.runtime.build import DashboardOptions, FollowOptions, live, preferences_of, sign_in_command
from latticetop.runtime.targets import Target, other_regions
from latticetop.simulator import ServerThread
from tests.command import KEYS, PATIENCE
from tests.dashboard.stage import playing
from tests.terminal import Terminal


@pytest.mark.parametrize(("return_code", "exit_code"), [(0, 0), (1, 3)])
def test_a_crashed_dashboard_does_not_end_with_1(
    return_code: int, exit_code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LatticetopApp, "run", lambda app: app.exit(return_code=return_code))
    follow = FollowOptions(targets=[Target(Settings())], selection=Selection(), interval=15.0)
    assert live(follow, DashboardOptions()) == exit_code


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


class SilentServer:
    """Takes connections and never answers."""

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
