"""The dashboard in a browser: textual-serve, restricted to this machine and to its own pages."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web
from textual_serve.server import Server

from latticetop.cli import page_process
from latticetop.cli.page_process import DEFAULT_SIZE, PageProcess

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from aiohttp.typedefs import Handler

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
_SHUTDOWN_TIMEOUT = 1.0
"""Seconds that open pages get to close when the server stops."""
_HEARTBEAT = 15.0
"""Seconds between two signs of life of a page."""


_RELOAD = 2.0
"""Seconds beyond the grace period of a process in which a page that was reloaded gets its place."""


class LoopbackServer(Server):
    """A server that runs one child process per open page, `max_pages` at most, and accepts its own pages only.

    Any web site can open a websocket to this machine from a browser, and any DNS name can resolve to 127.0.0.1; so
    `Origin` and `Host` are checked. A Content-Security-Policy keeps the page from loading anything from elsewhere.
    """

    def __init__(self, command: str, port: int, max_pages: int) -> None:
        super().__init__(command, host=HOST, port=port, title="latticetop")
        self._max_pages, self._free = max_pages, asyncio.Semaphore(max_pages)
        self._pages: set[PageProcess] = set()
        self._hosts = {f"{name}:{port}" for name in NAMES}
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts))
        own = " ".join(f"http://{host}" for host in sorted(self._hosts))
        self._policy = (
            f"default-src 'none'; script-src {own} 'unsafe-inline'; style-src {own} 'unsafe-inline'; "
            f"img-src {own} data:; font-src {own}; connect-src {own} {sockets}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    async def application(self) -> web.Application:
        """Build the aiohttp application, with the checks."""
        application = await self._make_app()
        application.middlewares.append(self._own_pages_only)
        application.on_response_prepare.append(self._add_security_headers)
        return application

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing: the command prints the URL."""

    async def on_shutdown(self, app: web.Application) -> None:
        """End the processes of all pages."""
        await asyncio.gather(*(page.stop() for page in self._pages))

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a process for a page until one of them ends; one page too many shows a sentence."""
        websocket = web.WebSocketResponse(heartbeat=_HEARTBEAT)
        await websocket.prepare(request)
        try:
            # A page that is loaded again takes the place of its process, which may still have to end.
            async with asyncio.timeout(page_process.GRACE + _RELOAD):
                await self._free.acquire()
        except TimeoutError:
            await websocket.send_bytes(self._refusal.encode())
            await websocket.close()
            return websocket
        try:
            await self._run(request, websocket)
        finally:
            self._free.release()
        return websocket

    async def _run(self, request: web.Request, websocket: web.WebSocketResponse) -> None:
        async def close() -> None:
            await websocket.close()

        page = PageProcess(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        self._pages.add(page)
        try:
            await page.start(*(request.query.get(name, size) for name, size in DEFAULT_SIZE.items()))
            # A message that is none ends the page.
            with suppress(ValueError, LookupError, TypeError, AttributeError, AssertionError):
                await self._process_messages(websocket, page)
        finally:
            await page.stop()
            self._pages.discard(page)
            await close()

    @property
    def _refusal(self) -> str:
        return (
            f"{self._max_pages} pages are open, and latticetop serves no more of them.\r\n"
            "Close one and reload this page, or start latticetop serve with --max-pages.\r\n"
        )

    @web.middleware
    async def _own_pages_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in self._hosts or (origin and origin.removeprefix("http://") not in self._hosts):
            raise web.HTTPForbidden(text="Only pages of this server may connect.")
        return await handler(request)

    async def _add_security_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"


def child_command(arguments: Sequence[str]) -> str:
    """Return the shell command that runs latticetop with these arguments."""
    words = [sys.executable, "-m", "latticetop", *arguments]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


async def serve(
    arguments: Sequence[str], listening: socket.socket, max_pages: int, ready: Callable[[str], None]
) -> None:
    """Serve latticetop with these arguments until cancelled; `ready` is called with the URL."""
    port = listening.getsockname()[1]
    server = LoopbackServer(child_command(arguments), port, max_pages)
    runner = web.AppRunner(await server.application(), shutdown_timeout=_SHUTDOWN_TIMEOUT)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        ready(f"http://{HOST}:{port}")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
