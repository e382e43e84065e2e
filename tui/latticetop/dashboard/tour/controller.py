"""Runs the guided tour: waits for what each step is about, points at it, and shows the panel on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from rich.text import Text
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from latticetop.dashboard.tour.steps import STEPS, WAITING, has_failed_endpoint

if TYPE_CHECKING:
    from latticetop.dashboard.navigator import Navigator
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette


class TouredApp(Protocol):
    """What the tour needs of the app."""

    @property
    def view(self) -> SnapshotView | None:
        """The last snapshot of the scope on screen with what follows from it."""

    @property
    def palette(self) -> Palette:
        """The styles of the theme."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens, the one on top last."""

    def key_to(self, *ids: str) -> str:
        """The first key of each action, as the screen shows it."""

    def refresh_bindings(self) -> None:
        """Compute again which keys are available."""


class TourPanel(Static):
    """Beneath a screen, a step: its heading with its number, its text, and the keys that continue and end the tour."""

    def show(self, heading: str, text: str, keys: str, palette: Palette) -> None:
        """Show a step."""
        self.border_title = Content(heading)
        self.border_subtitle = Content(keys)
        self.update(Text(text, palette["text"]))


class TourController:
    """The tour of one app, which starts by itself with the first read if `begins` says so.

    A step is shown when what it is about has been read; until then the panel says what is waited for.
    """

    def __init__(self, app: TouredApp, navigator: Navigator, *, begins: bool) -> None:
        self._app = app
        self._navigator = navigator
        self._begins = begins
        self._step: int | None = None
        """The index of the step; None while there is no tour."""
        self._arrived = False
        """Whether what the step is about is on screen."""

    @property
    def is_running(self) -> bool:
        """Whether the tour has begun and not ended."""
        return self._step is not None

    def offers(self, action: str) -> bool:
        """Whether an action of the tour is available."""
        if action == "tour":
            return True
        return self.is_running and (action == "tour_end" or self._arrived)

    def toggle(self) -> None:
        """Begin the tour, or end it."""
        self.end() if self.is_running else self._go_to(0)

    def go_on(self) -> None:
        """Go to the next step; after the last one the tour ends."""
        step = (self._step or 0) + 1
        self._go_to(step) if step < len(STEPS) else self.end()

    def end(self) -> None:
        """End the tour, on the main screen."""
        self._step, self._arrived = None, False
        for screen in self._app.screen_stack:
            screen.query(TourPanel).remove()
        self._navigator.back_to_main()
        self._app.refresh_bindings()

    def data_changed(self) -> None:
        """Begin if the tour begins by itself; show a step that was waited for, if it can be shown now."""
        if self._begins:
            self._begins = False
            self._go_to(0)
        elif self._step is not None and not self._arrived:
            self._go_to(self._step)

    def add_panel(self, screen: Screen[object]) -> None:
        """Show the current step on a screen that is on top now, other than a menu."""
        if self._step is None or isinstance(screen, ModalScreen):
            return
        panel = next(iter(screen.query(TourPanel)), None)
        if panel is None:
            panel = TourPanel()
            screen.mount(panel)
        self._show_step(panel, self._step)

    def _go_to(self, step: int) -> None:
        self._step, self._arrived = step, has_failed_endpoint(self._app.view)
        if self._arrived:
            self._navigator.show_tour_target(STEPS[step].target)
        self.add_panel(self._app.screen)
        self._app.refresh_bindings()

    def _show_step(self, panel: TourPanel, number: int) -> None:
        app, step = self._app, STEPS[number]
        end = f"{app.key_to('tour')} ends the tour"
        if not self._arrived:
            panel.show("Guided tour", WAITING, end, app.palette)
            return
        text = step.text.replace("{what-if}", app.key_to("what-if"))
        last = number == len(STEPS) - 1
        keys = f"{app.key_to('tour-next')} {'ends the tour' if last else 'goes on'}"
        heading = f"Guided tour, {number + 1} of {len(STEPS)}: {step.heading}"
        panel.show(heading, text, keys if last else f"{keys} · {end}", app.palette)
