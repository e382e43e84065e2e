"""Text out of the app: to the terminal's clipboard, here or at the other end of SSH, or else to a file."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

LONGEST = 74_994
"""Bytes of text that make an OSC 52 sequence of 100,000 bytes, at which hterm and others stop reading."""
CHUNK = 250
"""Bytes of a string that every GNU screen passes on: before 4.2 it keeps fewer than 256 of one, since then 768."""
WITHOUT = frozenset(("linux", "dumb"))
"""Terminals that draw OSC 52, or do nothing about it."""
PATIENCE = 3.0


class Way(Enum):
    """How text leaves; each but a file falls back on the next that is possible."""

    TMUX = ("tmux", "load-buffer", "-w", "-")
    """tmux 3.2 and later: its buffer, and from there the terminal's clipboard, whatever `set-clipboard` and
    `allow-passthrough` say; by default tmux drops OSC 52 from within, plain or wrapped."""
    PBCOPY = ("pbcopy",)
    SCREEN = ("screen",)
    TERMINAL = ("terminal",)
    FILE = ("file",)


class Copied(NamedTuple):
    """How a text left, and the file where it went into one."""

    way: Way
    path: Path | None = None


def way_out(environment: Mapping[str, str], size: int, platform: str = sys.platform) -> Way:
    """The best way for so many bytes of text; within tmux and screen `TERM` is theirs, not the terminal's."""
    if environment.get("TMUX"):
        return Way.TMUX
    remote = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
    if environment.get("TERM_PROGRAM") == "Apple_Terminal" and not environment.get("STY"):
        return Way.PBCOPY if platform == "darwin" and not remote else Way.FILE
    if size > LONGEST:
        return Way.FILE
    if environment.get("STY"):
        return Way.SCREEN
    return Way.FILE if environment.get("TERM") in WITHOUT else Way.TERMINAL


async def copy(app: App[Any], text: str, folder: Path, environment: Mapping[str, str] = os.environ) -> Copied:
    """Copy a text; where there is no clipboard, to `clipboard.txt` in a folder. OSError when that cannot be written."""
    app._clipboard = text  # what Textual's own fields paste
    size = len(text.encode())
    way = way_out(environment, size)
    if way in (Way.TMUX, Way.PBCOPY):
        if await _piped(way.value, text):
            return Copied(way)
        way = Way.TERMINAL if way is Way.TMUX and size <= LONGEST else Way.FILE
    if way is Way.FILE:
        return Copied(way, keep(folder, text))
    _write(app, sequences(text, environment))
    return Copied(way)


def sequences(text: str, environment: Mapping[str, str]) -> str:
    """OSC 52, as what stands between the app and the terminal passes it on.

    tmux is given it plain, for `set-clipboard on`, and wrapped, for `allow-passthrough on`.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if environment.get("TMUX"):
        return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("STY"):
        return "".join(f"\x1bP{plain[at : at + CHUNK]}\x1b\\" for at in range(0, len(plain), CHUNK))
    return plain


def keep(folder: Path, text: str) -> Path:
    """Put a text into the folder's `clipboard.txt`, which nobody else may read, in place of the one before."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".clipboard-")
    with open(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return Path(name).replace(folder / "clipboard.txt")


async def _piped(command: tuple[str, ...], text: str) -> bool:
    """Whether a command took the text."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode()), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
    return process.returncode == 0


def _write(app: App[Any], sequence: str) -> None:
    if app._driver is not None:
        app._driver.write(sequence)
        app._driver.flush()
