"""What the screens draw, as one value: the app replaces it as a whole whenever a part of it is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.dashboard.state.followed_scope import RecentBlocks
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.status import Update
    from latticetop.model.history.trend import Trend
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem


class ScreenData(Struct, frozen=True):
    """One account and Region, and the theme it is drawn in; screens watch it and never change it."""

    scope_title: str
    """What stands in for the profile's name, with the number of the scope where there are several."""
    update: Update | None
    """The last update; None before the first."""
    view: SnapshotView | None
    """The last snapshot with what follows from it; None before the first."""
    problems: tuple[Problem, ...]
    """What is wrong at the moment, with the next step."""
    recent_blocks: RecentBlocks
    investigations: Mapping[str, Investigation]
    """The last investigation of each endpoint, by endpoint id."""
    trend: Trend
    trend_note: str
    """Why `trend` is not complete; empty when it is."""
    palette: Palette
    sign_in_key: str
    """The key that signs in; empty where there is none or where it is of no use."""
    nothing_readable: bool
    """Whether nothing was read yet, and nothing will be without another profile, Region or sign-in."""
    offers_demo: bool
    """Whether the demo can be played and nothing else can be shown."""
