"""A bell or a notice of the desktop when the verdict on an endpoint changes, for who asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import App

    from latticetop.model.history.events import Entry

BELL, DESKTOP = "bell", "desktop"
LONGEST = 200
"""Terminals cut notices; none needs more characters than this."""


def tell(app: App[int], how: str, entries: Sequence[Entry], scope: str = "") -> None:
    """Tell of the verdicts among some entries: by `bell`, by `desktop`, by nothing else.

    What got worse stands on screen for some seconds too. `scope` names where, when there are several.
    """
    verdicts = [entry for entry in entries if entry.of_a_verdict and (entry.verdict_before or entry.worse)]
    if how not in (BELL, DESKTOP) or not verdicts:
        return
    if how == BELL:
        app.bell()
    elif app._driver is not None:
        app._driver.write(desktop_notice(words(verdicts, scope), os.environ))
        app._driver.flush()
    if worse := [entry for entry in verdicts if entry.worse]:
        app.notify(words(worse, scope), severity="warning", markup=False)


def words(entries: Sequence[Entry], scope: str = "") -> str:
    """`vpce-0e3b…2c4a: Pending → Failed: failed but accessible, and 2 more, in prod us-east-1`; the worst first."""
    first = min(entries, key=lambda entry: not entry.worse)
    more = f", and {len(entries) - 1:,} more" if len(entries) > 1 else ""
    where = f", in {scope}" if scope else ""
    return clean(f"{shorten_ids(first.vpc_endpoint_id)}: {first.what}{more}{where}")


def desktop_notice(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that asks a terminal for a notice, here or at the other end of SSH.

    OSC 9 is iTerm2's (kitty, WezTerm, Ghostty, Windows Terminal know it), OSC 777 is rxvt's and foot's. tmux passes
    either on when `allow-passthrough` is on.
    """
    said = " ".join(clean(text.replace("\n", " ")).split())[:LONGEST]
    if environment.get("TERM", "").startswith(("rxvt", "foot")):
        sequence = f"\x1b]777;notify;latticetop;{said}\x1b\\"
    else:
        sequence = f"\x1b]9;latticetop: {said}\x1b\\"
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
