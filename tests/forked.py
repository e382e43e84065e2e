"""Runs `latticetop` as a fork of a process that has imported what commands and dashboards do: most of their CPU time.

It is a process of its own all the same, with its environment, arguments, streams, terminal, signals and exit code, and
it runs `latticetop.__main__` anew. What is decided when an interpreter starts, such as its encodings, is that of the
first process, and so are the variables that Textual reads when it is imported. It ends as a process of
`multiprocessing`: after its threads and exit functions, without taking the interpreter apart. What a command imports by
itself, and how it ends meanwhile, is shown by tests in fresh interpreters.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import IO

LIBRARIES = (
    "aiobotocore.config",
    "aiobotocore.session",
    "aiobotocore.utils",
    "botocore.httpsession",
    "click",
    "lxml.etree",
    "msgspec",
    "platformdirs",
    "prometheus_client",
    "textual.drivers.linux_driver",
)
"""What commands import of others."""
PACKAGES = ("aws", "cli", "config", "dashboard", "follow", "model", "reports", "runtime", "simulator")
"""What they import of latticetop."""
OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "TZ", "MALLOC_", "LD_")
"""How the names of variables begin that are read when a process starts."""
ROOT = Path(__file__).parents[1]
LONGEST_REQUEST = 1 << 20


class ForkedProcess:
    """A process that was forked: what tests use of `subprocess.Popen`."""

    stdin: IO[str] | None = None
    stdout: IO[str] | None = None
    stderr: IO[str] | None = None
    returncode: int | None = None

    def __init__(self, reply: socket.socket) -> None:
        self._reply = reply
        self.pid = int(reply.recv(64))

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; after so many seconds it is an error."""
        if self.returncode is None:
            self._reply.settimeout(timeout)
            try:
                self.returncode = int(self._reply.recv(64))
            except TimeoutError:
                raise TimeoutError(f"the process did not end within {timeout:g} s") from None
            self._reply.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it has not ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Read what it prints to its end; it is killed if it does not end in so many seconds."""
        limit = Timer(timeout, self.kill)
        limit.start()
        try:
            with ThreadPoolExecutor() as readers:
                out, err = readers.map(lambda pipe: pipe.read() if pipe else "", (self.stdout, self.stderr))
        finally:
            limit.cancel()
        self.wait(timeout)
        return out, err


class ForkServer:
    """The process that forks, seen from the tests. It ends with them."""

    def __init__(self) -> None:
        self.of_the_interpreter = of_the_interpreter(os.environ)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = (sys.executable, "-m", __name__, str(theirs.fileno()))
        with theirs:
            self._process = subprocess.Popen(
                command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
        atexit.register(self._end)

    def start(
        self,
        arguments: tuple[str, ...],
        streams: tuple[int, int, int],
        environment: dict[str, str],
        *,
        program: str = "",
        in_terminal: bool = False,
    ) -> ForkedProcess:
        """Run a command, or a program in Python that takes its place, in a session of its own.

        Its streams are these file descriptors; with `in_terminal` the first one is its terminal.
        """
        request = json.dumps([arguments, environment, os.getcwd(), program, in_terminal]).encode()
        reply, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._socket, [request], [*streams, theirs.fileno()])
        return ForkedProcess(reply)

    def _end(self) -> None:
        self._socket.close()
        self._process.wait()


def of_the_interpreter(environment: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The variables that a fork cannot read anew."""
    return {name: value for name, value in environment.items() if name.startswith(OF_THE_INTERPRETER)}


def serve(requests: socket.socket) -> None:
    """Start commands, and tell how they end."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in PACKAGES:
        package = importlib.import_module(f"latticetop.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    gc.freeze()
    children: dict[int, tuple[int, int]] = {}
    waiting = select.poll()
    waiting.register(requests, select.POLLIN)
    while True:
        for ready, _ in waiting.poll():
            if ready in children:
                waiting.unregister(ready)
                pid, reply = children.pop(ready)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                os.close(ready)
                with suppress(BrokenPipeError):
                    os.write(reply, str(code).encode())
                os.close(reply)
                continue
            request, fds, *_ = socket.recv_fds(requests, LONGEST_REQUEST, 4)
            if not request:
                return
            pid = os.fork()
            if not pid:
                requests.detach()
                os._exit(become(request, fds))
            *streams, reply = fds
            for stream in streams:
                os.close(stream)
            descriptor = os.pidfd_open(pid)
            children[descriptor] = pid, reply
            waiting.register(descriptor, select.POLLIN)


def become(request: bytes, fds: list[int]) -> int:
    """Run `python -m latticetop` in this process, or a program; the exit code."""
    arguments, environment, folder, program, in_terminal = json.loads(request)
    os.setsid()
    *streams, reply = fds
    os.write(reply, str(os.getpid()).encode())
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    os.closerange(3, 1024)
    if in_terminal:
        # The first terminal that the leader of a session opens controls it.
        os.close(os.open(os.ttyname(0), os.O_RDWR))
    open_standard_streams()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv[1:] = arguments
    code: object = 0
    try:
        if program:
            sys.argv[0], sys.path[0] = "-c", ""
            exec(compile(program, "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.path[0] = folder
            runpy.run_module("latticetop", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120
    return code if isinstance(code, int) else 1


def open_standard_streams() -> None:
    """Open stdin, stdout and stderr as an interpreter does when it starts, with the encodings that it has chosen."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        first = getattr(sys, name)
        stream = open(  # noqa: SIM115
            number,
            "w" if number else "r",
            encoding=first.encoding,
            errors=first.errors,
            newline="\n" if number else None,
            buffering=1 if number == 2 or os.isatty(number) else -1,
            closefd=False,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
