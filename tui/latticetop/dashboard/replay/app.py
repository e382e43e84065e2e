"""The dashboard on a recording: the same screens, with the recording's time and a bar with the position in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import ModalScreen, Screen
from textual.worker import get_current_worker

from latticetop.config.actions import KeyContext
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.keys.bindings import INTERRUPT, SUSPEND, bindings_at
from latticetop.dashboard.replay.bar import ReplayBar
from latticetop.follow.recording.reader import RecordingError

if TYPE_CHECKING:
    from textual.binding import BindingType

    from latticetop.follow.recording.replayer import Replayer
    from latticetop.follow.status import Source
    from latticetop.model.history.trend import Trend

BAR_ACTIONS = {
    "step": ("step-back", "step"),
    "change": ("previous-change", "next-change"),
    "speed": ("faster", "slower"),
    "start": ("start",),
}
"""The labels of the bar and the actions whose keys they name."""
PROGRESS_STEP = 5
"""Percent of a recording that are read before the progress is shown again."""


class ReplayApp(LatticetopApp, inherit_bindings=False):
    """Shows what a replayer plays. A `source` between the replayer and the app can be given, for tests."""

    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, SUSPEND, *bindings_at(KeyContext.APP, replaying=True)]

    REPLAYING = True

    def __init__(self, replayer: Replayer, source: Source | None = None, **options: Any) -> None:
        super().__init__(source or replayer, **options)
        self.replayer = replayer
        self._whole_trend: Trend | None = None
        self._trend_note = ""

    def on_mount(self) -> None:
        """Put the bar on every screen. (Textual calls the `on_mount` of every base class, this one first.)"""
        self.screen_change_signal.subscribe(self, self._show_bar)

    def redraw(self) -> None:
        """Draw the screens, and the bar: whatever the replayer does, it publishes."""
        super().redraw()
        self._show_bar(self.screen)

    def _show_bar(self, screen: Screen[object]) -> None:
        if isinstance(screen, ModalScreen):
            return
        bar = next(iter(screen.query(ReplayBar)), None)
        if bar is None:
            bar = ReplayBar(self.replayer)
            screen.mount(bar)
        keys = {label: self.key_to(*action_ids) for label, action_ids in BAR_ACTIONS.items()}
        bar.show(self.palette, keys)

    def on_replay_bar_entry_selected(self, message: ReplayBar.EntrySelected) -> None:
        """Go to an entry of the recording."""
        self.replayer.seek(message.index)

    def current_trend(self) -> tuple[Trend, str]:
        """The counts over the whole recording, or up to now until it has been read; the note says how far it is."""
        return self._whole_trend or super().current_trend()[0], self._trend_note

    def action_trend(self) -> None:
        """Show free blocks and capacity over time, and begin to read the whole recording for them."""
        if self._whole_trend is None and not self._trend_note:
            self._show_trend("reading the recording")
            self.run_worker(self._read_whole_trend, thread=True, group="trend")
        super().action_trend()

    def _read_whole_trend(self) -> None:
        from latticetop.follow.recording.reader import recording_trend

        worker, recording, shown_percent = get_current_worker(), self.replayer.recording, 0

        def show_progress(entries: int) -> bool:
            nonlocal shown_percent
            percent = 100 * entries // len(recording)
            if percent >= shown_percent + PROGRESS_STEP and not worker.is_cancelled:
                shown_percent = percent
                self.call_from_thread(self._show_trend, f"reading the recording: {percent} %")
            return not worker.is_cancelled

        try:
            trend, note = recording_trend(recording, show_progress), ""
        except RecordingError as error:
            trend, note = None, str(error)
        if not worker.is_cancelled:
            self.call_from_thread(self._show_trend, note, trend)

    def _show_trend(self, note: str, trend: Trend | None = None) -> None:
        self._trend_note, self._whole_trend = note, trend
        self.redraw()

    def action_pause(self) -> None:
        """Play or pause."""
        self.replayer.pause() if self.replayer.playing and not self.replayer.ended else self.replayer.resume()

    def action_step(self, entries: int) -> None:
        """Go forward by so many entries, or back, and pause."""
        self.replayer.step(entries)

    def action_change(self, direction: int) -> None:
        """Go to the next change, or the previous one, and pause."""
        self.replayer.seek_change(direction)

    def action_speed(self, steps: int) -> None:
        """Play faster or slower."""
        self.replayer.change_speed(steps)

    def action_start(self) -> None:
        """Go to the start."""
        self.replayer.seek(0)
