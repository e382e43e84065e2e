"""The frames of a recording file: each has the length of its body, its CRC-32, and the body, compressed by zlib.

A file begins with `MAGIC`. Length and CRC-32 are big-endian unsigned integers of four bytes. The limits make sure that
a malicious file cannot fill the memory, and that no file is written that could not be read.
"""

from __future__ import annotations

import errno
import zlib
from struct import Struct as Layout
from typing import BinaryIO

MAGIC = b"latticetop recording 1\n"
MAGIC_OF_ANY_VERSION = b"latticetop recording"
MAX_BODY_SIZE = 64 << 20
"""The largest decompressed body in bytes; a scope with 100,000 ENIs takes 58 MB, compressed 5 MB."""
MAX_TOTAL_SIZE, MAX_ENTRIES = 1 << 30, 500_000
"""The most decompressed bytes and entries of a file: reading them takes less than 10 s."""
MAX_CHANGES = 240
"""The most entries with changes that may follow a key frame: each takes time when one of them is looked at."""
MAX_RATIO, UNLIMITED_RATIO_SIZE = 64, 4 << 20
"""The largest compression ratio of a body above this decompressed size in bytes; ENIs have a ratio of 11."""
COMPRESSION_LEVEL = 1
"""Takes a third of the time of level 6, for files a tenth larger."""
_HEADER = Layout(">II")


class DamagedError(Exception):
    """A frame that differs from what was written."""


def encode_frame(raw: bytes) -> bytes:
    """Return a frame with these bytes; raises OSError (EFBIG) if they are too large."""
    if len(raw) > MAX_BODY_SIZE:
        raise OSError(errno.EFBIG, "the account and Region is too large for a recording")
    body = zlib.compress(raw, COMPRESSION_LEVEL)
    if len(raw) > _max_decompressed_size(body):
        body = zlib.compress(raw, 0)
    return _HEADER.pack(len(body), zlib.crc32(body)) + body


def read_frame(file: BinaryIO) -> bytes | None:
    """Return the decompressed body of the next frame; None at the end of the file, or if it is truncated there.

    Raises DamagedError for anything else.
    """
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    length, checksum = _HEADER.unpack(header)
    if length > MAX_BODY_SIZE + UNLIMITED_RATIO_SIZE:
        raise DamagedError
    body = file.read(length)
    if len(body) < length:
        return None
    if zlib.crc32(body) != checksum:
        raise DamagedError
    decompressor = zlib.decompressobj()
    try:
        raw = decompressor.decompress(body, _max_decompressed_size(body))
    except zlib.error as error:
        raise DamagedError from error
    if not decompressor.eof:
        raise DamagedError
    return raw


def _max_decompressed_size(body: bytes) -> int:
    return min(MAX_BODY_SIZE, max(UNLIMITED_RATIO_SIZE, len(body) * MAX_RATIO))
