"""The server: async and in a thread, the clock, and what importing costs."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from latticetop.simulator import SCENARIOS, ManualClock, RunningClock, Server, ServerThread
from latticetop.simulator.clock import INCIDENT_START


async def test_aiobotocore_reads_it() -> None:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server:
        clock.finish()
        client: Any
        async with get_session().create_client(
            "ec2", region_name="us-east-1", endpoint_url=server.url, config=AioConfig(proxies={})
        ) as client:
            seen = []
            async for page in client.get_paginator("describe_network_interfaces").paginate(
                PaginationConfig={"PageSize": 5}
            ):
                seen += [interface["PrivateIpAddress"] for interface in page["NetworkInterfaces"]]
            assert seen == ["10.10.10.36", "10.10.10.13", "10.10.10.7", "10.10.10.72"]
            endpoints = (await client.describe_vpc_endpoints())["VpcEndpoints"]
            assert endpoints[0]["State"] == "Failed"
        assert [call.operation for call in server.calls] == ["DescribeNetworkInterfaces", "DescribeVpcEndpoints"]


async def test_time_runs_by_itself_and_can_be_awaited() -> None:
    async with Server("incident", speed=2000) as server:
        endpoints = server.account.region().endpoints
        await server.account.until(lambda _: [e.state for e in endpoints.values()] == ["Failed"])
        created = next(iter(endpoints.values())).created
        events = server.account.region().trail.events
        assert events[-1].at - created == timedelta(seconds=99)


async def test_waiting_ends_with_the_change() -> None:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server:
        clock.call_later(30, lambda: None)
        clock.advance(60)
        await server.account.until(lambda account: bool(account.region().endpoints))


def test_a_thread_is_acted_on_between_requests() -> None:
    with ServerThread("empty", clock=ManualClock()) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.call(lambda account: len(account.region().subnets)) == 2
        with pytest.raises(ZeroDivisionError):
            server.call(lambda _: 1 // 0)


def test_a_port_in_use_is_an_error_at_once() -> None:
    with ServerThread("empty", clock=ManualClock()) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            ServerThread("empty", port=port, clock=ManualClock()).start()


def test_a_running_clock_multiplies_time() -> None:
    moments = iter([100.0, 101.5, 101.5])
    clock = RunningClock(speed=8.0, monotonic=lambda: next(moments))
    assert clock.present() == INCIDENT_START + timedelta(seconds=12)
    assert clock.wait_for(INCIDENT_START + timedelta(seconds=20)) == 1.0
    with pytest.raises(ValueError, match="speed"):
        RunningClock(speed=0)


def test_things_happen_in_order_at_their_own_moments() -> None:
    clock, seen = ManualClock(), []
    for seconds in (30, 10, 20):
        clock.call_later(seconds, lambda: seen.append((clock.now() - INCIDENT_START).total_seconds()))
    clock.call_later(5, lambda: clock.call_later(10, lambda: seen.append(-1)))
    clock.advance(25)
    assert seen == [10, -1, 20]
    clock.finish()
    assert seen == [10, -1, 20, 30]


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios_describe_themselves_and_stand(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.name == name
    assert 10 < len(scenario.description) <= 100
    server = Server(name, clock=ManualClock(scenario.start))
    assert server.account.region().subnets
    assert server.url == ""


@pytest.mark.parametrize("text", ["nothing", "incident:colour=red"])
def test_unknown_scenarios_and_options(text: str) -> None:
    with pytest.raises(ValueError, match=r"nothing|colour"):
        Server(text)


def test_importing_is_cheap_and_keeps_to_itself() -> None:
    code = (
        "import sys, latticetop.simulator as s; s.Server('incident');"
        "print([m for m in ('aiohttp', 'botocore', 'boto3', 'aiobotocore', 'textual', 'latticetop.model',"
        " 'latticetop.aws', 'latticetop.follow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
