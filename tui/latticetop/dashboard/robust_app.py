"""Textual's App, opening and closing screens safely, and ending without what a terminal acts upon."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING, Any

from rich.segment import Segment, Segments
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.color import Color
from textual.screen import Screen
from textual.worker import WorkerFailed

from latticetop.dashboard.keys.unbracketed_paste import detect_pastes
from latticetop.dashboard.text.printable import PrintableFilter

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver

NARROW, SHORT = 100, 30
"""In fewer columns the explanation is behind Enter; in fewer lines the tables get less of the height."""
_PRINTABLE_FILTER = PrintableFilter()


class RobustApp(App[int]):
    """Opens a screen once, styled for its size. What has ended the app is in `crash`, and not printed."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012

    def on_mount(self) -> None:
        """Draw the screen after a suspension. (Textual calls the `on_mount` of every base class.)"""
        # A shell has written over what was there.
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())

    def push_screen(self, screen: Screen[Any] | str, *arguments: Any, **options: Any) -> Any:
        """Show a screen above the others; nothing if it shows what the one on top does: a key was pressed twice."""
        if isinstance(screen, Screen):
            if _show_the_same(screen, self.screen):
                return AwaitComplete()
            self.add_size_classes(screen)
        return super().push_screen(screen, *arguments, **options)

    def add_size_classes(self, screen: Screen[Any]) -> None:
        """Give a screen the classes of its size before it is styled: Textual would style it again with them."""
        width, height = self.size
        for length, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            screen.add_class(max(point for point in breakpoints if point[0] <= length)[1], update=False)

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this platform, which takes pasted text for one paste in every terminal."""
        driver = super().get_driver_class()
        detect_pastes()
        return driver

    @property
    def crash(self) -> Exception | None:
        """What has ended the app, unless it was quit."""
        error = self._exception
        cause = error.error if isinstance(error, WorkerFailed) else error
        return cause if isinstance(cause, Exception) else None

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        # One that is closed at once would look in vain for widgets that are no longer mounted.
        await screen._mounted_event.wait()
        return await super()._replace_screen(screen)

    def _handle_exception(self, error: Exception) -> None:
        has_ended = self._exit or (self._driver is not None and not self._running)
        if not has_ended:
            super()._handle_exception(error)
        else:
            # No widget is mounted any more, and they go one after the other: one may ask for another that is not there.
            logging.getLogger("latticetop").info("raised while the dashboard ended", exc_info=error)

    def _fatal_error(self) -> None:
        # Textual's own prints the variables of every frame, and some hold credentials. See `crash`.
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """Exit and print errors on stderr, without what a terminal acts upon."""
        for renderable in renderables:
            lines = Segment.split_lines(self.console.render(renderable, self.console.options))
            printable = [[*_PRINTABLE_FILTER.apply(line, Color(0, 0, 0)), Segment.line()] for line in lines]
            super().panic(Segments(chain.from_iterable(printable)))


def _show_the_same(screen: Screen[Any], other: Screen[Any]) -> bool:
    return type(screen) is type(other) and getattr(screen, "breadcrumbs", ()) == getattr(other, "breadcrumbs", ())
