"""Reading recordings: snapshots, damaged and malicious files, and the trend over a whole recording."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from latticetop.follow.recording import file_format, writer
from latticetop.follow.recording.file_format import MAGIC, encode_frame
from latticetop.follow.recording.reader import Recording, RecordingEntry, RecordingError, apply_entry, recording_trend
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase
from latticetop.model.history.trend import Trend
from latticetop.model.snapshot import Snapshot, SnapshotDelta
from tests.model.builders import NOW, A, incident, reading, snapshot
from tests.recordings import INCIDENT_PAUSES, PROBLEM, changing_snapshots, read_snapshots, update, write_recording


@pytest.mark.parametrize("interval", [1, 3, 120])
def test_every_snapshot_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interval: int) -> None:
    monkeypatch.setattr(writer, "KEY_FRAME_INTERVAL", interval)
    snapshots = changing_snapshots(8)
    with closing(Recording(write_recording(tmp_path / "a.rec", snapshots))) as recording:
        assert [recording.snapshot(index) for index in range(8)] == snapshots
        assert [position.at for position in recording.positions] == [each.taken_at for each in snapshots]


def test_a_recording_with_one_entry(tmp_path: Path) -> None:
    only = snapshot(reading(A, "10.0.0.0/26"))
    with closing(Recording(write_recording(tmp_path / "a.rec", [only]))) as recording:
        assert recording.snapshot(0) == only
        assert recording.index_at(NOW - timedelta(days=1)) == 0


def test_the_index_at_a_time_is_that_of_the_last_entry_by_then(tmp_path: Path) -> None:
    with closing(Recording(write_recording(tmp_path / "a.rec", changing_snapshots(3)))) as recording:
        seconds = (-1, 0, 14, 15, 29, 30, 99)
        assert [recording.index_at(NOW + timedelta(seconds=s)) for s in seconds] == [0, 0, 0, 1, 1, 2, 2]


def test_a_truncated_file_is_read_up_to_its_last_complete_entry(tmp_path: Path) -> None:
    whole = write_recording(tmp_path / "a.rec", changing_snapshots(4)).read_bytes()
    truncated = tmp_path / "truncated.rec"
    truncated.write_bytes(whole[:-1])
    with closing(Recording(truncated)) as recording:
        assert len(recording) == 3
    for length in range(len(MAGIC), len(whole), 97):
        truncated.write_bytes(whole[:length])
        try:
            Recording(truncated).close()
        except RecordingError as error:
            assert str(error) == f"{truncated} has no complete snapshot; the recording ended too early."


def test_damaged_and_other_files_have_a_message(tmp_path: Path) -> None:
    whole = write_recording(tmp_path / "a.rec", changing_snapshots(4)).read_bytes()
    other = tmp_path / "b.rec"
    body = zlib.compress(b"\x00" * 1_000)
    for content, message in [
        (b"hello", "is not a latticetop recording"),
        (whole[:200] + b"?" + whole[201:], "is damaged"),
        (MAGIC + file_format._HEADER.pack(1 << 31, 0), "is damaged"),
        (MAGIC + file_format._HEADER.pack(len(body), zlib.crc32(body)) + body, "is damaged"),
        (MAGIC, "ended too early"),
    ]:
        other.write_bytes(content)
        with pytest.raises(RecordingError, match=message):
            Recording(other)
    with pytest.raises(RecordingError, match="cannot be read"):
        Recording(tmp_path / "none.rec")


def test_a_body_above_the_maximum_size_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_format, "MAX_BODY_SIZE", 1_000)
    bomb = zlib.compress(b"\x90" * 100_000)
    path = tmp_path / "bomb.rec"
    path.write_bytes(MAGIC + file_format._HEADER.pack(len(bomb), zlib.crc32(bomb)) + bomb)
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(path)


def test_a_body_above_the_maximum_ratio_is_damaged(tmp_path: Path) -> None:
    body = zlib.compress(b"\x90" * (file_format.UNLIMITED_RATIO_SIZE + 1))
    path = tmp_path / "dense.rec"
    path.write_bytes(MAGIC + file_format._HEADER.pack(len(body), zlib.crc32(body)) + body)
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(path)


def test_a_uniform_account_beyond_the_maximum_ratio_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_format, "UNLIMITED_RATIO_SIZE", 1_000)
    monkeypatch.setattr(file_format, "MAX_RATIO", 10)
    uniform = snapshot(*(reading(f"subnet-{n}", None) for n in range(3_000)))
    with closing(Recording(write_recording(tmp_path / "a.rec", [uniform]))) as recording:
        assert recording.snapshot(0) == uniform


def write_entries(path: Path, *entries: RecordingEntry) -> Path:
    """Write a file with these entries, valid or not."""
    path.write_bytes(MAGIC + b"".join(encode_frame(msgspec.msgpack.encode(entry)) for entry in entries))
    return path


def test_the_names_of_the_fields_in_the_file() -> None:
    entry = RecordingEntry(NOW, Phase.WAITING, has_changes=True)
    names = {"at", "phase", "problem", "snapshot", "changes", "telling", "investigation"}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry)).keys() == names


def test_a_record_with_the_key_of_another_one_is_damaged(tmp_path: Path) -> None:
    mixed = structs.replace(incident(), subnets={"subnet-1": incident().subnets[A]})
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(write_entries(tmp_path / "a.rec", RecordingEntry(NOW, Phase.WAITING, snapshot=mixed)))


def test_too_many_blocks_are_damaged(tmp_path: Path) -> None:
    """A /12 has 65,536 blocks: 65 of them are more than four million."""
    wide = snapshot(*(reading(f"subnet-{n}", f"{10 + n}.0.0.0/12") for n in range(65)))
    with pytest.raises(RecordingError, match="is damaged"):
        Recording(write_entries(tmp_path / "a.rec", RecordingEntry(NOW, Phase.WAITING, snapshot=wide)))


def test_changes_before_the_first_key_frame_are_ignored(tmp_path: Path) -> None:
    early = RecordingEntry(NOW, Phase.READING, changes=SnapshotDelta(incident().scope, NOW, ()))
    key_frame = RecordingEntry(NOW, Phase.WAITING, snapshot=incident())
    with closing(Recording(write_entries(tmp_path / "a.rec", early, key_frame))) as recording:
        assert (recording.snapshot(0), recording.snapshot(1)) == (None, incident())
        assert apply_entry(None, recording.entry(0)) is None


def test_a_file_truncated_after_it_was_opened_is_damaged(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.rec", changing_snapshots(3))
    with closing(Recording(path)) as recording:
        path.write_bytes(path.read_bytes()[: recording.positions[2].offset + 4])
        assert recording.snapshot(1) == changing_snapshots(3)[1]
        with pytest.raises(RecordingError, match="is damaged"):
            recording.entry(2)


@pytest.fixture(scope="module")
def incident_snapshots() -> list[Snapshot]:
    return asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))


@pytest.fixture
def recording(tmp_path: Path, incident_snapshots: list[Snapshot]) -> Iterator[Recording]:
    with closing(Recording(write_recording(tmp_path / "incident.rec", incident_snapshots))) as opened:
        yield opened


def test_the_trend_equals_that_of_the_live_snapshots(recording: Recording, incident_snapshots: list[Snapshot]) -> None:
    live, indexes = Trend(), list[int]()
    for each in incident_snapshots:
        live.add_snapshot(each)

    def keep_going(index: int) -> bool:
        indexes.append(index)
        return True

    trend = recording_trend(recording, keep_going)
    assert trend is not None
    for one, other in ((trend.subnets, live.subnets), (trend.vpcs, live.vpcs)):
        assert {key: list(series) for key, series in one.items()} == {key: list(s) for key, s in other.items()}
    assert (trend.start, trend.end) == (live.start, live.end)
    assert any(len(series) > 1 for series in trend.subnets.values()), "the incident takes blocks"
    assert indexes == list(range(len(recording)))
    assert recording.snapshot(0) == incident_snapshots[0], "the recording is still open"


def test_the_trend_starts_with_the_first_snapshot(tmp_path: Path, incident_snapshots: list[Snapshot]) -> None:
    first = incident_snapshots[0]
    recorder = Recorder(tmp_path / "late.rec")
    recorder.record(update(None, PROBLEM), first.taken_at - timedelta(minutes=5))
    recorder.record(update(first), first.taken_at)
    recorder.close()
    with closing(Recording(tmp_path / "late.rec")) as late:
        trend = recording_trend(late, lambda _: True)
    assert trend is not None
    assert trend.start == trend.end == first.taken_at.timestamp()
    assert trend.subnets.keys() == first.subnets.keys()


def test_the_trend_stops_when_told_to(recording: Recording) -> None:
    assert recording_trend(recording, lambda index: index < 2) is None


def test_the_trend_of_a_file_damaged_or_deleted_meanwhile_is_an_error(recording: Recording) -> None:
    whole = recording.path.read_bytes()
    recording.path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RecordingError, match="is damaged"):
        recording_trend(recording, lambda _: True)
    recording.path.unlink()
    with pytest.raises(RecordingError, match="cannot be read"):
        recording_trend(recording, lambda _: True)
