"""A machine without AWS configuration, and an HTTP server with canned responses."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from ssl import SSLContext
from typing import NamedTuple
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from botocore.retries.standard import ExponentialBackoff

from latticetop.aws import Settings, connect
from latticetop.aws.limits import PageSizes
from latticetop.aws.reader import AwsReader

CANARY = "canary-secret-key-0000000000000000000000"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No AWS variables, no proxy, an empty home; returns the folder in place of `~/.aws`."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.upper() in PROXIES]:
        monkeypatch.delenv(name)
    folder = tmp_path / ".aws"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return folder


@pytest.fixture(autouse=True)
def retries_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are repeated without botocore's pause, which is up to a second."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0.0)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials in environment variables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)


class SleepClock:
    """Advances by the time that is slept, for one sleeper at a time. In seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class ReceivedRequest(NamedTuple):
    """A request that the server received."""

    host: str
    path: str
    params: dict[str, str]
    authorization: str

    @property
    def action(self) -> str:
        return self.params.get("Action", "")


Responder = Callable[[ReceivedRequest], Awaitable[web.StreamResponse]]


class CannedServer:
    """An HTTP server that keeps its requests and answers them with a function."""

    def __init__(self, answer: Responder) -> None:
        self.answer = answer
        self.requests: list[ReceivedRequest] = []
        self.url = ""

    @asynccontextmanager
    async def serve(self, certificate: SSLContext | None = None) -> AsyncIterator[CannedServer]:
        runner = web.ServerRunner(web.Server(self._handle))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certificate).start()
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://localhost:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        params = {key: values[0] for key, values in parse_qs(await request.text()).items()}
        headers = request.headers
        self.requests.append(
            ReceivedRequest(headers.get("Host", ""), request.path, params, headers.get("Authorization", ""))
        )
        return await self.answer(self.requests[-1])


def always(body: str, status: int = 200) -> Responder:
    async def answer(_: ReceivedRequest) -> web.StreamResponse:
        return web.Response(text=body, status=status, content_type="text/xml")

    return answer


def refusal(code: str, message: str = "No.") -> str:
    return (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>1</RequestID></Response>"
    )


NO_SUBNETS = (
    '<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><subnetSet/></DescribeSubnetsResponse>'
)
IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


@asynccontextmanager
async def reading(url: str, page_sizes: PageSizes | None = None) -> AsyncIterator[AwsReader]:
    """A reader of an endpoint that checks no signatures."""
    reader = await connect(Settings(region="us-east-1", endpoint_url=url, sandbox=True), page_sizes)
    try:
        yield reader
    finally:
        await reader.close()
