"""Writing a recording."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from io import FileIO
from pathlib import Path

import msgspec

from latticetop.follow.recording.file_format import MAGIC, frame
from latticetop.follow.recording.reader import Entry, RecordingError
from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot, apply_changes, changes_between

KEY_EVERY = 120
"""Entries from one key frame to the next; it comes sooner when the changes outweigh the key frame before them."""


class Recorder:
    """Writes updates to a file as they come, redacted if asked for; what repeats the update before is left out."""

    def __init__(self, path: Path, redactor: Redactor | None = None) -> None:
        self.path = path
        self._redactor = redactor
        self._last: Snapshot | None = None
        self._shown: Snapshot | None = None
        """The last snapshot as it is written, which is redacted."""
        self._problem: Problem | None = None
        self._since_key = self._key_size = self._changed = 0
        try:
            self._file = FileIO(path, "x", opener=_private)
        except FileExistsError as error:
            raise RecordingError(f"{path} exists already; give another name for the recording.") from error
        except OSError as error:
            raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            self._write(MAGIC)
        except OSError as error:
            self.close()
            path.unlink(missing_ok=True)
            raise RecordingError(f"{path} cannot be written: {error.strerror}.") from error

    def record(self, update: Update, at: datetime) -> None:
        """Write an update; OSError when the disk is full, and the file is then as it was before."""
        snapshot, problem = update.snapshot, update.status.problem
        if snapshot is self._last and problem == self._problem:
            return
        told = self._redactor.problem(problem) if self._redactor and problem else problem
        entry, shown = self._entry(snapshot, told, update.status.phase, at)
        raw = msgspec.msgpack.encode(entry)
        self._write(frame(raw))
        self._last, self._shown, self._problem = snapshot, shown, problem
        if entry.snapshot is not None:
            self._key_size, self._since_key, self._changed = len(raw), 0, 0
        else:
            self._since_key, self._changed = self._since_key + 1, self._changed + len(raw)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _entry(
        self, snapshot: Snapshot | None, problem: Problem | None, phase: Phase, at: datetime
    ) -> tuple[Entry, Snapshot | None]:
        """The entry, and the snapshot that it leads to."""
        if snapshot is None or snapshot is self._last:
            return Entry(at, phase, problem), self._shown if snapshot else None
        if self._last is None or self._shown is None or self._last.scope != snapshot.scope:
            shown = self._redactor.snapshot(snapshot) if self._redactor else snapshot
            return Entry(at, phase, problem, snapshot=shown, telling=True), shown
        changes, shown = changes_between(self._last, snapshot), snapshot
        if self._redactor:
            changes = self._redactor.changes(changes)
            shown = apply_changes(self._shown, changes)
        if self._since_key >= KEY_EVERY or self._changed > self._key_size:
            return Entry(at, phase, problem, snapshot=shown, telling=not changes.empty), shown
        return Entry(at, phase, problem, changes=changes, telling=not changes.empty), shown

    def _write(self, data: bytes) -> None:
        """Write all of it or nothing."""
        begun, rest = self._file.tell(), memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(begun)
                self._file.seek(begun)
            raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
