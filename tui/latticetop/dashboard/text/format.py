"""Small phrases: ages, counts, plurals."""

from __future__ import annotations

from rich.cells import cell_len


def age(seconds: float) -> str:
    """How long ago, in the largest fitting unit: `3 s`, `5 min`, `2 h`."""
    seconds = max(0, int(seconds))
    if seconds < 100:
        return f"{seconds} s"
    if seconds < 100 * 60:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} d"


def interval(seconds: float) -> str:
    """How often: `every 15 s`, or `on demand` when only a key reads."""
    return f"every {age(seconds)}" if seconds else "on demand"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 block`, `1,204 blocks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def cut(text: str, width: int) -> str:
    """The text in at most so many columns, cut in the middle: what tells names apart is often their end."""
    if cell_len(text) <= width:
        return text
    tail = max(0, (width - 1) * 2 // 5)
    head = max(0, width - 1 - tail)
    return f"{_within(text, head)}…{_within(text[::-1], tail)[::-1]}"[: max(0, width)]


def _within(text: str, width: int) -> str:
    """As much of the text's beginning as so many columns hold."""
    taken = 0
    for place, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return text[:place]
    return text
