"""The debug log: a file of lines that a thread of its own writes, so that nothing waits for the disk."""

from __future__ import annotations

import logging
import os
import platform
import stat
import sys
import time
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from latticetop import __version__
from latticetop.cli.output import usage

if TYPE_CHECKING:
    from io import TextIOWrapper

LARGEST, KEPT = 5_000_000, 3
"""Bytes after which a new file is begun, and how many full ones are kept beside it: FILE.1, FILE.2, FILE.3."""


def keep_log(context: click.Context, name: str) -> None:
    """Write what is logged into a file until the command ends; a usage error when it cannot be written."""
    try:
        file = _File(name)
    except OSError as error:
        usage(f"The log {name} cannot be written: {error.strerror}.")
    lines: SimpleQueue[logging.LogRecord] = SimpleQueue()
    handler, listener = QueueHandler(lines), QueueListener(lines, file)
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


class _File(RotatingFileHandler):
    """A file that its owner alone may read. What cannot be written is lost, and said once at the end."""

    def __init__(self, name: str) -> None:
        self._failure = ""
        super().__init__(name, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
        form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(message)s", "%Y-%m-%dT%H:%M:%S")
        form.converter = time.gmtime
        self.setFormatter(form)

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing yet: the screen is not to be written on."""
        error = sys.exc_info()[1]
        self._failure = str(getattr(error, "strerror", None) or error)

    def end(self) -> None:
        """Close the file, and tell of what could not be written."""
        try:
            self.close()
        except OSError as error:
            self._failure = self._failure or str(error.strerror)
        if self._failure:
            click.echo(f"latticetop: The log {self.baseFilename} is not whole: {self._failure}.", err=True)


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
    return descriptor
