"""Read a recording: a file of frames, each with one `RecordingEntry` as MessagePack."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import copy
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO

import msgspec
from msgspec import Struct

from latticetop.follow.recording.bounded_decode import decode
from latticetop.follow.recording.file_format import (
    MAGIC,
    MAX_BODY_SIZE,
    MAX_CHANGES,
    MAX_ENTRIES,
    MAX_TOTAL_SIZE,
    DamagedError,
    read_frame,
)
from latticetop.follow.status import Phase
from latticetop.model.history.trend import Trend
from latticetop.model.incident.investigation import InvestigationRecord
from latticetop.model.records.address import BLOCK_SIZE
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Time
from latticetop.model.snapshot import Snapshot, SnapshotDelta, apply_delta

MAX_BLOCKS = 1 << 22
"""The most blocks of all subnets together, so that a malicious file cannot fill the memory with maps."""
_MAX_SNAPSHOT_SIZE = 3 * MAX_BODY_SIZE
"""The largest key frame with all its deltas, in bytes."""

_COPY_SIZE = 1 << 20

_IDS = {
    "vpcs": attrgetter("vpc_id"),
    "subnets": attrgetter("subnet.subnet_id"),
    "endpoints": attrgetter("vpc_endpoint_id"),
    "associations": attrgetter("association_id"),
}


class RecordingError(Exception):
    """A file that cannot be read or written as a recording; the message is a sentence for the user."""


class RecordingEntry(Struct, frozen=True, rename={"has_changes": "telling"}):
    """One update: a whole snapshot (a key frame), or the changes since the previous entry, or only a problem.

    `has_changes` is whether anything but the times changed; `investigation` is what was found of an endpoint then. The
    names of the fields are those in the file.
    """

    at: Time
    phase: Phase
    problem: Problem | None = None
    snapshot: Snapshot | None = None
    changes: SnapshotDelta | None = None
    has_changes: bool = False
    investigation: InvestigationRecord | None = None


class EntryPosition(Struct, frozen=True, gc=False):
    """The byte offset of an entry in the file, its time, whether it is a key frame and has changes.

    `investigated` is the id of the endpoint whose investigation it has, if any.
    """

    offset: int
    at: datetime
    is_key_frame: bool
    has_changes: bool
    investigated: str = ""


class Recording:
    """A recording opened for reading: it keeps the position of each entry, and reads an entry when needed."""

    def __init__(self, path: Path, file: BinaryIO | None = None) -> None:
        """Open a recording and read it once; a `file` that is open is at its beginning. Raises RecordingError."""
        self.path = path
        self._entry_size = 0
        self._copy: IO[bytes] | None = None
        """What came through a pipe, which can be read only once."""
        self._file = file or self._open()
        try:
            self._read_magic()
            if not self._file.seekable():
                self._file = self._copied()
            self.positions = self._read_positions()
        except RecordingError:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self.positions)

    def reopen(self) -> Recording:
        """Return a copy with a file of its own, for another thread; it shares the positions. Raises RecordingError."""
        other = copy(self)
        other._file = self._open()
        other._copy = None
        return other

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._copy is not None:
            self._copy.close()

    def index_at(self, at: datetime) -> int:
        """Return the index of the last entry at or before a time; 0 for a time before all entries."""
        return max(0, bisect_right(self.positions, at, key=lambda position: position.at) - 1)

    def snapshot(self, index: int) -> Snapshot | None:
        """Return the snapshot after an entry, rebuilt from the last key frame; None before the first key frame."""
        start = next((i for i in range(index, -1, -1) if self.positions[i].is_key_frame), None)
        if start is None:
            return None
        snapshot: Snapshot | None = None
        for i in range(start, index + 1):
            snapshot = apply_entry(snapshot, self.entry(i))
        return snapshot

    def investigation(self, index: int, vpc_endpoint_id: str) -> InvestigationRecord | None:
        """Return what was found last of an endpoint up to an entry, None if nothing was. Raises RecordingError."""
        for i in range(index, -1, -1):
            if self.positions[i].investigated == vpc_endpoint_id:
                return self.entry(i).investigation
        return None

    def entry(self, index: int) -> RecordingEntry:
        """Return the entry at an index. Raises RecordingError if the file was damaged since it was opened."""
        self._file.seek(self.positions[index].offset)
        entry = self._read_entry()
        if entry is None:
            raise self._damaged()
        return entry

    def _open(self) -> BinaryIO:
        path = self.path if self._copy is None else Path(self._copy.name)
        try:
            return path.open("rb")
        except OSError as error:
            raise RecordingError(f"{self.path} cannot be read: {error.strerror}.") from error

    def _copied(self) -> BinaryIO:
        """Copy what is left to read of a pipe to a temporary file, and open that after the first bytes."""
        try:
            self._copy = NamedTemporaryFile(prefix="latticetop-", suffix=".rec")  # noqa: SIM115 - closed with the recording
            self._copy.write(MAGIC)
            while data := self._file.read(_COPY_SIZE):
                self._copy.write(data)
                if self._copy.tell() > MAX_TOTAL_SIZE:
                    raise self._too_large()
            self._copy.flush()
        except OSError as error:
            raise RecordingError(f"{self.path} cannot be copied to a temporary file: {error.strerror}.") from error
        self._file.close()
        file = self._open()
        file.seek(len(MAGIC))
        return file

    def _read_magic(self) -> None:
        try:
            magic = self._file.read(len(MAGIC))
        except OSError as error:
            raise RecordingError(f"{self.path} cannot be read: {error.strerror}.") from error
        if magic != MAGIC:
            raise RecordingError(f"{self.path} is not a latticetop recording.")

    def _read_positions(self) -> tuple[EntryPosition, ...]:
        positions = tuple(self._positions())
        if not any(position.is_key_frame for position in positions):
            raise RecordingError(f"{self.path} has no complete snapshot; the recording ended too early.")
        return positions

    def _positions(self) -> Iterator[EntryPosition]:
        offset, total, entries = self._file.tell(), 0, 0
        size, changes, blocks = 0, 0, dict[str, int]()
        while (entry := self._read_entry()) is not None:
            is_key_frame = entry.snapshot is not None
            size, changes, blocks = (0, 0, {}) if is_key_frame else (size, changes, blocks)
            size, total, entries = size + self._entry_size, total + self._entry_size, entries + 1
            changes += entry.changes is not None
            blocks |= _blocks_by_subnet(entry)
            if total > MAX_TOTAL_SIZE or entries > MAX_ENTRIES:
                raise self._too_large()
            if size > _MAX_SNAPSHOT_SIZE or changes > MAX_CHANGES or sum(blocks.values()) > MAX_BLOCKS:
                raise self._damaged()
            investigated = entry.investigation.vpc_endpoint_id if entry.investigation else ""
            yield EntryPosition(offset, entry.at, is_key_frame, entry.has_changes, investigated)
            offset = self._file.tell()

    def _read_entry(self) -> RecordingEntry | None:
        """The next entry; None at the end of the file, or if it is truncated there."""
        try:
            raw = read_frame(self._file)
            if raw is None:
                return None
            entry = decode(raw, RecordingEntry)
        except MemoryError as error:
            raise RecordingError(f"{self.path} needs more memory than a recording may.") from error
        except (DamagedError, msgspec.MsgspecError, RecursionError, ValueError, OSError) as error:
            raise self._damaged() from error
        if not _keys_match_ids(entry):
            raise self._damaged()
        self._entry_size = len(raw)
        return entry

    def _too_large(self) -> RecordingError:
        return RecordingError(f"{self.path} is larger than a recording may be.")

    def _damaged(self) -> RecordingError:
        return RecordingError(f"{self.path} is damaged, or was written by another version of latticetop.")


def apply_entry(snapshot: Snapshot | None, entry: RecordingEntry) -> Snapshot | None:
    """Return the snapshot after an entry, given the one before it."""
    if entry.snapshot is not None:
        return entry.snapshot
    if entry.changes is not None and snapshot is not None:
        return apply_delta(snapshot, entry.changes)
    return snapshot


def recording_trend(recording: Recording, keep_going: Callable[[int], bool]) -> Trend | None:
    """Compute the trend over a whole recording; safe to call in another thread. Raises RecordingError.

    `keep_going` is called with the number of entries processed so far; None is returned as soon as it returns False.
    """
    trend = Trend()
    snapshot: Snapshot | None = None
    with closing(recording.reopen()) as reopened:
        for index in range(len(reopened)):
            if not keep_going(index):
                return None
            snapshot = apply_entry(snapshot, reopened.entry(index))
            if snapshot is not None:
                trend.add_snapshot(snapshot)
    return trend


def _keys_match_ids(entry: RecordingEntry) -> bool:
    """Whether every record has its own id as its key, and an investigation is of one endpoint."""
    content, found = entry.snapshot or entry.changes, entry.investigation
    if found and found.timeline and found.timeline.vpc_endpoint_id != found.vpc_endpoint_id:
        return False
    return content is None or all(
        id_of(record) == key for name, id_of in _IDS.items() for key, record in getattr(content, name).items()
    )


def _blocks_by_subnet(entry: RecordingEntry) -> dict[str, int]:
    """The number of blocks of each subnet in an entry."""
    content = entry.snapshot or entry.changes
    cidrs = {key: reading.subnet.cidr_block for key, reading in content.subnets.items()} if content else {}
    return {key: cidr.size // BLOCK_SIZE for key, cidr in cidrs.items() if cidr is not None}
