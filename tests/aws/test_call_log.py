"""One debug log line per request, with page, attempt and outcome."""

from __future__ import annotations

import asyncio
import logging
import re

import pytest
from aiohttp import web
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws.call_log import LOG
from latticetop.aws.limits import PageSizes
from latticetop.model.records.problem import ReadError
from latticetop.simulator import ManualClock, Server
from tests.aws.conftest import NO_SUBNETS, CannedServer, ReceivedRequest, always, reading, refusal
from tests.aws.test_reader import fill

SUBNETS = "default/us-east-1 ec2:DescribeSubnets"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, LOG.name)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """The lines without their durations."""
    messages = [record.getMessage() for record in log.records if record.name == LOG.name]
    assert all(re.search(r" ms=\d+ ", line) for line in messages)
    return [re.sub(r" ms=\d+", "", line) for line in messages]


async def test_every_page_and_attempt_has_a_line(log: pytest.LogCaptureFixture) -> None:
    async with Server("empty", clock=ManualClock()) as server:
        fill(server.account)
        async with reading(server.url, PageSizes(ec2=5)) as reader:
            await reader.subnets()
            for fault in ("throttle", "reset", "malformed", "html", "deny"):
                server.account.faults.set([fault])
                with pytest.raises(ReadError):
                    await reader.subnets()
            assert reader.calls == len(server.calls)
            count = sum(call.operation == "DescribeSubnets" for call in server.calls)
    written = lines(log)
    assert len(written) == count
    pages = count - 8
    assert pages >= 3
    assert written[:pages] == [f"{SUBNETS} page={n} attempt=1 status=200 outcome=ok" for n in range(1, pages + 1)]
    assert written[pages:] == [
        f"{SUBNETS} page=1 attempt=1 status=503 outcome=throttled error=RequestLimitExceeded",
        f"{SUBNETS} page=1 attempt=2 status=503 outcome=throttled error=RequestLimitExceeded",
        f"{SUBNETS} page=1 attempt=1 status=- outcome=unreachable error=ConnectionClosedError",
        f"{SUBNETS} page=1 attempt=2 status=- outcome=unreachable error=ConnectionClosedError",
        f"{SUBNETS} page=1 attempt=1 status=200 outcome=bad-answer error=ResponseParserError",
        f"{SUBNETS} page=1 attempt=1 status=503 outcome=unreachable error=503",
        f"{SUBNETS} page=1 attempt=2 status=503 outcome=unreachable error=503",
        f"{SUBNETS} page=1 attempt=1 status=403 outcome=access-denied error=UnauthorizedOperation",
    ]


async def test_a_cancelled_call_has_a_line(log: pytest.LogCaptureFixture) -> None:
    received, end = asyncio.Event(), asyncio.Event()

    async def late(request: ReceivedRequest) -> web.StreamResponse:
        received.set()
        await end.wait()
        return await always(NO_SUBNETS)(request)

    async with CannedServer(late).serve() as canned, reading(canned.url) as reader:
        reads = asyncio.create_task(reader.subnets())
        await received.wait()
        reads.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reads
        end.set()
    assert lines(log) == [f"{SUBNETS} page=1 attempt=1 status=- outcome=cancelled error=CancelledError"]


async def test_a_response_cannot_forge_a_line(log: pytest.LogCaptureFixture) -> None:
    code = "Odd\n2024-12-19 prod outcome=ok" + "x" * 200
    async with CannedServer(always(refusal(code), 400)).serve() as canned, reading(canned.url) as reader:
        with pytest.raises(ReadError):
            await reader.subnets()
    (line,) = lines(log)
    assert line.startswith(f"{SUBNETS} page=1 attempt=1 status=400 outcome=service-error error=Odd_2024-12-19_prod_out")
    assert len(line.rpartition("error=")[2]) == 100


async def test_nothing_is_written_while_the_log_is_off(caplog: pytest.LogCaptureFixture) -> None:
    async with CannedServer(always(NO_SUBNETS)).serve() as canned, reading(canned.url) as reader:
        await reader.subnets()
    assert not [record for record in caplog.records if record.name == LOG.name]
