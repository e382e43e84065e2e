"""The frames of a recording's file: each the length of its body, its CRC-32, and the body, deflated.

A file begins with `MAGIC`. Length and CRC-32 are four bytes each, big-endian. The bounds see to it that a hostile file
cannot fill the memory, and that no file is written that could not be read.
"""

from __future__ import annotations

import errno
import zlib
from struct import Struct as Layout
from typing import BinaryIO

MAGIC = b"latticetop recording 1\n"
LARGEST = 96 << 20
"""Bytes of a body, inflated; a scope of 100,000 ENIs takes 58 MB, and deflated 5."""
DENSEST, SMALL = 64, 4 << 20
"""How many times its size a body may inflate to, once it comes to so many bytes; ENIs come to 11 times."""
LEVEL = 1
"""Of zlib: a third of the time of level 6, for a tenth more to store."""
_HEAD = Layout(">II")


class DamagedError(Exception):
    """A frame that is not as it was written."""


def frame(raw: bytes) -> bytes:
    """A frame that holds these bytes; OSError when they are too many."""
    if len(raw) > LARGEST:
        raise OSError(errno.EFBIG, "the scope is larger than a recording can hold")
    body = zlib.compress(raw, LEVEL)
    if len(raw) > _most_inflated(body):
        body = zlib.compress(raw, 0)
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def read_frame(file: BinaryIO) -> bytes | None:
    """What the next frame holds; None at the end or where the file was cut off. DamagedError for anything else."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, checksum = _HEAD.unpack(head)
    if length > LARGEST + SMALL:
        raise DamagedError
    body = file.read(length)
    if len(body) < length:
        return None
    if zlib.crc32(body) != checksum:
        raise DamagedError
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(body, _most_inflated(body))
    except zlib.error as error:
        raise DamagedError from error
    if not inflater.eof:
        raise DamagedError
    return raw


def _most_inflated(body: bytes) -> int:
    return min(LARGEST, max(SMALL, len(body) * DENSEST))
