"""The lines of a recording: where in it we are, and when something changed."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.host import host_of

if TYPE_CHECKING:
    from datetime import datetime

    from textual.events import Click

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.recording.replayer import Replayer

HINTS = {
    "step": ("step-back", "step"),
    "change": ("previous-change", "next-change"),
    "speed": ("faster", "slower"),
    "start": ("start",),
}
"""What can be done, and the actions that do it."""
GAP, PADDING = 2, 1
NARROW = 100
"""Below so many columns the date is left out where there is only one."""
TRACK, CHANGE, PLACE = "-", "|", "#"


class ReplayBar(Static):
    """Two lines: state, time, place and speed; and the whole length with a mark for each change. A click goes there."""

    def __init__(self, replayer: Replayer) -> None:
        super().__init__()
        self._replayer = replayer
        self._marks: tuple[int, list[bool]] = (0, [])

    def on_mount(self) -> None:
        """Follow the app's updates: whatever the replayer does, it publishes."""
        self.watch(self.app, "latest", self._draw)

    def on_resize(self) -> None:
        """Spread the length over another width."""
        self._draw()

    def on_click(self, event: Click) -> None:
        """Go to the moment under the pointer."""
        if event.y == 1:
            moments, width = self._replayer.recording.moments, self._width
            share = max(0, min(event.x - PADDING, width - 1)) / max(1, width - 1)
            self._replayer.seek(self._replayer.recording.index_at(moments[0].at + share * self._span))

    @property
    def _width(self) -> int:
        return max(1, self.size.width)

    @property
    def _span(self) -> timedelta:
        moments = self._replayer.recording.moments
        return moments[-1].at - moments[0].at

    def _draw(self) -> None:
        palette = host_of(self).palette
        text = Text("\n", no_wrap=True).join([self._state(palette), self._length(palette)])
        self.update(text, layout=False)

    def _state(self, palette: Palette) -> Text:
        replayer = self._replayer
        word, tone = ("playing", "good") if replayer.playing else ("paused", "warn")
        if replayer.ended:
            word, tone = "the end", "warn"
        left = Text.assemble(
            (f"{word:<7}", palette[tone]),
            (f"  {self._time(replayer.at)} UTC", palette["strong"]),
            (f"  {replayer.index + 1:,} of {len(replayer.recording):,}", palette["dim"]),
            (f"  {replayer.speed:g}x", palette["text"]),
        )
        app = host_of(self)
        hints = [
            Text.assemble((app.key_to(*ids), palette["focus"]), (f" {what}", palette["dim"]))
            for what, ids in HINTS.items()
        ]
        while hints and left.cell_len + sum(hint.cell_len + GAP for hint in hints) > self._width:
            hints.pop()
        right = Text(" " * GAP).join(hints)
        left.pad_right(max(0, self._width - left.cell_len - right.cell_len))
        return left + right

    def _time(self, at: datetime) -> str:
        moments = self._replayer.recording.moments
        one_day = moments[0].at.astimezone(UTC).date() == moments[-1].at.astimezone(UTC).date()
        return f"{at.astimezone(UTC):{'%H:%M:%S' if one_day and self._width < NARROW else '%Y-%m-%d %H:%M:%S'}}"

    def _length(self, palette: Palette) -> Text:
        place, changed = self._column(self._replayer.at), self._changed()
        line = Text()
        for column, marked in enumerate(changed):
            if column == place:
                line.append(PLACE, palette["title"])
            else:
                line.append(CHANGE if marked else TRACK, palette["advice" if marked else "dim"])
        return line

    def _changed(self) -> list[bool]:
        """Per column, whether something changed in its stretch of time."""
        if self._marks[0] != self._width:
            columns = [False] * self._width
            for moment in self._replayer.recording.moments:
                if moment.telling:
                    columns[self._column(moment.at)] = True
            self._marks = (self._width, columns)
        return self._marks[1]

    def _column(self, at: datetime) -> int:
        first, span = self._replayer.recording.moments[0].at, self._span
        share = (at - first) / span if span else 0.0
        return max(0, min(int(share * (self._width - 1)), self._width - 1))
