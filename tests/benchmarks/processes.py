"""Whole processes: how long, how much processor, how much memory at most.

As a program it runs a command and prints its cost: a process starts with its parent's peak of memory on Linux, so the
parent has to be a small one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks import REGION


class Cost(NamedTuple):
    """Seconds from start to end, seconds of processor, and the most memory resident at once in bytes."""

    wall: float
    cpu: float
    memory: int


def plain_boto3(url: str) -> Cost:
    """The script with boto3's paginators."""
    return measured("-m", "tests.benchmarks.plain_boto3", url, REGION)


def check(url: str) -> Cost:
    """`latticetop check --json`."""
    return measured("-m", "latticetop", "check", "--json", "--endpoint-url", url, "--region", REGION)


def best(costs: list[Cost]) -> Cost:
    """The run that took least time: what a run takes beyond it is other people's work on the machine."""
    return min(costs)


def measured(*arguments: str, output: str = os.devnull, codes: tuple[int, ...] = (0, 1), **variables: str) -> Cost:
    """The cost of a Python process, whose standard output goes to a file, and which ends with one of these codes."""
    with TemporaryDirectory() as home:
        command = [sys.executable, "-m", __name__, output, *arguments]
        done = subprocess.run(command, env=environment(home) | variables, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr}")
    code, *cost = json.loads(done.stdout)
    if code not in codes:
        raise RuntimeError(f"{' '.join(arguments)} ended with {code}" + (f", signal {-code}" if code < 0 else ""))
    return Cost(*cost)


def figures_of(*arguments: str) -> dict[str, float]:
    """The figures that a Python process prints as JSON in its last line."""
    with TemporaryDirectory() as home:
        command = [sys.executable, "-W", "ignore", *arguments]
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _run(output: str, arguments: list[str]) -> tuple[int, float, float, int]:
    started = time.perf_counter()
    with open(output, "wb") as file:
        process = subprocess.Popen([sys.executable, "-W", "ignore", *arguments], stdout=file)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    code = os.waitstatus_to_exitcode(status)
    return code, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def peak_memory(pid: int) -> int:
    """The most memory resident at once so far of a process that runs, in bytes, from Linux's /proc."""
    with open(f"/proc/{pid}/status") as file:
        peak = next(line for line in file if line.startswith("VmHWM:"))
    return 1024 * int(peak.split()[1])


def environment(home: str = "/nonexistent") -> dict[str, str]:
    """A machine without AWS configuration, with credentials that nobody checks.

    Modules are compiled once, as they are where the package is installed: compiling them takes longer than a start.
    """
    names = [name for name in os.environ if not name.startswith("AWS_") and "proxy" not in name.lower()]
    names = [name for name in names if name != "PYTHONDONTWRITEBYTECODE"]
    return {name: os.environ[name] for name in names} | {
        "HOME": home,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(sys.argv[1], sys.argv[2:])))
