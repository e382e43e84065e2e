"""The dashboard as a child process that a terminal of its own controls. Not on Windows."""

from __future__ import annotations

import os
import pty
import re
import select
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from tests.command import PATIENCE, end_with_the_test, launch

_SEQUENCE = re.compile(r"\x1b\[[\d;?<>$]*[a-zA-Z]")
_MODES = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_USUAL = {"7": "h", "25": "h"}
"""Line wrap and the cursor; everything else is off in a terminal that nothing has changed."""


class Terminal:
    """`latticetop …` with keys that go in, and what was drawn: `written` in all, `seen` since the last `then`."""

    is_fresh: ClassVar[bool] = False

    def __init__(self, *arguments: str, program: str = "", **environment: str) -> None:
        """Start `latticetop`, or a program in Python that takes its place."""
        self._end, child_end = pty.openpty()
        self.attributes_before = self.attributes
        variables = {"TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36", **environment}
        streams = (child_end, child_end, child_end)
        self.child = launch(arguments, streams, variables, program=program, in_terminal=True, fresh=self.is_fresh)
        end_with_the_test(self.child)
        os.close(child_end)
        self.seen = self.written = ""

    @property
    def attributes(self) -> list[Any]:
        """What `stty -a` prints."""
        return termios.tcgetattr(self._end)

    @property
    def changed_modes(self) -> set[str]:
        """The private modes that are not as usual after all that was written, such as `1049` on the other screen."""
        states = {mode: state for modes, state in _MODES.findall(self.written) for mode in modes.split(";")}
        return {mode for mode, state in states.items() if state != _USUAL.get(mode, "l")}

    @property
    def text(self) -> str:
        """What was drawn since the last `then`, without the sequences that say where and in which colour."""
        return _SEQUENCE.sub("", self.seen)

    def until(self, so: Callable[[], bool]) -> None:
        """Read the screen until something is so; looking again whenever something was drawn."""
        while not so():
            assert select.select([self._end], [], [], PATIENCE)[0], f"waited in vain: {self.seen[-2000:]}"
            self._read()

    def _read(self) -> bool:
        data = os.read(self._end, 65_536).decode(errors="replace")
        self.seen += data
        self.written += data
        return bool(data)

    def to_end(self) -> int:
        """Read to the end; return the exit code."""
        # Linux reports the end of a terminal as an error.
        with suppress(OSError):
            while self._read():
                pass
        return self.child.wait(PATIENCE)

    def hang_up(self) -> None:
        """Close the terminal, as a window is closed or a connection ends."""
        os.close(self._end)

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
        code = self.to_end()
        os.close(self._end)
        return code


class FreshTerminal(Terminal):
    """One with a fresh interpreter, which is a child of this process: it can be waited for when it is stopped."""

    is_fresh = True
