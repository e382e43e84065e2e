"""The pages of the exporter: formats, health, who may ask, and clients that mean no good."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from latticetop.reports.metrics_text import Exposition
from latticetop.runtime.export import server as serving_module
from latticetop.runtime.export.server import MetricsServer, serving
from tests.command import PATIENCE

LINES = b"".join(b'latticetop_scope_up{scope="%d"} 1.0\n' % number for number in range(400_000))
"""More than the buffers of two sockets hold."""


class Metrics:
    """In place of an exporter: a text of some megabytes, and whether all accounts were tried."""

    def __init__(self, body: bytes = LINES) -> None:
        self.body = body
        self.is_ready = False

    async def render(self, accept: str) -> Exposition:
        return Exposition(self.body, f"text/plain; accept={accept or 'none'}")


@asynccontextmanager
async def served(metrics: Metrics | None = None, *, only_local: bool = True) -> AsyncIterator[str]:
    exporter: Any = metrics or Metrics()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        async with serving(MetricsServer(exporter, only_local=only_local), listening):
            yield f"http://127.0.0.1:{port}"


async def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """A page as it comes over the wire."""
    async with aiohttp.ClientSession(auto_decompress=False) as session, session.get(url, headers=headers) as response:
        return response.status, await response.read(), dict(response.headers)


async def test_the_metrics_are_served_as_they_are_asked_for() -> None:
    async with served() as url:
        status, body, headers = await get(f"{url}/metrics", **{"Accept": "x/y", "Accept-Encoding": "identity"})
        assert (status, body, headers["Content-Type"]) == (200, LINES, "text/plain; accept=x/y")
        assert "Content-Encoding" not in headers
        status, body, headers = await get(f"{url}/metrics", **{"Accept-Encoding": "gzip"})
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert gzip.decompress(body) == LINES
        assert int(headers["Content-Length"]) == len(body) < len(LINES) / 10


async def test_health_does_not_depend_on_accounts_and_readiness_does() -> None:
    metrics = Metrics()
    async with served(metrics) as url:
        assert (await get(f"{url}/-/healthy"))[0] == 200
        assert (await get(f"{url}/-/ready"))[0] == 503
        metrics.is_ready = True
        assert (await get(f"{url}/-/ready"))[0] == 200


async def test_the_first_page_leads_to_the_others_and_nothing_else_is_served() -> None:
    async with served() as url:
        status, body, _ = await get(url)
        assert status == 200
        assert all(f'href="{path}"'.encode() in body for path in ("/metrics", "/-/ready", "/-/healthy"))
        assert (await get(f"{url}/accounts"))[0] == 404
        async with aiohttp.ClientSession() as session:
            for request in (session.post(f"{url}/metrics", data=b"x"), session.head(f"{url}/metrics")):
                async with request as response:
                    assert response.status == 405


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9748", 200),
        ("localhost:1234", 200),
        ("LOCALHOST", 200),
        ("[::1]:9748", 200),
        ("10.0.0.9", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:9748", 403),
        ("", 403),
    ],
)
async def test_a_web_site_cannot_read_the_metrics_by_a_name_of_its_own(host: str, status: int) -> None:
    async with served(Metrics(b"")) as url:
        assert (await get(f"{url}/metrics", Host=host))[0] == status


async def test_where_others_may_connect_the_name_is_theirs_to_choose() -> None:
    async with served(Metrics(b""), only_local=False) as url:
        assert (await get(f"{url}/metrics", Host="latticetop.monitoring.svc"))[0] == 200


@asynccontextmanager
async def sent(url: str, request: bytes, limit: int = 1 << 10) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which something was sent; what comes is not read by itself beyond the limit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), limit=limit)
    writer.write(request)
    try:
        yield reader
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


SCRAPE = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def received(reader: asyncio.StreamReader) -> int:
    """The number of bytes that come before the end of a connection, however it ends."""
    count = 0
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                count += len(data)
    return count


async def test_a_client_that_does_not_read_holds_up_no_other() -> None:
    async with served() as url, sent(url, SCRAPE):
        status, body, _ = await get(f"{url}/metrics", **{"Accept-Encoding": "identity"})
        assert (status, len(body)) == (200, len(LINES))


async def test_a_client_that_takes_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "WRITE_LIMIT", 0.0)
    async with served() as url, sent(url, SCRAPE) as reader:
        assert await received(reader) < len(LINES)


async def test_connections_that_do_nothing_make_room_for_one_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "MAX_CONNECTIONS", 8)
    async with served(Metrics(b"up 1\n")) as url, AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(sent(url, b"GET /metr")) for _ in range(20)]
        assert (await get(f"{url}/-/healthy"))[0] == 200
        assert await received(idle[0]) == 0, "the oldest was ended"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 10_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01 not HTTP\r\n\r\n",
    ],
    ids=["address", "headers", "header", "TLS"],
)
async def test_a_request_that_is_too_large_or_none_is_refused(request_: bytes) -> None:
    async with served(Metrics(b"up 1\n")) as url:
        async with sent(url, request_) as reader:
            with suppress(ConnectionError):
                status = await asyncio.wait_for(reader.readline(), PATIENCE)
                assert status.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
        assert (await get(f"{url}/metrics"))[0] == 200


async def test_a_body_of_a_request_is_not_kept() -> None:
    async with served(Metrics(b"up 1\n")) as url:
        async with aiohttp.ClientSession() as session:
            try:
                async with session.get(f"{url}/metrics", data=BytesIO(bytes(50_000_000))) as response:
                    assert response.status == 200
            except aiohttp.ClientError:
                pass
        assert (await get(f"{url}/metrics"))[0] == 200
