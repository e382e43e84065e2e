"""The setting `at_once`: the requests of the Regions that are read, as the server sees them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from latticetop.aws import Settings
from latticetop.follow.subnet_selection import Selection
from latticetop.reports.watch_events import WatchEvent, WatchStarted
from latticetop.runtime.build import FollowOptions
from latticetop.runtime.headless import watch_live
from latticetop.runtime.targets import Target
from latticetop.simulator import ManualClock, ServerThread
from tests.runtime.estate import command

REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-northeast-1", "sa-east-1")


@pytest.fixture
def server() -> Iterator[ServerThread]:
    with ServerThread("empty", clock=ManualClock()) as server:
        yield server


@pytest.fixture
def one_at_a_time(tmp_path: Path) -> Path:
    path = tmp_path / "latticetop.toml"
    path.write_text("at_once = 1\n")
    return path


def regions_in_order(server: ServerThread) -> list[str]:
    """The Regions of the requests, one for each run of requests to the same Region."""
    return [region for region, _ in groupby(call.region for call in server.calls)]


def test_check_reads_one_region_after_the_other(server: ServerThread, one_at_a_time: Path) -> None:
    flags = [flag for region in REGIONS for flag in ("--region", region)]
    command(server, "check", *flags, LATTICETOP_CONFIG=str(one_at_a_time))
    assert regions_in_order(server) == list(REGIONS)


async def test_followers_read_one_region_after_the_other(server: ServerThread) -> None:
    events: list[WatchEvent] = []

    def report(event: WatchEvent) -> bool:
        events.append(event)
        return len(events) < len(REGIONS)

    targets = [Target(Settings(region=region, endpoint_url=server.url, sandbox=True)) for region in REGIONS]
    await watch_live(FollowOptions(targets=targets, selection=Selection(), interval=60, at_once=1), report)
    assert {type(event) for event in events} == {WatchStarted}
    assert regions_in_order(server) == list(REGIONS)
