"""The JSON values in a text, whatever stands around them: prompts, Markdown, an article, further values.

A value begins on a line of its own, indented or not. A large one is decoded in pieces, so that its size in memory can
be watched: a byte of JSON becomes up to twenty bytes of objects.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Raw

PIECE_SIZE = 1 << 18
"""The largest value in bytes that is decoded at once."""
MAX_ITEMS = 1 << 17
"""The most items of one array or object that is larger than a piece."""
LOOSE_SIZES = (1 << 8, 1 << 12, 1 << 16, 1 << 20, 1 << 22)
"""The sizes in bytes in which a value is tried whose end neither its indentation nor its line tells."""
MAX_INDENTATION = 32
"""The widest indentation by which the end of a value is looked for: each is searched for in the whole text."""
MAX_BEFORE = 1 << 14
"""The most bytes before a value that are kept of the text."""
CheckMemory = Callable[[], None]
"""Raises MemoryError when the process has grown too much."""

_BEGINNING = re.compile(rb"^([ \t]*)(?=[{\[])", re.MULTILINE)
_PROMISING = re.compile(rb'[{\[]\s*(?:\[\s*)*(?:\{\s*)?"(\w+)"\s*:')
"""What begins like an object with a member, as opposed to a Markdown link or a prompt in brackets."""
_GOES_ON = re.compile(rb"[ \t]*(?:,[ \t\r]*(?:\n|\Z)|[\s]*[\]}])")
"""What follows an item of a larger value, and no value of its own."""
_CLOSING = {ord("{"): b"}", ord("["): b"]"}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""PowerShell writes UTF-16 when its output is redirected."""
_NOT_SEARCHED = -2
"""In place of an offset; -1 is that of what the rest of the text does not have."""
_SPACE = b" \t\r\n"
_LONGEST_TOKEN = 12
"""Characters of a token that is no text and may be cut at the end of a piece."""
_LOOSE = json.JSONDecoder()
_Items = Annotated[list[Raw], Meta(max_length=MAX_ITEMS)]
_Entries = Annotated[dict[str, Raw], Meta(max_length=MAX_ITEMS)]


class TooManyItemsError(Exception):
    """An array or object with more than MAX_ITEMS items."""


class JsonValue(NamedTuple):
    """A value of a text, with the text above it, up to the value before; Raw if it is large.

    One that `is_item` stands in a larger value, of which the beginning or the end is not there.
    """

    value: Any
    before: str
    line: int
    is_item: bool = False


class BrokenValue(NamedTuple):
    """What begins like a value and is none: cut off, or malformed. `member` is the first one of its first object."""

    line: int
    before: str
    member: str = ""


def text_of(data: bytes) -> bytes:
    """Return the text as UTF-8 without a byte order mark. Raises UnicodeDecodeError if it is no text.

    What is not UTF-8 is read as Windows-1252: the JSON itself is the same in both.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding).encode()
    if b"\0" in data:
        raise UnicodeDecodeError("utf-8", data[:1], 0, 1, "there are zero bytes")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace").encode()
    return data


def json_values(text: bytes) -> Iterator[JsonValue | BrokenValue]:
    """Yield the values of a text in UTF-8, in order. Linear in the size of the text."""
    position, end, line, counted = 0, 0, 1, 0
    finder = _ValueFinder(text)
    while match := _BEGINNING.search(text, position):
        start = match.end()
        after, found = finder.value_at(start, match[1])
        line += text.count(b"\n", counted, start)
        counted = start
        if found:
            is_item = _GOES_ON.match(text, after) is not None
            before = _decoded(text[max(end, start - MAX_BEFORE) : start])
            yield _value_in(memoryview(text)[start:after], before, line, is_item=is_item)
            position = end = after
            continue
        if promising := _PROMISING.match(text, start):
            before = _decoded(text[max(end, start - MAX_BEFORE) : start])
            yield BrokenValue(line, before, _decoded(promising[1]))
        next_line = text.find(b"\n", after)
        position = len(text) if next_line < 0 else next_line


def _value_in(piece: memoryview, before: str, line: int, *, is_item: bool) -> JsonValue | BrokenValue:
    """Return the value of a piece; a broken one for what json takes and msgspec does not, and for too many items."""
    try:
        return JsonValue(_shallow(piece), before, line, is_item)
    except (msgspec.MsgspecError, ValueError, TooManyItemsError):
        promising = _PROMISING.match(piece)
        return BrokenValue(line, before, _decoded(promising[1]) if promising else "")


def expanded(node: Any, check_memory: CheckMemory) -> Any:
    """Return a value with its members, or its items, decoded as far as they are small; others are Raw.

    Raises MemoryError if the process has grown too much, TooManyItemsError, and ValueError for what is malformed.
    """
    if not isinstance(node, Raw):
        return node
    if len(memoryview(node)) > PIECE_SIZE:
        check_memory()
    return _shallow(node)


def _shallow(raw: Raw | bytes | memoryview) -> Any:
    """Decode a small value wholly, and a large one by one level."""
    view = memoryview(raw)
    try:
        if len(view) <= PIECE_SIZE:
            return _decoder(None).decode(view)
        return _decoder(_Entries if view[0] == ord("{") else _Items).decode(view)
    except msgspec.ValidationError as error:
        raise TooManyItemsError from error
    except RecursionError as error:
        raise ValueError("too many levels") from error


class _ValueFinder:
    """Finds where a value ends: where the indentation of its first line says, or at the end of that line.

    A value that is laid out otherwise is looked for without that.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._closings: dict[bytes, int] = {}
        """Where each closing bracket with its indentation was found last."""

    def value_at(self, start: int, indentation: bytes) -> tuple[int, bool]:
        """Return the offset after the value at an offset, and True; without one how far it was read, and False."""
        for end in self._likely_ends(start, indentation):
            try:
                _decoder(Raw).decode(memoryview(self._text)[start:end])
            except (msgspec.MsgspecError, RecursionError):
                continue
            return end, True
        return self._loose_end(start)

    def _likely_ends(self, start: int, indentation: bytes) -> Iterator[int]:
        text, closing = self._text, _CLOSING[self._text[start]]
        line_end = text.find(b"\n", start)
        line_end = len(text) if line_end < 0 else line_end
        if text[line_end - 2 : line_end].rstrip(_SPACE).endswith(closing):
            yield line_end
        if len(indentation) > MAX_INDENTATION:
            return
        needle = b"\n" + indentation + closing
        known = self._closings.get(needle, _NOT_SEARCHED)
        if known == _NOT_SEARCHED or 0 <= known < start:
            known = self._closings[needle] = text.find(needle, start)
        if known >= 0:
            yield known + len(needle)

    def _loose_end(self, start: int) -> tuple[int, bool]:
        for size in LOOSE_SIZES:
            piece = _decoded(self._text[start : start + size])
            is_last = start + size >= len(self._text) or size == LOOSE_SIZES[-1]
            try:
                _, length = _LOOSE.raw_decode(piece)
            except json.JSONDecodeError as error:
                is_cut = error.msg.startswith("Unterminated") or error.pos >= len(piece) - _LONGEST_TOKEN
                if not is_cut or is_last:
                    return start + _size(piece[: error.pos]), False
            except (RecursionError, ValueError):
                # Too many levels, or a number of too many digits: of this line, or of the lines that follow.
                line_end = self._text.find(b"\n", start, start + size)
                return (line_end if line_end - start > LOOSE_SIZES[0] else start + size), False
            else:
                return start + _size(piece[:length]), True
        raise AssertionError("the last size always decides")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@lru_cache(maxsize=8)
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_) if type_ is not None else msgspec.json.Decoder()
