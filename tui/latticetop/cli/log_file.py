"""The debug log of `--log`: lines that a thread writes to a file, so that nothing waits for the disk."""

from __future__ import annotations

import logging
import os
import platform
import sys
import time
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from latticetop import __version__
from latticetop.cli.output import narrate, usage
from latticetop.model.records.text import clean, clean_lines

if TYPE_CHECKING:
    from io import TextIOWrapper

MAX_BYTES, BACKUP_COUNT = 5_000_000, 3
"""Size at which a new file is started, and number of full ones that are kept: FILE.1, FILE.2, FILE.3."""


_HEADER = "latticetop"
"""The word after the time in the first line of every log."""


def keep_log(context: click.Context, name: str) -> None:
    """Write log records to a file until the command ends; a usage error if it cannot be written."""
    try:
        file = _LogFile(name)
    except OSError as error:
        usage(f"The log {name} cannot be written: {error.strerror}.")
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    handler, listener = QueueHandler(lines), QueueListener(lines, file)
    handler.setFormatter(_LineFormatter())
    logger = logging.getLogger("latticetop")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    listener.start()
    logger.info("%s", _versions())

    def stop() -> None:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
        listener.stop()
        file.end()

    context.call_on_close(stop)


class _LineFormatter(logging.Formatter):
    """A line with the UTC time, and the traceback below; nothing in it that a terminal acts upon or does not draw."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Format the record as one line."""
        return clean(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """Format the traceback."""
        return clean_lines(super().formatException(ei))


class _LogFile(RotatingFileHandler):
    """A file that only its owner can read. Records that cannot be written are lost, which is reported at the end."""

    def __init__(self, name: str) -> None:
        self._failure = ""
        target = os.path.realpath(name)
        # A file is rotated beside itself and not beside a link to it; a device is no file.
        name = target if os.path.isfile(target) else name
        for number in range(1, BACKUP_COUNT + 1):
            if _is_foreign(f"{name}.{number}"):
                raise OSError(0, f"{name}.{number} is no log of latticetop, and would be replaced; use another name")
        super().__init__(name, maxBytes=MAX_BYTES, backupCount=BACKUP_COUNT, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)

    def doRollover(self) -> None:
        """Begin a new file, with the line that every log begins with."""
        super().doRollover()
        if self.stream is not None:
            self.stream.write(_first_line() + "\n")

    def handleError(self, record: logging.LogRecord) -> None:
        """Keep the failure for the end: stderr belongs to the dashboard."""
        error = sys.exc_info()[1]
        self._failure = str(getattr(error, "strerror", None) or error)

    def end(self) -> None:
        """Close the file, and report on stderr if anything could not be written."""
        try:
            self.close()
        except OSError as error:
            self._failure = self._failure or str(error.strerror)
        if self._failure:
            narrate(f"The log {self.baseFilename} is incomplete: {self._failure}.")


def _open_private(path: str, flags: int) -> int:
    """Open a file; a new one can be read by its owner only, and the mode of another stays."""
    return os.open(path, flags, 0o600)


def _first_line() -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {_versions()}"


def _versions() -> str:
    return f"{_HEADER} {__version__}, Python {platform.python_version()}, {platform.platform()}"


def _is_foreign(path: str) -> bool:
    """Whether there is a file that latticetop has not written as a log."""
    try:
        with open(path, "rb") as file:
            first = file.readline(200)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return bool(first) and f"Z {_HEADER} ".encode() not in first
