"""Signing in from the dashboard, in a terminal, with a stand-in for the AWS CLI."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from latticetop.aws import Settings
from latticetop.runtime.build import sign_in_command
from latticetop.simulator import ServerThread
from latticetop.simulator.dispatch import Dispatcher
from latticetop.simulator.wire.http import Answer, Request
from tests.command import at_rest
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
    answer = Dispatcher.answer

    def judged(dispatcher: Dispatcher, request: Request) -> Answer:
        dispatcher.account.faults.set([] if NEW in request.headers["authorization"] else ["expire"])
        return answer(dispatcher, request)

    patch.setattr(Dispatcher, "answer", judged)


@pytest.mark.fault("expire", "sign-in-fails")
def test_l_leaves_to_the_aws_cli_and_comes_back_with_new_credentials(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the key brings the new ones: no file that is watched changes, and no read is due by itself."""
    with at_rest("incident") as server:
        accept_new_credentials_only(server, monkeypatch)
        where = ("--profile", "prod", "--endpoint-url", server.url, "--region", "us-east-1", "--interval", "0")
        terminal = Terminal(*where, **machine.environment)
        terminal.until(lambda: "no valid credentials, l signs in" in terminal.seen)
        terminal.until(lambda: "l signs in: aws sso login --profile prod" in terminal.seen)
        terminal.then("l", "cannot be started")
        machine.install()
        terminal.then("l", "stand-in: sso login --profile prod\r\n")
        terminal.then("\x03", "was interrupted")
        terminal.then("l", "stand-in: sso login --profile prod\r\n")
        terminal.then("no\n", "ended with 255. Press enter to go back.")
        terminal.then("\n", "sign in elsewhere")
        terminal.then("l", "stand-in: sso login --profile prod\r\n")
        terminal.then("yes\n", "failed but accessible")
        assert terminal.quit() == 0


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
