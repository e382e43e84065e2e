"""How the process ends on a signal: with the terminal as it was found, one sentence, and 128 + the signal's number.

It is in effect while everything else is imported, so it imports nothing of the project.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from threading import RLock, Thread, Timer, current_thread, main_thread
from time import sleep
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from types import FrameType

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
"""The signals that end the process as SIGINT does."""
GRACE = 5.0
"""Seconds that a process which was sent a signal has to end by itself."""
_WAKE_AFTER = (0.02, 0.2, 1.0)
"""Seconds between a signal, or an attempt to wake the main thread for it, and the next attempt."""
_LEAVE_SCREEN = (
    "\x1b[?2004l\x1b[?2048l"  # bracketed paste, resize reports
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l"  # mouse, focus
    "\x1b[<u\x1b[?1049l\x1b[?7h\x1b[?25h"  # keyboard protocol, alternate screen, line wrap, cursor
)
"""Switches off everything that Textual's driver has switched on."""


class Ending:
    """Makes SIGTERM, SIGHUP and SIGQUIT end the process as SIGINT does.

    In a coroutine they cancel it, anywhere else they raise KeyboardInterrupt. A second signal ends the process at once.
    `GRACE` seconds after the first one it ends whatever it does, after SIGINT too, except on Windows.
    """

    def __init__(self) -> None:
        self.signal = signal.SIGINT
        """The signal that ends the process; SIGINT until another one was received."""
        self.received = False
        """Whether one of the signals was received."""
        self._terminal = _terminal_attributes()
        self._end_lock = RLock()

    @property
    def code(self) -> int:
        """The exit code that shells give a process which a signal has ended."""
        return 128 + self.signal

    def handle_signals(self) -> None:
        """Handle the signals that have no handler, and are not ignored as under nohup."""
        for number in SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._on_signal)
        sys.unraisablehook = self._on_unraisable
        if hasattr(signal, "pthread_kill"):
            self._watch_signals()

    def _watch_signals(self) -> None:
        """Start a thread that has signals handled soon, whatever the main thread waits for, and limits what follows.

        Python handles it between two instructions of the main thread. One that comes just before the thread begins to
        wait would be handled when the wait ends, which in an idle event loop is never.
        """
        signals, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        # Without a handler it would not interrupt a wait.
        signal.signal(signal.SIGURG, lambda *_: None)

        def wake() -> None:
            while received := os.read(signals, 1):
                if received[0] not in (signal.SIGINT, *SIGNALS):
                    continue
                self._limit(received[0])
                for seconds in _WAKE_AFTER:
                    sleep(seconds)
                    signal.pthread_kill(main_thread().ident or 0, signal.SIGURG)

        Thread(target=wake, name="latticetop-signals", daemon=True).start()

    def _limit(self, number: int) -> None:
        """End the process at once when it has not ended after `GRACE` seconds, whatever keeps its threads."""

        def end() -> None:
            if not self.received:
                self.signal = signal.Signals(number)
            self.end_now()

        limit = Timer(GRACE, end)
        limit.daemon = True
        limit.start()

    def leave(self) -> None:
        """Let a further signal end the process without a word, since the interpreter is about to shut down."""
        for number in (signal.SIGINT, *SIGNALS):
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)

    def restore_terminal(self) -> None:
        """Undo what Textual's driver has done to the terminal, if it was not able to do so itself."""
        if self._terminal is not None and _terminal_attributes() not in (None, self._terminal) and not _in_background():
            with suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._terminal)
                os.write(2, _LEAVE_SCREEN.encode())

    def say(self) -> None:
        """Print what has ended the process on stderr, if anything reads it."""
        sentence = "Interrupted." if self.signal is signal.SIGINT else f"Ended by {self.signal.name}."
        with suppress(OSError):
            os.write(2, f"latticetop: {sentence}\n".encode())

    def end_now(self) -> NoReturn:
        """End the process from any thread, without waiting for anything."""
        # One thread ends it, and any other waits for its end here.
        self._end_lock.acquire()
        try:
            if current_thread() is main_thread():
                # ctrl+c is often pressed twice.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            self.restore_terminal()
        finally:
            try:
                self.say()
            finally:
                os._exit(self.code)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signal = signal.Signals(number)
        if self.received or (_draws() and _in_background()):
            # A dashboard that was suspended must not wait for the foreground to end.
            self.end_now()
        self.received = True
        # Windows reports no signal to a thread, nor does an event loop that has signal handlers of its own.
        self._limit(number)
        interrupt = signal.getsignal(signal.SIGINT)
        if callable(interrupt):
            interrupt(number, frame)
        else:
            raise KeyboardInterrupt

    def _on_unraisable(self, unraisable: Any) -> None:
        # What is raised within a finalizer is printed and forgotten, KeyboardInterrupt too.
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            self.end_now()
        sys.__unraisablehook__(unraisable)


def _terminal_attributes() -> list[Any] | None:
    if termios is None:
        return None
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def _in_background() -> bool:
    """Whether the terminal belongs to another process group."""
    try:
        return os.tcgetpgrp(0) != os.getpgrp()
    except OSError:
        return False


def _draws() -> bool:
    """Whether Textual's driver is in charge of the terminal: it handles SIGCONT."""
    return hasattr(signal, "SIGCONT") and callable(signal.getsignal(signal.SIGCONT))
