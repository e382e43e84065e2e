"""No credential and no signed header in anything that is printed, shown or kept; and the calls of a whole run."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import OPERATIONS, Settings, connect
from latticetop.dashboard.app import LatticetopApp
from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Publish, Update
from latticetop.simulator import ServerThread
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.wire.messages import HttpRequest, HttpResponse
from tests.canary import ENVIRONMENT, FILE, KEY_ID, SECRET, SIGNED, TOKEN, inflated, leaks
from tests.command import IMPATIENT, at_rest, run
from tests.dashboard.accounts import ENDPOINT, A, B
from tests.dashboard.stage import FakeSource, Stage, playing
from tests.follow.fakes import FakeClock

FAULTS = ("expire", "deny", "reset", "html", "malformed")
COMMANDS = (
    ("check", "--json"),
    ("check", "--region", "all"),
    ("check", "--cluster", "production"),
    ("explain", ENDPOINT),
    ("plan", "--subnet-ids", A, B),
)
ORGANIZATIONS = tuple(f'[organization]\nrole = "latticetop"\nunits = {units}\n' for units in ("[]", '["r-exam"]'))
"""Settings that follow all accounts of an organization, and those below its root."""


class Account:
    """A simulated account, and what it was told of the credentials."""

    def __init__(self, server: ServerThread) -> None:
        self.server = server
        self.headers: list[dict[str, str]] = []

    def is_signed(self) -> bool:
        """Whether the last request was signed with the canary."""
        last = self.headers[-1]
        return KEY_ID in last["authorization"] and last["x-amz-security-token"] == TOKEN

    def faults(self, *texts: str) -> None:
        self.server.call(lambda account: account.faults.set(texts))

    def operations(self) -> set[str]:
        return {f"{call.service}:{call.operation}" for call in self.server.calls}


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with pytest.MonkeyPatch.context() as patch, at_rest("incident") as server:
        signed_account, answer = Account(server), Dispatcher.respond

        def noted(dispatcher: Dispatcher, request: HttpRequest) -> HttpResponse:
            signed_account.headers.append(dict(request.headers))
            return answer(dispatcher, request)

        patch.setattr(Dispatcher, "respond", noted)
        yield signed_account


@pytest.fixture(autouse=True)
def calm(account: Account) -> Iterator[None]:
    """No faults, and CloudTrail's rate not used up by the test before."""
    account.server.call(lambda each: each.world.clock.advance(60))  # type: ignore[attr-defined]
    yield
    account.faults()


def printed_by(account: Account, *arguments: str, program: str = "", **environment: str) -> bytes:
    """Everything that a child process prints."""
    where = ("--endpoint-url", account.server.url, "--region", "us-east-1")
    ended = run(*arguments, *where, program=program, **environment)
    return (ended.out + ended.err).encode()


def test_the_look_finds_what_it_looks_for() -> None:
    assert leaks(b"nothing") == []
    assert leaks(f"x {SECRET} y".encode()) == [SECRET] * 3
    assert SECRET in leaks(b"head" + zlib.compress(SECRET.encode()))
    assert TOKEN in leaks(f"│ {TOKEN[:30]} │\n│ {TOKEN[30:]} │".encode())
    assert leaks(b"authorization: AWS4-HMAC-SHA256 Credential=") == [SIGNED[0], SIGNED[1], SIGNED[4]]


