"""What the screens share: the focus, the status line and its breadcrumbs, and drawing when there is other data."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.reactive import Reactive
from textual.widgets import Input

from latticetop.config.actions import KeyContext
from latticetop.dashboard.find.filtering import Filterable
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.settled_screen import SettledScreen
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.table_settings import TableSettings
from latticetop.dashboard.text.summaries import extent_text
from latticetop.dashboard.widgets.backdrop import Backdrop
from latticetop.dashboard.widgets.breadcrumbs import Breadcrumb, without_repeats
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import BindingType
    from textual.widget import Widget

    from latticetop.dashboard.state.screen_data import ScreenData
    from latticetop.dashboard.state.snapshot_view import SnapshotView

TICK_SECONDS = 1.0


class BaseScreen(Backdrop, SettledScreen):
    """A screen that draws the app's data: `show_data` is called with every other value, and every second `tick`.

    A screen below another one is not ticked, only one below a dialog.
    It is not painted as a whole when another widget gets the focus: both widgets and their panes paint themselves.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    def settings_of(self, table: type[KeyedTable]) -> TableSettings:
        """The settings of a table of this screen."""
        host, name = self.host, table.SETTINGS_NAME
        return TableSettings(
            columns=host.preferences.columns.get(name),
            filter_text=host.saved_state.filter(name),
            sort_order=host.saved_state.order(name),
            click_opens=host.preferences.click_opens,
            clear_filter_key=host.key_to("clear-filter"),
        )

    @property
    def subnet_at_cursor(self) -> tuple[int, str] | None:
        """The scope and the id of the subnet under the cursor; None if the screen has no cursor on a subnet."""
        return None

    def on_mount(self) -> None:
        """Draw the app's data from now on. (Textual calls the `on_mount` of every base class; use `opened` instead.)"""
        self.opened()
        self.watch(self.app, "screen_data", self.show_data)
        self.set_interval(TICK_SECONDS, self._tick_if_uncovered)

    def opened(self) -> None:
        """Prepare the widgets once, before the first data."""

    def show_data(self, data: ScreenData) -> None:
        """Draw this from now on."""
        raise NotImplementedError

    def _tick_if_uncovered(self) -> None:
        if self is next((each for each in reversed(self.app.screen_stack) if isinstance(each, BaseScreen)), None):
            self.tick()

    def on_screen_resume(self) -> None:
        """Draw what depends on the time once nothing is above the screen any more."""
        # At first `show_data` has just drawn it; this handler runs before that of the class below, which notes it.
        if self._was_shown:
            self._tick_if_uncovered()

    def tick(self) -> None:
        """Draw what depends on the time."""
        self.show_status()

    def show_status(self) -> None:
        """Draw the status line."""
        data, now = self.host.screen_data, self.host.present()
        refresh_key, trouble = self.host.key_to("refresh"), self.host.trouble_counts()
        self.query_one(StatusLine).show(data, now, self.breadcrumb_trail, refresh_key, trouble)

    @property
    def breadcrumb_trail(self) -> list[Breadcrumb]:
        """The screens from the main one to this one; none on the main screen."""
        return []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the filter where there is something to filter."""
        if action == "filter_screen":
            return self._filterable is not None and not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    async def action_filter_screen(self) -> None:
        """Filter what has the focus; the first table of the screen where that has nothing to filter."""
        if (filterable := self._filterable) is not None:
            self.set_focus(filterable)
            await filterable.action_filter()

    @property
    def _filterable(self) -> Filterable | None:
        if isinstance(self.focused, Filterable):
            return self.focused
        return next((widget for widget in self.focus_chain if isinstance(widget, Filterable)), None)

    @on(KeyedTable.TableResized)
    def _fit_cells(self) -> None:
        self.show_data(self.host.screen_data)

    def watch_focused(self, before: Widget | None, after: Widget | None) -> None:
        """Highlight the border of the pane with the focus in the frame in which the cursors change."""
        left, entered = (set(_panes_around(widget)) for widget in (before, after))
        for pane in left ^ entered:
            pane.show_focus(pane in entered)


def _panes_around(widget: Widget | None) -> Iterator[Pane]:
    return (node for node in (widget.ancestors if widget else ()) if isinstance(node, Pane))


class DetailScreen(BaseScreen):
    """A screen about one thing, above the main screen; `refresh_from` is called with every other view."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.DETAIL)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The names of what the screen is about, the outermost first."""
        raise NotImplementedError

    @property
    def breadcrumb_trail(self) -> list[Breadcrumb]:
        """The screens from the main one to this one."""
        trail = []
        for depth, screen in enumerate(self.app.screen_stack, 1):
            if isinstance(screen, DetailScreen):
                trail += [Breadcrumb(name, depth) for name in screen.breadcrumbs]
            if screen is self:
                break
        return without_repeats(trail)

    def refresh_from(self, view: SnapshotView) -> None:
        """Draw a view of the scope on screen."""
        raise NotImplementedError

    def show_data(self, data: ScreenData) -> None:
        """Draw the status line and, as soon as there is one, the view."""
        self.tick()
        if data.view is not None:
            self.refresh_from(data.view)


class OverviewScreen(DetailScreen):
    """A screen of one table about all scopes; `show` is called whenever one of them has published an update."""

    AGE_SECONDS: ClassVar[int] = 0
    """Seconds after which the table is drawn again without an update, for the ages in it; 0 for a table without any."""
    _drawn_at = -inf

    def show(self) -> None:
        """Draw every scope as it is now."""
        raise NotImplementedError

    def show_data(self, data: ScreenData) -> None:
        """Draw the status line and every scope."""
        self.show_status()
        table, scopes = self.query_one(KeyedTable), self.host.scopes
        table.extent = extent_text(scopes)
        table.show_scope_columns(len(scopes) > 1)
        self._drawn_at = self.host.monotonic()
        self.show()

    def tick(self) -> None:
        """Draw what depends on the time; the table only if no update has just drawn it."""
        super().tick()
        now = self.host.monotonic()
        if self.AGE_SECONDS and now - self._drawn_at >= self.AGE_SECONDS - TICK_SECONDS / 2:
            self._drawn_at = now
            self.show()
