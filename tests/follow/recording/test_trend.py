"""The counts over a whole recording are those that were followed live."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from latticetop.follow.recording.reader import Recording, RecordingError, trend_of
from latticetop.follow.recording.writer import Recorder
from latticetop.model.history.trend import Trend
from latticetop.model.snapshot import Snapshot
from tests.follow.recording.test_reader import PROBLEM, update
from tests.recordings import INCIDENT, snapshots, write


@pytest.fixture(scope="module")
def shown() -> list[Snapshot]:
    return asyncio.run(snapshots("incident", INCIDENT))


@pytest.fixture
def recording(tmp_path: Path, shown: list[Snapshot]) -> Iterator[Recording]:
    found = Recording(write(tmp_path / "incident.rec", shown))
    yield found
    found.close()


def test_it_is_what_was_followed_live(recording: Recording, shown: list[Snapshot]) -> None:
    live, done = Trend(), list[int]()
    for each in shown:
        live.follow(each)

    def go_on(index: int) -> bool:
        done.append(index)
        return True

    found = trend_of(recording, go_on)
    assert found is not None
    for one, other in ((found.subnets, live.subnets), (found.vpcs, live.vpcs)):
        assert {key: list(series) for key, series in one.items()} == {key: list(s) for key, s in other.items()}
    assert (found.begun, found.until) == (live.begun, live.until)
    assert any(len(series) > 1 for series in found.subnets.values()), "the incident takes blocks"
    assert done == list(range(len(recording)))
    assert recording.snapshot(0) == shown[0], "the recording is still open"


def test_entries_from_before_anything_was_read_are_passed_over(tmp_path: Path, shown: list[Snapshot]) -> None:
    recorder = Recorder(tmp_path / "late.rec")
    recorder.record(update(None, PROBLEM), shown[0].taken_at - timedelta(minutes=5))
    recorder.record(update(shown[0]), shown[0].taken_at)
    recorder.close()
    with closing(Recording(tmp_path / "late.rec")) as late:
        found = trend_of(late, lambda _: True)
    assert found is not None
    assert found.begun == found.until == shown[0].taken_at.timestamp()
    assert found.subnets.keys() == shown[0].subnets.keys()


def test_it_stops_when_told_to(recording: Recording) -> None:
    assert trend_of(recording, lambda index: index < 2) is None


def test_a_file_that_went_or_was_damaged_meanwhile_is_told_of(recording: Recording) -> None:
    whole = recording.path.read_bytes()
    recording.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RecordingError, match="is damaged"):
        trend_of(recording, lambda _: True)
    recording.path.unlink()
    with pytest.raises(RecordingError, match="cannot be read"):
        trend_of(recording, lambda _: True)
