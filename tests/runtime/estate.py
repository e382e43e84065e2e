"""A simulated organization of two accounts, and the command run against it."""

from __future__ import annotations

from typing import Any

from latticetop.simulator import ServerThread
from tests.command import KEYS, Ended, run

HOME, MEMBER = "123456789012", "123456789013"
ROLE = f"arn:aws:iam::{MEMBER}:role/latticetop"


def command(server: ServerThread, *arguments: str, **environment: str) -> Ended:
    """Run `latticetop` against the server, in whatever Regions the arguments name."""
    return run(*arguments, "--endpoint-url", server.url, **KEYS, **environment)


def ids_of(server: ServerThread, account_id: str, region: str, resources: str) -> set[str]:
    """The ids of the `subnets`, `endpoints` or other resources of an account in a Region."""

    def read(home: Any) -> set[str]:
        account = home if home.id == account_id else home.member_accounts[account_id]
        return set(getattr(account.region(region), resources))

    return server.call(read)
