"""Replaying a recording: its speed, steps, pauses, and what happens at the end or if the file is damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import SPEEDS, Replayer
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import FakeClock
from tests.model.builders import ENDPOINT, NOW
from tests.recordings import PROBLEM, changing_snapshots, update, write_recording


class RunningReplayer:
    """A replayer that runs with a fake clock, and the updates that it publishes."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.published: asyncio.Queue[Update] = asyncio.Queue()
        self.replayer = Replayer(Recording(path), speed=1.0, clock=self.clock)
        self.task = asyncio.create_task(self.replayer.run(self.published.put_nowait))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.replayer.recording.close()


async def test_it_plays_to_the_end_and_stops(tmp_path: Path) -> None:
    snapshots = changing_snapshots(3)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", snapshots))
    for number, expected in enumerate(snapshots):
        published = await player.published.get()
        assert published.snapshot == expected
        assert published.status.phase is Phase.REPLAYING
        assert player.replayer.ended is (number == len(snapshots) - 1)
        if not player.replayer.ended:
            assert await player.clock.rest() == 2.0
            player.clock.advance(2.0)
    await player.stop()


async def test_step_and_seek_in_both_directions(tmp_path: Path) -> None:
    snapshots = changing_snapshots(5)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", snapshots))
    replayer = player.replayer
    actions: list[tuple[Callable[[int], None], int, int]] = [
        (replayer.step, 1, 1),
        (replayer.seek, 4, 4),
        (replayer.step, -2, 2),
        (replayer.seek_change, 1, 3),
        (replayer.seek_change, -1, 2),
        (replayer.seek, 99, 4),
    ]
    await player.published.get()
    for action, argument, expected in actions:
        action(argument)
        assert (await player.published.get()).snapshot == snapshots[expected]
    replayer.change_speed(2)
    assert replayer.speed == 5.0
    await player.stop()


def taken_at(seconds: float, snapshot: Snapshot) -> Snapshot:
    return structs.replace(snapshot, taken_at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(("gap", "speed", "waits"), [(1.0, 1.0, 1.0), (1.0, 2.0, 0.5), (60.0, 10.0, 2.0)])
async def test_waits_are_divided_by_the_speed_up_to_a_maximum(
    tmp_path: Path, gap: float, speed: float, waits: float
) -> None:
    first, second = changing_snapshots(2)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", [taken_at(0, first), taken_at(gap, second)]))
    player.replayer.speed = speed
    await player.published.get()
    assert await player.clock.rest() == waits
    await player.stop()


async def test_pause_and_resume(tmp_path: Path) -> None:
    snapshots = changing_snapshots(3)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", snapshots))
    replayer = player.replayer
    await player.published.get()
    await player.clock.rest()
    replayer.pause()
    assert (await player.published.get()).snapshot == snapshots[0]
    player.clock.advance(60)
    assert (replayer.playing, replayer.index, replayer.at, replayer.now()) == (False, 0, NOW, NOW)
    replayer.resume()
    assert (await player.published.get()).snapshot == snapshots[0]
    assert await player.clock.rest() == 2.0
    player.clock.advance(2)
    assert (await player.published.get()).snapshot == snapshots[1]
    await player.stop()


async def test_resume_at_the_end_starts_from_the_beginning(tmp_path: Path) -> None:
    snapshots = changing_snapshots(2)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", snapshots))
    await player.published.get()
    player.replayer.seek(1)
    assert (await player.published.get()).snapshot == snapshots[1]
    assert player.replayer.ended
    player.replayer.resume()
    assert (await player.published.get()).snapshot == snapshots[0]
    assert player.replayer.playing
    await player.stop()


async def test_seek_change_without_further_changes_goes_to_the_end(tmp_path: Path) -> None:
    first, second = changing_snapshots(2)
    same = [taken_at(0, first), taken_at(15, first), taken_at(30, second), taken_at(45, second)]
    player = RunningReplayer(write_recording(tmp_path / "a.rec", same))
    await player.published.get()
    reached = []
    for direction in (1, 1, -1, -1):
        player.replayer.seek_change(direction)
        reached.append((await player.published.get()).snapshot)
    assert reached == [same[2], same[3], same[2], same[0]]
    await player.stop()


def test_the_speed_stays_within_its_steps(tmp_path: Path) -> None:
    replayer = Replayer(Recording(write_recording(tmp_path / "a.rec", changing_snapshots(1))), speed=25.0)
    replayer.change_speed(1)
    assert replayer.speed == 60.0, "the step after 30, which is nearest"
    replayer.change_speed(9)
    assert replayer.speed == SPEEDS[-1]
    replayer.change_speed(-99)
    assert replayer.speed == SPEEDS[0]
    replayer.recording.close()


async def test_actions_that_need_aws_do_nothing_or_raise(tmp_path: Path) -> None:
    replayer = Replayer(Recording(write_recording(tmp_path / "a.rec", changing_snapshots(1))))
    for action in (
        replayer.refresh,
        replayer.renew,
        lambda: replayer.focus(None),
        lambda: replayer.select(Selection()),
    ):
        action()
    assert (replayer.index, replayer.playing) == (0, True)
    with pytest.raises(ReadError, match="A recording has no further attributes") as error:
        await replayer.describe_interface("eni-1")
    assert error.value.problem.kind is ProblemKind.NOT_OFFERED
    replayer.recording.close()


async def test_an_investigation_uses_the_current_entry(tmp_path: Path) -> None:
    snapshots = changing_snapshots(2)
    player = RunningReplayer(write_recording(tmp_path / "a.rec", snapshots))
    with pytest.raises(KeyError):
        await player.replayer.investigate(ENDPOINT, print)
    await player.published.get()
    player.replayer.seek(1)
    await player.published.get()
    investigation = await player.replayer.investigate(ENDPOINT, print, resolve=True)
    assert (investigation.snapshot, investigation.at) == (snapshots[1], snapshots[1].taken_at)
    assert investigation.endpoint == snapshots[1].endpoints[ENDPOINT]
    assert (investigation.timeline, investigation.names) == (None, ())
    assert [problem.message for problem in investigation.problems] == [
        "The recording has no CloudTrail events of this endpoint."
    ]
    await player.stop()


async def test_a_problem_before_the_first_snapshot_is_published_without_one(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.rec")
    recorder.record(update(None, PROBLEM), NOW)
    recorder.record(update(changing_snapshots(1)[0]), NOW + timedelta(seconds=1))
    recorder.close()
    player = RunningReplayer(tmp_path / "a.rec")
    first = await player.published.get()
    assert (first.snapshot, first.status.problem, first.status.read_at) == (None, PROBLEM, None)
    player.replayer.seek(1)
    second = await player.published.get()
    assert (second.snapshot, second.status.problem, second.status.read_at) == (changing_snapshots(1)[0], None, NOW)
    await player.stop()


async def test_a_file_damaged_during_replay_pauses_with_a_problem(tmp_path: Path) -> None:
    snapshots = changing_snapshots(3)
    path = write_recording(tmp_path / "a.rec", snapshots)
    player = RunningReplayer(path)
    await player.published.get()
    whole = path.read_bytes()
    path.write_bytes(whole[: player.replayer.recording.positions[2].offset])
    player.replayer.seek(2)
    published = await player.published.get()
    assert published.snapshot == snapshots[0]
    assert published.status.problem is not None
    assert (published.status.problem.kind, published.status.problem.next_step) == (
        ProblemKind.DISK,
        "Open the recording again.",
    )
    assert not player.replayer.playing
    player.replayer.seek(1)
    assert (await player.published.get()).snapshot == snapshots[1]
    await player.stop()