def test_a_whole_run_makes_the_listed_calls_and_tells_no_secret(account: Account, tmp_path: Path) -> None:
    """All of the list, so that nothing in it is superfluous, and nothing besides."""
    account.server.calls.clear()
    log = tmp_path / "calls.log"
    settings = tmp_path / "latticetop.toml"
    account.server.call(lambda home: home.manage_organization())
    runs = [(command, "") for command in COMMANDS] + [(("check",), text) for text in ORGANIZATIONS]
    for command, text in runs:
        settings.write_text(text)
        printed = printed_by(account, *command, "--log", str(log), LATTICETOP_CONFIG=str(settings), **ENVIRONMENT)
        assert account.is_signed()
        assert leaks(printed) == []
    assert account.operations() == OPERATIONS
    log_bytes = log.read_bytes()
    assert all(name.encode() in log_bytes for name in OPERATIONS)
    assert leaks(log_bytes) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_brings_a_secret_out(account: Account, tmp_path: Path, fault: str) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(FILE)
    account.faults(fault)
    log = tmp_path / "calls.log"
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    printed = printed_by(account, "check", "--log", str(log), program=IMPATIENT, **files)
    assert b"latticetop: " in printed
    assert account.is_signed()
    assert leaks(printed) == []
    assert b"error=" in log.read_bytes()
    assert leaks(log.read_bytes()) == []


BROKEN = """
import os, sys
from latticetop.reports import check_text
def broken(*_):
    key, token = os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
    raise RuntimeError("broken on purpose")
check_text.render_text = broken
from latticetop.cli.main import main
sys.argv[0] = "latticetop"
main()
"""


def test_what_is_said_of_a_mistake_tells_no_secret(account: Account) -> None:
    printed = printed_by(account, "check", program=BROKEN, **ENVIRONMENT)
    assert b"Internal error: RuntimeError: broken on purpose" in printed and b"Traceback" not in printed
    assert account.is_signed()
    assert leaks(printed) == []


class Recorded:
    """The follower, with every update recorded."""

    def __init__(self, follower: Follower, recorder: Recorder, clock: FakeClock) -> None:
        self._follower, self._recorder, self._clock = follower, recorder, clock
        self.updates = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._follower, name)

    async def run(self, publish: Publish) -> None:
        def record(update: Update) -> None:
            self.updates += 1
            self._recorder.record(update, self._clock.now())
            publish(update)

        await self._follower.run(record)


@asynccontextmanager
async def dashboard(account: Account, path: Path) -> AsyncIterator[tuple[Stage, FakeClock]]:
    clock, recorder = FakeClock(), Recorder(path)

    async def open_reader() -> Reader:
        return await connect(Settings(region="us-east-1", endpoint_url=account.server.url))

    source = Recorded(Follower(open_reader, clock=clock, random=lambda: 0.5), recorder, clock)
    async with playing(source, now=clock.now, monotonic=clock.monotonic) as stage:  # type: ignore[arg-type]
        await clock.rest()
        await stage.until(lambda: "10.10.10.0/26" in stage.text)
        yield stage, clock
    recorder.close()


async def test_neither_screen_nor_recording_holds_a_secret(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    account.server.calls.clear()
    shown = []
    async with dashboard(account, tmp_path / "a.rec") as (stage, clock):
        for fault in ("", *FAULTS):
            account.faults(*filter(None, [fault]))
            await stage.press("r")
            await clock.rest()
            assert account.is_signed()
            await stage.pilot.pause()
            shown.append(stage.words)
            await stage.press("e")
            shown += [stage.text, stage.app.export_screenshot()]
            await stage.press("escape")
    assert account.operations() <= OPERATIONS
    assert any("have expired" in text for text in shown) and any("is denied" in text for text in shown)
    assert leaks("".join(shown).encode()) == []
    recording = (tmp_path / "a.rec").read_bytes()
    assert any(ENDPOINT.encode() in each for each in inflated(recording))
    assert leaks(recording) == []


class Breaks(FakeSource):
    """A source that fails in a way nobody foresaw, with credentials at hand."""

    async def run(self, publish: Publish) -> None:
        credentials = dict(ENVIRONMENT)
        await asyncio.sleep(0)
        raise RuntimeError(f"broken on purpose with {len(credentials)} credentials at hand")


async def test_a_crash_of_the_dashboard_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    app = LatticetopApp(Breaks())
    await app.run_async(headless=True, size=(120, 36))
    printed = capsys.readouterr()
    assert "broken on purpose" in str(app.crash)
    assert "broken on purpose" not in printed.out + printed.err
    assert leaks((str(app.crash) + printed.out + printed.err).encode()) == []
