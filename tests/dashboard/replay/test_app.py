"""The dashboard on a recording of the incident: its keys, its bar, its time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.replay.bar import ReplayBar
from latticetop.follow.recording.reader import Recording
from latticetop.follow.recording.replayer import Replayer
from latticetop.follow.recording.writer import Recorder
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.snapshot import Snapshot, SubnetReading
from tests.dashboard.accounts import TAKEN, eni, incident, subnet
from tests.dashboard.stage import Stage, playing
from tests.follow.fakes import FakeClock
from tests.recordings import update, write_recording

BEGUN = TAKEN - timedelta(seconds=90)
CHANGED = 4
"""The entry at which the endpoint has come and failed; of seven, fifteen seconds apart."""


def incident_snapshots() -> list[Snapshot]:
    """The incident's account before and after, with nothing but the times changing in between."""
    snapshots = []
    for number in range(7):
        snapshot = incident(before=number < CHANGED)
        at = BEGUN + timedelta(seconds=15 * number)
        snapshots.append(structs.replace(snapshot, taken_at=at, read_at=dict.fromkeys(snapshot.read_at, at)))
    return snapshots


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    recording = Recording(write_recording(tmp_path / "incident.rec", incident_snapshots()))
    yield recording
    recording.close()


class Played:
    """The app on a replayer whose clock is moved by hand."""

    def __init__(self, stage: Stage, replayer: Replayer, clock: FakeClock) -> None:
        self.stage, self.replayer, self.clock = stage, replayer, clock

    @property
    def bar(self) -> list[str]:
        """The two lines of the bar."""
        return [line.strip() for line in self.stage.pane("ReplayBar").splitlines()]

    async def press(self, key: str, index: int) -> None:
        """Press a key, and wait until that entry is shown."""
        await self.stage.press(key)
        await self.until(lambda: self.bar[0].split(" UTC")[1].split(" of")[0].strip() == str(index + 1))

    async def until(self, so: Callable[[], bool]) -> None:
        await self.stage.until(so)


@asynccontextmanager
async def playing_recording(recording: Recording, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Played]:
    clock = FakeClock()
    replayer = Replayer(recording, speed=10.0, clock=clock)
    async with playing(
        replayer,
        size,
        make=partial(ReplayApp, replayer),
        title=recording.path.name,
        now=replayer.now,
    ) as stage:
        await stage.until(lambda: bool(stage.app.view) and bool(stage.app.screen.query(ReplayBar)))
        yield Played(stage, replayer, clock)


