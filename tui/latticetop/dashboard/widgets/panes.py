"""The four panes of the main screen, and how they share its height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container

if TYPE_CHECKING:
    from latticetop.dashboard.view import View

FRAME_LINES, LEAST_LINES = 4, 7
"""Lines of a table's pane beside its rows: border, head, one to spare; and how many it has at the least."""
SHARE, SHORT_SHARE = 0.33, 0.4
"""The part of the screen's height that tables get at the most, and on a short screen."""


class Panes(Container):
    """Tables above, what is under their cursors beneath; with nothing beneath while there is nothing in the tables."""

    _height: int | None = None

    def balance(self, view: View | None) -> None:
        """Give the tables the lines they need, within bounds, and the rest to what is beneath them."""
        bare = view is None or view.bare
        self.set_class(bare, "-bare")
        height = None
        if view is not None and not bare:
            rows = max(len(view.snapshot.endpoints), len(view.snapshot.subnets))
            share = SHORT_SHARE if self.screen.has_class("-short") else SHARE
            height = max(LEAST_LINES, min(rows + FRAME_LINES, int(self.screen.size.height * share)))
        if height != self._height:
            self._height = height
            self.styles.grid_rows = None if height is None else f"{height} 1fr"
