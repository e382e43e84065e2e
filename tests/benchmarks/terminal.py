"""A child process in a terminal of its own, as a person has it: keys go in, frames come out. Not on Windows."""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from types import TracebackType
from typing import NamedTuple, Self

from tests.benchmarks import REGION
from tests.benchmarks.processes import environment, peak_memory

WIDTH, HEIGHT = 120, 36
PATIENCE = 60.0
"""Seconds after which what does not come is a failure."""
_CONTROL = re.compile(r"\x1b\[([?>=]?)([\d;]*)[ $]?([@-~])|\x1b[^\[]|[\x00-\x1f]")
_OPEN = re.compile(r"\x1b(\[[?>=]?[\d;]*[ $]?)?$")
_ASKED, _ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Textual asks whether frames may be bracketed, and the terminal says that they may."""


class Cell(NamedTuple):
    """A character and its style, as the numbers of the last SGR sequence."""

    text: str = " "
    style: str = ""


class Screen:
    """What a terminal shows, as far as Textual makes use of one."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._width = width
        self.cells = [[Cell()] * width for _ in range(height)]
        self.whole = True
        """Whether no frame is half painted."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._rest = self._style = ""
        self._x = self._y = 0

    def feed(self, data: bytes) -> None:
        """Take what the program wrote."""
        text = self._rest + self._decode(data)
        cut = _OPEN.search(text)
        text, self._rest = (text[: cut.start()], text[cut.start() :]) if cut else (text, "")
        at = 0
        for match in _CONTROL.finditer(text):
            self._put(text[at : match.start()])
            self._obey(match)
            at = match.end()
        self._put(text[at:])

    @property
    def lines(self) -> list[str]:
        """The characters line by line."""
        return ["".join(cell.text for cell in line) for line in self.cells]

    def _put(self, text: str) -> None:
        if text and self._y < len(self.cells):
            line = self.cells[self._y]
            line[self._x : self._x + len(text)] = [Cell(each, self._style) for each in text]
            del line[self._width :]
        self._x += len(text)

    def _obey(self, match: re.Match[str]) -> None:
        private, numbers, kind = match.groups()
        if kind == "m":
            self._style = numbers
        elif kind == "H":
            y, _, x = numbers.partition(";")
            self._x, self._y = int(x or 1) - 1, int(y or 1) - 1
        elif private == "?" and numbers == "2026" and kind in "hl":
            self.whole = kind == "l"
        elif match[0] == "\n":
            self._x, self._y = 0, self._y + 1


class Child:
    """`python …` in a terminal, ended with the block."""

    def __init__(self, *arguments: str) -> None:
        self.screen = Screen()
        self._command = [sys.executable, "-W", "ignore", *arguments]
        self._environment = environment() | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.began = 0.0

    def __enter__(self) -> Self:
        self._terminal, inside = os.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self.began = time.perf_counter()
        self._id = os.fork()
        if not self._id:
            os.close(self._terminal)
            os.login_tty(inside)
            os.execve(self._command[0], self._command, self._environment)
        os.close(inside)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.kill(self._id, signal.SIGKILL)
        os.waitpid(self._id, 0)
        os.close(self._terminal)

    def press(self, keys: str) -> float:
        """Take in what was painted so far, then send the keys; the moment in seconds."""
        while self._take(0.0) is not None:
            pass
        now = time.perf_counter()
        os.write(self._terminal, keys.encode())
        return now

    def until(self, shown: Callable[[Screen], bool], patience: float = PATIENCE) -> float:
        """Wait for a whole frame that shows something; the moment at which its last byte came."""
        end, now = time.perf_counter() + patience, time.perf_counter()
        while not (self.screen.whole and shown(self.screen)):
            came = self._take(end - time.perf_counter())
            if came is None:
                raise TimeoutError("waited in vain; on screen:\n" + "\n".join(self.screen.lines))
            now = came
        return now

    def watch(self, seconds: float) -> None:
        """Let time pass and take in what is painted."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._take(left)

    def cpu(self) -> float:
        """Seconds of processor so far, from Linux's /proc: hundredths are told apart."""
        with open(f"/proc/{self._id}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_memory(self) -> int:
        """The most memory resident at once so far in bytes."""
        return peak_memory(self._id)

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.began

    def _take(self, seconds: float) -> float | None:
        """Take what comes within so many seconds; when it came, or None."""
        if not select.select([self._terminal], [], [], max(0.0, seconds))[0]:
            return None
        data, now = os.read(self._terminal, 1 << 16), time.perf_counter()
        if _ASKED in data:
            os.write(self._terminal, _ANSWER)
        self.screen.feed(data)
        return now


def dashboard(url: str, *arguments: str) -> Child:
    """latticetop on an account."""
    return Child("-m", "latticetop", "--endpoint-url", url, "--region", REGION, *arguments)
