"""The server: in an event loop and in a thread, and the cost of importing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from latticetop.simulator import SCENARIOS, ManualClock, Server, ServerThread
from tests.command import python


async def test_aiobotocore_reads_the_responses() -> None:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server:
        clock.finish()
        client: Any
        async with get_session().create_client(
            "ec2", region_name="us-east-1", endpoint_url=server.url, config=AioConfig(proxies={})
        ) as client:
            addresses = []
            async for page in client.get_paginator("describe_network_interfaces").paginate(
                PaginationConfig={"PageSize": 5}
            ):
                addresses += [interface["PrivateIpAddress"] for interface in page["NetworkInterfaces"]]
            assert addresses == ["10.10.10.36", "10.10.10.13", "10.10.10.7", "10.10.10.72"]
            endpoints = (await client.describe_vpc_endpoints())["VpcEndpoints"]
            assert endpoints[0]["State"] == "Failed"
        assert [call.operation for call in server.calls] == ["DescribeNetworkInterfaces", "DescribeVpcEndpoints"]


async def test_a_running_clock_runs_its_actions() -> None:
    async with Server("incident", speed=2000) as server:
        endpoints = server.account.region().endpoints
        await server.account.wait_until(lambda _: [e.state for e in endpoints.values()] == ["Failed"])
        created_at = next(iter(endpoints.values())).created_at
        events = server.account.region().event_history.events
        assert events[-1].time - created_at == timedelta(seconds=99)


async def test_wait_until_returns_after_the_change() -> None:
    clock = ManualClock()
    async with Server("incident", clock=clock) as server:
        clock.call_later(30, lambda: None)
        clock.advance(60)
        await server.account.wait_until(lambda account: bool(account.region().endpoints))


def test_calls_into_the_server_thread() -> None:
    with ServerThread("empty", clock=ManualClock()) as server:
        assert server.url.startswith("http://127.0.0.1:")
        assert server.call(lambda account: len(account.region().subnets)) == 2
        with pytest.raises(ZeroDivisionError):
            server.call(lambda _: 1 // 0)


def test_a_port_in_use_is_an_error() -> None:
    with ServerThread("empty", clock=ManualClock()) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            ServerThread("empty", port=port, clock=ManualClock()).start()


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_has_a_description_and_can_be_built(name: str) -> None:
    scenario = SCENARIOS[name]
    assert scenario.name == name
    assert 10 < len(scenario.description) <= 100
    server = Server(name, clock=ManualClock(scenario.start))
    accounts = [server.account, *server.account.member_accounts.values()]
    assert any(account.region().subnets for account in accounts)
    assert server.url == ""


@pytest.mark.parametrize("text", ["nothing", "incident:colour=red"])
def test_unknown_scenarios_and_options(text: str) -> None:
    with pytest.raises(ValueError, match=r"nothing|colour"):
        Server(text)


def test_importing_the_simulator_imports_no_other_package() -> None:
    code = (
        "import sys, latticetop.simulator as s; s.Server('incident');"
        "print([m for m in ('aiohttp', 'botocore', 'boto3', 'aiobotocore', 'textual', 'latticetop.model',"
        " 'latticetop.aws', 'latticetop.follow') if m in sys.modules])"
    )
    assert python(code).out.strip() == "[]"
