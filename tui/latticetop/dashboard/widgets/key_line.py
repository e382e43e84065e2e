"""The last line: the keys that are of use here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

STAY = frozenset({"help", "quit", "dismiss"})
"""The actions whose keys are always shown."""
WIDE, TIGHT = 4, 3
"""Blanks about a key and its word."""


class KeyLine(Footer):
    """As many keys as there is room for: help, the way back and quit stay, of the others the last give way first."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False)

    def compose(self) -> ComposeResult:
        """The keys that fit, closer together where that lets more of them fit."""
        keys, room = list(super().compose()), self.app.size.width
        tight = _width(keys, WIDE) > room
        self.set_class(tight, "-tight")
        while tight and _width(keys, TIGHT) > room:
            spare = next((key for key in reversed(keys) if _action(key) not in STAY), None)
            if spare is None:
                break
            keys.remove(spare)
        yield from keys

    def on_resize(self) -> None:
        """Choose anew for another width."""
        self.call_after_refresh(self.recompose)


def _width(keys: list[Widget], blanks: int) -> int:
    return sum(len(getattr(key, "key_display", "")) + len(getattr(key, "description", "")) + blanks for key in keys)


def _action(key: Widget) -> str:
    return str(getattr(key, "action", "")).rsplit(".", 1)[-1]
