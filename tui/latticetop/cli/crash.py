"""What is said of an exception that nobody expected: one sentence on stderr."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from latticetop.cli.output import DISK_ERRORS, discard_streams, narrate
from latticetop.reports.exit_codes import ExitCode

if TYPE_CHECKING:
    from types import TracebackType

_PACKAGE = f"{os.sep}latticetop{os.sep}"
_NO_MEMORY = ("failed to map segment", "Cannot allocate memory", "can't start new thread", "can't allocate lock")
"""Parts of the messages with which the loader and the threads say that there is no memory."""


def report(error: Exception) -> ExitCode:
    """Print one sentence about an exception that ends the process, and return the exit code.

    A crash ends with 3, since 1 is a statement on the account. Where nothing reads stdout any more it is no crash.
    """
    error = _cause(error)
    if isinstance(error, BrokenPipeError):
        discard_streams()
        return ExitCode.OK
    narrate(_sentence(error))
    discard_streams()
    return ExitCode.UNKNOWN


def _cause(error: Exception) -> Exception:
    """The first of a group of exceptions."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError) or _lacks_memory(error):
        return "There is not enough memory. Raise its limit (ulimit -v), or read less: --region, --vpc-id, --subnet-id."
    if isinstance(error, OSError) and error.errno in DISK_ERRORS:
        return f"{error.filename or 'stdout'} cannot be written: {error.strerror}."
    where = _where(error.__traceback__)
    text = " ".join(str(error).split())
    return (
        f"Internal error: {type(error).__name__}{f': {text}' if text else ''}{f' ({where})' if where else ''}. "
        "Repeat it with --log FILE, and report it with that file and the output of latticetop info."
    )


def _lacks_memory(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return isinstance(error, (ImportError, RuntimeError)) and any(text in str(error) for text in _NO_MEMORY)


def _where(traceback: TracebackType | None) -> str:
    """The innermost line of the package that the exception passed."""
    where = ""
    while traceback is not None:
        _, found, module = traceback.tb_frame.f_code.co_filename.rpartition(_PACKAGE)
        where = f"{module}:{traceback.tb_lineno}" if found else where
        traceback = traceback.tb_next
    return where
