"""A child process that reads examples of one target within limits of time and memory, until one fails."""

from __future__ import annotations

import faulthandler
import json
import os
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest.mock import patch

from tests.benchmarks.table import say
from tests.fuzz.example import LARGE, SMALL, Example, Target

EXAMPLE_SECONDS = 60.0
"""Seconds after which reading an example counts as a hang; a response may have 32 MiB, and the machine be busy."""
MOST_MEMORY = 600 << 20
"""Bytes of memory that the process may have resident at once."""
_ADDRESS_SPACE = 4 << 30
"""Bytes after which no memory is given out at all, so that a fault does not take the whole machine."""
_LARGE_SHARE = 0.02
"""Share of the examples in which a mutation may add LARGE bytes."""
CURRENT = "current"
"""The file of the example that is being read, in the folder of the process."""


class Limits(NamedTuple):
    """The limits of a process: seconds an example, bytes of memory."""

    seconds: float = EXAMPLE_SECONDS
    memory: int = MOST_MEMORY


class ShownWarningError(Exception):
    """Python wrote a warning to stderr."""


class MemoryLimitError(Exception):
    """The process had more memory resident than it may."""


def prepare_environment() -> None:
    """Read nothing of the machine: no AWS configuration, no credentials, no proxy."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "LATTICETOP_")) or name.upper().endswith("_PROXY"):
            del os.environ[name]
    nowhere = "/nonexistent/file"
    os.environ.update(AWS_CONFIG_FILE=nowhere, AWS_SHARED_CREDENTIALS_FILE=nowhere, AWS_EC2_METADATA_DISABLED="true")


def random_of(name: str, seed: int, number: int) -> Random:
    """The choices of one example."""
    return Random(f"{name} {seed} {number}")


def read_within(limits: Limits, run: Callable[[Example], None], example: Example) -> None:
    """Read an example. Ends the process with the stacks of its threads if that takes too long.

    Raises ShownWarningError for a warning, which Python would write into a dashboard.
    """
    shown: list[str] = []
    faulthandler.dump_traceback_later(limits.seconds, exit=True)
    try:
        with patch.object(warnings, "showwarning", lambda message, *_: shown.append(str(message))):
            run(example)
    finally:
        faulthandler.cancel_dump_traceback_later()
    if shown:
        raise ShownWarningError(shown[0])
    if (memory := peak_memory()) > limits.memory:
        raise MemoryLimitError(f"{memory:,} bytes of memory, more than {limits.memory:,}")


def read_many(
    name: str, target: Target, seed: int, folder: Path, seconds: float, most: int, limits: Limits | None = None
) -> None:
    """Read examples for a time, at most so many, and print their number and the peak of memory as JSON.

    Raises what an example raises; its file is then in the folder.
    """
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    end, count = time.monotonic() + seconds, 0
    while count < most and time.monotonic() < end:
        random = random_of(name, seed, count)
        example = target.draw(random, LARGE if random.random() < _LARGE_SHARE else SMALL)
        example.write(folder / CURRENT)
        read_within(limits or Limits(), target.run, example)
        count += 1
    say(json.dumps({"examples": count, "memory": peak_memory()}))


def peak_memory() -> int:
    """The most memory that this process had resident, in bytes."""
    try:
        # getrusage would count the parent before it started this program.
        match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    except OSError:
        match = None
    if match:
        return int(match[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
