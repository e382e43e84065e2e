"""The path to a screen on one line: `latticetop › subnet-0a84…5b16 › block 10.10.10.32/28`; a click goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from latticetop.dashboard.navigation import MAIN_DEPTH
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.dashboard.theme.palette import Palette

SEPARATOR, ELLIPSIS = " › ", "…"
SCOPE_GAP = 2
"""Blanks before each part of a scope."""
DEPTH = "depth"
"""The key of a breadcrumb's depth in the meta data of its style."""


class Breadcrumb(NamedTuple):
    """A name, and the depth in the stack of the screen that has it."""

    name: str
    depth: int


def without_repeats(breadcrumbs: Iterable[Breadcrumb]) -> list[Breadcrumb]:
    """Leave out each breadcrumb with the same name as the one before."""
    distinct: list[Breadcrumb] = []
    for breadcrumb in breadcrumbs:
        if not distinct or breadcrumb.name != distinct[-1].name:
            distinct.append(breadcrumb)
    return distinct


def fit_breadcrumbs(
    scope: Sequence[str], breadcrumbs: Sequence[Breadcrumb], width: int
) -> tuple[Sequence[str], Sequence[Breadcrumb | None]]:
    """Leave out what does not fit: first account and Region, then all of the scope, then breadcrumbs in the middle.

    None stands for the breadcrumbs left out. The last breadcrumb always stays.
    """
    candidates: list[tuple[Sequence[str], Sequence[Breadcrumb | None]]] = [(scope, breadcrumbs)]
    if scope:
        candidates += [(scope[:1], breadcrumbs), ((), breadcrumbs)]
    candidates += [((), [None, *breadcrumbs[first:]]) for first in range(1, len(breadcrumbs))]
    return next((candidate for candidate in candidates if _width(*candidate) <= width), candidates[-1])


def draw_breadcrumbs(scope: Sequence[str], breadcrumbs: Sequence[Breadcrumb], width: int, palette: Palette) -> Text:
    """The line in at most so many columns; every part but the last can be clicked."""
    scope, shown = fit_breadcrumbs([clean(part) for part in scope], breadcrumbs, width)
    line = Text.assemble(("latticetop", palette["title"] + (_link(MAIN_DEPTH) if breadcrumbs else Style())))
    for position, part in enumerate(scope):
        line.append(" " * SCOPE_GAP).append(part, palette["dim" if position else "strong"])
    for breadcrumb in shown:
        line.append(SEPARATOR, palette["dim"])
        if breadcrumb is shown[-1] or breadcrumb is None:
            line.append(clean(breadcrumb.name) if breadcrumb else ELLIPSIS, palette["text"])
        else:
            line.append(clean(breadcrumb.name), palette["focus"] + _link(breadcrumb.depth))
    line.truncate(max(1, width), overflow="ellipsis")
    return line


def _link(depth: int) -> Style:
    return Style(meta={DEPTH: depth})


def _width(scope: Sequence[str], breadcrumbs: Sequence[Breadcrumb | None]) -> int:
    names = [clean(breadcrumb.name) if breadcrumb else ELLIPSIS for breadcrumb in breadcrumbs]
    scope_width = sum(cell_len(part) + SCOPE_GAP for part in scope)
    return len("latticetop") + scope_width + sum(len(SEPARATOR) + cell_len(name) for name in names)
