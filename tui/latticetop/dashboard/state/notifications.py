"""Announce changed verdicts of endpoints with the terminal's bell or a desktop notification."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App

    from latticetop.follow.status import Update
    from latticetop.model.history.change_events import ChangeEvent

BELL, DESKTOP = "bell", "desktop"
MAX_CHARACTERS = 200
"""Terminals cut notifications; none needs more characters than this."""


def notify_verdict_changes(app: App[int], notify_by: str, events: Sequence[ChangeEvent], scope: str = "") -> None:
    """Announce the verdicts among some changes by `bell` or `desktop`; by any other word not at all.

    Those that got worse are shown on screen for some seconds too. `scope` is the name of the scope, if there are
    several.
    """
    verdicts = [event for event in events if event.verdict_changed and (event.verdict_before or event.worse)]
    if notify_by not in (BELL, DESKTOP) or not verdicts:
        return
    if notify_by == BELL:
        app.bell()
    elif app._driver is not None:
        app._driver.write(desktop_notification(notification_text(verdicts, scope), os.environ))
        app._driver.flush()
    if worse := [event for event in verdicts if event.worse]:
        app.notify(notification_text(worse, scope), severity="warning", markup=False)


def notify_recording_problem(app: App[int], before: Update | None, after: Update) -> None:
    """Show on screen that recording has begun to fail, or fails for another reason."""
    problem = after.status.recording_problem
    if problem is not None and (before is None or before.status.recording_problem != problem):
        app.notify(str(problem), title="Recording", severity="error", timeout=15, markup=False)


def notification_text(events: Sequence[ChangeEvent], scope: str = "") -> str:
    """`vpce-0e3b…2c4a: Pending → Failed: failed but accessible, and 2 more, in prod us-east-1`; the worst first."""
    first = min(events, key=lambda event: not event.worse)
    more = f", and {len(events) - 1:,} more" if len(events) > 1 else ""
    where = f", in {scope}" if scope else ""
    return clean(f"{shorten_ids(first.vpc_endpoint_id)}: {first.message}{more}{where}")


def desktop_notification(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that asks a terminal for a desktop notification, here or at the other end of SSH.

    OSC 9 is iTerm2's (kitty, WezTerm, Ghostty and Windows Terminal know it), OSC 777 is rxvt's and foot's. tmux passes
    either on when `allow-passthrough` is on.
    """
    line = " ".join(clean(text.replace("\n", " ")).split())[:MAX_CHARACTERS]
    if environment.get("TERM", "").startswith(("rxvt", "foot")):
        sequence = f"\x1b]777;notify;latticetop;{line}\x1b\\"
    else:
        sequence = f"\x1b]9;latticetop: {line}\x1b\\"
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
