"""Copying, as far as the bytes that reach the terminal: bare, in a real tmux and in a real GNU screen."""

from __future__ import annotations

import base64
import os
import re
import select
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from latticetop.dashboard.export.clipboard import (
    MAX_OSC52_BYTES,
    CopyMethod,
    copy_method,
    osc52_sequences,
    write_clipboard_file,
)
from tests.command import PATIENCE, end, finished, start

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals here")
XTERM = {"TERM": "xterm-256color"}
TMUX = XTERM | {"TMUX": "/tmp/tmux-0/default,1,0"}
SCREEN = XTERM | {"STY": "1.pts-0.host", "TERM": "screen"}
APPLE = XTERM | {"TERM_PROGRAM": "Apple_Terminal"}
SSH = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
COPIED = re.compile(rb"\x1b\]52;c?;([A-Za-z0-9+/=]+)\x07")
APP = """
import asyncio, sys
from pathlib import Path
from textual.app import App
from latticetop.dashboard.export.clipboard import copy
class Copies(App):
    BINDINGS = [("y", "yank", "y"), ("q", "quit", "q")]
    def on_mount(self):
        self.call_after_refresh(lambda: self.notify("LISTENING"))
    async def action_yank(self):
        copied = await copy(self, sys.argv[1], Path(sys.argv[2]))
        self.notify(f"{copied.method.name}-WAY {copied.path or ''}")
Copies().run()
"""


@pytest.mark.parametrize(
    ("environment", "size", "platform", "way"),
    [
        (XTERM, 24, "linux", CopyMethod.TERMINAL),
        (XTERM | SSH, MAX_OSC52_BYTES, "linux", CopyMethod.TERMINAL),
        (XTERM, MAX_OSC52_BYTES + 1, "linux", CopyMethod.FILE),
        ({"WT_SESSION": "1"}, 24, "win32", CopyMethod.TERMINAL),
        ({"TERM": "linux"}, 24, "linux", CopyMethod.FILE),
        ({"TERM": "dumb"}, 24, "linux", CopyMethod.FILE),
        (APPLE, 24, "darwin", CopyMethod.PBCOPY),
        (APPLE, MAX_OSC52_BYTES + 1, "darwin", CopyMethod.PBCOPY),
        (APPLE | SSH, 24, "darwin", CopyMethod.FILE),
        (TMUX, 24, "linux", CopyMethod.TMUX),
        (TMUX | APPLE, MAX_OSC52_BYTES + 1, "darwin", CopyMethod.TMUX),
        (SCREEN, 24, "linux", CopyMethod.SCREEN),
        (SCREEN | APPLE, 24, "darwin", CopyMethod.SCREEN),
        (SCREEN, MAX_OSC52_BYTES + 1, "linux", CopyMethod.FILE),
    ],
)
def test_the_way_out(environment: dict[str, str], size: int, platform: str, way: CopyMethod) -> None:
    assert copy_method(environment, size, platform) is way


def test_the_longest_text_makes_a_sequence_of_100000_bytes() -> None:
    assert len(osc52_sequences("x" * MAX_OSC52_BYTES, XTERM)) == 100_000


def test_what_stands_in_between_passes_it_on() -> None:
    assert osc52_sequences("subnet-1é", XTERM) == "\x1b]52;c;c3VibmV0LTHDqQ==\a"
    assert osc52_sequences("a", TMUX) == "\x1b]52;c;YQ==\a\x1bPtmux;\x1b\x1b]52;c;YQ==\a\x1b\\"
    strings = osc52_sequences("a" * 2000, SCREEN).removesuffix("\x1b\\").split("\x1b\\")
    assert len(strings) == 11
    assert all(string.startswith("\x1bP") and len(string) < 256 for string in strings)
    assert "".join(string[2:] for string in strings) == osc52_sequences("a" * 2000, XTERM)


def test_the_file_is_the_readers_alone_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    assert write_clipboard_file(folder, "first") == folder / "clipboard.txt"
    path = write_clipboard_file(folder, "second\r\né")
    assert path.read_bytes() == "second\r\né".encode()
    assert list(folder.iterdir()) == [path]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


