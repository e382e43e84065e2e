"""Files with answers of AWS in place of an account: read within the limits of recordings, grouped into scopes."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from stat import S_ISDIR, S_ISFIFO, S_ISREG
from typing import BinaryIO, NoReturn

from msgspec import Struct

from latticetop.aws.answers.answer import Answer, MissingAnswer, read_answers
from latticetop.aws.answers.scope_answers import ScopeAnswers, group
from latticetop.follow.recording.bounded_decode import MAX_GROWTH, resident_size
from latticetop.follow.recording.file_format import (
    MAGIC,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_TOTAL_SIZE,
    UNLIMITED_RATIO_SIZE,
)
from latticetop.follow.recording.reader import MAX_BLOCKS
from latticetop.model.records.address import BLOCK_SIZE
from latticetop.model.records.problem import Problem, ProblemKind

STDIN = "-"
_NEXT_STEP = "Ask for text that aws ec2 describe-… --output json printed, or for the directory of latticetop dump."
_GZIP = b"\x1f\x8b"
_HEAD_SIZE = 4096


class AnswerFilesError(Exception):
    """Files that cannot be read, or hold nothing of AWS; the message is a sentence for the user."""


class FileScopes(Struct):
    """The scopes that files hold, what in the files was of no use, and the newest time in them."""

    scopes: list[ScopeAnswers]
    problems: tuple[Problem, ...]
    newest: datetime


def read_files(names: Sequence[str], stream: BinaryIO | None = None) -> FileScopes:
    """Read what these files and directories hold of AWS's answers; `stream` is the only one, if it is open already.

    Raises AnswerFilesError.
    """
    reading = _Reading()
    try:
        if stream is not None:
            with stream:
                reading.read_stream(Path(names[0]), stream)
        else:
            for name in names:
                reading.read(name)
    except MemoryError:
        raise AnswerFilesError("The answers in the files take too much memory.") from None
    scopes = group(reading.answers, reading.missing)
    if not scopes:
        reason = next((str(problem) for problem in reading.problems), "")
        first = "stdin" if names[0] == STDIN else names[0]
        where = f"{first} and {len(names) - 1} more have" if len(names) > 1 else f"{first} has"
        ending = "and are no recordings" if len(names) > 1 else "and is no recording"
        raise AnswerFilesError(reason or f"{where} no answers of the AWS CLI as JSON, {ending}. {_NEXT_STEP}")
    _refuse_too_many_blocks(scopes)
    times = [at for scope in scopes for at in scope.times]
    return FileScopes(scopes, tuple(dict.fromkeys(reading.problems)), max(times, default=datetime.now(UTC)))


class _Reading:
    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.missing: list[MissingAnswer] = []
        self.problems: list[Problem] = []
        self._size = self._count = 0
        self._largest = 0
        self._start = resident_size()

    def read(self, name: str) -> None:
        """Read a file, a directory or stdin that the user named."""
        if name == STDIN:
            if sys.stdin is None:
                raise AnswerFilesError("There is no stdin to read.")
            self.read_stream(Path(STDIN), sys.stdin.buffer)
            return
        path = Path(name)
        try:
            mode = path.stat().st_mode
            if S_ISDIR(mode):
                os.listdir(path)
                for file in _files_below(path):
                    self._read_within(file)
            elif S_ISREG(mode) or S_ISFIFO(mode):
                with path.open("rb") as stream:
                    self.read_stream(path, stream)
            else:
                raise AnswerFilesError(f"{name} is neither a file nor a directory.")
        except OSError as error:
            raise AnswerFilesError(f"{name} cannot be read: {error.strerror}.") from error

    def read_stream(self, path: Path, stream: BinaryIO) -> None:
        """Read an open file."""
        try:
            self._take(path, self._read_all(stream, str(path)))
        except OSError as error:
            raise AnswerFilesError(f"{path} cannot be read: {error.strerror}.") from error

    def _read_within(self, path: Path) -> None:
        """Read a file of a directory, unless it is plainly no text."""
        self._count += 1
        if self._count > MAX_ENTRIES:
            raise AnswerFilesError(f"{path.parent} has more than {MAX_ENTRIES:,} files.")
        try:
            with path.open("rb") as stream:
                head = stream.read(_HEAD_SIZE)
                if head.startswith(MAGIC):
                    message = f"{path} is a recording, and is not read beside other files."
                    self.problems.append(Problem(ProblemKind.USAGE, "", message, f"Name it alone: --from {path}"))
                elif b"\0" not in head or head.startswith((_GZIP, b"\xff\xfe", b"\xfe\xff")):
                    self._take(path, head + self._read_all(stream, str(path), len(head)))
        except OSError as error:
            raise _unreadable(path, error) from error

    def _read_all(self, stream: BinaryIO, name: str, begun: int = 0) -> bytes:
        left = max(0, MAX_TOTAL_SIZE - self._size - begun)
        data = stream.read(left + 1)
        if self._size + begun + len(data) > MAX_TOTAL_SIZE:
            raise AnswerFilesError(f"{name} is too large: more than {MAX_TOTAL_SIZE >> 20:,} MB of answers.")
        return data

    def _take(self, path: Path, data: bytes) -> None:
        if data.startswith(MAGIC):
            raise AnswerFilesError(f"{path} is a recording: name it alone.")
        if data.startswith(_GZIP):
            data = self._unpacked(path, data)
        self._size += len(data)
        self._largest = max(self._largest, len(data))
        contents = read_answers(path, data, self._check_memory)
        self.answers += contents.answers
        self.missing += contents.missing
        self.problems += contents.problems

    def _unpacked(self, path: Path, data: bytes) -> bytes:
        limit = min(MAX_TOTAL_SIZE - self._size, max(UNLIMITED_RATIO_SIZE, len(data) * MAX_RATIO))
        try:
            with gzip.open(BytesIO(data)) as stream:
                text = stream.read(limit + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise AnswerFilesError(f"{path} is cut off or damaged, and cannot be unpacked.") from error
        if len(text) > limit:
            raise AnswerFilesError(f"{path} becomes too large when it is unpacked.")
        return text

    def _check_memory(self) -> None:
        if resident_size() > self._start + self._largest + MAX_GROWTH:
            raise MemoryError


def _files_below(directory: Path) -> Iterator[Path]:
    """Yield the regular files of a directory and those below it, by name; without hidden ones.

    Raises AnswerFilesError for a directory that cannot be read.
    """
    for folder, folders, files in os.walk(directory, onerror=_raise_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _raise_unreadable(error: OSError) -> NoReturn:
    raise _unreadable(Path(error.filename), error)


def _unreadable(path: Path, error: OSError) -> AnswerFilesError:
    """The error of a file below a directory, without which nothing is known to be whole."""
    step = "Change its permissions, or name the other files."
    return AnswerFilesError(f"{path} cannot be read: {error.strerror}. {step}")


def _refuse_too_many_blocks(scopes: Sequence[ScopeAnswers]) -> None:
    cidrs = [subnet.cidr_block for scope in scopes for subnet in scope.subnets.values() if subnet.cidr_block]
    if sum(cidr.size for cidr in cidrs) // BLOCK_SIZE > MAX_BLOCKS:
        raise AnswerFilesError("The subnets in the files are too large together.")
