"""A recording played back: its pace, its steps, and where it stands still."""

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
from latticetop.follow.status import Phase, Selection, Update
from latticetop.model.records.problem import ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from tests.follow.fakes import FakeClock
from tests.follow.recording.test_reader import PROBLEM, changing, record, update
from tests.model.builders import ENDPOINT, NOW


class Player:
    """A replayer that runs on a clock which is moved by hand."""

    def __init__(self, path: Path) -> None:
        self.clock = FakeClock()
        self.shown: asyncio.Queue[Update] = asyncio.Queue()
        self.replayer = Replayer(Recording(path), speed=1.0, clock=self.clock)
        self.task = asyncio.create_task(self.replayer.run(self.shown.put_nowait))

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.replayer.recording.close()


async def test_it_plays_at_its_pace_and_stops_at_the_end(tmp_path: Path) -> None:
    shown = changing(3)
    player = Player(record(tmp_path / "a.rec", shown))
    for number, expected in enumerate(shown):
        told = await player.shown.get()
        assert told.snapshot == expected
        assert told.status.phase is Phase.REPLAYING
        assert player.replayer.ended is (number == len(shown) - 1)
        if not player.replayer.ended:
            assert await player.clock.rest() == 2.0
            player.clock.advance(2.0)
    await player.stop()


async def test_it_is_stepped_and_sought_both_ways(tmp_path: Path) -> None:
    shown = changing(5)
    player = Player(record(tmp_path / "a.rec", shown))
    replayer = player.replayer
    acts: list[tuple[Callable[[int], None], int, int]] = [
        (replayer.step, 1, 1),
        (replayer.seek, 4, 4),
        (replayer.step, -2, 2),
        (replayer.seek_change, 1, 3),
        (replayer.seek_change, -1, 2),
        (replayer.seek, 99, 4),
    ]
    await player.shown.get()
    for act, argument, expected in acts:
        act(argument)
        assert (await player.shown.get()).snapshot == shown[expected]
    replayer.change_speed(2)
    assert replayer.speed == 5.0
    await player.stop()


