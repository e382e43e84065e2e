"""Accounts as data, and the commands that read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from latticetop.cli.group import cli
from latticetop.follow import one_shot
from tests.cases.server import Account, CaseServer
from tests.command import KEYS

ACCOUNTS = Path(__file__).parent / "accounts"


class Case:
    """An account that is served, and latticetop run on it in this process."""

    def __init__(self, server: CaseServer) -> None:
        self.server = server
        self.err = ""

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command; return its exit code and its output with each run of white space as one space."""
        result = CliRunner().invoke(cli, [*arguments, "--endpoint-url", self.server.url, "--region", "us-east-1"])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.err = result.stderr
        return result.exit_code, " ".join(result.stdout.split())

    def document(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run a command with `--json`; return its exit code and its document."""
        code, out = self.run(*arguments, "--json")
        return code, json.loads(out)

    def subnet(self, subnet_id: str, *arguments: str) -> dict[str, Any]:
        """Return what `check --json` says of a subnet that is named."""
        _, document = self.document("check", "--subnet-id", subnet_id, *arguments)
        found: dict[str, Any] = next(each for each in document["subnets"] if each["subnet_id"] == subnet_id)
        return found

    def verdicts(self, *arguments: str) -> dict[str, str]:
        """Return the verdict on each endpoint, by id."""
        _, document = self.document("check", *arguments)
        return {each["vpc_endpoint_id"]: each["verdict"] for each in document["endpoints"]}


Serve = Callable[[Account | str], Case]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve an account, or the one in a file of `accounts`, until the end of the test."""
    servers: list[CaseServer] = []
    # The accounts do not change: a count that does not add up is read again at once.
    monkeypatch.setattr(one_shot, "CONFIRM_AFTER", 0.0)
    for name, value in {**KEYS, "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)

    def start(account: Account | str) -> Case:
        server = CaseServer(read_account(account) if isinstance(account, str) else account)
        servers.append(server)
        return Case(server.__enter__())

    yield start
    for server in servers:
        server.__exit__()


def read_account(name: str) -> Account:
    """Read an account of the folder `accounts`."""
    account: Account = json.loads((ACCOUNTS / f"{name}.json").read_text(encoding="utf-8"))
    return account
