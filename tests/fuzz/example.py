"""One example: what is mutated, as it can be written to a file and run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
from msgspec import Struct

SMALL, LARGE = 200_000, 40_000_000
"""Bytes that a mutation may add: in the suite, and in the command, where a response may pass its limit of 32 MiB."""


class Answer(Struct, frozen=True):
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes


class Example(Struct, frozen=True):
    """The answers to actions, or the content of a file, for a target."""

    target: str
    answers: dict[str, Answer] = {}
    content: bytes = b""

    def __repr__(self) -> str:
        answers = {key: (each.status, each.headers, _shortened(each.body)) for key, each in self.answers.items()}
        return f"Example({self.target!r}, {answers}, {_shortened(self.content)})"

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.write_bytes(msgspec.msgpack.encode(self))


class Target(NamedTuple):
    """Something that reads what others wrote: how an example is drawn, and how it is read.

    `draw` takes the bytes that a mutation may add. `run` raises if the outcome is anything but a value or an error type
    of the project.
    """

    draw: Callable[[Random, int], Example]
    run: Callable[[Example], None]


def read_example(path: Path) -> Example:
    """Read a file that `Example.write` wrote."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Example)


def _shortened(data: bytes, length: int = 2_000) -> str:
    return repr(data) if len(data) <= length else f"{data[:length]!r}… ({len(data):,} bytes)"
