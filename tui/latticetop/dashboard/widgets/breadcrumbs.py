"""Where one is, as a line: `latticetop › subnet-0a84…5b16 › block 10.10.10.32/28`; a click goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.dashboard.theme.palette import Palette

BETWEEN = " › "
LEFT_OUT = "…"


DEPTH = "depth"
"""What the style of a crumb that can be clicked tells of it."""


class Crumb(NamedTuple):
    """A name, and how many screens lie one upon the other where it is shown."""

    name: str
    depth: int


def without_repeats(crumbs: Iterable[Crumb]) -> list[Crumb]:
    """The crumbs without those that say the same as the one before."""
    kept: list[Crumb] = []
    for crumb in crumbs:
        if not kept or crumb.name != kept[-1].name:
            kept.append(crumb)
    return kept


def fitting(scope: Sequence[str], crumbs: Sequence[Crumb], room: int) -> tuple[Sequence[str], Sequence[Crumb | None]]:
    """What there is room for: the scope's account goes first, then its other parts, then the crumbs in the middle.

    A None stands for crumbs that were left out; the last crumb stays whatever the room.
    """
    names = [(scope, crumbs)] + [(scope[:1], crumbs), ((), crumbs)] * bool(scope)
    names += [((), [None, *crumbs[first:]]) for first in range(1, len(crumbs))]  # type: ignore[list-item]
    return next((each for each in names if _width(*each) <= room), names[-1])


def draw(scope: Sequence[str], crumbs: Sequence[Crumb], room: int, palette: Palette) -> Text:
    """The line in at most so many columns; every part but the last can be clicked."""
    scope, shown = fitting([clean(part) for part in scope], crumbs, room)
    line = Text.assemble(("latticetop", palette["title"] + (_click(2) if crumbs else Style())))
    for place, part in enumerate(scope):
        line.append("  ").append(part, palette["dim" if place else "strong"])
    for crumb in shown:
        line.append(BETWEEN, palette["dim"])
        if crumb is shown[-1] or crumb is None:
            line.append(clean(crumb.name) if crumb else LEFT_OUT, palette["text"])
        else:
            line.append(clean(crumb.name), palette["focus"] + _click(crumb.depth))
    line.truncate(max(1, room), overflow="ellipsis")
    return line


def _click(depth: int) -> Style:
    return Style(meta={DEPTH: depth})


def _width(scope: Sequence[str], crumbs: Sequence[Crumb | None]) -> int:
    names = [clean(crumb.name) if crumb else LEFT_OUT for crumb in crumbs]
    parts = sum(cell_len(part) + 2 for part in scope)
    return len("latticetop") + parts + sum(len(BETWEEN) + cell_len(name) for name in names)
