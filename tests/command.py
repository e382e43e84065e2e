"""Child processes: the command, or any other program, ended with the test whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryFile
from typing import Any, TypeAlias
from unittest.mock import patch

from latticetop.simulator import SCENARIOS, ManualClock, ServerThread
from tests.forked import ForkedProcess, ForkServer, of_the_interpreter

Child: TypeAlias = subprocess.Popen[Any] | ForkedProcess

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
PATIENCE = 120.0
"""Seconds that a test waits for anything: the only limit of a wait in the tests.

A slow machine never reaches it: waits take seconds while nine processes share two cores. It is below `timeout` in
pyproject.toml, so that the wait fails first and says what it waited for.
"""
IMPATIENT = """
from botocore.retries.standard import ExponentialBackoff
from latticetop.cli.main import main
from latticetop.follow import one_shot
ExponentialBackoff.delay_amount = lambda *_: 0.0
one_shot.CONFIRM_AFTER = 0.0
main()
"""
"""`latticetop` that tries and reads again at once: what it says does not depend on how long it waits before."""
_STARTED: list[Child] = []
_IN_CONTROL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def start(*command: str, **options: Any) -> subprocess.Popen[Any]:
    """Start a child process that a fixture ends with the test, if it has not ended by then."""
    child: subprocess.Popen[Any] = subprocess.Popen(command, start_new_session=True, **options)
    end_with_the_test(child)
    return child


def end_with_the_test(child: Child) -> None:
    """Have a fixture end it with the test."""
    _STARTED.append(child)


def end_started() -> None:
    """End what was to end with the test, and what that has started."""
    while _STARTED:
        end(_STARTED.pop())


def end(child: Child) -> None:
    """Kill a child process with its process group, and close its pipes."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


@contextmanager
def running(*command: str, cwd: str | None = None, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A child process whose output is piped, until the end of the block."""
    child = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        end(child)


def line_with(child: Child, text: str = "") -> str:
    """Read lines of a child's output up to one with this text; the child is killed if it does not come in time."""
    assert child.stdout is not None
    limit = threading.Timer(PATIENCE, child.kill)
    limit.start()
    try:
        for line in child.stdout:
            if text in line:
                return line
    finally:
        limit.cancel()
    raise AssertionError(f"no line with {text!r} was printed within {PATIENCE:g} s")


def finished(*command: str, cwd: str | None = None, **environment: str) -> Ended:
    """Run a program to its end."""
    with running(*command, cwd=cwd, **environment) as child:
        out, err = child.communicate(timeout=PATIENCE)
    return Ended(child.returncode, out, err)


def python(script: str, *arguments: str, **environment: str) -> Ended:
    """Run a script in a fresh interpreter to its end; a traceback is never right."""
    ended = finished(sys.executable, "-c", script, *arguments, cwd=None, **environment)
    assert "Traceback" not in ended.err, ended.err
    return ended


def launch(
    arguments: tuple[str, ...],
    streams: tuple[int, int, int],
    environment: Mapping[str, str],
    *,
    program: str = "",
    in_terminal: bool = False,
    fresh: bool = False,
) -> Child:
    """Start `latticetop`, or a program in Python that takes its place, on these file descriptors.

    It is a fork where that makes no difference, unless it has to be `fresh`.
    """
    variables = {**os.environ, **environment}
    if not fresh and of_the_interpreter(variables) == fork_server().of_the_interpreter:
        return fork_server().start(arguments, streams, variables, program=program, in_terminal=in_terminal)
    words = (sys.executable, *(("-c", program) if program else ("-m", "latticetop")), *arguments)
    control = (sys.executable, "-c", _IN_CONTROL) if in_terminal else ()
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        (*control, *words), stdin=stdin, stdout=stdout, stderr=stderr, env=variables, text=True, start_new_session=True
    )


@contextmanager
def launched(*arguments: str, program: str = "", **environment: str) -> Iterator[Child]:
    """`latticetop`, or a program that takes its place, whose output is piped, until the end of the block."""
    with ExitStack() as stack:
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        stdout, stderr = (stack.enter_context(open(end, encoding="utf-8")) for end in (out, err))
        nothing = os.open(os.devnull, os.O_RDONLY)
        child = launch(arguments, (nothing, out_end, err_end), environment, program=program)
        for each in (nothing, out_end, err_end):
            os.close(each)
        child.stdout, child.stderr = stdout, stderr
        stack.callback(end, child)
        yield child


def run(*arguments: str, program: str = "", **environment: str) -> Ended:
    """Run `latticetop`, or a program that takes its place, to its end; a traceback is never right."""
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err, open(os.devnull) as nothing:
        streams = (nothing.fileno(), out.fileno(), err.fileno())
        child = launch(arguments, streams, environment, program=program)
        try:
            code = child.wait(PATIENCE)
        finally:
            end(child)
        out.seek(0)
        err.seek(0)
        ended = Ended(code, out.read(), err.read())
    assert "Traceback" not in ended.err, ended.err
    return ended


@cache
def fork_server() -> ForkServer:
    """The one of this process."""
    return ForkServer()


def against(server: ServerThread, *arguments: str, **environment: str) -> Ended:
    """Run it against a simulated account."""
    where = ("--endpoint-url", server.url, "--region", "us-east-1")
    return run(*arguments, *where, **KEYS, **environment)


def lookups_without_a_limit() -> AbstractContextManager[object]:
    """For an account in which time stands still: after two LookupEvents it would throttle them for ever."""
    return patch("latticetop.simulator.operations.cloudtrail.LOOKUP_RATE", 10_000.0)


@contextmanager
def at_rest(scenario: str) -> Iterator[ServerThread]:
    """A scenario an hour after its end, when CloudTrail has delivered; time stands still there."""
    clock = ManualClock(SCENARIOS[scenario.partition(":")[0]].start)
    with lookups_without_a_limit(), ServerThread(scenario, clock=clock) as server:
        clock.finish()
        clock.advance(3600)
        yield server
