"""The dashboard in a browser: textual-serve, kept to this machine and to its own page."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from aiohttp import web
from textual_serve.server import Server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from aiohttp.typedefs import Handler

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
_GRACE = 1.0
"""Seconds that an open page gets when the server ends."""


class LoopbackServer(Server):
    """Runs one child for each page that is open, and answers pages that it served itself.

    A browser lets any web site open a websocket to this machine and tells only where it comes from, and a name of
    someone else's may lead here: `Origin` and `Host` are looked at. The page may load nothing from elsewhere.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=HOST, port=port, title="latticetop")
        self._hosts = {f"{name}:{port}" for name in NAMES}
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts))
        itself = " ".join(f"http://{host}" for host in sorted(self._hosts))
        self._policy = (
            f"default-src 'none'; script-src {itself} 'unsafe-inline'; style-src {itself} 'unsafe-inline'; "
            f"img-src {itself} data:; font-src {itself}; connect-src {itself} {sockets}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    async def application(self) -> web.Application:
        """What answers."""
        made = await self._make_app()
        made.middlewares.append(self._own_pages_only)
        made.on_response_prepare.append(self._keep_to_itself)
        return made

    async def on_startup(self, app: web.Application) -> None:
        """Says nothing: the command says where it is."""

    @web.middleware
    async def _own_pages_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if request.host not in self._hosts or (origin and origin.removeprefix("http://") not in self._hosts):
            raise web.HTTPForbidden(text="This page is only for this machine.")
        return await handler(request)

    async def _keep_to_itself(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"


def child(arguments: Sequence[str]) -> str:
    """The shell command that runs latticetop with these arguments."""
    words = [sys.executable, "-m", "latticetop", *arguments]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


async def serve(arguments: Sequence[str], listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve latticetop with these arguments until cancelled; `ready` is given the URL."""
    port = listening.getsockname()[1]
    server = LoopbackServer(child(arguments), port)
    runner = web.AppRunner(await server.application(), shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        ready(f"http://{HOST}:{port}")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
