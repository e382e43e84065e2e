"""The command as a child process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from latticetop.simulator import SCENARIOS, ManualClock, ServerThread

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*arguments: str, **environment: str) -> Ended:
    """Run `latticetop` to its end; a traceback is never right."""
    child = subprocess.run(
        [sys.executable, "-m", "latticetop", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert "Traceback" not in child.stderr, child.stderr
    return Ended(child.returncode, child.stdout, child.stderr)


def against(server: ServerThread, *arguments: str, **environment: str) -> Ended:
    """Run it against a simulated account."""
    where = ("--endpoint-url", server.url, "--region", "us-east-1")
    return run(*arguments, *where, **KEYS, **environment)


@contextmanager
def at_rest(scenario: str) -> Iterator[ServerThread]:
    """A scenario an hour after its end, when CloudTrail has delivered; time stands still there."""
    clock = ManualClock(SCENARIOS[scenario.partition(":")[0]].start)
    with ServerThread(scenario, clock=clock) as server:
        clock.finish()
        clock.advance(3600)
        yield server
