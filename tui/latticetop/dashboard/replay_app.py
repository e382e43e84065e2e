"""The dashboard on a recording: the same screens, with the recording's time and a bar that moves in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.screen import ModalScreen, Screen

from latticetop.actions import Place
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.bindings import INTERRUPT, bindings_at
from latticetop.dashboard.widgets.replay_bar import ReplayBar

if TYPE_CHECKING:
    from latticetop.follow.replay import Replayer
    from latticetop.follow.status import Source


class ReplayApp(LatticetopApp, inherit_bindings=False):
    """Shows what a replayer plays; `source` stands in for it where something is to listen in between."""

    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, *bindings_at(Place.APP, replaying=True)]

    def __init__(self, replayer: Replayer, source: Source | None = None, **options: Any) -> None:
        super().__init__(source or replayer, **options)
        self.replayer = replayer

    def on_mount(self) -> None:
        """Put the bar on every screen. (Textual calls every `on_mount` of a class's bases, this one first.)"""
        self.screen_change_signal.subscribe(self, self._add_bar)

    def _add_bar(self, screen: Screen[object]) -> None:
        if not isinstance(screen, ModalScreen) and not screen.query(ReplayBar):
            screen.mount(ReplayBar(self.replayer))

    def action_pause(self) -> None:
        """Play, or stand still."""
        self.replayer.pause() if self.replayer.playing and not self.replayer.ended else self.replayer.resume()

    def action_step(self, entries: int) -> None:
        """Go so many entries on or back, and stand still."""
        self.replayer.step(entries)

    def action_change(self, direction: int) -> None:
        """Go to the next change or the one before, and stand still."""
        self.replayer.seek_change(direction)

    def action_speed(self, steps: int) -> None:
        """Play faster or slower."""
        self.replayer.change_speed(steps)

    def action_start(self) -> None:
        """Go to the start."""
        self.replayer.seek(0)
