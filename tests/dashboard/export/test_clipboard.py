"""Copying, as far as the bytes that reach the terminal: bare, in a real tmux and in a real GNU screen."""

from __future__ import annotations

import base64
import os
import re
import select
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from latticetop.dashboard.export.clipboard import LONGEST, Way, keep, sequences, way_out

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
        self.notify(f"{copied.way.name}-WAY {copied.path or ''}")
Copies().run()
"""


@pytest.mark.parametrize(
    ("environment", "size", "platform", "way"),
    [
        (XTERM, 24, "linux", Way.TERMINAL),
        (XTERM | SSH, LONGEST, "linux", Way.TERMINAL),
        (XTERM, LONGEST + 1, "linux", Way.FILE),
        ({"WT_SESSION": "1"}, 24, "win32", Way.TERMINAL),
        ({"TERM": "linux"}, 24, "linux", Way.FILE),
        ({"TERM": "dumb"}, 24, "linux", Way.FILE),
        (APPLE, 24, "darwin", Way.PBCOPY),
        (APPLE, LONGEST + 1, "darwin", Way.PBCOPY),
        (APPLE | SSH, 24, "darwin", Way.FILE),
        (TMUX, 24, "linux", Way.TMUX),
        (TMUX | APPLE, LONGEST + 1, "darwin", Way.TMUX),
        (SCREEN, 24, "linux", Way.SCREEN),
        (SCREEN | APPLE, 24, "darwin", Way.SCREEN),
        (SCREEN, LONGEST + 1, "linux", Way.FILE),
    ],
)
def test_the_way_out(environment: dict[str, str], size: int, platform: str, way: Way) -> None:
    assert way_out(environment, size, platform) is way


def test_the_longest_text_makes_a_sequence_of_100000_bytes() -> None:
    assert len(sequences("x" * LONGEST, XTERM)) == 100_000


def test_what_stands_in_between_passes_it_on() -> None:
    assert sequences("subnet-1é", XTERM) == "\x1b]52;c;c3VibmV0LTHDqQ==\a"
    assert sequences("a", TMUX) == "\x1b]52;c;YQ==\a\x1bPtmux;\x1b\x1b]52;c;YQ==\a\x1b\\"
    strings = sequences("a" * 2000, SCREEN).removesuffix("\x1b\\").split("\x1b\\")
    assert len(strings) == 11
    assert all(string.startswith("\x1bP") and len(string) < 256 for string in strings)
    assert "".join(string[2:] for string in strings) == sequences("a" * 2000, XTERM)


def test_the_file_is_the_readers_alone_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    assert keep(folder, "first") == folder / "clipboard.txt"
    path = keep(folder, "second\r\né")
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
        self.child = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=outside | {"COLUMNS": "100", "LINES": "30"} | environment,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def until(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        while not (found := pattern.search(self.seen)):
            ready, _, _ = select.select([self.master], [], [], 30)
            assert ready, f"waited in vain for {pattern.pattern!r}: {self.seen[-2000:]!r}"
            self.seen += os.read(self.master, 65_536)
        return found

    def drain(self) -> None:
        """Read on to the end: what nobody reads would keep the app from ending."""
        with suppress(OSError):
            while select.select([self.master], [], [], 30)[0] and os.read(self.master, 65_536):
                pass

    def press(self, key: bytes) -> None:
        os.write(self.master, key)


@contextmanager
def in_terminal(command: list[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """Run an app that `q` ends, and see it end."""
    terminal = Terminal(command, environment)
    try:
        yield terminal
        terminal.press(b"q")
        terminal.drain()
        terminal.child.wait(10)
    finally:
        terminal.child.kill()
        terminal.child.wait()
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
def test_the_console_of_linux_is_spared_and_a_file_is_written(app: list[str]) -> None:
    with in_terminal(app, {"TERM": "linux"}) as terminal:
        terminal.until(re.compile(rb"LISTENING"))
        terminal.press(b"y")
        terminal.until(re.compile(rb"FILE-WAY"))
        assert b"\x1b]52" not in terminal.seen
        assert (Path(app[4]) / "clipboard.txt").read_text() == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_tmux_as_it_is_has_it_in_its_buffer_and_tells_its_terminal(app: list[str], tmp_path: Path) -> None:
    tmux = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]
    with in_terminal([*tmux, "new-session", *app], XTERM) as terminal:
        assert copied(terminal) == app[3]
        terminal.until(re.compile(rb"TMUX-WAY"))
        shown = subprocess.run([*tmux, "show-buffer"], capture_output=True, text=True, check=True, timeout=10)
        assert shown.stdout == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
@pytest.mark.parametrize("setting", ["set -s set-clipboard on", "set -g allow-passthrough on"])
def test_tmux_that_cannot_be_called_passes_it_on_where_it_may(app: list[str], tmp_path: Path, setting: str) -> None:
    (tmp_path / "conf").write_text(f"{setting}\nset-environment -g PATH /nonexistent\n")
    tmux = str(shutil.which("tmux"))
    command = [tmux, "-S", str(tmp_path / "tmux"), "-f", str(tmp_path / "conf"), "new-session", *app]
    with in_terminal(command, XTERM) as terminal:
        assert copied(terminal) == app[3]


@POSIX
@pytest.mark.skipif(not shutil.which("screen"), reason="GNU screen is not installed")
def test_screen_passes_it_on_in_pieces(app: list[str], tmp_path: Path) -> None:
    (tmp_path / "sockets").mkdir(mode=0o700)
    with in_terminal(["screen", "-c", "/dev/null", *app], XTERM | {"SCREENDIR": str(tmp_path / "sockets")}) as terminal:
        assert copied(terminal) == app[3]
        terminal.until(re.compile(rb"SCREEN-WAY"))
