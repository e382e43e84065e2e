"""Clients of one event loop share TLS contexts and connections, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiobotocore import httpsession
from aiohttp import web

from latticetop.aws import Settings, connect
from latticetop.aws.reader import AwsReader
from latticetop.model.records.problem import ReadError
from tests.aws.conftest import NO_SUBNETS, CannedServer, ReceivedRequest, always
from tests.aws.test_errors import certificate, server_context

__all__ = ["certificate"]


class CountingServer:
    """A server with a certificate that keeps, of each request, the client's port and cookies; it sets a cookie."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.cookies: list[str] = []
        self.open_connections: set[int] = set()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self.url = ""

    @asynccontextmanager
    async def serve(self, certificate: Path) -> AsyncIterator[CountingServer]:
        runner = web.ServerRunner(web.Server(self._handle))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_context(certificate)).start()
        self.url = f"https://localhost:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        self.ports.append(request.transport.get_extra_info("peername")[1])
        self.cookies.append(request.headers.get("Cookie", ""))
        self.asked.set()
        await self.may_answer.wait()
        response = web.Response(text=NO_SUBNETS, content_type="text/xml")
        response.set_cookie("session", "of-this-account")
        return response


@pytest.fixture
def trusting(certificate: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate is trusted by the clients that are opened."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    return certificate


async def open_reader(server: CountingServer) -> AwsReader:
    return await connect(Settings(region="us-east-1", endpoint_url=server.url))


async def test_readers_share_a_tls_context_and_a_connection(trusting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contexts: list[Any] = []
    create = httpsession.create_urllib3_context

    def counted() -> Any:
        contexts.append(create())
        return contexts[-1]

    monkeypatch.setattr(httpsession, "create_urllib3_context", counted)
    async with CountingServer().serve(trusting) as server:
        readers = [await open_reader(server) for _ in range(5)]
        for reader in readers:
            await reader.subnets()
        for reader in readers:
            await reader.close()
    assert (len(contexts), len(server.ports), len(set(server.ports))) == (1, 5, 1)
    assert set(server.cookies) == {""}, "what a response sets is not sent with the requests of other accounts"


async def test_a_certificate_that_another_client_trusts_is_not_trusted(
    trusting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with CountingServer().serve(trusting) as server:
        trusts = await open_reader(server)
        await trusts.subnets()
        monkeypatch.delenv("AWS_CA_BUNDLE")
        does_not = await open_reader(server)
        with pytest.raises(ReadError, match="certificate of the AWS endpoint is not trusted"):
            await does_not.subnets()
        await trusts.subnets()
        await does_not.close()
        await trusts.close()
    assert len(server.ports) == 2


async def test_a_client_that_is_closed_leaves_the_requests_of_others(trusting: Path) -> None:
    async with CountingServer().serve(trusting) as server:
        first, second = await open_reader(server), await open_reader(server)
        await first.subnets()
        server.asked.clear()
        server.may_answer.clear()
        read = asyncio.create_task(second.subnets())
        await server.asked.wait()
        await first.close()
        server.may_answer.set()
        assert await read == ()
        await second.close()


async def test_connections_are_closed_with_the_last_client(trusting: Path) -> None:
    async with CountingServer().serve(trusting) as server:
        for _ in range(2):
            reader = await open_reader(server)
            await reader.subnets()
            await reader.close()
            await reader.close()
    assert len(set(server.ports)) == 2


async def test_requests_without_an_answer_keep_no_other_account_waiting() -> None:
    """Those of an account or a Region that hangs."""
    may_answer, asked = asyncio.Event(), asyncio.Semaphore(0)

    async def hang(_: ReceivedRequest) -> web.StreamResponse:
        asked.release()
        await may_answer.wait()
        return web.Response(text=NO_SUBNETS, content_type="text/xml")

    async with CannedServer(hang).serve() as silent, CannedServer(always(NO_SUBNETS)).serve() as answering:
        readers = [await connect(Settings(region="us-east-1", endpoint_url=silent.url, sandbox=True)) for _ in range(4)]
        waiting = [asyncio.create_task(reader.subnets()) for reader in readers for _ in range(10)]
        for _ in range(16):
            await asked.acquire()
        other = await connect(Settings(region="us-east-1", endpoint_url=answering.url, sandbox=True))
        # Sooner than a request without an answer times out.
        async with asyncio.timeout(15):
            assert await other.subnets() == ()
        may_answer.set()
        await asyncio.gather(*waiting)
        for reader in (*readers, other):
            await reader.close()
