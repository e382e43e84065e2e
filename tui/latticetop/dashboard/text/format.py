"""Ages, intervals and shortened texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from latticetop.model.records.text import shorten_ids

if TYPE_CHECKING:
    from rich.text import Text

ELLIPSIS = "…"
"""Stands for what is left out of a text."""
AGE_STEP = 5
"""Seconds between two ages of data that are shown in seconds: the line or the row is drawn for each."""


def age(seconds: float) -> str:
    """A time span in the largest fitting unit: `3 s`, `5 min`, `2 h`."""
    seconds = max(0, int(seconds))
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} d"


def ago(seconds: float) -> str:
    """How long ago data was read, in steps of AGE_STEP: `just now`, `15 s ago`, `5 min ago`."""
    whole_steps = int(seconds // AGE_STEP) * AGE_STEP
    return f"{age(whole_steps)} ago" if whole_steps > 0 else "just now"


def interval_text(seconds: float) -> str:
    """The refresh interval: `every 15 s`, or `on demand` if only a key reads."""
    return f"every {age(seconds)}" if seconds else "on demand"


def cut(text: str, width: int) -> str:
    """Cut a text in the middle to at most so many columns; names often differ at their end."""
    if cell_len(text) <= width:
        return text
    tail = max(0, (width - 1) * 2 // 5)
    return joined(beginning(text, width - 1 - tail), ending(text, tail))[: max(0, width)]


def cut_end(text: str, width: int) -> str:
    """Cut a text at its end to at most so many columns."""
    return text if cell_len(text) <= width else joined(beginning(text, width - 1), "")[: max(0, width)]


def short_ids(text: str, width: int) -> str:
    """The text with its ids cut, if it is wider than this."""
    return text if cell_len(text) <= width else shorten_ids(text)


def cut_text(text: Text, width: int) -> Text:
    """Cut a styled text at its end; the text itself if it fits."""
    if text.cell_len <= width:
        return text
    shorter = text.copy()
    shorter.plain = cut_end(text.plain, width)
    return shorter


def joined(*parts: str) -> str:
    """Join parts of a text, with one ellipsis for all that is left out between two of them."""
    first, *others = parts
    for part in others:
        first = f"{first.rstrip(ELLIPSIS)}{ELLIPSIS}{part.lstrip(ELLIPSIS)}"
    return first


def beginning(text: str, width: int) -> str:
    """The first characters of a text in at most so many columns."""
    if text.isascii():
        return text[: max(0, width)]
    taken = 0
    for index, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return text[:index]
    return text


def ending(text: str, width: int) -> str:
    """The last characters of a text in at most so many columns."""
    return beginning(text[::-1], width)[::-1]
