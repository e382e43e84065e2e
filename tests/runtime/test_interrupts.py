"""A coroutine that a signal interrupts: what is raised, and that it ends as one that is cancelled."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from contextlib import suppress
from threading import Thread

import pytest

from latticetop.runtime.interrupts import run


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_result_of_one_that_is_not_interrupted() -> None:
    assert run(asyncio.sleep(0, "done")) == "done"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_cancels_it_between_two_callbacks() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            interrupt()
            seen.append("goes on to its next wait")
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    with pytest.raises(KeyboardInterrupt):
        run(work())
    assert seen == ["goes on to its next wait", "ended"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_that_keeps_its_cancellation_for_itself_is_interrupted_too() -> None:
    async def work() -> str:
        interrupt()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return "as if nothing had happened"

    with pytest.raises(KeyboardInterrupt):
        run(work())


def test_a_second_interrupt_ends_one_that_does_not_wait() -> None:
    async def work() -> None:
        interrupt()
        interrupt()
        pytest.fail("it goes on after the second")

    with pytest.raises(KeyboardInterrupt):
        run(work())
    gc.collect()


def test_one_in_another_thread_leaves_the_signals_alone() -> None:
    handlers: list[object] = []

    async def work() -> None:
        handlers.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=lambda: run(work()))
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_one_that_could_not_be_started_is_no_warning() -> None:
    def fail() -> asyncio.AbstractEventLoop:
        raise OSError("no more files")

    with pytest.raises(OSError, match="no more files"):
        run(asyncio.sleep(0), fail)


def test_an_interrupt_in_its_last_step_counts() -> None:
    async def work() -> str:
        interrupt()
        return "done"

    with pytest.raises(KeyboardInterrupt):
        run(work())
    gc.collect()


def test_an_error_after_an_interrupt_is_raised() -> None:
    async def work() -> None:
        interrupt()
        raise LookupError("on purpose")

    with pytest.raises(LookupError, match="on purpose"):
        run(work())
    gc.collect()
