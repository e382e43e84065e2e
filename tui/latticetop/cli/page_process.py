"""The process of one page of `latticetop serve`: it ends with its page, whatever it does."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual_serve.app_service import AppService

if TYPE_CHECKING:
    from asyncio.subprocess import Process

DEFAULT_SIZE = {"width": 80, "height": 24}
MAX_WIDTH, MAX_HEIGHT = 1000, 500
"""Columns and lines of the largest terminal: each cell costs memory and time."""
GRACE = 3.0
"""Seconds that a process has to take what it is sent, and to end when it is told to; then it is killed."""


class PageProcess(AppService):
    """An app in a process group of its own."""

    async def start(self, width: object, height: object) -> None:
        """Start the process in a terminal of a size, or of the next one that is possible."""
        await super().start(*bounded_size(width, height))

    async def set_terminal_size(self, width: object, height: object) -> None:
        """Tell the process the size of its terminal."""
        await super().set_terminal_size(*bounded_size(width, height))

    async def send_bytes(self, data: bytes) -> bool:
        """Send what was typed; return whether the process took it. One that hangs is killed."""
        return await self._taken(super().send_bytes(data))

    async def send_meta(self, data: dict[str, str | int | bool | None]) -> bool:
        """Send a message; return whether the process took it. One that hangs is killed."""
        return await self._taken(super().send_meta(data))

    async def stop(self) -> None:
        """Tell the process to end, and kill it when it has not ended in time."""
        process, self._process = self._process, None
        if process is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        with suppress(RuntimeError, OSError):
            self.stdin.write(self.encode_packet(b"M", b'{"type": "quit"}'))
        ended = asyncio.ensure_future(process.wait())
        await asyncio.wait({ended}, timeout=GRACE)
        _kill(process)
        await ended
        if self._task is not None:
            # It ends with the output of the process, unless the page does not take that.
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        pipe = asyncio.subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_shell(
            self.command,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def _taken(self, sending: Any) -> bool:
        try:
            async with asyncio.timeout(GRACE):
                return bool(await sending)
        except TimeoutError:
            if self._process is not None:
                _kill(self._process)
            return False


def bounded_size(width: object, height: object) -> tuple[int, int]:
    """Return a size as columns and lines that a terminal can have; what is no number becomes the default."""
    sizes = (width, DEFAULT_SIZE["width"], MAX_WIDTH), (height, DEFAULT_SIZE["height"], MAX_HEIGHT)
    columns, lines = (max(1, min(_integer(value, default), most)) for value, default, most in sizes)
    return columns, lines


def _integer(value: object, default: int) -> int:
    try:
        return int(str(value)[:12])
    except ValueError:
        return default


def _kill(process: Process) -> None:
    """Kill a process and all that it has started."""
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
