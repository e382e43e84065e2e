"""Text pasted into a terminal that does not bracket it: one paste, as a bracketed one, and not a key a character."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TYPE_CHECKING

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Paste

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

MAX_TYPED = 32
"""Characters that may have been typed before one read of the terminal, over a slow line say; more are pasted."""
QUIET = 0.1
"""Seconds without input after which a paste is complete; that of 10 kB comes in several reads."""
_ESCAPE = "\x1b"
_DRIVERS = ("linux_driver", "linux_inline_driver", "web_driver", "win32")


class PasteParser(XTermParser):
    """Makes one `Paste` of what was pasted; the rest is left to Textual. A held key repeats itself, and is none."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted = ""
        self._fed_at = 0.0
        self._end = ""
        """The last characters left to Textual, which may be the beginning of a bracket."""
        self._in_brackets = False

    def feed(self, data: str) -> Iterable[Message]:
        """Parse what was read; nothing stands for the end of the input."""
        now = monotonic()
        if now - self._fed_at >= QUIET:
            self._end = ""
            yield from self._complete_paste()
        self._fed_at = now
        if self._is_pasted(data):
            self._pasted += data
        else:
            yield from self._complete_paste()
            self._look_for_brackets(data)
            yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        """Complete what waits for more input that did not come."""
        if monotonic() - self._fed_at >= QUIET:
            yield from self._complete_paste()
        yield from super().tick()

    def _is_pasted(self, data: str) -> bool:
        if not data or self._in_brackets or _ESCAPE in self._end + data:
            return False
        return bool(self._pasted) or (len(data) > MAX_TYPED and len(set(data)) > 1)

    def _complete_paste(self) -> Iterable[Message]:
        if self._pasted:
            text, self._pasted = self._pasted, ""
            yield Paste(text.replace("\0", ""))

    def _look_for_brackets(self, data: str) -> None:
        text = self._end + data
        begun, ended = text.rfind(BRACKETED_PASTE_START), text.rfind(BRACKETED_PASTE_END)
        if begun != ended:
            self._in_brackets = begun > ended
        self._end = text[1 - len(BRACKETED_PASTE_START) :]


def detect_pastes() -> None:
    """Have Textual's drivers parse with `PasteParser`."""
    for name in _DRIVERS:
        if (module := sys.modules.get(f"textual.drivers.{name}")) is not None:
            # Private to Textual, which offers no other way: without it each character of such a paste is a key.
            setattr(module, "XTermParser", PasteParser)  # noqa: B010
