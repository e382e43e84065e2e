"""How the panes of the main screen are arranged, and how many lines each gets: by the size, the rows and the focus."""

from __future__ import annotations

from enum import StrEnum
from textwrap import wrap
from typing import NamedTuple


class Arrangement(StrEnum):
    """The arrangements of the panes; the value is the class of `#panes`."""

    BARE = "-bare"
    """There are no rows: what the tables say instead."""
    COLUMNS = "-columns"
    """Endpoints beside subnets, the findings beside the grid."""
    STACKED = "-stacked"
    """Endpoints over the findings over subnets, without the grid."""
    GRID = "-grid"
    """In place of `STACKED` while the grid has the focus: subnets over the grid."""
    SUBNETS = "-subnets"
    """Without endpoints: why there are none, over subnets, over the grid."""


class PaneSizes(NamedTuple):
    """What the lines are shared out by; `height` is that of the panes together, in lines."""

    height: int
    width: int
    endpoints: int
    subnets: int
    narrow: bool
    message: str = ""
    """What stands in place of the endpoints, if there are none."""
    no_match: bool = False
    """Whether a table says that nothing matches its filter, which takes lines."""
    endpoints_focused: bool = False
    findings: int | None = None
    """The lines of the findings where panes are stacked; None if that is not known."""


HEADER_LINES, MESSAGE_EDGES, MESSAGE_LINES = 1, 6, 3
MIN_TABLE_LINES, MIN_MESSAGE_LINES = 5, 7
MAX_SHARE, MAX_TALL_SHARE, TALL = 0.4, 0.5, 45
"""The part of the height that tables beside each other get at most, and on a screen of so many lines."""
MIN_FINDINGS_SHARE, FOCUSED_SHARE = 0.45, 0.6
"""Stacked: the part of the height for the findings, if they need it, and of the rest, what the focused table gets."""
MAX_SUBNETS_SHARE, MAX_GRID_SUBNETS_SHARE = 0.6, 0.35
"""The part that the subnets get at most where there is no endpoint, and above the grid."""


def arrangement_of(sizes: PaneSizes, grid_focused: bool) -> Arrangement:
    """Return the arrangement for what there is to show."""
    if not (sizes.endpoints or sizes.subnets):
        return Arrangement.BARE
    if not sizes.endpoints:
        return Arrangement.SUBNETS
    if not sizes.narrow:
        return Arrangement.COLUMNS
    return Arrangement.GRID if grid_focused else Arrangement.STACKED


def row_heights(arrangement: Arrangement, sizes: PaneSizes) -> str:
    """Return the `grid-rows` of an arrangement: lines, and `1fr` for the pane that gets what is left."""
    edges = 1 if sizes.narrow else 2
    frame = edges + HEADER_LINES
    endpoints, subnets = sizes.endpoints + frame, (sizes.subnets or MESSAGE_LINES) + frame
    least = MIN_MESSAGE_LINES if sizes.no_match else MIN_TABLE_LINES if not sizes.narrow else frame + 1
    match arrangement:
        case Arrangement.BARE:
            return "1fr"
        case Arrangement.COLUMNS:
            share = MAX_TALL_SHARE if sizes.height >= TALL else MAX_SHARE
            return f"{max(least, min(max(endpoints, subnets), int(sizes.height * share)))} 1fr"
        case Arrangement.GRID:
            return f"{max(least, min(subnets, int(sizes.height * MAX_GRID_SUBNETS_SHARE)))} 1fr"
        case Arrangement.SUBNETS:
            message = len(wrap(sizes.message, max(20, sizes.width - MESSAGE_EDGES))) + edges
            most = int((sizes.height - message) * MAX_SUBNETS_SHARE)
            return f"{message} {max(least, min(subnets, most))} 1fr"
        case Arrangement.STACKED:
            findings = findings_lines(sizes.height)
            needed = findings if sizes.findings is None else min(findings, sizes.findings)
            available = sizes.height - edges - findings
            share = FOCUSED_SHARE if sizes.endpoints_focused else 1 - FOCUSED_SHARE
            of_endpoints = max(least, min(endpoints, max(available - subnets, int(available * share))))
            # The table of endpoints stays as it is while its cursor goes from long findings to short ones.
            of_subnets = min(subnets, available + findings - needed - of_endpoints)
            return f"{of_endpoints} 1fr {max(least, of_subnets)}"


def findings_lines(height: int) -> int:
    """The lines of the findings between the tables, if they need so many."""
    return int(height * MIN_FINDINGS_SHARE) - 1
