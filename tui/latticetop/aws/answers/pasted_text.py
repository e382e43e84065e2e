"""What mail, chat and terminals put between the characters of a text, taken out of it. Lines stay where they are."""

from __future__ import annotations

import re

_QUOTE_MARKS = re.compile(rb"^(?:>[ \t]?)+", re.MULTILINE)
"""Of a reply by mail, and of a block quote in Markdown; a prompt goes with them."""
_COLOURS = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]")
_TYPOGRAPHIC_MEMBER = re.compile("^[ \t]*(?:“|”|„)\\w+(?:“|”)\\s*:".encode(), re.MULTILINE)
"""A member of an object in a chat or a word processor: no line of JSON begins so."""
_TYPOGRAPHIC_QUOTES = re.compile("“|”|„".encode())
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}".encode()
_NO_BREAK_INDENTATION = re.compile(rb"^[ \t]*" + _NO_BREAK_SPACE, re.MULTILINE)


def as_printed(text: bytes) -> bytes:
    """Return a text in UTF-8 as it was printed: without quote marks and colours, with plain quotes and blanks."""
    if b"\x1b[" in text:
        text = _COLOURS.sub(b"", text)
    if text.startswith(b">") or b"\n>" in text:
        text = _QUOTE_MARKS.sub(b"", text)
    if text.isascii():
        return text
    if _NO_BREAK_INDENTATION.search(text):
        text = text.replace(_NO_BREAK_SPACE, b" ")
    if _TYPOGRAPHIC_MEMBER.search(text):
        text = _TYPOGRAPHIC_QUOTES.sub(b'"', text)
    return text
