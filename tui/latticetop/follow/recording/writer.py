"""Write a recording."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec

from latticetop.follow.recording.file_format import MAGIC, MAX_ENTRIES, MAX_TOTAL_SIZE, encode_frame
from latticetop.follow.recording.reader import RecordingEntry, RecordingError
from latticetop.follow.status import Phase, Update
from latticetop.model.incident.investigation import InvestigationRecord
from latticetop.model.records.problem import Problem
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot, apply_delta, delta_between

KEY_FRAME_INTERVAL = 120
"""The most entries from one key frame to the next; fewer if their changes are larger than the last key frame."""


MAX_INTEGER = (1 << 63) - 1
"""The largest integer in a recording."""


class Recorder:
    """Writes updates to a file, redacted if there is a redactor; an update that repeats the last one is skipped."""

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        """Create the file, readable by its owner only. Raises RecordingError if it exists or cannot be written."""
        self.path = path
        self.failure: Exception | None = None
        """Why the last update could not be written; None if it was."""
        self._redactor = redactor
        self._last: Snapshot | None = None
        self._last_written: Snapshot | None = None
        """The last snapshot as it is in the file: redacted if there is a redactor."""
        self._problem: Problem | None = None
        self._written_problem: Problem | None = None
        self._investigations: dict[str, InvestigationRecord] = {}
        self._entries_written = self._total_size = 0
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
        """Write an update. Raises OSError if the disk is full, RecordingError if the file is; it is then unchanged."""
        snapshot, problem = update.snapshot, update.status.problem
        if snapshot is self._last and problem == self._problem:
            return
        with self._keeping_failure():
            written_problem = self._redactor.problem(problem) if self._redactor and problem else problem
            entry, written_snapshot = self._entry(snapshot, written_problem, update.status.phase, at)
            size = self._write_entry(entry)
        self._last, self._last_written, self._problem = snapshot, written_snapshot, problem
        self._written_problem = written_problem
        if entry.snapshot is not None:
            self._key_frame_size, self._entries_since_key_frame, self._changes_size = size, 0, 0
        else:
            self._entries_since_key_frame += 1
            self._changes_size += size

    def record_investigation(self, found: InvestigationRecord, phase: Phase, at: datetime) -> None:
        """Write what an investigation found, unless the last one of the endpoint found the same. Raises as `record`."""
        if self._investigations.get(found.vpc_endpoint_id) == found:
            return
        with self._keeping_failure():
            written = self._redactor.record(found) if self._redactor else found
            self._write_entry(RecordingEntry(at, phase, self._written_problem, investigation=written))
        self._investigations[found.vpc_endpoint_id] = found

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

    @contextmanager
    def _keeping_failure(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.failure = error
            raise
        self.failure = None

    def _write_entry(self, entry: RecordingEntry) -> int:
        """Write an entry and return its size before compression."""
        raw = _encode(entry)
        if self._entries_written >= MAX_ENTRIES or self._total_size + len(raw) > MAX_TOTAL_SIZE:
            raise RecordingError(f"{self.path} has reached the largest size of a recording.")
        self._write(encode_frame(raw))
        self._entries_written += 1
        self._total_size += len(raw)
        return len(raw)

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


def _encode(entry: RecordingEntry) -> bytes:
    """Encode an entry; numbers that MessagePack cannot hold become the nearest one that it can."""
    try:
        return msgspec.msgpack.encode(entry)
    except OverflowError:
        return msgspec.msgpack.encode(_clamped(msgspec.to_builtins(entry, builtin_types=(datetime,))))


def _clamped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clamped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clamped(item) for item in value]
    return max(-MAX_INTEGER, min(value, MAX_INTEGER)) if type(value) is int else value


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
