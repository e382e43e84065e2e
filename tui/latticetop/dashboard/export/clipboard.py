"""Copy text to the terminal's clipboard, here or at the other end of SSH, or else to a file."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import tempfile
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from latticetop.model.records.text import clean_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

MAX_OSC52_BYTES = 74_994
"""Bytes of text that make an OSC 52 sequence of 100,000 bytes, at which hterm and others stop reading."""
SCREEN_CHUNK = 250
"""Bytes of a string that every GNU screen passes on: before 4.2 it keeps fewer than 256 of one, since then 768."""
NO_CLIPBOARD = frozenset(("linux", "dumb"))
"""Values of `TERM` of terminals that draw OSC 52, or ignore it."""
COMMAND_TIMEOUT = 3.0
"""Seconds for the command that takes the text."""


class CopyMethod(Enum):
    """How text is copied; each but a file falls back on the next that is possible."""

    TMUX = ("tmux", "load-buffer", "-w", "-")
    """tmux 3.2 and later: its buffer, and from there the terminal's clipboard, whatever `set-clipboard` and
    `allow-passthrough` say; by default tmux drops OSC 52 from within, plain or wrapped."""
    PBCOPY = ("pbcopy",)
    SCREEN = ("screen",)
    TERMINAL = ("terminal",)
    FILE = ("file",)


class CopyResult(NamedTuple):
    """How a text was copied, and the file if it went into one."""

    method: CopyMethod
    path: Path | None = None


def copy_method(environment: Mapping[str, str], size: int, platform: str = sys.platform) -> CopyMethod:
    """The best method for `size` bytes of text; within tmux and screen `TERM` is theirs, not the terminal's."""
    if environment.get("TMUX"):
        return CopyMethod.TMUX
    remote = environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")
    if environment.get("TERM_PROGRAM") == "Apple_Terminal" and not environment.get("STY"):
        return CopyMethod.PBCOPY if platform == "darwin" and not remote else CopyMethod.FILE
    if size > MAX_OSC52_BYTES:
        return CopyMethod.FILE
    if environment.get("STY"):
        return CopyMethod.SCREEN
    return CopyMethod.FILE if environment.get("TERM") in NO_CLIPBOARD else CopyMethod.TERMINAL


async def copy(app: App[Any], text: str, folder: Path, environment: Mapping[str, str] = os.environ) -> CopyResult:
    """Copy a text; without a clipboard, to `clipboard.txt` in a folder. Raises OSError when that cannot be written.

    What a terminal acts upon or does not draw is not copied: a shell that it is pasted into would act upon it.
    """
    text = clean_lines(text)
    app._clipboard = text  # what Textual's own inputs paste
    size = len(text.encode())
    method = copy_method(environment, size)
    if method in (CopyMethod.TMUX, CopyMethod.PBCOPY):
        if await _pipe(method.value, text):
            return CopyResult(method)
        method = CopyMethod.TERMINAL if method is CopyMethod.TMUX and size <= MAX_OSC52_BYTES else CopyMethod.FILE
    if method is CopyMethod.FILE:
        return CopyResult(method, write_clipboard_file(folder, text))
    if app._driver is not None:
        app._driver.write(osc52_sequences(text, environment))
        app._driver.flush()
    return CopyResult(method)


def osc52_sequences(text: str, environment: Mapping[str, str]) -> str:
    """OSC 52 as what stands between the app and the terminal passes it on.

    tmux is given it plain, for `set-clipboard on`, and wrapped, for `allow-passthrough on`.
    """
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if environment.get("TMUX"):
        return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("STY"):
        chunks = (plain[start : start + SCREEN_CHUNK] for start in range(0, len(plain), SCREEN_CHUNK))
        return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)
    return plain


def write_clipboard_file(folder: Path, text: str) -> Path:
    """Replace `clipboard.txt` in a folder, readable by its owner alone, and return its path."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".clipboard-")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError:
        os.unlink(name)
        raise
    return Path(name).replace(folder / "clipboard.txt")


async def _pipe(command: tuple[str, ...], text: str) -> bool:
    """Give a text to a command and return whether it succeeded."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode()), COMMAND_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()
    return process.returncode == 0
