"""A time-out after a stall of the event loop is not told as AWS's. The server is in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest
from aiohttp import web

from latticetop.aws import loop_stalls, sdk
from latticetop.aws.dns_names import probe
from latticetop.aws.loop_stalls import measured_stalls
from latticetop.model.incident.investigation import ProbeOutcome
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.simulator import ManualClock, ServerThread
from tests.aws.conftest import CannedServer, ReceivedRequest, reading

TICK_SECONDS, CONNECT_SECONDS, STALL_SECONDS = 0.02, 0.1, 0.12
MANY = 100
"""Turns that last longer than all attempts."""


def stall(seconds: float) -> None:
    """Compute for so long, as far as the event loop can tell."""
    time.sleep(seconds)


class Staller:
    """Keeps the event loop busy: each of its turns takes longer than a connection may."""

    def __init__(self, turns: int) -> None:
        self.turns = turns

    def start(self) -> None:
        if self.turns:
            self.turns -= 1
            stall(STALL_SECONDS)
            asyncio.get_running_loop().call_soon(self.start)


@pytest.fixture
def server() -> Iterator[ServerThread]:
    with ServerThread("empty", clock=ManualClock()) as server:
        yield server


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sdk._BOUNDS, "connect_timeout", CONNECT_SECONDS)
    monkeypatch.setattr(loop_stalls, "_TICK", TICK_SECONDS)


async def test_a_request_that_a_stall_has_timed_out_is_sent_again(server: ServerThread) -> None:
    async with reading(server.url) as reader:
        asyncio.get_running_loop().call_soon(Staller(8).start)
        assert len(await reader.subnets()) == 2


async def test_stalls_without_end_are_told_as_our_own(server: ServerThread) -> None:
    async with reading(server.url) as reader:
        staller = Staller(MANY)
        asyncio.get_running_loop().call_soon(staller.start)
        with pytest.raises(ReadError) as error:
            await reader.subnets()
        assert staller.turns
        staller.turns = 0
    problem = error.value.problem
    assert (problem.kind, problem.operation) == (ProblemKind.BUSY, "ec2:DescribeSubnets")
    assert problem.message == "latticetop was too busy to read the response to ec2:DescribeSubnets in time."
    assert "at_once" in problem.next_step


async def test_a_time_out_without_a_stall_is_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sdk._BOUNDS, "read_timeout", CONNECT_SECONDS)
    monkeypatch.setattr(loop_stalls, "_LONG", 1.0)  # Whatever else runs on this machine.
    over = asyncio.Event()

    async def never(_: ReceivedRequest) -> web.StreamResponse:
        await over.wait()
        return web.Response()

    async with CannedServer(never).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError) as error:
            await reader.subnets()
        over.set()
    assert (error.value.problem.kind, error.value.problem.message) == (
        ProblemKind.UNREACHABLE,
        "AWS did not answer in time.",
    )


async def test_a_port_that_a_stall_has_timed_out_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        asyncio.get_running_loop().call_soon(Staller(4).start)
        result = await probe("db.internal", parse_address("127.0.0.1"), port, timeout_seconds=CONNECT_SECONDS)
    assert result.outcome is ProbeOutcome.CONNECTED


async def test_stalls_are_measured_to_their_end() -> None:
    with measured_stalls() as stalls:
        await asyncio.sleep(0)
        stall(0.2)
        before_the_loop_runs = stalls.seconds
        assert before_the_loop_runs >= 0.1
        await asyncio.sleep(0)
        assert stalls.seconds >= before_the_loop_runs
        assert stalls.are_long


async def test_what_was_before_does_not_count() -> None:
    with measured_stalls() as all_stalls:
        stall(0.2)
        with measured_stalls() as stalls:
            await asyncio.sleep(0)
            assert stalls.seconds <= all_stalls.seconds - 0.1
