"""The debug log of `--log`: lines that a thread writes to a file, so that nothing waits for the disk."""

from __future__ import annotations

import logging
import os
import platform
import stat
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
    logger.info("latticetop %s, Python %s, %s", __version__, platform.python_version(), platform.platform())

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
        super().__init__(name, maxBytes=MAX_BYTES, backupCount=BACKUP_COUNT, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_open_private)

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
    descriptor = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
    return descriptor
