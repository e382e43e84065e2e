"""Faults of the HTTP response, and the URL path that changes the active faults while the simulator runs."""

from __future__ import annotations

import asyncio
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
    """Send a response with the date of the simulated clock, changed by the faults that match the action."""
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
    headers = {**response.headers, "Date": format_datetime(account.world.clock.now(), usegmt=True)}
    body = response.body.encode()
    if faults.applies("malformed", action):
        body = body[: len(body) // 2]
    if faults.applies("truncate", action):
        return await _send_half(request, response, body)
    return web.Response(
        status=response.status, body=body, content_type=response.content_type, charset="utf-8", headers=headers
    )


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
