"""Sources in a thread of their own, and what they publish in the event loop of the screen."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from threading import Event, get_ident
from typing import Any

import pytest

from latticetop.follow.reader import ReportProgress
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.incident.investigation import Investigation
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.runtime.reading_thread import MAX_REPORTS, ReadingThread, ThreadedSource
from tests.command import PATIENCE

UPDATE, EARLIER, LATER = (Update(None, Status(Phase.READING, 0.0, calls=calls)) for calls in (0, 1, 2))
REFUSED = ReadError(Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeNetworkInterfaces", "Denied."))


class Recorded:
    """A source that notes what it was asked for, and in which thread."""

    def __init__(self) -> None:
        self.requests: list[tuple[object, ...]] = []
        self.threads: set[int] = set()
        self.has_ended = False
        self.error: Exception | None = None
        self.publish: Publish = lambda _: None

    def _note(self, *request: object) -> None:
        self.requests.append(request)
        self.threads.add(get_ident())

    async def run(self, publish: Publish) -> None:
        self._note("run")
        self.publish = publish
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


async def test_an_error_of_who_shows_an_update_ends_the_run() -> None:
    def show(_: Update) -> None:
        raise LookupError("a fault of the screen")

    source = Recorded()
    with ReadingThread() as thread, pytest.raises(LookupError, match="a fault of the screen"):
        await ThreadedSource(source, thread).run(show)
    assert source.has_ended


async def test_what_was_read_of_an_earlier_selection_is_dropped() -> None:
    """The screen has told the change log of the new one: what differs would count as a change."""
    source = Recorded()
    with ReadingThread() as thread:
        threaded = ThreadedSource(source, thread)
        running, published = await first_of(threaded)
        thread.call(source.publish, EARLIER)
        threaded.select(Selection(all_subnets=True))
        thread.call(source.publish, LATER)
        async with asyncio.timeout(PATIENCE):
            assert await published.get() == (LATER, get_ident())
        running.cancel()


async def test_updates_that_nobody_takes_are_bounded_and_the_newest_is_shown() -> None:
    source = Recorded()
    with ReadingThread() as thread:
        running, published = await first_of(ThreadedSource(source, thread))
        told = Event()

        def publish_many() -> None:
            for _ in range(1_000):
                source.publish(EARLIER)
            source.publish(LATER)
            told.set()

        thread.call(publish_many)
        assert told.wait(PATIENCE)
        shown = list[object]()
        async with asyncio.timeout(PATIENCE):
            while LATER not in shown:
                shown.append((await published.get())[0])
        assert len(shown) == MAX_REPORTS
        running.cancel()


async def test_an_error_that_nobody_waits_for_is_logged(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError("nobody waits for it")

    caplog.set_level("INFO", "latticetop")
    begun = Event()
    with ReadingThread() as thread:
        waiting = asyncio.create_task(thread.run(fail()))
        await asyncio.sleep(0)
        assert begun.wait(PATIENCE)
        waiting.cancel()
        await asyncio.wait([waiting])
    gc.collect()
    assert [record.name for record in caplog.records if "nobody waits" in (record.exc_text or "")] == ["latticetop"]
    assert capsys.readouterr().err == ""


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
