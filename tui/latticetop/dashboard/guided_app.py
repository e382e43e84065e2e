"""An app for the first minutes: it offers the demo where nothing can be read, and walks the tour through the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen, Screen

from latticetop.dashboard.scoped_app import ScopedApp
from latticetop.dashboard.sign_in import waits_for_settings

if TYPE_CHECKING:
    from latticetop.dashboard.tour import Step

DEMO = "incident"
GUIDING = frozenset({"demo", "tour", "tour_next", "tour_end"})
"""The actions that `may_guide` speaks of."""


class GuidedApp(ScopedApp):
    """`touring` is whether the guided tour begins by itself; None where there is nothing to guide through."""

    touring: bool | None = None
    _tour_step: int | None = None
    """The step of the tour at hand."""
    _arrived = False
    """Whether what the step is about is on screen."""

    @property
    def nothing_readable(self) -> bool:
        """Whether nothing was read yet, and nothing will be without another profile, Region or sign-in."""
        return self.view is None and waits_for_settings(self.current)

    def may_guide(self, action: str) -> bool:
        """Whether an action of the demo or of the tour is of use now."""
        if action == "demo":
            return self._play is not None and self.nothing_readable
        if action == "tour":
            return self.touring is not None
        if self._tour_step is None:
            return False
        typing = self.focused is not None and self.focused.check_consume_key("n", "n")
        return action == "tour_end" or (self._arrived and not typing)

    def action_demo(self) -> None:
        """End, and play the incident."""
        self.play(DEMO)

    def action_tour(self) -> None:
        """Begin the tour, or end it."""
        if self._tour_step is None:
            self.screen_change_signal.subscribe(self, self._add_panel)
            self._go_to(0)
        else:
            self.action_tour_end()

    def action_tour_next(self) -> None:
        """Go to the next step; after the last one the tour is over."""
        from latticetop.dashboard.tour import STEPS

        step = (self._tour_step or 0) + 1
        self._go_to(step) if step < len(STEPS) else self.action_tour_end()

    def action_tour_end(self) -> None:
        """End the tour, on the main screen."""
        from latticetop.dashboard.widgets.tour_panel import TourPanel

        self._tour_step, self._arrived = None, False
        self.screen_change_signal.unsubscribe(self)
        for screen in self.screen_stack:
            screen.query(TourPanel).remove()
        self.back_to_main()
        self.refresh_bindings()

    def follow_tour(self) -> None:
        """Begin the tour if it begins by itself; go to what its step is about once there is that to see."""
        if self.touring:
            self.touring = False
            self.action_tour()
        elif self._tour_step is not None and not self._arrived:
            self._go_to(self._tour_step)

    def _go_to(self, step: int) -> None:
        from latticetop.dashboard.tour import STEPS, failed

        self._tour_step, self._arrived = step, failed(self.view)
        if self._arrived:
            self._point_at(STEPS[step])
        self._add_panel(self.screen)
        self.refresh_bindings()

    def _point_at(self, step: Step) -> None:
        from latticetop.dashboard.tour import Spot

        self.back_to_main()
        self.main_screen.point_at(step.spot.value)
        if step.spot is Spot.EXPLANATION:
            self.main_screen.action_explain()
        elif step.spot is Spot.PLAN:
            self.main_screen.action_plan()

    def _add_panel(self, screen: Screen[object]) -> None:
        from latticetop.dashboard.widgets.tour_panel import TourPanel

        if self._tour_step is None or isinstance(screen, ModalScreen):
            return
        for panel in screen.query(TourPanel):
            self._tell(panel)
            return
        panel = TourPanel()
        screen.mount(panel)
        self._tell(panel)

    def _tell(self, panel: object) -> None:
        from latticetop.dashboard.tour import STEPS, WAITING
        from latticetop.dashboard.widgets.tour_panel import TourPanel

        assert isinstance(panel, TourPanel) and self._tour_step is not None
        step, last = STEPS[self._tour_step], self._tour_step == len(STEPS) - 1
        end = f"{self.key_to('tour')} ends the tour"
        if not self._arrived:
            panel.show("Guided tour", WAITING, end, self.palette)
            return
        told = step.text.replace("{what-if}", self.key_to("what-if"))
        keys = f"{self.key_to('tour-next')} {'ends the tour' if last else 'goes on'}"
        heading = f"Guided tour, {self._tour_step + 1} of {len(STEPS)}: {step.heading}"
        panel.show(heading, told, keys if last else f"{keys} · {end}", self.palette)
