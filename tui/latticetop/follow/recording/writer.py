"""Write a recording."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from io import FileIO
from pathlib import Path

import msgspec

from latticetop.follow.recording.file_format import MAGIC, encode_frame
from latticetop.follow.recording.reader import RecordingEntry, RecordingError
from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot, apply_delta, delta_between

KEY_FRAME_INTERVAL = 120
"""The most entries from one key frame to the next; fewer if their changes are larger than the last key frame."""


class Recorder:
    """Writes updates to a file, redacted if there is a redactor; an update that repeats the last one is skipped."""

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        """Create the file, readable by its owner only. Raises RecordingError if it exists or cannot be written."""
        self.path = path
        self._redactor = redactor
        self._last: Snapshot | None = None
        self._last_written: Snapshot | None = None
        """The last snapshot as it is in the file: redacted if there is a redactor."""
        self._problem: Problem | None = None
        self._entries_since_key_frame = self._key_frame_size = self._changes_size = 0
        try:
            self._file = FileIO(path, "x", opener=_open_private)
        except FileExistsError as error:
            raise RecordingError(f"{path} already exists; choose another name for the recording.") from error
        except OSError as error:
            raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            self._write(MAGIC)
        except OSError as error:
            self.close()
            path.unlink(missing_ok=True)
            raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error

    def record(self, update: Update, at: datetime) -> None:
        """Write an update. Raises OSError if the disk is full; the file is then unchanged."""
        snapshot, problem = update.snapshot, update.status.problem
        if snapshot is self._last and problem == self._problem:
            return
        written_problem = self._redactor.problem(problem) if self._redactor and problem else problem
        entry, written_snapshot = self._entry(snapshot, written_problem, update.status.phase, at)
        raw = msgspec.msgpack.encode(entry)
        self._write(encode_frame(raw))
        self._last, self._last_written, self._problem = snapshot, written_snapshot, problem
        if entry.snapshot is not None:
            self._key_frame_size, self._entries_since_key_frame, self._changes_size = len(raw), 0, 0
        else:
            self._entries_since_key_frame += 1
            self._changes_size += len(raw)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _entry(
        self, snapshot: Snapshot | None, problem: Problem | None, phase: Phase, at: datetime
    ) -> tuple[RecordingEntry, Snapshot | None]:
        """The entry, and the snapshot after it as it is in the file."""
        if snapshot is None or snapshot is self._last:
            return RecordingEntry(at, phase, problem), self._last_written if snapshot else None
        if self._last is None or self._last_written is None or self._last.scope != snapshot.scope:
            written = self._redactor.snapshot(snapshot) if self._redactor else snapshot
            return RecordingEntry(at, phase, problem, snapshot=written, has_changes=True), written
        delta, written = delta_between(self._last, snapshot), snapshot
        if self._redactor:
            delta = self._redactor.delta(delta)
            written = apply_delta(self._last_written, delta)
        has_changes = not delta.empty
        if self._entries_since_key_frame >= KEY_FRAME_INTERVAL or self._changes_size > self._key_frame_size:
            return RecordingEntry(at, phase, problem, snapshot=written, has_changes=has_changes), written
        return RecordingEntry(at, phase, problem, changes=delta, has_changes=has_changes), written

    def _write(self, data: bytes) -> None:
        """Write all of the data or nothing."""
        start, rest = self._file.tell(), memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(start)
                self._file.seek(start)
            raise


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
