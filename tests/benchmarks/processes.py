"""Whole processes: how long, how much processor, how much memory at most."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from .account import REGION


class Cost(NamedTuple):
    """Seconds from start to end, seconds of processor, and the most memory resident at once in bytes."""

    wall: float
    cpu: float
    memory: int


def plain_boto3(url: str) -> Cost:
    """The script with boto3's paginators."""
    return _run("-m", "tests.benchmarks.plain_boto3", url, REGION)


def check(url: str) -> Cost:
    """`latticetop check --json`."""
    return _run("-m", "latticetop", "check", "--json", "--endpoint-url", url, "--region", REGION)


def best(costs: list[Cost]) -> Cost:
    """The run that took least time: what a run takes beyond it is other people's work on the machine."""
    return min(costs)


def _run(*arguments: str) -> Cost:
    with TemporaryDirectory() as home, Path(os.devnull).open("w") as nowhere:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *arguments], env=_environment(home), stdout=nowhere, stderr=subprocess.PIPE
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        assert process.stderr is not None
        complaint = process.stderr.read().decode()
        process.stderr.close()
    if (code := os.waitstatus_to_exitcode(status)) not in (0, 1):
        raise RuntimeError(f"{' '.join(arguments)} ended with {code}: {complaint}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


def _environment(home: str) -> dict[str, str]:
    """A machine without AWS configuration, with credentials that nobody checks."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("AWS_") and "proxy" not in key.lower()
    }
    return kept | {
        "HOME": home,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
