"""The dashboard as a child process that a terminal of its own controls. Not on Windows."""

from __future__ import annotations

import os
import pty
import select
import sys
from collections.abc import Callable

from tests.command import PATIENCE, start

_IN_CONTROL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """`latticetop …` with keys that go in and `seen`, all that was drawn; ended with the test at the latest."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._end, child_end = pty.openpty()
        size = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36"}
        command = (sys.executable, "-c", _IN_CONTROL, sys.executable, "-m", "latticetop", *arguments)
        self.child = start(
            *command,
            stdin=child_end,
            stdout=child_end,
            stderr=child_end,
            env={**os.environ, **size, **environment},
        )
        os.close(child_end)
        self.seen = ""

    def until(self, so: Callable[[], bool]) -> None:
        """Read the screen until something is so; looking again whenever something was drawn."""
        while not so():
            assert select.select([self._end], [], [], PATIENCE)[0], f"waited in vain: {self.seen[-2000:]}"
            self.seen += os.read(self._end, 65_536).decode(errors="replace")

    def press(self, key: str) -> None:
        os.write(self._end, key.encode())

    def then(self, key: str, said: str) -> None:
        """Press keys, and read until something is said that was not before."""
        self.seen = ""
        self.press(key)
        self.until(lambda: said in self.seen)

    def quit(self) -> int:
        """Press q, and read to the end."""
        self.press("q")
        try:
            while os.read(self._end, 65_536):
                pass
        except OSError:
            pass
        os.close(self._end)
        return self.child.wait(PATIENCE)