async def test_it_plays_at_its_speed_up_to_the_end(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        assert await play.clock.rest() == 1.5
        assert play.bar[0].startswith("playing  2024-12-19 08:19:00 UTC  1 of 7  10x")
        assert "No VPC Lattice endpoint" in play.stage.text
        for _ in range(5):
            play.clock.advance(1.5)
            assert await play.clock.rest() == 1.5
        play.clock.advance(1.5)
        await play.until(lambda: play.bar[0].startswith("the end  2024-12-19 08:20:30 UTC  7 of 7"))
        assert "1 failed but accessible" in play.stage.text
        await play.press("z", 0)
        assert play.bar[0].startswith("playing")


async def test_space_stands_still_and_goes_on(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.stage.press("z")
        await play.until(lambda: play.bar[0].startswith("paused"))
        assert not play.replayer.playing
        await play.stage.press("z")
        await play.until(lambda: play.bar[0].startswith("playing"))
        assert play.replayer.playing


async def test_steps_changes_and_the_start(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.press("full_stop", 1)
        assert play.bar[0].startswith("paused")
        await play.press("full_stop", 2)
        await play.press("comma", 1)
        await play.press("greater_than_sign", CHANGED)
        assert "1 failed but accessible" in play.stage.text
        await play.press("less_than_sign", 0)
        assert "No VPC Lattice endpoint" in play.stage.text
        await play.press("greater_than_sign", CHANGED)
        await play.press("circumflex_accent", 0)


async def test_the_speed_is_changed(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.stage.press("plus")
        await play.until(lambda: "  30x" in play.bar[0])
        await play.stage.press("minus", "minus")
        await play.until(lambda: "  5x" in play.bar[0])


async def test_changes_are_marked_at_their_time_over_the_whole_width(recording: Recording) -> None:
    async with playing_recording(recording, (80, 24)) as play:
        await play.press("full_stop", 1)
        line = play.bar[1]
        assert len(line) == 78
        assert [place for place, mark in enumerate(line) if mark == "|"] == [0, int(CHANGED / 6 * 77)]
        assert line.index("#") == int(1 / 6 * 77)
        assert set(line) == {"|", "-", "#"}
        assert play.bar[0].isascii()


async def test_a_click_on_the_line_goes_there(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.stage.pilot.click(ReplayBar, offset=(118, 1))
        await play.until(lambda: "7 of 7" in play.bar[0])


async def test_ages_are_those_of_the_recording(tmp_path: Path) -> None:
    path, (first, *_) = tmp_path / "late.rec", incident_snapshots()
    recorder = Recorder(path)
    recorder.record(update(first), first.taken_at)
    problem = Problem(ProblemKind.UNREACHABLE, "", "AWS cannot be reached.")
    last_update = update(first)
    last_update = structs.replace(last_update, status=structs.replace(last_update.status, problem=problem))
    recorder.record(last_update, first.taken_at + timedelta(seconds=42))
    recorder.close()
    recording = Recording(path)
    async with playing_recording(recording) as play:
        await play.press("full_stop", 1)
        assert "recorded, with problems   40 s ago" in play.stage.lines[0]
        assert "late.rec" in play.stage.lines[0]
        assert "AWS cannot be reached." in play.stage.text
    recording.close()


async def test_the_bar_stands_on_every_screen_and_its_keys_work_there(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.press("greater_than_sign", CHANGED)
        await play.stage.press("enter")
        await play.until(
            lambda: play.stage.screen_name == "EndpointScreen" and bool(play.stage.app.screen.query(ReplayBar))
        )
        await play.press("full_stop", CHANGED + 1)
        await play.press("circumflex_accent", 0)
        assert "AWS no longer lists this endpoint." in play.stage.text


async def test_the_story_says_that_cloudtrail_was_not_asked(recording: Recording) -> None:
    async with playing_recording(recording) as play:
        await play.press("greater_than_sign", CHANGED)
        await play.stage.press("e")
        await play.until(lambda: "as of 08:20:00 UTC" in play.stage.text)
        await play.stage.press("end")
        await play.until(lambda: "The recording has no CloudTrail events of this endpoint." in play.stage.words)


async def test_a_file_that_is_cut_off_under_its_reader_is_told(tmp_path: Path) -> None:
    """The entry that goes is larger than what a reader has in its buffer."""
    before, after, *_ = incident_snapshots()[CHANGED - 1 :]
    ids = (hashlib.sha256(bytes([n // 256, n % 256])).hexdigest()[:17] for n in range(2_000))
    crowd = SubnetReading(subnet("subnet-1", "10.20.0.0/16"), tuple(eni(f"eni-{each}", "subnet-1") for each in ids))
    after = structs.replace(after, subnets={**after.subnets, "subnet-1": crowd})
    recording = Recording(write_recording(tmp_path / "cut.rec", [before, after]))
    async with playing_recording(recording) as play:
        await play.press("z", 0)
        os.truncate(recording.path, recording.positions[1].offset + 20)
        await play.press("greater_than_sign", 1)
        assert (
            "is damaged, or was written by another version of latticetop. Open the recording again." in play.stage.words
        )
        assert play.bar[0].startswith("the end")
        await play.press("circumflex_accent", 0)
        assert "is damaged" not in play.stage.words
    recording.close()


async def test_the_keys_are_told_and_those_of_no_use_are_not(recording: Recording) -> None:
    async with playing_recording(recording, (80, 24)) as play:
        keys = play.stage.lines[-1]
        assert "z play" in keys and "? help" in keys and "q quit" in keys
        for hint in (", . step", "< > change", "+ - speed", "^ start"):
            assert hint in play.bar[0]
        before = play.stage.app.screen_data.update
        await play.stage.press("r", "a")
        assert play.stage.app.screen_data.update is before
        await play.stage.press("question_mark")
        help_text = play.stage.pane_words("#help")
        for _ in range(8):
            await play.stage.press("ctrl+f")
            help_text += play.stage.pane_words("#help")
        assert "< > previous or next change" in help_text
        assert "read all data now" not in help_text
