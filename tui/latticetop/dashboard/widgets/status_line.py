"""The first line: what is looked at, and how fresh it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.host import host_of
from latticetop.dashboard.text.format import age, interval, plural
from latticetop.dashboard.widgets.breadcrumbs import DEPTH, Crumb, draw
from latticetop.follow.status import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.events import Click

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.status import Status, Update

GAP = 3
BAR = 10
LEAST = 24
"""Columns that the freshness has at the least: what is looked at is cut before its age is."""


class StatusLine(Static):
    """Name, scope and freshness on one line; the freshness gives way last."""

    _line: Text | None = None
    _told: tuple[Update | None, datetime, Palette, str, Sequence[Crumb]] | None = None

    def on_resize(self) -> None:
        """Draw the line anew for the new width."""
        if self._told:
            self.show(*self._told)

    def on_click(self, event: Click) -> None:
        """Go back to what the name under the pointer stands for."""
        depth = event.style.meta.get(DEPTH)
        if isinstance(depth, int):
            host_of(self).action_back_to(depth)

    def show(
        self,
        update: Update | None,
        now: datetime,
        palette: Palette,
        title: str = "",
        crumbs: Sequence[Crumb] = (),
    ) -> None:
        """Draw the line for an update at a moment, on a further screen with the way there."""
        self._told = (update, now, palette, title, crumbs)
        scope = update.snapshot.scope if update and update.snapshot else None
        parts = [part for part in (title or scope.profile, scope.account_id, scope.region) if part] if scope else []
        width = self.size.width
        left, right = draw(parts, crumbs, max(1, width), palette), Text()
        if update:
            key = host_of(self).sign_in_key
            room = max(LEAST, width - left.cell_len - GAP)
            right = freshness(update.status, now, palette, room, sign_in_key=key)
            left = draw(parts, crumbs, max(1, width - right.cell_len - GAP), palette)
        room = max(1, width - right.cell_len - left.cell_len)
        line = Text.assemble(left, " " * room, right, no_wrap=True, overflow="crop")
        if line != self._line:
            self._line = line
            self.update(line, layout=False)


def freshness(status: Status, now: datetime, palette: Palette, width: int = 80, *, sign_in_key: str = "") -> Text:
    """How the loop fares and how old the picture is: `● live   3 s ago   every 15 s   4 calls`; the last give way."""
    word, tone = _word(status, now)
    word += f", {sign_in_key} signs in" if sign_in_key else ""
    parts = [Text.assemble(("● ", palette[tone]), (word, palette["text" if tone == "good" else tone]))]
    if status.progress:
        parts.append(progress_bar(*status.progress, palette))
    if status.read_at:
        parts.append(Text(f"{age((now - status.read_at).total_seconds())} ago", palette["dim"]))
        if status.phase is not Phase.REPLAYING:
            parts.append(Text(interval(status.interval), palette["dim"]))
            parts.append(Text(plural(status.calls, "call"), palette["dim"]))
    while len(parts) > 1 and sum(part.cell_len + GAP for part in parts) > width + GAP:
        parts.pop()
    return Text(" " * GAP).join(parts)


def progress_bar(seen: int, expected: int, palette: Palette) -> Text:
    """How much of the addresses that the subnets count has been seen: `######···· 61 %`."""
    share = min(1.0, seen / expected) if expected else 0.0
    done = int(share * BAR)
    return Text.assemble(
        ("#" * done, palette["advice"]), ("·" * (BAR - done), palette["dim"]), (f" {share:.0%}", palette["text"])
    )


def _word(status: Status, now: datetime) -> tuple[str, str]:
    wait = max(0.0, (status.next_at - now).total_seconds()) if status.next_at else 0.0
    match status.phase:
        case Phase.CONNECTING:
            return "connecting", "dim"
        case Phase.REPLAYING:
            return ("recorded, with problems", "warn") if status.problem else ("recorded", "advice")
        case Phase.PAUSED:
            return "paused", "warn"
        case Phase.BACKING_OFF:
            kind = status.problem.kind.value if status.problem else "backing off"
            return f"{kind}, again in {age(wait)}", "warn"
        case Phase.NEEDS_CREDENTIALS:
            return "no valid credentials", "bad"
        case _:
            if status.read_at is None:
                return "reading", "dim"
            return ("live, with problems", "warn") if status.problem else ("live", "good")
