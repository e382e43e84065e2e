"""What a recorder writes: skipped updates, key frames, file permissions, and failures."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from latticetop.follow.recording import file_format, writer
from latticetop.follow.recording.reader import Recording, RecordingError
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase
from latticetop.model.incident.investigation import InvestigationRecord, Resolution
from latticetop.model.incident.timeline import Timeline, TimelineEntry
from latticetop.model.redact import Redactor
from tests.follow.conftest import full_disk
from tests.model.builders import ENDPOINT, NOW, incident
from tests.recordings import PROBLEM, changing_snapshots, update, write_recording


def test_repeated_updates_are_skipped_and_problems_are_kept(tmp_path: Path) -> None:
    recorder, only = Recorder(tmp_path / "a.rec"), incident()
    recorder.record(update(None, PROBLEM), NOW)
    for _ in range(3):
        recorder.record(update(only), NOW)
    recorder.record(update(only, PROBLEM), NOW)
    recorder.close()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        assert [recording.entry(i).problem for i in range(len(recording))] == [PROBLEM, None, PROBLEM]
        assert [position.has_changes for position in recording.positions] == [False, True, False]
        assert recording.snapshot(0) is None


def test_a_key_frame_is_written_when_the_changes_are_larger_than_the_last_one(tmp_path: Path) -> None:
    with closing(Recording(write_recording(tmp_path / "a.rec", changing_snapshots(40)))) as recording:
        key_frames = [index for index, position in enumerate(recording.positions) if position.is_key_frame]
        assert 1 < len(key_frames) < 40
        assert all(position.has_changes for position in recording.positions)


def test_a_key_frame_without_changes_is_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "KEY_FRAME_INTERVAL", 1)
    equal = [structs.replace(incident(), taken_at=NOW + timedelta(seconds=n)) for n in range(4)]
    with closing(Recording(write_recording(tmp_path / "a.rec", equal))) as recording:
        assert [(position.is_key_frame, position.has_changes) for position in recording.positions] == [
            (True, True),
            (False, False),
            (True, False),
            (False, False),
        ]


def test_a_scope_that_is_too_large_raises_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_format, "MAX_BODY_SIZE", 1_000)
    recorder = Recorder(tmp_path / "a.rec")
    with pytest.raises(OSError, match="the account and Region is too large for a recording"):
        recorder.record(update(incident()), NOW)
    recorder.close()


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    path.write_bytes(b"hello")
    with pytest.raises(RecordingError, match="already exists; choose another name for the recording"):
        Recorder(path)
    assert path.read_bytes() == b"hello"


def test_no_file_is_left_if_the_header_cannot_be_written(tmp_path: Path) -> None:
    with full_disk(0), pytest.raises(RecordingError, match="cannot be written: File too large"):
        Recorder(tmp_path / "a.rec")
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_can_read_a_recording(tmp_path: Path) -> None:
    Recorder(tmp_path / "a.rec").close()
    assert (tmp_path / "a.rec").stat().st_mode & 0o077 == 0


def test_a_number_beyond_64_bits_is_recorded_as_the_largest(tmp_path: Path) -> None:
    snapshot = incident()
    subnet_id, reading = next(iter(snapshot.subnets.items()))
    for count, recorded in ((10**30, (1 << 63) - 1), (-(10**30), 1 - (1 << 63))):
        subnet = structs.replace(reading.subnet, available_ip_address_count=count)
        absurd = structs.replace(snapshot, subnets={subnet_id: structs.replace(reading, subnet=subnet)})
        path = write_recording(tmp_path / f"{recorded}.rec", [absurd])
        with closing(Recording(path)) as recording:
            read = recording.snapshot(0)
        assert read is not None
        assert read.subnets[subnet_id].subnet.available_ip_address_count == recorded
        assert read.endpoints == absurd.endpoints


@pytest.mark.parametrize("limit", ["MAX_TOTAL_SIZE", "MAX_ENTRIES"])
def test_a_full_recording_is_an_error_and_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    snapshots = changing_snapshots(3)
    size = len(msgspec.msgpack.encode(snapshots[0])) * 3 // 2
    monkeypatch.setattr(writer, limit, size if limit == "MAX_TOTAL_SIZE" else 1)
    recorder = Recorder(tmp_path / "a.rec")
    recorder.record(update(snapshots[0]), NOW)
    with pytest.raises(RecordingError, match=r"a\.rec has reached the largest size of a recording\."):
        for snapshot in changing_snapshots(60)[1:]:
            recorder.record(update(snapshot), NOW)
    assert recorder.failure is not None
    recorder.close()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        assert recording.snapshot(0) == snapshots[0]


def test_what_an_investigation_found_is_redacted(tmp_path: Path) -> None:
    entry = TimelineEntry("CreateVpcEndpoint", (NOW,), subnet_id="subnet-1", error_message="no room for Alice")
    timeline = Timeline(ENDPOINT, NOW, (entry,), 0, NOW, NOW)
    found = InvestigationRecord(ENDPOINT, timeline, (Resolution("alice.example", problem="no Alice"),), (PROBLEM,))
    recorder = Recorder(tmp_path / "a.rec", Redactor())
    recorder.record(update(incident()), NOW)
    recorder.record_investigation(found, Phase.WAITING, NOW)
    recorder.close()
    with closing(Recording(tmp_path / "a.rec")) as recording:
        written = recording.investigation(1, ENDPOINT)
    assert written is not None and written.timeline is not None
    assert "lice" not in str(written)
    assert [event.subnet_id for event in written.timeline.entries] == ["subnet-1"]
