"""A real Chromium without a window, spoken to by its DevTools protocol; it can reach nothing but loopback."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which
from typing import Any

import aiohttp

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
Event = dict[str, Any]


class Browser:
    """One tab. Events are kept in order, so that one can be waited for that has come already."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0
        self.events: list[Event] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, and its result."""
        self._asked += 1
        number = self._asked
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while (answer := await self._next()).get("id") != number:
            pass
        result: dict[str, Any] = answer["result"]
        return result

    async def until(self, so: Callable[[Event], bool]) -> Event:
        """The first event of which something is so."""
        looked = 0
        while True:
            for event in self.events[looked:]:
                if so(event):
                    return event
            looked = len(self.events)
            await self._next()

    async def evaluate(self, script: str) -> Any:
        """What a script in the page comes to; promises are awaited."""
        answer = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def picture(self) -> bytes:
        """The page as PNG, after two frames were painted."""
        await self.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    async def _next(self) -> Event:
        message = await self._socket.receive()
        assert message.type is aiohttp.WSMsgType.TEXT, message
        event: Event = json.loads(message.data)
        if "method" in event:
            self.events.append(event)
        return event


@asynccontextmanager
async def browsing(folder: Path, url: str, width: int = 1280, height: int = 800) -> AsyncIterator[Browser]:
    """Open a page; the network's events are listened to from the start."""
    assert CHROMIUM is not None
    size = f"--window-size={width},{height}"
    command = (CHROMIUM, *FLAGS, size, f"--user-data-dir={folder}", "about:blank")
    child = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert child.stderr is not None
    try:
        while b"DevTools listening on" not in (line := await child.stderr.readline()):
            assert line, "Chromium did not start"
        port = line.decode().split("ws://127.0.0.1:")[1].split("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                (tab,) = [each for each in await answer.json() if each["type"] == "page"]
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                browser = Browser(socket)
                await browser.call("Network.enable")
                await browser.call("Page.enable")
                await browser.call("Page.navigate", url=url)
                yield browser
    finally:
        child.terminate()
        await child.communicate()


def received(event: Event) -> bytes:
    """The payload of a frame that the page got from a websocket; empty for other events."""
    if event["method"] != "Network.webSocketFrameReceived":
        return b""
    response = event["params"]["response"]
    return base64.b64decode(response["payloadData"]) if response["opcode"] == 2 else b""
