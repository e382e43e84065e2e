"""Frames: what is written can be read, and anything else is damaged."""

from __future__ import annotations

import errno
import zlib
from io import BytesIO

import pytest

from latticetop.follow.recording import file_format
from latticetop.follow.recording.file_format import DamagedError, encode_frame, read_frame


def test_a_frame_is_decoded_to_its_content_and_the_end_is_none() -> None:
    file = BytesIO(encode_frame(b"one") + encode_frame(b"two"))
    assert [read_frame(file) for _ in range(3)] == [b"one", b"two", None]


def test_a_truncated_frame_is_the_end() -> None:
    frame = encode_frame(b"one")
    for length in range(len(frame)):
        assert read_frame(BytesIO(frame[:length])) is None


def test_a_body_beyond_the_maximum_ratio_is_written_uncompressed() -> None:
    raw = bytes(file_format.UNLIMITED_RATIO_SIZE + 1)
    frame = encode_frame(raw)
    assert len(frame) > len(raw)
    assert read_frame(BytesIO(frame)) == raw


def test_a_body_above_the_maximum_size_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_format, "MAX_BODY_SIZE", 1_000)
    with pytest.raises(OSError, match="too large for a recording") as error:
        encode_frame(bytes(1_001))
    assert error.value.errno == errno.EFBIG


@pytest.mark.parametrize("body", [b"not compressed", zlib.compress(b"x" * 100)[:-6]])
def test_invalid_or_incomplete_zlib_data_is_damaged(body: bytes) -> None:
    with pytest.raises(DamagedError):
        read_frame(BytesIO(file_format._HEADER.pack(len(body), zlib.crc32(body)) + body))


def test_a_wrong_checksum_is_damaged() -> None:
    frame = bytearray(encode_frame(b"one"))
    frame[-1] ^= 1
    with pytest.raises(DamagedError):
        read_frame(BytesIO(bytes(frame)))
