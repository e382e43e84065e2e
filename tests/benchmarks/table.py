"""Markdown tables, printed row by row: a run takes minutes."""

from __future__ import annotations

import sys


def title(text: str) -> None:
    """The line above a table."""
    say(f"\n### {text}\n")


def heading(*names: str) -> None:
    """The head of a table."""
    row(*names)
    row(*("---" for _ in names))


def row(*cells: str) -> None:
    """A row of a table."""
    say(f"| {' | '.join(cells)} |")


def ratio(one: float, other: float, digits: int = 2) -> str:
    """How many times the other, in bold."""
    return f"**{one / other:.{digits}f}**" if other else "**–**"


def ms(seconds: float, digits: int = 1) -> str:
    """Seconds as milliseconds."""
    return f"{1000 * seconds:,.{digits}f} ms"


def mib(size: float) -> str:
    """Bytes as MiB."""
    return f"{size / 2**20:,.0f} MiB"


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
