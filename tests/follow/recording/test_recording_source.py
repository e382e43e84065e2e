"""A source that is recorded while it is followed."""

from __future__ import annotations

import asyncio
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from latticetop.follow.recording.reader import Recording, RecordingError
from latticetop.follow.recording.recording_source import MOST_WAITING, Recorded
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Update
from latticetop.model.records.problem import ProblemKind
from tests.dashboard.stage import FakeSource
from tests.follow.fakes import FakeClock
from tests.follow.recording.test_reader import PROBLEM, changing, update


class Followed:
    """A recorded source that runs, and what it publishes."""

    def __init__(self, recorder: Recorder) -> None:
        self.source, self.clock = FakeSource(), FakeClock()
        self.recorded = Recorded(self.source, recorder, self.clock)
        self.shown: asyncio.Queue[Update] = asyncio.Queue()
        self.task = asyncio.create_task(self.recorded.run(self.shown.put_nowait))

    async def send(self, told: Update) -> Update:
        await asyncio.sleep(0)
        self.clock.advance(15)
        self.source.send(told)
        return await self.shown.get()

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.recorded.close()


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_what_is_published_is_written(tmp_path: Path) -> None:
    followed, shown = Followed(Recorder(tmp_path / "a.rec")), changing(5)
    for each in shown:
        assert (await followed.send(update(each))).snapshot is each
    await followed.send(update(shown[-1], PROBLEM))
    await followed.stop()
    found = Recording(tmp_path / "a.rec")
    assert [found.snapshot(index) for index in range(5)] == shown
    assert found.entry(5).problem == PROBLEM
    assert found.moments[-1].at == followed.clock.now()
    found.close()


async def test_it_asks_the_source_behind_it(tmp_path: Path) -> None:
    followed = Followed(Recorder(tmp_path / "a.rec"))
    followed.recorded.refresh()
    followed.recorded.pause()
    followed.recorded.focus("subnet-1")
    assert followed.source.asked == ["refresh", "pause"]
    assert followed.source.focused == "subnet-1"
    await followed.stop()


async def test_a_full_disk_is_told_and_the_recording_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path, shown = tmp_path / "a.rec", changing(6)
    followed = Followed(Recorder(path))
    await followed.send(update(shown[0]))
    await asyncio.wrap_future(followed.recorded._writer.submit(int))
    with full_disk(path.stat().st_size + 20):
        assert (await followed.send(update(shown[1]))).status.problem is None
        told = (await followed.shown.get()).status.problem
        assert told is not None and told.kind is ProblemKind.DISK
        assert str(told).startswith(f"{path} cannot be written: File too large.")
        shows = await followed.send(update(shown[2]))
        assert (shows.snapshot, shows.status.problem) == (shown[2], told)
        assert (await followed.send(update(shown[3], PROBLEM))).status.problem == PROBLEM
        await asyncio.wrap_future(followed.recorded._writer.submit(int))
    assert (await followed.send(update(shown[4]))).status.problem == told
    assert (await followed.shown.get()).status.problem is None
    assert (await followed.send(update(shown[5]))).status.problem is None
    await followed.stop()
    found = Recording(path)
    assert [found.snapshot(index) for index in range(len(found))] == [shown[0], shown[4], shown[5]]
    found.close()


class Stuck(Recorder):
    """A disk that does not answer for a while."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers = threading.Event()

    def record(self, told: Update, at: datetime) -> None:
        assert self.answers.wait(20)
        super().record(told, at)


async def test_a_disk_that_is_slow_delays_nobody_and_fills_no_memory(tmp_path: Path) -> None:
    recorder, shown = Stuck(tmp_path / "a.rec"), changing(MOST_WAITING + 3)
    followed = Followed(recorder)
    for each in shown:
        await followed.send(update(each))
    recorder.answers.set()
    await followed.stop()
    found = Recording(tmp_path / "a.rec")
    assert [found.snapshot(index) for index in range(len(found))] == shown[:MOST_WAITING]
    found.close()


class Broken(Recorder):
    """A recorder with a mistake in it."""

    def record(self, told: Update, at: datetime) -> None:
        raise TypeError("not a snapshot")


async def test_a_mistake_of_the_recorder_is_not_taken_for_a_full_disk(tmp_path: Path) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(lambda _, what: heard.put_nowait(what["exception"]))
    followed = Followed(Broken(tmp_path / "a.rec"))
    assert (await followed.send(update(changing(1)[0]))).status.problem is None
    assert isinstance(await heard.get(), TypeError)
    assert followed.shown.empty()
    await followed.stop()


def test_where_nothing_can_be_written_no_file_is_left(tmp_path: Path) -> None:
    with full_disk(0), pytest.raises(RecordingError, match="cannot be written: File too large"):
        Recorder(tmp_path / "a.rec")
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_may_read_a_recording(tmp_path: Path) -> None:
    Recorder(tmp_path / "a.rec").close()
    assert (tmp_path / "a.rec").stat().st_mode & 0o077 == 0
