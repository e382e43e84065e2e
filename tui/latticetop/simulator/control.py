"""Faults on the way to the client, and the path by which faults are set while the simulator runs."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from latticetop.simulator.account import Account
    from latticetop.simulator.faults import Faults
    from latticetop.simulator.wire.http import Answer

CONTROL = "/_simulator/faults"
"""GET shows the faults in force, a line each; PUT replaces them by those in the body; DELETE ends them."""

PAGE = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>"


def control(faults: Faults) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of ``CONTROL``."""
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


async def carry(request: web.Request, answer: Answer, account: Account, action: str) -> web.StreamResponse:
    """Send an answer, dated by the account's clock, or what a fault makes of it."""
    from aiohttp import web

    faults = account.faults
    if latency := faults.meeting("latency", action):
        await asyncio.sleep(latency.amount)
    if faults.meeting("hang", action):
        await faults.ended("hang", action)
    if faults.strikes("reset", action):
        return _cut(request, web.Response())
    if faults.strikes("html", action):
        return web.Response(status=503, text=PAGE, content_type="text/html")
    headers = {**answer.headers, "Date": format_datetime(account.clock.now(), usegmt=True)}
    body = answer.body.encode()
    if faults.strikes("malformed", action):
        body = body[: len(body) // 2]
    response = web.Response(
        status=answer.status, body=body, content_type=answer.content_type, charset="utf-8", headers=headers
    )
    if faults.strikes("truncate", action):
        return await _cut_within(request, answer, body)
    return response


def _cut(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return response


async def _cut_within(request: web.Request, answer: Answer, body: bytes) -> web.StreamResponse:
    from aiohttp import web

    response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return _cut(request, response)
