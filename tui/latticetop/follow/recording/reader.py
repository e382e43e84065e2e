"""A recording: every update of a scope in one file of frames, each an `Entry` as MessagePack."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import copy
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from latticetop.follow.recording.file_format import LARGEST, MAGIC, DamagedError, read_frame
from latticetop.follow.status import Phase
from latticetop.model.history.trend import Trend
from latticetop.model.records.address import BLOCK_SIZE
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Time
from latticetop.model.snapshot import Changes, Snapshot, apply_changes


def trend_of(recording: Recording, go_on: Callable[[int], bool]) -> Trend | None:
    """Follow every entry; may run in another thread, as it opens the file anew. RecordingError for a damaged one.

    `go_on` is told how many entries are done, and says whether to go on; None when it did not.
    """
    trend = Trend()
    snapshot: Snapshot | None = None
    with closing(recording.again()) as own:
        for index in range(len(own)):
            if not go_on(index):
                return None
            snapshot = advance(snapshot, own.entry(index))
            if snapshot is not None:
                trend.follow(snapshot)
    return trend


MOST_BLOCKS = 1 << 22
"""Blocks of all subnets together; no account comes near, and a hostile file cannot fill the memory with maps."""


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

    def again(self) -> Recording:
        """The same recording opened once more, for another thread; the index is shared. RecordingError as above."""
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise RecordingError(f"{self.path} cannot be read: {error.strerror}.") from error
        other = copy(self)
        other._file = file
        return other

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
        offset, size, blocks = self._file.tell(), 0, dict[str, int]()
        while (entry := self._read()) is not None:
            key = entry.snapshot is not None
            size, blocks = (0, {}) if key else (size, blocks)
            size += self._size
            blocks |= _blocks(entry)
            if size > 3 * LARGEST or sum(blocks.values()) > MOST_BLOCKS:
                raise self._damaged()
            yield Moment(offset, entry.at, key, entry.telling)
            offset = self._file.tell()

    def _read(self) -> Entry | None:
        """The next whole entry; None at the end or where the file was cut off."""
        try:
            raw = read_frame(self._file)
            if raw is None:
                return None
            entry = msgspec.msgpack.decode(raw, type=Entry)
        except (DamagedError, msgspec.MsgspecError, RecursionError, ValueError, MemoryError) as error:
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


def _keyed(entry: Entry) -> bool:
    """Whether everything stands under its own id."""
    part = entry.snapshot or entry.changes
    return part is None or all(
        identify(value) == key for name, identify in _IDS.items() for key, value in getattr(part, name).items()
    )


def _blocks(entry: Entry) -> dict[str, int]:
    """How many blocks each subnet of an entry has."""
    part = entry.snapshot or entry.changes
    cidrs = {key: reading.subnet.cidr_block for key, reading in part.subnets.items()} if part else {}
    return {key: cidr.size // BLOCK_SIZE for key, cidr in cidrs.items() if cidr is not None}
