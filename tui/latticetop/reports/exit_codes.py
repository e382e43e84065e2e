"""The exit codes of the commands. They are an interface: scripts depend on the numbers."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    """`check`: nothing to report. `plan`: it fits, whatever order AWS allocates in."""
    WRONG = 1
    """`check`: something is wrong. `plan`: it does not fit, or only may."""
    USAGE = 2
    """The command line or the configuration is wrong."""
    UNKNOWN = 3
    """Data that the answer depends on could not be read; also a crash of latticetop itself."""
    INTERRUPTED = 130
    """Ended by SIGINT (128 + 2)."""


def worst_of(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code for several scopes: WRONG if any is, else UNKNOWN if any is, else OK."""
    present = set(codes)
    return next((code for code in (ExitCode.WRONG, ExitCode.UNKNOWN) if code in present), ExitCode.OK)
