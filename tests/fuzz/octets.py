"""Mutations of bytes, whatever they mean: cut, flip, insert, delete, repeat, encode otherwise."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from random import Random

HOSTILE = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b]0;pwned\x07", b"\r\n", b"\x1a"),
    *(b"<", b">", b"&", b"&#0;", b"&#xD800;", b"&nope;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x y?>", b"<x:y/>"),
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"null", b'\\ud800"', b"//", b"#", b"=", b"'''", b'"""'),
)


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randint(0, len(data))]


def _flip(random: Random, data: bytes) -> bytes:
    index = random.randint(0, len(data) - 1)
    return data[:index] + bytes([data[index] ^ 1 << random.randint(0, 7)]) + data[index + 1 :]


def _insert(random: Random, data: bytes) -> bytes:
    index = random.randint(0, len(data))
    return data[:index] + random.choice((*HOSTILE, random.randbytes(8))) + data[index:]


def _delete(random: Random, data: bytes) -> bytes:
    start, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes) -> bytes:
    start, end = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    return data[:end] + data[start:end] * random.randint(1, 3) + data[end:]


def _encode(random: Random, data: bytes) -> bytes:
    encoding = random.choice(["utf-8-sig", "utf-16", "utf-32", "utf-7", "latin-1", "gzip"])
    if encoding == "gzip":
        return gzip.compress(data, 1, mtime=0)
    return data.decode("utf-8", "replace").encode(encoding, "replace")


_MUTATIONS: tuple[Callable[[Random, bytes], bytes], ...] = (
    _cut,
    _flip,
    _flip,
    _insert,
    _insert,
    _delete,
    _repeat,
    _encode,
)


def mutate_bytes(random: Random, data: bytes) -> bytes:
    """Return the bytes with one mutation."""
    return random.choice(_MUTATIONS)(random, data) if data else data
