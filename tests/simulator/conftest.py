"""A simulated account with time standing still, and clients that reach it and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator import ManualClock, ServerThread
from latticetop.simulator.account import Account
from latticetop.simulator.networks import add_subnet, add_vpc
from tests.simulator.clients import Clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latticetop.simulator.region import Region

INCIDENT = Path(__file__).parent / "incident"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def serve(clock: ManualClock) -> Iterator[Callable[[str], Clients]]:
    opened: list[Clients] = []

    def start(scenario: str) -> Clients:
        clients = Clients(ServerThread(scenario, clock=clock).start())
        opened.append(clients)
        return clients

    yield start
    for clients in opened:
        clients.close()


@pytest.fixture
def empty(serve: Callable[[str], Clients]) -> Clients:
    return serve("empty")


@pytest.fixture
def incident(serve: Callable[[str], Clients]) -> Clients:
    return serve("incident")


@pytest.fixture
def region(clock: ManualClock) -> Region:
    """A Region with one VPC and an empty /26 of it, apart from any server."""
    region = Account(clock=clock).region()
    add_vpc(region, "10.0.0.0/16", vpc_id="vpc-1")
    add_subnet(region, "vpc-1", "10.0.0.0/26", subnet_id="subnet-1")
    return region


def recorded(name: str) -> Any:
    """One of the incident's real answers."""
    return json.loads((INCIDENT / f"{name}.json").read_text())
