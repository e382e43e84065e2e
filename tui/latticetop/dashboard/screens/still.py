"""A screen that stays as it is while the focus moves on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import Reactive
from textual.screen import Screen

from latticetop.dashboard.widgets.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget


class StillScreen(Screen[None]):
    """Not painted anew as a whole when another widget gets the focus: both widgets and their panes paint themselves."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def watch_focused(self, before: Widget | None, now: Widget | None) -> None:
        """Light the border of the pane at hand, and put the other out, in the frame in which the cursors change."""
        left, entered = (set(_panes(widget)) for widget in (before, now))
        for pane in left ^ entered:
            pane.light(pane in entered)


def _panes(widget: Widget | None) -> Iterator[Pane]:
    return (each for each in (widget.ancestors if widget else ()) if isinstance(each, Pane))
