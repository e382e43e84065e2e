"""The HTTP server of the metrics. It serves text and health, takes no data, and no client can hold up another."""

from __future__ import annotations

import asyncio
import gzip
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.exposition import gzip_accepted

from latticetop import __version__

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

    from aiohttp.typedefs import Handler

    from latticetop.runtime.export.exporter import Exporter

MAX_CONNECTIONS = 64
"""Connections at the same time; one more ends the oldest, so that nobody can keep others out."""
WRITE_LIMIT = 30.0
"""Seconds in which a client has to take the whole text."""
_KEPT_ALIVE = 150.0
"""Seconds that a connection is kept for the next request: longer than usual scrape intervals."""
_CHUNK = 1 << 16
_GZIP_LEVEL = 4
_SHUTDOWN_TIMEOUT = 1.0
_PAGE = f"""<!doctype html>
<html lang="en"><head><title>latticetop</title></head><body>
<h1>latticetop {__version__}</h1>
<ul><li><a href="/metrics">/metrics</a></li><li><a href="/-/ready">/-/ready</a></li>
<li><a href="/-/healthy">/-/healthy</a></li></ul>
</body></html>
"""


class MetricsServer:
    """The pages of an exporter.

    On loopback (`only_local`) a request has to name this machine in `Host`, by an address or as localhost: any DNS name
    can resolve to 127.0.0.1, and a web site could read the metrics by one.
    """

    def __init__(self, exporter: Exporter, *, only_local: bool = True) -> None:
        self._exporter = exporter
        self.application = web.Application(middlewares=[_local_names_only] if only_local else ())
        self.application.router.add_get("/", self._index)
        self.application.router.add_get("/metrics", self._metrics, allow_head=False)
        self.application.router.add_get("/-/healthy", self._healthy)
        self.application.router.add_get("/-/ready", self._ready)

    async def _index(self, _: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def _healthy(self, _: web.Request) -> web.Response:
        return web.Response(text="latticetop is running.\n")

    async def _ready(self, _: web.Request) -> web.Response:
        if self._exporter.is_ready:
            return web.Response(text="Every account and Region was tried.\n")
        return web.Response(text="Some accounts and Regions were not tried yet.\n", status=503)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        body, content_type = await self._exporter.render(request.headers.get("Accept", ""))
        response = web.StreamResponse(headers={"Content-Type": content_type})
        if gzip_accepted(request.headers.get("Accept-Encoding", "")):
            body = await asyncio.to_thread(gzip.compress, body, _GZIP_LEVEL)
            response.headers["Content-Encoding"] = "gzip"
        response.content_length = len(body)
        try:
            async with asyncio.timeout(WRITE_LIMIT):
                await response.prepare(request)
                for start in range(0, len(body), _CHUNK):
                    await response.write(body[start : start + _CHUNK])
                await response.write_eof()
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        return response


@web.middleware
async def _local_names_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not _is_local(request.url.host or ""):
        raise web.HTTPForbidden(text="Use the address of this machine, or localhost.\n")
    return await handler(request)


def _is_local(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return True


@asynccontextmanager
async def serving(server: MetricsServer, listening: socket.socket) -> AsyncIterator[None]:
    """Serve on a listening socket within the block."""
    runner = web.AppRunner(
        server.application,
        access_log=None,
        keepalive_timeout=_KEPT_ALIVE,
        shutdown_timeout=_SHUTDOWN_TIMEOUT,
        handler_cancellation=True,
    )
    await runner.setup()
    accept = runner.server
    assert accept is not None

    def connection() -> asyncio.BaseProtocol:
        for oldest in accept.connections[: max(0, len(accept.connections) - MAX_CONNECTIONS + 1)]:
            oldest.force_close()
        return accept()

    try:
        async with await asyncio.get_running_loop().create_server(connection, sock=listening):
            yield
    finally:
        await runner.cleanup()
