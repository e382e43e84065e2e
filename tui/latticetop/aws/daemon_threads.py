"""Threads for blocking calls that do not keep the process when it ends.

A name that no DNS server answers, or a disk that hangs, blocks a thread for long, and asyncio and the interpreter wait
for the threads of their usual executor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread, current_thread
from time import monotonic
from typing import Any

END_SECONDS = 0.3
"""The longest wait for calls that are running when the event loop ends, such as one that saves a file."""


class DaemonThreadExecutor(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own. asyncio admits only this class as its default executor."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self._running: set[Thread] = set()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call in a new thread."""
        future: Future[Any] = Future()
        thread = Thread(target=self._run, args=(future, fn, args, kwargs), name="latticetop-blocking", daemon=True)
        self._running.add(thread)
        thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the running calls, for `END_SECONDS` at most in all."""
        end = monotonic() + END_SECONDS
        for thread in tuple(self._running) if wait else ():
            thread.join(max(0.0, end - monotonic()))

    def _run(self, future: Future[Any], fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            if future.set_running_or_notify_cancel():
                future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        finally:
            self._running.discard(current_thread())


def use_daemon_threads() -> None:
    """Make the running event loop resolve names, and call what blocks, in daemon threads."""
    loop = asyncio.get_running_loop()
    if not isinstance(getattr(loop, "_default_executor", None), DaemonThreadExecutor):
        loop.set_default_executor(DaemonThreadExecutor())
