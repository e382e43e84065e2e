"""Paragraphs in so many columns of a terminal, where some letters take two."""

from __future__ import annotations

import re
from textwrap import wrap
from unicodedata import east_asian_width

_SECOND = "\0"
"""Stands for a wide letter's second column while lines are made; no cleaned text has it."""


def wrap_text(text: str, width: int, *, indent: str = "", break_on_hyphens: bool = True) -> list[str]:
    """The lines of a cleaned text, none wider than that; none of a blank text."""
    wide = {c for c in set(text) if not c.isascii() and (east_asian_width(c) in "WF" or c >= "\U0001f000")}
    spaced = re.sub(f"([{''.join(wide)}])", rf"\1{_SECOND}", text) if wide else text
    # Between a wide letter and its second column a line may end, so that it is a column wider than it seems.
    lines = wrap(
        spaced,
        width - bool(wide),
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=break_on_hyphens,
    )
    return [line.replace(_SECOND, "") for line in lines]
