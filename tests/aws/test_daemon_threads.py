"""Blocking calls that do not keep the process: a resolver that never answers, in a child process that has to end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from latticetop.aws import daemon_threads
from latticetop.aws.daemon_threads import use_daemon_threads
from tests.command import KEYS, python
from tests.terminal import Terminal

HANGING = """
import asyncio, threading
from latticetop.aws.daemon_threads import use_daemon_threads

async def main():
    use_daemon_threads()
    use_daemon_threads()
    began = threading.Event()
    def hang():
        began.set()
        threading.Event().wait()
    calls = [asyncio.ensure_future(asyncio.to_thread(hang)) for _ in range(40)]
    await asyncio.to_thread(began.wait)
    print("began")

asyncio.run(main())
"""
NO_RESOLVER = """
import socket, sys, threading
def hang(*arguments, **options):
    threading.Event().wait()
socket.getaddrinfo = hang
sys.argv = ["latticetop", *sys.argv[1:]]
from latticetop.cli.main import main
from latticetop.follow import freshness
freshness.SLOW_FIRST_ANSWER = 0.1
main()
"""


def test_a_process_ends_while_calls_hang() -> None:
    ended = python(HANGING)
    assert (ended.code, ended.out) == (0, "began\n")


def test_the_dashboard_ends_while_the_resolver_hangs() -> None:
    terminal = Terminal("--endpoint-url", "http://localhost:9", "--region", "us-east-1", program=NO_RESOLVER, **KEYS)
    terminal.until(lambda: "no answer for" in terminal.seen)
    assert terminal.quit() == 0


async def test_results_and_errors_are_those_of_the_call() -> None:
    use_daemon_threads()
    assert await asyncio.to_thread(lambda: threading.current_thread().daemon) is True
    assert await asyncio.gather(*(asyncio.to_thread(divmod, number, 7) for number in range(50))) == [
        divmod(number, 7) for number in range(50)
    ]
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(divmod, 1, 0)


def test_a_short_call_is_waited_for() -> None:
    """A file that is being saved when the loop ends is saved."""
    may_end, saved = threading.Event(), []

    def save() -> None:
        may_end.wait()
        saved.append(True)

    async def main() -> None:
        use_daemon_threads()
        asyncio.get_running_loop().run_in_executor(None, save)
        threading.Timer(0.0, may_end.set).start()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(daemon_threads, "END_SECONDS", 60.0)
        asyncio.run(main())
    assert saved == [True]
