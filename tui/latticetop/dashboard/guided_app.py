"""An app for the first minutes: it offers the demo where nothing can be read, and a guide through the demo."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latticetop.actions import GUIDED
from latticetop.dashboard.scoped_app import ScopedApp
from latticetop.dashboard.sign_in import waits_for_settings

if TYPE_CHECKING:
    from latticetop.dashboard.guide import Guide

GUIDING = frozenset({"demo", "tour", "tour_next", "tour_end"})
"""The actions that `may_guide` speaks of."""


class GuidedApp(ScopedApp):
    """`touring` is whether the guided tour begins by itself; None where there is nothing to guide through."""

    touring: bool | None = None

    @cached_property
    def guide(self) -> Guide:
        """Who leads through the tour; loaded with the first one."""
        from latticetop.dashboard.guide import Guide

        return Guide(self)

    @property
    def nothing_readable(self) -> bool:
        """Whether nothing was read yet, and nothing will be without another profile, Region or sign-in."""
        return self.view is None and waits_for_settings(self.current)

    def may_guide(self, action: str) -> bool:
        """Whether an action of the demo or of the tour is of use now."""
        if action == "demo":
            return self._play is not None and self.nothing_readable
        if action == "tour" or self.touring is None:
            return self.touring is not None
        typing = self.focused is not None and self.focused.check_consume_key("n", "n")
        return self.guide.touring and (action == "tour_end" or (self.guide.arrived and not typing))

    def follow_tour(self) -> None:
        """Begin the tour if it begins by itself, or have it follow what was read."""
        if self.touring:
            self.touring = False
            self.guide.begin()
        elif self.touring is not None:
            self.guide.follow()

    def action_demo(self) -> None:
        """End, and play the incident."""
        self.play(GUIDED)

    def action_tour(self) -> None:
        """Begin the tour, or end it."""
        self.guide.end() if self.guide.touring else self.guide.begin()

    def action_tour_next(self) -> None:
        """Go to the next step; after the last one the tour is over."""
        self.guide.go_on()

    def action_tour_end(self) -> None:
        """End the tour, on the main screen."""
        self.guide.end()
