"""What a recorder writes: skipped updates, key frames, file permissions, and failures."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from latticetop.follow.recording import file_format, writer
from latticetop.follow.recording.reader import Recording, RecordingError
from latticetop.follow.recording.writer import Recorder
from tests.follow.conftest import full_disk
from tests.model.builders import NOW, incident
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
    with pytest.raises(OSError, match="the scope is too large for a recording"):
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
