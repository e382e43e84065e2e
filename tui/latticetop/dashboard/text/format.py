"""Ages, intervals and shortened texts."""

from __future__ import annotations

from rich.cells import cell_len


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


def interval_text(seconds: float) -> str:
    """The refresh interval: `every 15 s`, or `on demand` if only a key reads."""
    return f"every {age(seconds)}" if seconds else "on demand"


def cut(text: str, width: int) -> str:
    """Cut a text in the middle to at most so many columns; names often differ at their end."""
    if cell_len(text) <= width:
        return text
    tail = max(0, (width - 1) * 2 // 5)
    head = max(0, width - 1 - tail)
    return f"{_beginning(text, head)}…{_beginning(text[::-1], tail)[::-1]}"[: max(0, width)]


def _beginning(text: str, width: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += cell_len(character)
        if taken > width:
            return text[:index]
    return text