class Terminal:
    """What an app writes to its terminal, read until something comes."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.master, slave = os.openpty()
        outside = {key: value for key, value in os.environ.items() if key not in ("TMUX", "STY", "TERM_PROGRAM")}
        self.child = start(
            *command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=outside | {"COLUMNS": "100", "LINES": "30"} | environment,
        )
        os.close(slave)
        self.output = b""

    def until(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        while not (match := pattern.search(self.output)):
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, f"waited in vain for {pattern.pattern!r}: {self.output[-2000:]!r}"
            self.output += os.read(self.master, 65_536)
        return match

    def drain(self) -> None:
        """Read on to the end: what nobody reads would keep the app from ending."""
        with suppress(OSError):
            while select.select([self.master], [], [], PATIENCE)[0] and os.read(self.master, 65_536):
                pass

    def press(self, key: bytes) -> None:
        os.write(self.master, key)


@contextmanager
def in_terminal(command: list[str], environment: dict[str, str], *at_end: str) -> Iterator[Terminal]:
    """Run an app that `q` ends, and see it end; `at_end` is the command that ends a multiplexer around it."""
    terminal = Terminal(command, environment)
    try:
        yield terminal
        terminal.press(b"q")
        terminal.drain()
        terminal.child.wait(PATIENCE)
    finally:
        if at_end:
            finished(*at_end, **environment)
        end(terminal.child)
        os.close(terminal.master)


@pytest.fixture
def app(tmp_path: Path) -> list[str]:
    return [sys.executable, "-c", APP, "subnet-0a84é" * 90, str(tmp_path)]


def copied(terminal: Terminal) -> str:
    """What the terminal would have on its clipboard after `y`."""
    terminal.until(re.compile(rb"LISTENING"))
    terminal.press(b"y")
    return base64.b64decode(terminal.until(COPIED)[1]).decode()


@POSIX
def test_a_bare_terminal_is_given_the_text(app: list[str]) -> None:
    with in_terminal(app, XTERM) as terminal:
        assert copied(terminal) == app[3]
        terminal.until(re.compile(rb"TERMINAL-WAY"))


@POSIX
def test_nothing_that_a_shell_would_act_upon_is_copied(app: list[str]) -> None:
    with in_terminal([*app[:3], "a\x1b[201~\x9b2J\u202eb\n\tc\u200b\r", *app[4:]], XTERM) as terminal:
        assert copied(terminal) == "a[201~2Jb\n\tc"


@POSIX
def test_the_console_of_linux_is_spared_and_a_file_is_written(app: list[str]) -> None:
    with in_terminal(app, {"TERM": "linux"}) as terminal:
        terminal.until(re.compile(rb"LISTENING"))
        terminal.press(b"y")
        terminal.until(re.compile(rb"FILE-WAY"))
        assert b"\x1b]52" not in terminal.output
        assert (Path(app[4]) / "clipboard.txt").read_text() == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_tmux_as_it_is_has_it_in_its_buffer_and_tells_its_terminal(app: list[str], tmp_path: Path) -> None:
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    with in_terminal([*tmux, "new-session", *app], XTERM, *tmux, "kill-server") as terminal:
        assert copied(terminal) == app[3]
        terminal.until(re.compile(rb"TMUX-WAY"))
        assert finished(*tmux, "show-buffer").out == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
@pytest.mark.parametrize("setting", ["set -s set-clipboard on", "set -g allow-passthrough on"])
def test_tmux_that_cannot_be_called_passes_it_on_where_it_may(app: list[str], tmp_path: Path, setting: str) -> None:
    (tmp_path / "conf").write_text(f"{setting}\nset-environment -g PATH /nonexistent\n")
    tmux = [str(shutil.which("tmux")), "-S", str(tmp_path / "tmux"), "-f", str(tmp_path / "conf")]
    with in_terminal([*tmux, "new-session", *app], XTERM, *tmux, "kill-server") as terminal:
        assert copied(terminal) == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("screen"), reason="GNU screen is not installed")
def test_screen_passes_it_on_in_pieces(app: list[str], tmp_path: Path) -> None:
    (tmp_path / "sockets").mkdir(mode=0o700)
    environment = XTERM | {"SCREENDIR": str(tmp_path / "sockets")}
    with in_terminal(["screen", "-c", "/dev/null", *app], environment, "screen", "-X", "quit") as terminal:
        assert copied(terminal) == app[3]
        terminal.until(re.compile(rb"SCREEN-WAY"))
