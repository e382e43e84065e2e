"""The thread in which the dashboard reads AWS, with an event loop of its own.

A key is handled by a dozen callbacks, one after the other. In one event loop each of them would wait for the callbacks
of all reads that are ready.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Mapping
    from types import TracebackType

    from latticetop.follow.reader import ReportProgress
    from latticetop.follow.status import Publish, Source, Update
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.incident.investigation import Investigation

T = TypeVar("T")
R = TypeVar("R")
END_SECONDS = 3.0
"""The longest wait for what reads to end."""
MAX_REPORTS = 20
"""Reports that wait while the screen stands still, as during a sign-in; a further one replaces the oldest."""


class ReadingThread:
    """Runs coroutines and calls functions in its event loop until the end of a `with` block, where it cancels the rest.

    Its coroutines belong to the event loop of the screen.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="latticetop-reading", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.call(self._loop.stop)
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            self._loop.set_exception_handler(_log)
            runner.get_loop().run_forever()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Have a function called in the thread, after those of earlier calls."""
        self._loop.call_soon_threadsafe(function, *arguments)

    async def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Run a coroutine in the thread, and return its result or raise its error."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def run_reporting(
        self, work: Callable[[Callable[[T], None]], Coroutine[Any, Any, R]], receive: Callable[[T], object]
    ) -> R:
        """Run a coroutine in the thread, and call `receive` here with what it reports; raises the errors of both."""
        loop, arrived, is_told = asyncio.get_running_loop(), asyncio.Event(), False
        reports = deque[T](maxlen=MAX_REPORTS)

        def report(item: T) -> None:
            nonlocal is_told
            reports.append(item)
            if not is_told:
                is_told = True
                with suppress(RuntimeError):  # The loop of the screen is closed.
                    loop.call_soon_threadsafe(arrived.set)

        running = asyncio.create_task(self.run(work(report)))
        running.add_done_callback(lambda _: arrived.set())
        try:
            while reports or not running.done():
                await arrived.wait()
                arrived.clear()
                is_told = False
                while reports:
                    receive(reports.popleft())
            return await running
        finally:
            running.cancel()

    async def items(self, items: AsyncIterable[T]) -> AsyncIterator[T]:
        """Yield items that are made in the thread."""
        iterator = aiter(items)

        async def next_item() -> T:
            return await anext(iterator)

        while True:
            try:
                item = await self.run(next_item())
            except StopAsyncIteration:
                return
            yield item


class ThreadedSource:
    """A `status.Source` in front of another one that runs in a thread. It publishes in the event loop of its caller."""

    def __init__(self, source: Source, thread: ReadingThread) -> None:
        self._source, self._thread = source, thread
        self.refresh, self.pause = partial(thread.call, source.refresh), partial(thread.call, source.pause)
        self.resume, self.renew = partial(thread.call, source.resume), partial(thread.call, source.renew)
        self._selected = self._in_force = 0
        """How many selections were made, and the number of the one that the source has."""

    def focus(self, subnet_id: str | None) -> None:
        """Set the subnet on screen, which is read in every cycle."""
        self._thread.call(self._source.focus, subnet_id)

    def select(self, selection: Selection) -> None:
        """Change the selection, and read it now. What was published of an earlier one is dropped."""
        self._selected += 1
        self._thread.call(self._select, selection, self._selected)

    def _select(self, selection: Selection, number: int) -> None:
        self._source.select(selection)
        self._in_force = number

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled; problems of reading are published, not raised."""

        def work(report: Callable[[tuple[int, Update]], None]) -> Coroutine[Any, Any, None]:
            return self._source.run(lambda update: report((self._in_force, update)))

        def receive(report: tuple[int, Update]) -> None:
            number, update = report
            if number == self._selected:
                publish(update)

        await self._thread.run_reporting(work, receive)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return all attributes of one ENI; raises ReadError."""
        return await self._thread.run(self._source.describe_interface(network_interface_id))

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Collect the data of one endpoint; problems of reading are part of the result. KeyError if it is unknown."""

        def work(report: ReportProgress) -> Coroutine[Any, Any, Investigation]:
            return self._source.investigate(vpc_endpoint_id, report, resolve=resolve)

        return await self._thread.run_reporting(work, progress)


def _log(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what nobody waits for any more, such as the error of a read whose screen was closed."""
    logging.getLogger("latticetop").info("%s", context["message"], exc_info=context.get("exception"))
