"""Runs a coroutine that a signal interrupts between two callbacks of its event loop."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import FrameType

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> T:
    """Run a coroutine as asyncio.run does, and return its result.

    SIGINT cancels it, after which KeyboardInterrupt is raised; a second SIGINT raises it at once.
    """
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(_interrupted_between_callbacks(work))
    finally:
        work.close()


async def _interrupted_between_callbacks(work: Coroutine[Any, Any, T]) -> T:
    """Let the loop call the handler of asyncio.Runner, which cancels the coroutine.

    Python calls it between any two instructions: a queue that has just seen that nobody has cancelled its reader would
    then fail to wake it.
    """
    cancel = signal.getsignal(signal.SIGINT)
    if not isinstance(cancel, partial):  # Another thread's, or SIGINT is ignored.
        return await work
    loop, due = asyncio.get_running_loop(), None

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal due
        if due is not None:
            due.cancel()
            raise KeyboardInterrupt
        due = loop.call_soon_threadsafe(cancel, number, frame)

    signal.signal(signal.SIGINT, on_interrupt)
    try:
        result = await work
        if due is not None:
            # One that came in its last step counts: the loop calls the handler now.
            await asyncio.sleep(0)
    finally:
        signal.signal(signal.SIGINT, cancel)
        if due is not None:
            # After an error it would be called while the loop is closed.
            due.cancel()
    if (task := asyncio.current_task()) and task.cancelling():
        # Textual keeps the cancellation of its task for itself.
        raise asyncio.CancelledError
    return result
