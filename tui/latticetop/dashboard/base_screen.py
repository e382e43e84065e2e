"""What the drill-down screens share: the app's latest view, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.reactive import Reactive
from textual.screen import Screen

from latticetop.config.actions import Place
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.widgets.breadcrumbs import Crumb, without_repeats
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.follow.status import Update


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


class DetailScreen(StillScreen):
    """A screen about one thing; `refresh_from` is called with every new view."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.DETAIL)

    @property
    def lattice(self) -> Host:
        """The app."""
        return host_of(self)

    def on_mount(self) -> None:
        """Follow the app's updates, and the passing of time."""
        self.opened()
        self.watch(self.app, "latest", self._follow)
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
