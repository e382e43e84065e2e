"""Threads for blocking calls that do not keep the process when it ends.

A name that no DNS server answers, or a disk that hangs, blocks a thread for long, and asyncio and the interpreter wait
for the threads of their usual executor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from functools import partial
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any

END_SECONDS = 0.3
"""The longest wait for calls that are running when the event loop ends, such as one that saves a file."""


class DaemonThreadExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread that is idle, or else in a new one, whose start the event loop has to wait for.

    asyncio admits only this class as its default executor.
    """

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._idle = Semaphore(0)
        self._running: set[Future[Any]] = set()
        self._thread_count = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a thread that runs no other."""
        future: Future[Any] = Future()
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        self._calls.put((future, partial(fn, *args, **kwargs)))
        if not self._idle.acquire(blocking=False):
            self._thread_count += 1
            Thread(target=self._serve, name="latticetop-blocking", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the running calls, for `END_SECONDS` at most in all; idle threads end."""
        if wait:
            wait_for(tuple(self._running), END_SECONDS)
        for _ in range(self._thread_count):
            self._calls.put(None)

    def _serve(self) -> None:
        while call := self._calls.get():
            future, function = call
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function())
                except BaseException as error:
                    future.set_exception(error)
            del call, future, function
            self._idle.release()


def use_daemon_threads() -> None:
    """Make the running event loop resolve names, and call what blocks, in daemon threads."""
    loop = asyncio.get_running_loop()
    if not isinstance(getattr(loop, "_default_executor", None), DaemonThreadExecutor):
        loop.set_default_executor(DaemonThreadExecutor())
