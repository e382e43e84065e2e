"""What the drill-down screens share: the app's latest view, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import BindingType

from latticetop.actions import Place
from latticetop.dashboard.bindings import bindings_at
from latticetop.dashboard.screens.still import StillScreen
from latticetop.dashboard.widgets.crumbs import Crumb, without_repeats
from latticetop.dashboard.widgets.keyed_table import KeyedTable
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.dashboard.view import View
    from latticetop.follow.status import Update


class DetailScreen(StillScreen):
    """A screen about one thing; `refresh_from` is called with every new view."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.DETAIL)

    @property
    def lattice(self) -> LatticetopApp:
        """The app."""
        return cast("LatticetopApp", self.app)

    def on_mount(self) -> None:
        """Follow the app's updates, and the passing of time."""
        self.opened()
        self.watch(self.lattice, "latest", self._follow)
        self.set_interval(1.0, self._tick)

    def opened(self) -> None:
        """Do what is to be done once, before the first view. (Textual calls every `on_mount` of a class's bases.)"""

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What the screen is about, for the line that says where one is: one name, or that of what it is in too."""
        raise NotImplementedError

    @property
    def _way(self) -> list[Crumb]:
        """The screens from the main one to this one."""
        screens = list(enumerate(self.app.screen_stack, 1))
        upto = next((depth for depth, screen in screens if screen is self), 0)
        found = (each for each in screens[:upto] if isinstance(each[1], DetailScreen))
        return without_repeats(Crumb(name, depth) for depth, screen in found for name in screen.crumbs)  # type: ignore[attr-defined]

    @on(KeyedTable.Resized)
    def _resized(self) -> None:
        self._follow(self.lattice.latest)

    def refresh_from(self, view: View) -> None:
        """Show a view."""
        raise NotImplementedError

    def _follow(self, _: Update | None) -> None:
        self._tick()
        if self.lattice.view is not None:
            self.refresh_from(self.lattice.view)

    def _tick(self) -> None:
        app = self.lattice
        for line in self.query(StatusLine):
            line.show(app.latest, app.now(), app.palette, app.scope_title, self._way)
