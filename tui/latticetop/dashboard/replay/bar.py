"""The bar of a recording: the position in it, and when something changed."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.events import Click

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.recording.replayer import Replayer

HINT_GAP, PADDING = 2, 1
NARROW = 100
"""In fewer columns the date is left out where the recording has only one."""
TRACK, CHANGE, POSITION = "-", "|", "#"


class ReplayBar(Static):
    """Two lines: state, time, entry and speed; and the length of the recording with a mark for each change."""

    class EntrySelected(Message):
        """The timeline was clicked at an entry of the recording."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, replayer: Replayer) -> None:
        super().__init__()
        self._replayer = replayer
        self._drawn_with: tuple[Palette, Mapping[str, str]] | None = None
        self._changed_columns: list[bool] = []
        """For each column, whether something changed in its stretch of time; made for a width."""

    def show(self, palette: Palette, keys: Mapping[str, str]) -> None:
        """Draw the position of the replayer; `keys` are those for each label."""
        self._drawn_with = (palette, keys)
        self._draw()

    def on_resize(self) -> None:
        """Spread the recording over another width."""
        self._draw()

    def on_click(self, event: Click) -> None:
        """Select the entry under the pointer."""
        if event.y == 1:
            recording, width = self._replayer.recording, self._width
            share = max(0, min(event.x - PADDING, width - 1)) / max(1, width - 1)
            time = recording.positions[0].at + share * self._duration
            self.post_message(self.EntrySelected(recording.index_at(time)))

    @property
    def _width(self) -> int:
        return max(1, self.size.width)

    @property
    def _duration(self) -> timedelta:
        moments = self._replayer.recording.positions
        return moments[-1].at - moments[0].at

    def _draw(self) -> None:
        if self._drawn_with is not None:
            palette, keys = self._drawn_with
            text = Text("\n", no_wrap=True).join([self._state_line(palette, keys), self._timeline(palette)])
            self.update(text, layout=False)

    def _state_line(self, palette: Palette, keys: Mapping[str, str]) -> Text:
        replayer = self._replayer
        word, tone = ("playing", "good") if replayer.playing else ("paused", "warn")
        if replayer.ended:
            word, tone = "the end", "warn"
        left = Text.assemble(
            (f"{word:<7}", palette[tone]),
            (f"  {self._time_text(replayer.at)} UTC", palette["strong"]),
            (f"  {replayer.index + 1:,} of {len(replayer.recording):,}", palette["dim"]),
            (f"  {replayer.speed:g}x", palette["text"]),
        )
        hints = [
            Text.assemble((shown_keys, palette["focus"]), (f" {label}", palette["dim"]))
            for label, shown_keys in keys.items()
        ]
        while hints and left.cell_len + sum(hint.cell_len + HINT_GAP for hint in hints) > self._width:
            hints.pop()
        right = Text(" " * HINT_GAP).join(hints)
        left.pad_right(max(0, self._width - left.cell_len - right.cell_len))
        return left + right

    def _time_text(self, at: datetime) -> str:
        moments = self._replayer.recording.positions
        one_day = moments[0].at.astimezone(UTC).date() == moments[-1].at.astimezone(UTC).date()
        return f"{at.astimezone(UTC):{'%H:%M:%S' if one_day and self._width < NARROW else '%Y-%m-%d %H:%M:%S'}}"

    def _timeline(self, palette: Palette) -> Text:
        if len(self._changed_columns) != self._width:
            self._changed_columns = self._find_changes()
        position = self._column(self._replayer.at)
        line = Text()
        for column, changed in enumerate(self._changed_columns):
            if column == position:
                line.append(POSITION, palette["title"])
            else:
                line.append(CHANGE if changed else TRACK, palette["advice" if changed else "dim"])
        return line

    def _find_changes(self) -> list[bool]:
        columns = [False] * self._width
        for moment in self._replayer.recording.positions:
            if moment.has_changes:
                columns[self._column(moment.at)] = True
        return columns

    def _column(self, at: datetime) -> int:
        start, duration = self._replayer.recording.positions[0].at, self._duration
        share = (at - start) / duration if duration else 0.0
        return max(0, min(int(share * (self._width - 1)), self._width - 1))
