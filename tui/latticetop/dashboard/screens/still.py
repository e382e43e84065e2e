"""A screen that stays as it is while the focus moves on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import Reactive
from textual.screen import Screen

if TYPE_CHECKING:
    from textual.widget import Widget


class StillScreen(Screen[None]):
    """Not painted anew as a whole when another widget gets the focus: both widgets and their panes paint themselves."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
