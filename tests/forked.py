"""Runs `latticetop` as a fork of a process that has imported what most commands do: two thirds of their CPU time.

It is a process of its own all the same, with its environment, arguments, streams, signals and exit code, and it runs
`latticetop.__main__` anew. What is decided when an interpreter starts, such as its encodings, is that of the first
process. What a command imports by itself is shown by tests in fresh interpreters.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIBRARIES = (
    "aiobotocore.config",
    "aiobotocore.session",
    "aiobotocore.utils",
    "botocore.httpsession",
    "click",
    "lxml.etree",
    "msgspec",
    "platformdirs",
)
"""What most commands import of others."""
PACKAGES = ("aws", "cli", "config", "follow", "model", "reports")
"""What they import of latticetop. The rest is the screen, the simulator, and what needs optional packages."""
OF_THE_INTERPRETER = ("PYTHON", "LC_", "LANG", "TZ", "MALLOC_", "LD_")
"""How the names of variables begin that are read when a process starts."""
ROOT = Path(__file__).parents[1]
LONGEST_REQUEST = 1 << 20


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

    def run(self, arguments: tuple[str, ...], streams: list[int], environment: dict[str, str], limit: float) -> int:
        """Run a command to its end on these file descriptors and return its exit code.

        A command that takes longer than `limit` seconds is killed with its process group: TimeoutError.
        """
        request = json.dumps([arguments, environment, os.getcwd()]).encode()
        socket.send_fds(self._socket, [request], streams)
        self._socket.settimeout(limit)
        pid = int(self._socket.recv(64))
        try:
            return int(self._socket.recv(64))
        except TimeoutError:
            os.killpg(pid, signal.SIGKILL)
            self._socket.recv(64)
            raise TimeoutError(f"latticetop {' '.join(arguments)} did not end within {limit:g} s") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _end(self) -> None:
        self._socket.close()
        self._process.wait()


def of_the_interpreter(environment: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """The variables that a fork cannot read anew."""
    return {name: value for name, value in environment.items() if name.startswith(OF_THE_INTERPRETER)}


def serve(requests: socket.socket) -> None:
    """Run one command after the other. In a forked child it returns when the command has ended."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in PACKAGES:
        package = importlib.import_module(f"latticetop.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    gc.freeze()
    while True:
        request, streams, *_ = socket.recv_fds(requests, LONGEST_REQUEST, 3)
        if not request:
            return
        pid = os.fork()
        if not pid:
            requests.close()
            become(request, streams)
            return
        for stream in streams:
            os.close(stream)
        requests.send(str(pid).encode())
        requests.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def become(request: bytes, streams: list[int]) -> None:
    """Run `python -m latticetop` in this process."""
    os.setsid()
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    arguments, environment, folder = json.loads(request)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv[1:] = arguments
    runpy.run_module("latticetop", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
