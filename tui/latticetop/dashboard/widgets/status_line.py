"""The first line of a screen: the scope or the path to the screen, all that is wrong, and how fresh the data is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.navigation import BreadcrumbSelected
from latticetop.dashboard.text.format import age, ago, interval_text
from latticetop.dashboard.widgets.breadcrumbs import DEPTH, Breadcrumb, draw_breadcrumbs
from latticetop.follow.freshness import SLOW_ANSWER, DataState, freshness_of
from latticetop.follow.status import Phase
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.events import Click

    from latticetop.dashboard.state.screen_data import ScreenData
    from latticetop.dashboard.state.trouble import TroubleCounts
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.freshness import Freshness
    from latticetop.follow.status import Status

GAP = 3
"""Blanks between parts."""
EDGE = 1
"""Blanks at either end of the line."""
BAR_WIDTH = 10
MIN_FRESHNESS_WIDTH = 24
"""Columns kept for the freshness: what is left of it is cut before."""
_Part = tuple[tuple[str, Style], ...]
"""Pieces of text with their styles."""
_TONES = {DataState.LIVE: "good", DataState.STALE: "warn", DataState.INCOMPLETE: "warn"}


class StatusLine(Static):
    """Scope, path and freshness on one line."""

    _line: Text | None = None
    _shown: tuple[ScreenData, datetime, Sequence[Breadcrumb], str, TroubleCounts | None] | None = None

    def on_resize(self) -> None:
        """Draw the line for another width."""
        if self._shown:
            self.show(*self._shown)

    def on_click(self, event: Click) -> None:
        """Ask for the screen of a breadcrumb."""
        depth = event.style.meta.get(DEPTH)
        if isinstance(depth, int):
            self.post_message(BreadcrumbSelected(depth))

    def show(
        self,
        data: ScreenData,
        now: datetime,
        breadcrumbs: Sequence[Breadcrumb] = (),
        refresh_key: str = "",
        trouble: TroubleCounts | None = None,
    ) -> None:
        """Draw the line as of a time; `breadcrumbs` lead from the main screen to a further one.

        `trouble` is what is wrong in all scopes, None where there is one.
        """
        self._shown = (data, now, breadcrumbs, refresh_key, trouble)
        update, palette, width = data.update, data.palette, self.size.width or self.app.size.width - 2 * EDGE
        scope = update.snapshot.scope if update and update.snapshot else None
        names = (data.scope_title or scope.profile, scope.account_id, scope.region) if scope else ()
        parts = [name for name in names if name]
        left, right = draw_breadcrumbs(parts, breadcrumbs, max(1, width), palette), Text()
        badges = trouble_texts(trouble, palette) if trouble else []
        badge_width = badges[0].cell_len + GAP if badges else 0
        if update:
            available = max(MIN_FRESHNESS_WIDTH, width - left.cell_len - badge_width - GAP)
            right = freshness_text(
                update.status, now, palette, available, sign_in_key=data.sign_in_key, refresh_key=refresh_key
            )
        room, least = width - right.cell_len - GAP, draw_breadcrumbs(parts[:1], breadcrumbs, width, palette).cell_len
        badge = next((text for text in badges if least + GAP + text.cell_len <= room), badges[-1] if badges else None)
        if badge:
            left = draw_breadcrumbs(parts, breadcrumbs, max(1, room - GAP - badge.cell_len), palette)
            left.append(" " * GAP).append_text(badge)
        else:
            left = draw_breadcrumbs(parts, breadcrumbs, max(1, room if update else width), palette)
        blanks = max(1, width - right.cell_len - left.cell_len)
        line = Text.assemble(left, " " * blanks, right, no_wrap=True, overflow="crop")
        if line != self._line:
            self._line = line
            self.update(line, layout=False)


def trouble_texts(trouble: TroubleCounts, palette: Palette) -> list[Text]:
    """`! 1 failed · 3 subnets full · 2 not known`, then with ever more of it counted together, down to `! 6`."""
    parts, counts = trouble.parts, [count for count in trouble if count]
    if not parts:
        return []
    texts = [
        " · ".join([*parts[:named], *([f"{sum(counts[named:]):,} more"] if counts[named:] else [])])
        for named in range(len(parts), 0, -1)
    ]
    tone = "bad" if trouble.failed else "warn"
    return [Text(f"! {text}", palette[tone]) for text in [*texts, f"{trouble.total:,}"]]


def freshness_text(
    status: Status, now: datetime, palette: Palette, width: int = 80, *, sign_in_key: str = "", refresh_key: str = ""
) -> Text:
    """State and age of the data: `● live   5 s ago   every 15 s   4 calls`; the last parts give way. Of files the time.

    `now` is the `present` of the status. The keys, if any, are named where they help. The text must not be changed:
    others have the same.
    """
    freshness = freshness_of(status, now)
    state, tone = _state(freshness, status, now)
    state += f", {sign_in_key} signs in" if sign_in_key else ""
    state += f", {refresh_key} gives it up" if refresh_key and freshness.unanswered > SLOW_ANSWER else ""
    parts: list[_Part] = [(("● ", palette[tone]), (state, palette["text" if tone == "good" else tone]))]
    if status.progress:
        parts.append(_progress_bar(*status.progress, palette))
    if status.phase is Phase.FROM_FILES:
        parts += [((f"{status.read_at:%Y-%m-%d %H:%M} UTC", palette["dim"]),)] if status.read_at else []
    elif freshness.age is not None:
        parts.append(((ago(freshness.age), palette["warn" if freshness.is_late else "dim"]),))
        if status.phase is not Phase.REPLAYING:
            if freshness.state is not DataState.ON_DEMAND:
                parts.append(((interval_text(status.interval), palette["dim"]),))
            parts.append(((counted(status.calls, "call"), palette["dim"]),))
    return _joined(tuple(parts), width)


@lru_cache(maxsize=1 << 10)
def _joined(parts: tuple[_Part, ...], width: int) -> Text:
    """The parts that have room. Kept: of many accounts several have the same ones in each second."""
    texts = [Text.assemble(*part) for part in parts]
    while len(texts) > 1 and sum(text.cell_len + GAP for text in texts) > width + GAP:
        texts.pop()
    return Text(" " * GAP).join(texts)


def _progress_bar(read: int, expected: int, palette: Palette) -> _Part:
    """The share of the used addresses, as the subnets count them, that was read: `######···· 61%`."""
    share = min(1.0, read / expected) if expected else 0.0
    filled = int(share * BAR_WIDTH)
    return (
        ("#" * filled, palette["advice"]),
        ("·" * (BAR_WIDTH - filled), palette["dim"]),
        (f" {share:.0%}", palette["text"]),
    )


def _state(freshness: Freshness, status: Status, now: datetime) -> tuple[str, str]:
    """The state as text, and the name of its style."""
    match freshness.state:
        case DataState.REPLAYING:
            return ("recorded, with problems", "warn") if status.problem else ("recorded", "advice")
        case DataState.FROM_FILES:
            return ("from files, with problems", "warn") if status.problem else ("from files", "advice")
        case DataState.PAUSED:
            return "paused", "warn"
        case DataState.BACKING_OFF:
            kind = status.problem.kind.value if status.problem else "backing off"
            wait = max(0.0, (status.next_at - now).total_seconds()) if status.next_at else 0.0
            return f"{kind}, again in {age(wait)}", "warn"
        case DataState.NEEDS_CREDENTIALS:
            is_refused_role = status.problem is not None and status.problem.is_refused_role
            return "role refused" if is_refused_role else "no valid credentials", "bad"
    state = freshness.state.value
    if freshness.unanswered:
        return f"{state}, no answer for {age(freshness.unanswered)}", "warn"
    if status.problem and freshness.age is not None:
        return f"{state}, with problems", "warn"
    return state, _TONES.get(freshness.state, "dim")
