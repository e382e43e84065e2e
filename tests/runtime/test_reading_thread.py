"""Sources in a thread of their own, and what they publish in the event loop of the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from threading import Event, get_ident
from typing import Any

import pytest

from latticetop.follow.reader import ReportProgress
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.runtime.reading_thread import ReadingThread, ThreadedSource
from tests.command import PATIENCE

UPDATE = Update(None, Status(Phase.READING, 0.0))
REFUSED = ReadError(Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeNetworkInterfaces", "Denied."))


class Recorded:
    """A source that notes what it was asked for, and in which thread."""

    def __init__(self) -> None:
        self.requests: list[tuple[object, ...]] = []
        self.threads: set[int] = set()
        self.has_ended = False
        self.error: Exception | None = None

    def _note(self, *request: object) -> None:
        self.requests.append(request)
        self.threads.add(get_ident())

    async def run(self, publish: Publish) -> None:
        self._note("run")
        publish(UPDATE)
        if self.error is not None:
            raise self.error
        try:
            await asyncio.Event().wait()
        finally:
            self.has_ended = True
            publish(UPDATE)

    def refresh(self) -> None:
        self._note("refresh")

    def pause(self) -> None:
        self._note("pause")

    def resume(self) -> None:
        self._note("resume")

    def renew(self) -> None:
        self._note("renew")

    def focus(self, subnet_id: str | None) -> None:
        self._note("focus", subnet_id)

    def select(self, selection: Selection) -> None:
        self._note("select", selection)

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        self._note("describe", network_interface_id)
        if network_interface_id == "eni-0":
            raise REFUSED
        return {"NetworkInterfaceId": network_interface_id}

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        self._note("investigate", vpc_endpoint_id, resolve)
        progress("reading CloudTrail")
        raise KeyError(vpc_endpoint_id)


async def first_of(source: ThreadedSource) -> tuple[asyncio.Task[None], asyncio.Queue[tuple[object, int]]]:
    """Run a source, and return when it has published."""
    published = asyncio.Queue[tuple[object, int]]()
    running = asyncio.create_task(source.run(lambda update: published.put_nowait((update, get_ident()))))
    async with asyncio.timeout(PATIENCE):
        assert await published.get() == (UPDATE, get_ident())
    return running, published


async def test_a_source_runs_in_the_thread_and_publishes_in_the_loop_of_its_caller() -> None:
    source = Recorded()
    with ReadingThread() as thread:
        running, _ = await first_of(ThreadedSource(source, thread))
        running.cancel()
    assert source.threads and get_ident() not in source.threads


async def test_requests_come_in_their_order() -> None:
    source = Recorded()
    with ReadingThread() as thread:
        threaded = ThreadedSource(source, thread)
        threaded.select(Selection(all_subnets=True))
        threaded.focus("subnet-1")
        threaded.refresh()
        threaded.pause()
        threaded.resume()
        threaded.renew()
        assert await threaded.describe_interface("eni-1") == {"NetworkInterfaceId": "eni-1"}
    assert source.requests == [
        ("select", Selection(all_subnets=True)),
        ("focus", "subnet-1"),
        ("refresh",),
        ("pause",),
        ("resume",),
        ("renew",),
        ("describe", "eni-1"),
    ]
    assert get_ident() not in source.threads


async def test_errors_reach_who_asked() -> None:
    source = Recorded()
    source.error = LookupError("a fault of the source")
    steps = asyncio.Queue[tuple[str, int]]()
    with ReadingThread() as thread:
        threaded = ThreadedSource(source, thread)
        with pytest.raises(ReadError):
            await threaded.describe_interface("eni-0")
        with pytest.raises(KeyError, match="vpce-1"):
            await threaded.investigate("vpce-1", lambda text: steps.put_nowait((text, get_ident())), resolve=True)
        assert await steps.get() == ("reading CloudTrail", get_ident())
        running, _ = await first_of(threaded)
        with pytest.raises(LookupError, match="a fault of the source"):
            await running
    assert source.requests[1] == ("investigate", "vpce-1", True)


def test_a_source_is_ended_before_the_thread_is_and_publishes_to_nobody() -> None:
    source = Recorded()

    async def leave() -> None:
        _, published = await first_of(ThreadedSource(source, thread))
        assert published.empty()

    with ReadingThread() as thread:
        asyncio.run(leave())
    assert source.has_ended


async def test_a_read_that_keeps_its_event_loop_does_not_keep_that_of_the_screen() -> None:
    goes_on = Event()
    with ReadingThread() as thread:
        thread.call(goes_on.wait, PATIENCE)
        asking = asyncio.create_task(ThreadedSource(Recorded(), thread).describe_interface("eni-1"))
        await asyncio.sleep(0)
        assert not asking.done()
        goes_on.set()
        assert await asking == {"NetworkInterfaceId": "eni-1"}


async def test_items_are_made_in_the_thread() -> None:
    async def numbers() -> AsyncIterator[tuple[int, int]]:
        for number in (1, 2):
            await asyncio.sleep(0)
            yield number, get_ident()

    with ReadingThread() as thread:
        made = [item async for item in thread.items(numbers())]
    assert [number for number, _ in made] == [1, 2]
    assert get_ident() not in {ident for _, ident in made}
