"""A source that is recorded while it is followed."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.recording_source import MAX_QUEUED, RecordingSource
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Update
from latticetop.model.records.problem import ProblemKind
from tests.command import PATIENCE
from tests.dashboard.stage import FakeSource
from tests.follow.conftest import full_disk
from tests.follow.fakes import FakeClock
from tests.model.builders import ENDPOINT
from tests.recordings import PROBLEM, changing_snapshots, update


class RunningSource:
    """A recording source that runs, and the updates that it publishes."""

    def __init__(self, recorder: Recorder) -> None:
        self.fake, self.clock = FakeSource(), FakeClock()
        self.source = RecordingSource(self.fake, recorder, self.clock)
        self.published: asyncio.Queue[Update] = asyncio.Queue()
        self.task = asyncio.create_task(self.source.run(self.published.put_nowait))

    async def send(self, update: Update) -> Update:
        """Let the fake source publish an update; return what the recording source publishes."""
        await asyncio.sleep(0)
        self.clock.advance(15)
        self.fake.send(update)
        return await self.published.get()

    async def written(self) -> None:
        """Wait until everything sent so far is written."""
        await asyncio.wrap_future(self.source._writer.submit(int))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.source.close()


async def test_published_updates_are_written(tmp_path: Path) -> None:
    running, snapshots = RunningSource(Recorder(tmp_path / "a.rec")), changing_snapshots(5)
    for snapshot in snapshots:
        assert (await running.send(update(snapshot))).snapshot is snapshot
    await running.send(update(snapshots[-1], PROBLEM))
    await running.stop()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        assert [recording.snapshot(index) for index in range(5)] == snapshots
        assert recording.entry(5).problem == PROBLEM
        assert recording.positions[-1].at == running.clock.now()


async def test_actions_are_passed_on_to_the_source(tmp_path: Path) -> None:
    running = RunningSource(Recorder(tmp_path / "a.rec"))
    running.source.refresh()
    running.source.pause()
    running.source.focus("subnet-1")
    assert running.fake.requests == ["refresh", "pause"]
    assert running.fake.focused == "subnet-1"
    await running.stop()


@pytest.mark.fault("disk-full-recording")
async def test_a_full_disk_is_a_problem_and_recording_continues_with_free_space(tmp_path: Path) -> None:
    path, snapshots = tmp_path / "a.rec", changing_snapshots(6)
    recorder = Recorder(path)
    running = RunningSource(recorder)
    await running.send(update(snapshots[0]))
    await running.written()
    with full_disk(path.stat().st_size + 20):
        assert (await running.send(update(snapshots[1]))).status.recording_problem is None
        problem = (await running.published.get()).status.recording_problem
        assert problem is not None
        assert problem.kind is ProblemKind.DISK
        assert str(problem).startswith(f"{path} cannot be written: File too large.")
        assert problem.next_step == "Recording continues when there is free space."
        assert recorder.failure is not None
        third = await running.send(update(snapshots[2]))
        assert (third.snapshot, third.status.recording_problem) == (snapshots[2], problem)
        fourth = await running.send(update(snapshots[3], PROBLEM))
        assert (fourth.status.problem, fourth.status.recording_problem) == (PROBLEM, problem)
        await running.written()
    assert (await running.send(update(snapshots[4]))).status.recording_problem == problem
    assert (await running.published.get()).status.recording_problem is None
    assert (await running.send(update(snapshots[5]))).status.recording_problem is None
    assert recorder.failure is None
    await running.stop()
    with closing(Recording(path)) as recording:
        recorded = [recording.snapshot(index) for index in range(len(recording))]
    assert recorded == [snapshots[0], snapshots[4], snapshots[5]]


class SlowRecorder(Recorder):
    """A recorder on a disk that does not answer until told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.answers = threading.Event()

    def record(self, update: Update, at: datetime) -> None:
        assert self.answers.wait(PATIENCE)
        super().record(update, at)


async def test_a_slow_disk_delays_no_update_and_queues_a_maximum(tmp_path: Path) -> None:
    recorder, snapshots = SlowRecorder(tmp_path / "a.rec"), changing_snapshots(MAX_QUEUED + 3)
    running = RunningSource(recorder)
    for snapshot in snapshots:
        await running.send(update(snapshot))
    recorder.answers.set()
    await running.stop()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        recorded = [recording.snapshot(index) for index in range(len(recording))]
    assert recorded == snapshots[:MAX_QUEUED]


class BrokenRecorder(Recorder):
    """A recorder with a bug."""

    def _entry(self, *_: object) -> Any:
        raise TypeError("not a snapshot")


async def test_a_bug_in_the_recorder_is_a_problem_at_once(tmp_path: Path) -> None:
    recorder = BrokenRecorder(tmp_path / "a.rec")
    running = RunningSource(recorder)
    assert (await running.send(update(changing_snapshots(1)[0]))).status.recording_problem is None
    problem = (await running.published.get()).status.recording_problem
    assert problem is not None
    assert problem.message == f"The last data could not be recorded in {recorder.path}: TypeError: not a snapshot."
    assert isinstance(recorder.failure, TypeError)
    await running.stop()


async def test_what_an_investigation_finds_is_recorded_once(tmp_path: Path) -> None:
    snapshot = changing_snapshots(1)[0]
    running = RunningSource(Recorder(tmp_path / "a.rec"))
    running.fake.first = update(snapshot)
    await running.published.get()
    found = [await running.source.investigate(ENDPOINT, print) for _ in range(2)]
    await running.written()
    await running.stop()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        assert [position.investigated for position in recording.positions] == ["", ENDPOINT]
        record = recording.investigation(1, ENDPOINT)
        assert record is not None and recording.investigation(0, ENDPOINT) is None
        assert recording.snapshot(1) == snapshot
    assert record.investigation(found[0].snapshot, found[0].at) == found[0]
