"""Runs the guided tour: waits for what each step is about, points at it, and shows the panel on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen, Screen

from latticetop.dashboard.tour.guide import TourPanel
from latticetop.dashboard.tour.steps import STEPS, WAITING, failed

if TYPE_CHECKING:
    from latticetop.dashboard.host import Host


class TourController:
    """The tour of one app, which begins by itself with the first read where `begins` says so.

    A step is shown when what it is about has been read; until then the panel says what is waited for.
    """

    def __init__(self, app: Host, *, begins: bool) -> None:
        self._app = app
        self._begins = begins
        self._step: int | None = None
        self.arrived = False
        """Whether what the step is about is on screen."""

    @property
    def running(self) -> bool:
        """Whether the tour is under way."""
        return self._step is not None

    def offers(self, action: str, *, typing: bool) -> bool:
        """Whether an action of the tour is available; `typing` is whether the focused widget takes letters."""
        if action == "tour":
            return True
        return self.running and (action == "tour_end" or (self.arrived and not typing))

    def toggle(self) -> None:
        """Begin the tour, or end it."""
        self.end() if self.running else self.begin()

    def begin(self) -> None:
        """Go to the first step."""
        self._go_to(0)

    def go_on(self) -> None:
        """Go to the next step; after the last one the tour ends."""
        step = (self._step or 0) + 1
        self._go_to(step) if step < len(STEPS) else self.end()

    def end(self) -> None:
        """End the tour, on the main screen."""
        self._step, self.arrived = None, False
        for screen in self._app.screen_stack:
            screen.query(TourPanel).remove()
        self._app.back_to_main()
        self._app.refresh_bindings()

    def follow(self) -> None:
        """Begin if the tour begins by itself; go to what the step is about, if that had to be waited for."""
        if self._begins:
            self._begins = False
            self.begin()
        elif self._step is not None and not self.arrived:
            self._go_to(self._step)

    def _go_to(self, step: int) -> None:
        self._step, self.arrived = step, failed(self._app.view)
        if self.arrived:
            self._app.back_to_main()
            self._app.point_at(STEPS[step].spot.value)
        self.add_panel(self._app.screen)
        self._app.refresh_bindings()

    def add_panel(self, screen: Screen[object]) -> None:
        """Show the current step on a screen that comes on top, other than a menu."""
        if self._step is None or isinstance(screen, ModalScreen):
            return
        panel = next(iter(screen.query(TourPanel)), None)
        if panel is None:
            panel = TourPanel()
            screen.mount(panel)
        self._show_step(panel, self._step)

    def _show_step(self, panel: TourPanel, number: int) -> None:
        app, step = self._app, STEPS[number]
        end = f"{app.key_to('tour')} ends the tour"
        if not self.arrived:
            panel.show("Guided tour", WAITING, end, app.palette)
            return
        text = step.text.replace("{what-if}", app.key_to("what-if"))
        last = number == len(STEPS) - 1
        keys = f"{app.key_to('tour-next')} {'ends the tour' if last else 'goes on'}"
        heading = f"Guided tour, {number + 1} of {len(STEPS)}: {step.heading}"
        panel.show(heading, text, keys if last else f"{keys} · {end}", app.palette)
