"""A simulated account with a manual clock, and clients that reach nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latticetop.simulator import ManualClock, ServerThread, SimulatedAccount
from latticetop.simulator.vpcs import add_subnet, add_vpc
from tests.simulator.clients import Clients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latticetop.simulator.region import SimulatedRegion

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
    all_clients: list[Clients] = []

    def start(scenario: str) -> Clients:
        clients = Clients(ServerThread(scenario, clock=clock).start())
        all_clients.append(clients)
        return clients

    yield start
    for clients in all_clients:
        clients.close()


@pytest.fixture
def empty(serve: Callable[[str], Clients]) -> Clients:
    return serve("empty")


@pytest.fixture
def subnet_id(empty: Clients) -> str:
    """The id of the first subnet of the empty scenario."""
    first_id: str = empty.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    return first_id


@pytest.fixture
def incident(serve: Callable[[str], Clients]) -> Clients:
    return serve("incident")


@pytest.fixture
def region(clock: ManualClock) -> SimulatedRegion:
    """A Region with a VPC and an empty /26 subnet, without a server."""
    region = SimulatedAccount(clock=clock).region()
    add_vpc(region, "10.0.0.0/16", vpc_id="vpc-1")
    add_subnet(region, "vpc-1", "10.0.0.0/26", subnet_id="subnet-1")
    return region


def recorded(name: str) -> Any:
    """A recorded response of AWS from the incident."""
    return json.loads((INCIDENT / f"{name}.json").read_text())
