"""Cuts the names and ids of a column so that those that differ are shown so that they differ."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from rich.cells import cell_len

from latticetop.dashboard.text.format import ELLIPSIS, beginning, cut, ending, joined, short_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ID = re.compile(r"((?:[a-z]++-)++)[0-9a-f]{10,17}")
_SEPARATOR = re.compile(r"[-_./: ]")
"""Between two words of a name."""
KEPT = (0, 3)
"""Letters that are kept of a beginning that several names share: none, or as many as tell it from another one."""
LEAST_LEFT = 4
"""Columns that are left of a name without its beginning, at least."""
MIN_WIDTH = 4
"""In fewer columns no two cuts can be kept apart."""


def distinct_cuts(texts: Iterable[str], width: int) -> dict[str, str]:
    """Cut each of the texts that is wider than `width` columns, and return them with their cuts.

    A single text is cut in its middle, an id as everywhere: `vpce-0e3b…2c4a`. Of names that begin alike, what they
    share is left out, `…endpoints-a` and `…public-a` of production. Where cuts are equal all the same, each shows the
    part in which it differs from the others.
    """
    cuts = {text: cut_id(text, width) for text in dict.fromkeys(texts) if cell_len(text) > width}
    if width < MIN_WIDTH or len(cuts) < 2:
        return cuts
    cuts |= _without_shared_beginnings(cuts, width)
    for alike in _groups(cuts, cuts):
        cuts |= _cuts_at_difference(alike, width)
    return cuts


def cut_id(text: str, width: int) -> str:
    """Cut a text to at most so many columns: its ids as everywhere if that is enough, else in its middle."""
    if cell_len(text) <= width:
        return text
    short = short_ids(text, width)
    if cell_len(short) <= width:
        return short
    if match := _ID.fullmatch(text):
        prefix = len(match[1])
        return cut(text[prefix:] if width < len(short) - prefix else short[prefix:], width)
    return cut(text, width)


def _groups(texts: Iterable[str], cuts: Mapping[str, str]) -> list[list[str]]:
    """The texts of which the cuts are equal, of two or more each."""
    groups = defaultdict(list)
    for text in texts:
        groups[cuts[text]].append(text)
    return [group for group in groups.values() if len(group) > 1]


def _shared_beginning(texts: Sequence[str]) -> str:
    """The characters with which all texts begin: those with which the first and the last by order do."""
    first, last = min(texts), max(texts)
    differing = (index for index, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differing, len(first))]


def _without_shared_beginnings(cuts: Mapping[str, str], width: int) -> dict[str, str]:
    """Cuts of names that begin alike, without the words that they share: of all that share them, or of none."""
    names = [text for text in cuts if not _ID.fullmatch(text)]
    heads = {name: _whole_words(cuts[name].partition(ELLIPSIS)[0]) for name in names}
    left = [(group, words) for group in _groups(names, heads) if (words := _whole_words(_shared_beginning(group), ""))]
    result: dict[str, str] = {}
    for kept in KEPT:
        tried = [_from_words(group, words, kept, width) for group, words in left]
        times = Counter(chain.from_iterable(set(shown.values()) for shown in tried))
        unique = [bool(shown) and all(times[each] == 1 for each in shown.values()) for shown in tried]
        for shown, is_unique in zip(tried, unique, strict=True):
            result |= shown if is_unique else {}
        left = [entry for entry, is_unique in zip(left, unique, strict=True) if not is_unique]
    return result


def _word_starts(text: str) -> list[int]:
    """The places at which a word begins, the end of the text too if another one follows it."""
    return [match.end() for match in _SEPARATOR.finditer(text)]


def _whole_words(text: str, default: str | None = None) -> str:
    """The beginning of a text up to its last separator; without one, the default or else the text."""
    starts = _word_starts(text)
    return text[: starts[-1]] if starts else text if default is None else default


def _from_words(names: Iterable[str], shared: str, kept: int, width: int) -> dict[str, str]:
    """Each name without the words that all share, or without as many of them as are in the way.

    Empty if that leaves too little of a name.
    """
    head = beginning(shared, kept)
    room = width - cell_len(head) - 1
    starts = _word_starts(shared)
    rests = {name: _rest(name, starts, room) for name in names}
    if min(map(cell_len, rests.values())) < LEAST_LEFT:
        return {}
    cuts = distinct_cuts(rests.values(), room)
    return {name: joined(head, cuts.get(rest, rest)) for name, rest in rests.items()}


def _rest(name: str, starts: Sequence[int], room: int) -> str:
    """The longest end of a name that fits and begins at one of these places, or else at the last of them."""
    first = len(name) - len(ending(name, room))
    return name[starts[min(bisect_left(starts, first), len(starts) - 1)] :]


def _cuts_at_difference(texts: list[str], width: int) -> dict[str, str]:
    """Each text by the part in which it differs from the others, with as much around it as there is room for."""
    head = _shared_beginning(texts)
    rests = [text[len(head) :] for text in texts]
    tail = _shared_beginning([rest[::-1] for rest in rests])[::-1]
    parts = [rest[: len(rest) - len(tail)] for rest in rests]
    if not (head or tail):
        return {}
    left = width - bool(head) - bool(tail)
    cuts = distinct_cuts(parts, left)
    shown = {}
    for text, part in zip(texts, parts, strict=True):
        differing = cuts.get(part, part)
        room = left - cell_len(differing)
        end = ending(tail, room if not head else room * 2 // 5)
        around = [beginning(head, room - cell_len(end))] if head else []
        shown[text] = joined(*around, differing, *([end] if tail else []))
    return shown
