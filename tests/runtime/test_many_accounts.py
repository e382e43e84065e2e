"""Many accounts in one command: so many at a time, and every one of them is read whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import SimulatedAccount
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.runtime.estate import command

ACCOUNTS = 200
"""With less than about a hundred, time-outs of an event loop that reads all at once would hide. It takes seconds, since
each account has a session and clients of its own."""
FIRST_ID = 210_000_000_000


def add_accounts(home: SimulatedAccount) -> None:
    for number in range(ACCOUNTS):
        region = home.add_member_account(str(FIRST_ID + number)).region()
        add_subnet(region, add_vpc(region, "10.0.0.0/16").id, "10.0.0.0/24")


@pytest.fixture(scope="module")
def organization() -> Iterator[ServerThread]:
    with ServerThread("empty", clock=ManualClock()) as server:
        server.call(add_accounts)
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "latticetop.toml"
    arns = (f"arn:aws:iam::{FIRST_ID + number}:role/latticetop" for number in range(ACCOUNTS))
    path.write_text("".join(f'[[roles]]\narn = "{arn}"\n' for arn in arns))
    return path


def test_two_hundred_accounts_are_all_read_whole(organization: ServerThread, config: Path) -> None:
    ended = command(organization, "check", "--json", "--region", "us-east-1", LATTICETOP_CONFIG=str(config))
    scopes: list[dict[str, Any]] = json.loads(ended.out)["scopes"]
    assert [scope["check"]["account_id"] for scope in scopes] == [str(FIRST_ID + n) for n in range(ACCOUNTS)]
    assert [scope["check"]["problems"] for scope in scopes] == [[]] * ACCOUNTS
    assert Counter(len(scope["check"]["subnets"]) for scope in scopes) == {1: ACCOUNTS}