def at(seconds: float, shown: Snapshot) -> Snapshot:
    return structs.replace(shown, taken_at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(("gap", "speed", "waits"), [(1.0, 1.0, 1.0), (1.0, 2.0, 0.5), (60.0, 10.0, 2.0)])
async def test_it_waits_as_long_as_was_waited_then_by_its_speed_but_never_long(
    tmp_path: Path, gap: float, speed: float, waits: float
) -> None:
    first, second = changing(2)
    player = Player(record(tmp_path / "a.rec", [at(0, first), at(gap, second)]))
    player.replayer.speed = speed
    await player.shown.get()
    assert await player.clock.rest() == waits
    await player.stop()


async def test_it_stands_still_and_goes_on_from_where_it_is(tmp_path: Path) -> None:
    shown = changing(3)
    player = Player(record(tmp_path / "a.rec", shown))
    replayer = player.replayer
    await player.shown.get()
    await player.clock.rest()
    replayer.pause()
    assert (await player.shown.get()).snapshot == shown[0]
    player.clock.advance(60)
    assert (replayer.playing, replayer.index, replayer.at, replayer.now()) == (False, 0, NOW, NOW)
    replayer.resume()
    assert (await player.shown.get()).snapshot == shown[0]
    assert await player.clock.rest() == 2.0
    player.clock.advance(2)
    assert (await player.shown.get()).snapshot == shown[1]
    await player.stop()


async def test_from_the_end_it_begins_anew(tmp_path: Path) -> None:
    shown = changing(2)
    player = Player(record(tmp_path / "a.rec", shown))
    await player.shown.get()
    player.replayer.seek(1)
    assert (await player.shown.get()).snapshot == shown[1]
    assert player.replayer.ended
    player.replayer.resume()
    assert (await player.shown.get()).snapshot == shown[0]
    assert player.replayer.playing
    await player.stop()


async def test_where_no_further_entry_changed_anything_it_goes_to_the_nearest_end(tmp_path: Path) -> None:
    first, second = changing(2)
    same = [at(0, first), at(15, first), at(30, second), at(45, second)]
    player = Player(record(tmp_path / "a.rec", same))
    await player.shown.get()
    reached = []
    for direction in (1, 1, -1, -1):
        player.replayer.seek_change(direction)
        reached.append((await player.shown.get()).snapshot)
    assert reached == [same[2], same[3], same[2], same[0]]
    await player.stop()


def test_the_speed_goes_through_its_steps_and_no_further(tmp_path: Path) -> None:
    replayer = Replayer(Recording(record(tmp_path / "a.rec", changing(1))), speed=25.0)
    replayer.change_speed(1)
    assert replayer.speed == 60.0, "the step after 30, which is nearest"
    replayer.change_speed(9)
    assert replayer.speed == SPEEDS[-1]
    replayer.change_speed(-99)
    assert replayer.speed == SPEEDS[0]
    replayer.recording.close()


async def test_what_only_aws_could_do_is_passed_over_or_refused(tmp_path: Path) -> None:
    replayer = Replayer(Recording(record(tmp_path / "a.rec", changing(1))))
    for act in (replayer.refresh, replayer.renew, lambda: replayer.focus(None), lambda: replayer.select(Selection())):
        act()
    assert (replayer.index, replayer.playing) == (0, True)
    with pytest.raises(ReadError, match="This is a recording") as refused:
        await replayer.describe_interface("eni-1")
    assert refused.value.problem.kind is ProblemKind.NOT_OFFERED
    replayer.recording.close()


async def test_an_endpoint_is_looked_into_as_of_the_entry_shown(tmp_path: Path) -> None:
    shown = changing(2)
    player = Player(record(tmp_path / "a.rec", shown))
    with pytest.raises(KeyError):
        await player.replayer.investigate(ENDPOINT, print)
    await player.shown.get()
    player.replayer.seek(1)
    await player.shown.get()
    found = await player.replayer.investigate(ENDPOINT, print, resolve=True)
    assert (found.snapshot, found.endpoint, found.at) == (shown[1], shown[1].endpoints[ENDPOINT], shown[1].taken_at)
    assert (found.timeline, found.names) == (None, ())
    assert [problem.message for problem in found.problems] == [
        "CloudTrail was not asked: this is told from a recording."
    ]
    await player.stop()


async def test_a_problem_from_before_anything_was_read_is_shown_without_a_picture(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.rec")
    recorder.record(update(None, PROBLEM), NOW)
    recorder.record(update(changing(1)[0]), NOW + timedelta(seconds=1))
    recorder.close()
    player = Player(tmp_path / "a.rec")
    first = await player.shown.get()
    assert (first.snapshot, first.status.problem, first.status.read_at) == (None, PROBLEM, None)
    player.replayer.seek(1)
    second = await player.shown.get()
    assert (second.snapshot, second.status.problem, second.status.read_at) == (changing(1)[0], None, NOW)
    await player.stop()


async def test_a_file_that_is_damaged_meanwhile_stands_still_with_the_reason_and_what_was_shown(tmp_path: Path) -> None:
    shown = changing(3)
    path = record(tmp_path / "a.rec", shown)
    player = Player(path)
    await player.shown.get()
    whole = path.read_bytes()
    path.write_bytes(whole[: player.replayer.recording.moments[2].offset])
    player.replayer.seek(2)
    told = await player.shown.get()
    assert told.snapshot == shown[0]
    assert told.status.problem is not None
    assert (told.status.problem.kind, told.status.problem.next_step) == (ProblemKind.DISK, "Open it anew.")
    assert not player.replayer.playing
    player.replayer.seek(1)
    assert (await player.shown.get()).snapshot == shown[1]
    await player.stop()
