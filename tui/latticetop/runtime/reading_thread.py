"""The thread in which the dashboard reads AWS, with an event loop of its own.

A key is handled by a dozen callbacks, one after the other. In one event loop each of them would wait for the callbacks
of all reads that are ready.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Mapping
    from types import TracebackType
    from typing import Self

    from latticetop.follow.reader import ReportProgress
    from latticetop.follow.status import Publish, Source
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.incident.investigation import Investigation

T = TypeVar("T")
END_SECONDS = 3.0
"""The longest wait for what reads to end."""


class ReadingThread:
    """Runs coroutines and calls functions in its event loop until the end of a `with` block, where it cancels the rest.

    Its methods belong to the event loop of the screen.
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
            runner.get_loop().run_forever()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Have a function called in the thread, after those of earlier calls."""
        self._loop.call_soon_threadsafe(function, *arguments)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread, and return its result or raise its error."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

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

    def focus(self, subnet_id: str | None) -> None:
        """Set the subnet on screen, which is read in every cycle."""
        self._thread.call(self._source.focus, subnet_id)

    def select(self, selection: Selection) -> None:
        """Change the selection, and read it now."""
        self._thread.call(self._source.select, selection)

    async def run(self, publish: Publish) -> None:
        """Publish updates until cancelled; problems of reading are published, not raised."""
        await self._thread.run(self._source.run(_called_here(publish)))

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return all attributes of one ENI; raises ReadError."""
        return await self._thread.run(self._source.describe_interface(network_interface_id))

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Collect the data of one endpoint; problems of reading are part of the result. KeyError if it is unknown."""
        work = self._source.investigate(vpc_endpoint_id, _called_here(progress), resolve=resolve)
        return await self._thread.run(work)


def _called_here(function: Callable[[T], object]) -> Callable[[T], None]:
    """Return a function that has another one called in the event loop that runs now, unless that has ended."""
    loop = asyncio.get_running_loop()

    def call(argument: T) -> None:
        with suppress(RuntimeError):  # The loop is closed.
            loop.call_soon_threadsafe(function, argument)

    return call
