"""What the screens about all scopes share: they follow every scope, also before the one on screen has been read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.screens.detail import DetailScreen
from latticetop.dashboard.widgets.keyed_table import KeyedTable

if TYPE_CHECKING:
    from latticetop.dashboard.view import View
    from latticetop.follow.status import Update


class OverviewScreen(DetailScreen):
    """A screen of one table about all scopes; `show` is called whenever one of them has published something."""

    def show(self) -> None:
        """Show every scope as it is now."""
        raise NotImplementedError

    def refresh_from(self, view: View) -> None:
        """Nothing here is about the scope on screen alone."""

    def _follow(self, update: Update | None) -> None:
        super()._follow(update)
        self.query_one(KeyedTable).tell_scopes(len(self.lattice.watched) > 1)
        self.show()
