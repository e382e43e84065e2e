"""Faults of the HTTP response, and the URL path that changes the active faults while the simulator runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from latticetop.simulator.account import SimulatedAccount
    from latticetop.simulator.faults import ActiveFaults
    from latticetop.simulator.wire.messages import HttpResponse

FAULTS_PATH = "/_simulator/faults"
"""GET returns the active faults, one on each line; PUT replaces them with the body; DELETE removes them."""

LOGIN_PAGE = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Sign in</title></head>'
    "<body><p>Accept the terms of this network.</p></body></html>"
)
LOGIN_URL = "http://login.invalid/?from=aws"
UNAVAILABLE_PAGE = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>"


def faults_handler(faults: ActiveFaults) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The request handler of ``FAULTS_PATH``."""
    from aiohttp import web

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method in ("PUT", "POST", "DELETE"):
            texts = [] if request.method == "DELETE" else (await request.text()).splitlines()
            try:
                faults.set(texts)
            except ValueError as error:
                return web.Response(status=400, text=f"{error}\n")
        return web.Response(text="".join(f"{fault}\n" for fault in faults.active))

    return handle


async def send_response(
    request: web.Request, response: HttpResponse, account: SimulatedAccount, action: str
) -> web.StreamResponse:
    """Send a response, changed by the faults that match the action."""
    from aiohttp import web

    faults = account.faults
    if latency := faults.matching("latency", action):
        await asyncio.sleep(latency.amount)
    if faults.matching("hang", action):
        await faults.wait_until_ended("hang", action)
    if faults.applies("reset", action):
        return _close_connection(request, web.Response())
    if faults.applies("html", action):
        return web.Response(status=503, text=UNAVAILABLE_PAGE, content_type="text/html")
    if faults.applies("login-page", action):
        return web.Response(text=LOGIN_PAGE, content_type="text/xml")
    if faults.applies("redirect", action):
        return web.Response(status=307, headers={"Location": LOGIN_URL})
    if faults.applies("oversize", action):
        return await _send_spaces(request)
    headers = {**response.headers, "Date": format_datetime(_date(response, account, action), usegmt=True)}
    body = response.body.encode()
    if faults.matching("drip", action):
        return await _send_slowly(request, response, body)
    if faults.applies("malformed", action):
        body = body[: len(body) // 2]
    if faults.applies("truncate", action):
        return await _send_half(request, response, body)
    return web.Response(
        status=response.status, body=body, content_type=response.content_type, charset="utf-8", headers=headers
    )


def _date(response: HttpResponse, account: SimulatedAccount, action: str) -> datetime:
    """The simulated time; that of an error is real, since requests are signed with the real time."""
    if response.status < 300:
        return account.world.clock.now()
    fault = account.faults.matching("clock", action)
    return datetime.now(UTC) + timedelta(minutes=fault.amount if fault else 0)


async def _send_slowly(request: web.Request, response: HttpResponse, body: bytes) -> web.StreamResponse:
    from aiohttp import web

    stream = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    await stream.prepare(request)
    with suppress(ConnectionError):
        for byte in body:
            await stream.write(bytes([byte]))
            await asyncio.sleep(1)
    return stream


async def _send_spaces(request: web.Request) -> web.StreamResponse:
    from aiohttp import web

    stream = web.StreamResponse(headers={"Content-Type": "text/xml"})
    await stream.prepare(request)
    with suppress(ConnectionError):
        while True:
            await stream.write(b" " * (1 << 16))
    return stream


def _close_connection(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return response


async def _send_half(request: web.Request, response: HttpResponse, body: bytes) -> web.StreamResponse:
    from aiohttp import web

    stream = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[: len(body) // 2])
    return _close_connection(request, stream)
