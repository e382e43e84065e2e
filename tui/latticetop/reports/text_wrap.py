"""Paragraphs wrapped to the columns of a terminal, where East Asian wide letters take two columns each."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import TextWrapper
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECOND_COLUMN = "\0"
"""Stands for the second column of a wide letter while lines are wrapped; no cleaned text has it."""
_MIN_BODY = 30
"""Columns left to a paragraph however long its prefix is."""
_LONG_WORD = 2_000
"""Characters of a word from which it is wrapped in pieces: TextWrapper copies the rest of a word for each line."""


class _LinearWrapper(TextWrapper):
    """A TextWrapper that takes linear time for a word of any length, and wraps it to the same lines."""

    def _split_chunks(self, text: str) -> list[str]:
        chunks = super()._split_chunks(text)
        return [piece for chunk in chunks for piece in ([chunk] if len(chunk) < _LONG_WORD else _pieces(chunk))]


def _pieces(word: str) -> Iterator[str]:
    """A long word in pieces, each longer than a line: the beginning of such a piece fills the line before it."""
    size = _LONG_WORD // 2
    ends = range(size, len(word) - size, size)
    yield from (word[end - size : end] for end in ends)
    yield word[len(ends) * size :]


def wrap_text(text: str, width: int, *, indent: str = "", break_on_hyphens: bool = True) -> list[str]:
    """Wrap a cleaned text to lines of at most `width` columns; an empty list for a blank text."""
    wrap = _wrap if len(text) > _LONG_WORD else _wrap_cached
    return list(wrap(text, width, indent, break_on_hyphens))


def _wrap(text: str, width: int, indent: str, break_on_hyphens: bool) -> tuple[str, ...]:
    wide = "" if text.isascii() else {c for c in set(text) if east_asian_width(c) in "WF" or c >= "\U0001f000"}
    spaced = re.sub(f"([{''.join(wide)}])", rf"\1{_SECOND_COLUMN}", text) if wide else text
    # A line may end between a wide letter and its second column, and is then a column wider than textwrap counts.
    wrapper = _LinearWrapper(
        width - bool(wide),
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=break_on_hyphens,
    )
    return tuple(line.replace(_SECOND_COLUMN, "") for line in wrapper.wrap(spaced))


_wrap_cached = lru_cache(512)(_wrap)
"""Endpoints that failed for the same reason have most sentences in common."""


def hang(
    prefix: str, text: str, width: int, *, break_on_hyphens: bool = True, min_body: int = _MIN_BODY
) -> Iterator[str]:
    """Wrap a cleaned text after a prefix; further lines are indented by the length of the prefix.

    The text gets at least `min_body` columns: after a long prefix the first line may exceed `width`, and further ones
    are indented by less.
    """
    body = max(min_body, width - len(prefix))
    indent = " " * min(len(prefix), max(0, width - body))
    first, *rest = wrap_text(text, body, break_on_hyphens=break_on_hyphens) or [""]
    yield prefix + first
    yield from (indent + line for line in rest)


def unread_lines(problems: Iterable[object], width: int) -> Iterator[str]:
    """List each problem of reading once, under a heading and after a blank line; nothing without problems."""
    unique = dict.fromkeys(problems)
    if unique:
        yield ""
        yield "Some data could not be read:"
    for problem in unique:
        yield from hang("  - ", clean(str(problem)), width, break_on_hyphens=False)
