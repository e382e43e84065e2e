"""A recording: every update of a scope in one file, as key frames and the changes between them.

A file begins with `MAGIC`; frames follow, each the length of its body (four bytes, big-endian), the CRC-32 of the body
(four bytes) and the body, which is a zlib stream of one MessagePack object, an `Entry`. A file that was cut off ends
with its last whole frame.
"""

from __future__ import annotations

import errno
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from io import FileIO
from operator import attrgetter
from pathlib import Path
from struct import Struct as Layout
from typing import BinaryIO

import msgspec
from msgspec import Struct

from latticetop.model.address import BLOCK_SIZE
from latticetop.model.problem import Problem
from latticetop.model.redact import Redactor
from latticetop.model.resources import Time
from latticetop.model.snapshot import Changes, Snapshot, apply_changes, changes_between

from .status import Phase, Update

MAGIC = b"latticetop recording 1\n"
LARGEST_BODY = 64 << 20
LARGEST_ENTRY = 96 << 20
"""Bytes, before and after inflating; a scope of 100,000 ENIs takes 5 and 58 MB."""
DENSEST, SMALL = 64, 4 << 20
"""How many times its size a body may inflate to, once it comes to so many bytes; ENIs come to 11 times."""
MOST_BLOCKS = 1 << 22
"""Blocks of all subnets together. So bounded, a hostile file cannot fill the memory; no account comes near."""
KEY_EVERY = 120
"""Entries from one key frame to the next; it comes sooner when the changes outweigh the key frame before them."""
LEVEL = 1
"""Of zlib: a third of the time of level 6, for a tenth more to store."""

_HEAD = Layout(">II")
_IDS = {
    "vpcs": attrgetter("vpc_id"),
    "subnets": attrgetter("subnet.subnet_id"),
    "endpoints": attrgetter("vpc_endpoint_id"),
    "associations": attrgetter("association_id"),
}


class RecordingError(Exception):
    """A file that cannot be read or written as a recording; the message is one sentence for a person."""


class Entry(Struct, frozen=True):
    """One update: a whole snapshot, or the changes since the entry before, or neither when only the problem is new.

    `telling` says whether something changed besides the times.
    """

    at: Time
    phase: Phase
    problem: Problem | None = None
    snapshot: Snapshot | None = None
    changes: Changes | None = None
    telling: bool = False


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
        body = _deflated(raw)
        self._write(_HEAD.pack(len(body), zlib.crc32(body)) + body)
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


class Moment(Struct, frozen=True):
    """Where an entry lies in the file, when it was written, and whether it is a key frame or changed anything."""

    offset: int
    at: datetime
    key: bool
    telling: bool


class Recording:
    """A recording opened for reading; keeps an index of its entries and reads each when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            self.moments = self._opened()
        except RecordingError:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self.moments)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def index_at(self, at: datetime) -> int:
        """The last entry at or before a time; the first for a time before all."""
        return max(0, bisect_right(self.moments, at, key=lambda moment: moment.at) - 1)

    def snapshot(self, index: int) -> Snapshot | None:
        """The snapshot as of an entry, rebuilt from the key frame before it; None before the first one."""
        start = next((i for i in range(index, -1, -1) if self.moments[i].key), None)
        if start is None:
            return None
        snapshot: Snapshot | None = None
        for i in range(start, index + 1):
            snapshot = advance(snapshot, self.entry(i))
        return snapshot

    def entry(self, index: int) -> Entry:
        """The entry at an index."""
        self._file.seek(self.moments[index].offset)
        entry = self._read()
        if entry is None:
            raise self._damaged()
        return entry

    def _opened(self) -> tuple[Moment, ...]:
        if self._file.read(len(MAGIC)) != MAGIC:
            raise RecordingError(f"{self.path} is not a latticetop recording.")
        moments = tuple(self._index())
        if not any(moment.key for moment in moments):
            raise RecordingError(f"{self.path} holds no whole snapshot; the recording ended too early.")
        return moments

    def _index(self) -> Iterator[Moment]:
        offset, size, blocks = self._file.tell(), 0, 0
        while (entry := self._read()) is not None:
            key = entry.snapshot is not None
            size, blocks = (self._size, _blocks(entry)) if key else (size + self._size, blocks + _blocks(entry))
            if size > 3 * LARGEST_ENTRY or blocks > MOST_BLOCKS:
                raise self._damaged()
            yield Moment(offset, entry.at, key, entry.telling)
            offset = self._file.tell()

    def _read(self) -> Entry | None:
        """The next whole entry; None at the end or where the file was cut off."""
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        length, checksum = _HEAD.unpack(head)
        if length > LARGEST_BODY:
            raise self._damaged()
        body = self._file.read(length)
        if len(body) < length:
            return None
        if zlib.crc32(body) != checksum:
            raise self._damaged()
        return self._decode(body)

    def _decode(self, body: bytes) -> Entry:
        inflater = zlib.decompressobj()
        try:
            raw = inflater.decompress(body, _most_inflated(body))
            if not inflater.eof:
                raise self._damaged()
            entry = msgspec.msgpack.decode(raw, type=Entry)
        except (zlib.error, msgspec.MsgspecError, RecursionError, ValueError, MemoryError) as error:
            raise self._damaged() from error
        if not _keyed(entry):
            raise self._damaged()
        self._size = len(raw)
        return entry

    def _damaged(self) -> RecordingError:
        return RecordingError(f"{self.path} is damaged, or was written by another version of latticetop.")


def advance(snapshot: Snapshot | None, entry: Entry) -> Snapshot | None:
    """The snapshot after an entry, given the one before it."""
    if entry.snapshot is not None:
        return entry.snapshot
    if entry.changes is not None and snapshot is not None:
        return apply_changes(snapshot, entry.changes)
    return snapshot


def _deflated(raw: bytes) -> bytes:
    """A body that may be read again; OSError when there is none."""
    if len(raw) > LARGEST_ENTRY:
        raise OSError(errno.EFBIG, "the scope is larger than a recording can hold")
    body = zlib.compress(raw, LEVEL)
    return body if len(raw) <= _most_inflated(body) else zlib.compress(raw, 0)


def _most_inflated(body: bytes) -> int:
    return min(LARGEST_ENTRY, max(SMALL, len(body) * DENSEST))


def _keyed(entry: Entry) -> bool:
    """Whether everything stands under its own id."""
    part = entry.snapshot or entry.changes
    return part is None or all(
        identify(value) == key for name, identify in _IDS.items() for key, value in getattr(part, name).items()
    )


def _blocks(entry: Entry) -> int:
    part = entry.snapshot or entry.changes
    cidrs = [reading.subnet.cidr_block for reading in part.subnets.values()] if part else []
    return sum(cidr.size // BLOCK_SIZE for cidr in cidrs if cidr is not None)
