"""The dashboard on a recording: the same screens, with the recording's time and a bar that moves in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import ModalScreen, Screen
from textual.worker import get_current_worker

from latticetop.config.actions import Place
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.keys.bindings import INTERRUPT, bindings_at
from latticetop.dashboard.replay.bar import ReplayBar
from latticetop.follow.recording.reader import RecordingError

if TYPE_CHECKING:
    from textual.binding import BindingType

    from latticetop.follow.recording.replayer import Replayer
    from latticetop.follow.status import Source
    from latticetop.model.history.trend import Trend

PERCENT = 5
"""How much more of a recording is read before that is told."""


class ReplayApp(LatticetopApp, inherit_bindings=False):
    """Shows what a replayer plays; `source` stands in for it where something is to listen in between."""

    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, *bindings_at(Place.APP, replaying=True)]

    def __init__(self, replayer: Replayer, source: Source | None = None, **options: Any) -> None:
        super().__init__(source or replayer, **options)
        self.replayer = replayer
        self._whole: Trend | None = None
        self._note = ""

    @property
    def trend(self) -> Trend:
        """How the counts went over the whole recording, or up to now until that has been read."""
        return self._whole or super().trend

    @property
    def trend_note(self) -> str:
        """How much of the recording has been read for that, or why it could not be."""
        return self._note

    def gather_trend(self) -> None:
        """Read the whole recording in another thread, once."""
        if self._whole is None and not self._note:
            self._note = "reading the recording"
            self.run_worker(self._gather, thread=True, group="trend")

    def _gather(self) -> None:
        from latticetop.follow.recording.reader import trend_of

        worker, recording, told = get_current_worker(), self.replayer.recording, 0

        def go_on(done: int) -> bool:
            nonlocal told
            percent = 100 * done // len(recording)
            if percent >= told + PERCENT and not worker.is_cancelled:
                told = percent
                self.call_from_thread(self._tell_trend, f"reading the recording: {percent} %")
            return not worker.is_cancelled

        try:
            whole, note = trend_of(recording, go_on), ""
        except RecordingError as error:
            whole, note = None, str(error)
        if not worker.is_cancelled:
            self.call_from_thread(self._tell_trend, note, whole)

    def _tell_trend(self, note: str, whole: Trend | None = None) -> None:
        self._note, self._whole = note, whole
        self.latest = self.current.latest

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
