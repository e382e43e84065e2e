"""The command group: help, version, errors, and the dashboard in a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from latticetop.simulator import ServerThread
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.wire.messages import HttpRequest, HttpResponse
from tests.command import KEYS, at_rest, python, run
from tests.terminal import Terminal

OLD, NEW = "AKIAOLD0000000000001", "AKIANEW0000000000001"
STAND_IN = """#!{python}
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("stand-in:", *sys.argv[1:], flush=True)
if input() != "yes":
    sys.exit(255)
open({file!r}, "w").write({credentials!r})
"""


def process_credentials(key: str) -> str:
    return json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": "secret", "SessionToken": "token"})


@pytest.mark.parametrize("interval", ["1", "-3", "inf", "nan"])
def test_an_interval_that_is_too_short(interval: str) -> None:
    ended = run("--interval", interval, "--region", "us-east-1")
    assert ended.code == 2
    assert "at least 5" in ended.err


def test_a_notice_of_an_unknown_kind() -> None:
    ended = run("--notify", "beep")
    assert (ended.code, ended.out) == (2, "")
    assert "'beep' is not one of 'off', 'bell', 'desktop'." in ended.err


@pytest.mark.parametrize("arguments", [("--region", "us-east-1"), ("demo",)])
def test_without_a_terminal_it_points_at_check(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, **KEYS)
    assert (ended.code, ended.out) == (2, "")
    assert "latticetop check" in ended.err


def test_help_has_examples_and_the_version_is_told() -> None:
    ended = run("--help")
    assert ended.code == 0
    assert "latticetop check --json" in ended.out
    assert run("--version").out.startswith("latticetop")


def test_an_unknown_flag() -> None:
    ended = run("check", "--jsn")
    assert ended.code == 2
    assert "--json" in ended.err


class Machine:
    """A machine whose profile `prod` has credentials that have expired, and one command at most: `aws`."""

    def __init__(self, folder: Path) -> None:
        self._credentials, self.programs = folder / "credentials.json", folder / "bin"
        self.programs.mkdir()
        self._credentials.write_text(process_credentials(OLD))
        config = folder / "config"
        config.write_text(f"[profile prod]\ncredential_process = /bin/cat {self._credentials}\n")
        self.environment = {"AWS_CONFIG_FILE": str(config), "PATH": str(self.programs)}

    def install(self) -> None:
        program = self.programs / "aws"
        credentials, file = process_credentials(NEW), str(self._credentials)
        program.write_text(STAND_IN.format(python=sys.executable, file=file, credentials=credentials))
        program.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def accept_new_credentials_only(server: ServerThread, patch: pytest.MonkeyPatch) -> None:
    respond = Dispatcher.respond

    def respond_to_new(dispatcher: Dispatcher, request: HttpRequest) -> HttpResponse:
        dispatcher.account.faults.set([] if NEW in request.headers["authorization"] else ["expire"])
        return respond(dispatcher, request)

    patch.setattr(Dispatcher, "respond", respond_to_new)


@pytest.mark.fault("expire", "sign-in-fails")
def test_signing_in_leaves_to_the_aws_cli_and_comes_back_with_new_credentials(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the key brings the new ones: no file that is watched changes, and no read is due by itself."""
    with at_rest("incident") as server:
        accept_new_credentials_only(server, monkeypatch)
        flags = ("--profile", "prod", "--endpoint-url", server.url, "--region", "us-east-1", "--interval", "0")
        terminal = Terminal(*flags, **machine.environment)
        terminal.until(lambda: "no valid credentials, L signs in" in terminal.seen)
        terminal.until(lambda: "L signs in: aws sso login --profile prod" in terminal.seen)
        terminal.then("L", "cannot be started")
        machine.install()
        terminal.then("L", "stand-in: sso login --profile prod\r\n")
        terminal.then("\x03", "was interrupted")
        terminal.then("L", "stand-in: sso login --profile prod\r\n")
        terminal.then("no\n", "ended with 255. Press enter to go back.")
        terminal.then("\n", "sign in elsewhere")
        terminal.then("L", "stand-in: sso login --profile prod\r\n")
        terminal.then("yes\n", "failed but accessible")
        assert terminal.quit() == 0


def test_no_garbage_is_collected_while_modules_are_imported_nor_looked_for_in_them_later() -> None:
    script = """
import gc, weakref
from latticetop.cli.main import collect_after_the_start
usual = gc.get_threshold()
gc.collect()
collect_after_the_start()
before = sum(each["collections"] for each in gc.get_stats())
import textual.app, aiobotocore.session
during = sum(each["collections"] for each in gc.get_stats())
def cycle():
    def itself():
        return itself
    return weakref.ref(itself)
old = cycle()
gc.collect()
new = cycle()
gc.collect()
print(during - before, gc.get_threshold() == usual, gc.callbacks, old() is not None, new() is not None)
"""
    assert python(script).out.split() == ["0", "True", "[]", "True", "False"]
