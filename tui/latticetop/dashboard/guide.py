"""Walks through the guided tour: points at what each step is about, and tells it in a panel beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen, Screen

from latticetop.dashboard.tour import STEPS, WAITING, Spot, failed
from latticetop.dashboard.widgets.tour_panel import TourPanel

if TYPE_CHECKING:
    from latticetop.dashboard.scoped_app import ScopedApp


class Guide:
    """A tour on an app: from `begin` to `end`, step by step, each once there is that to see which it is about."""

    def __init__(self, app: ScopedApp) -> None:
        self._app = app
        self._step: int | None = None
        self.arrived = False
        """Whether what the step is about is on screen."""

    @property
    def touring(self) -> bool:
        """Whether the tour is under way."""
        return self._step is not None

    def begin(self) -> None:
        """Go to the first step."""
        self._app.screen_change_signal.subscribe(self._app, self._add_panel)
        self._go_to(0)

    def go_on(self) -> None:
        """Go to the next step; after the last one the tour is over."""
        step = (self._step or 0) + 1
        self._go_to(step) if step < len(STEPS) else self.end()

    def end(self) -> None:
        """End the tour, on the main screen."""
        self._step, self.arrived = None, False
        self._app.screen_change_signal.unsubscribe(self._app)
        for screen in self._app.screen_stack:
            screen.query(TourPanel).remove()
        self._app.back_to_main()
        self._app.refresh_bindings()

    def follow(self) -> None:
        """Something was read: go to what the step is about, if it had to be waited for."""
        if self._step is not None and not self.arrived:
            self._go_to(self._step)

    def _go_to(self, step: int) -> None:
        self._step, self.arrived = step, failed(self._app.view)
        if self.arrived:
            self._point_at(STEPS[step].spot)
        self._add_panel(self._app.screen)
        self._app.refresh_bindings()

    def _point_at(self, spot: Spot) -> None:
        main = self._app.main_screen
        self._app.back_to_main()
        main.point_at(spot.value)
        if spot is Spot.EXPLANATION:
            main.action_explain()
        elif spot is Spot.PLAN:
            main.action_plan()

    def _add_panel(self, screen: Screen[object]) -> None:
        if self._step is None or isinstance(screen, ModalScreen):
            return
        panel = next(iter(screen.query(TourPanel)), None)
        if panel is None:
            panel = TourPanel()
            screen.mount(panel)
        self._tell(panel, self._step)

    def _tell(self, panel: TourPanel, number: int) -> None:
        app, step = self._app, STEPS[number]
        end = f"{app.key_to('tour')} ends the tour"
        if not self.arrived:
            panel.show("Guided tour", WAITING, end, app.palette)
            return
        told = step.text.replace("{what-if}", app.key_to("what-if"))
        last = number == len(STEPS) - 1
        keys = f"{app.key_to('tour-next')} {'ends the tour' if last else 'goes on'}"
        heading = f"Guided tour, {number + 1} of {len(STEPS)}: {step.heading}"
        panel.show(heading, told, keys if last else f"{keys} · {end}", app.palette)
