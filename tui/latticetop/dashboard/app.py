"""The Textual application: follows its scopes and shows one of them.

A screen that is opened by a key is imported when it is opened: the first frame need not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.reactive import Initialize, var
from textual.screen import ModalScreen, Screen
from textual.widgets import Input
from textual.worker import Worker, WorkerFailed

from latticetop.config.actions import ACTIONS, QUIT, TOUR_SCENARIO, KeyContext, keys_of
from latticetop.dashboard.find.searchable import ScopeSearchFields
from latticetop.dashboard.keys.bindings import (
    INTERRUPT,
    SUSPEND,
    available_actions,
    bindings_at,
    key_lines,
    shown_key,
    textual_keys,
)
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.keys.scrolling import scroll_text
from latticetop.dashboard.keys.unbracketed_paste import detect_pastes
from latticetop.dashboard.keys.unknown_key import unknown_key_text
from latticetop.dashboard.main.screen import MainScreen
from latticetop.dashboard.navigator import Navigator
from latticetop.dashboard.state.collection_at_rest import CollectionAtRest
from latticetop.dashboard.state.followed_scope import FollowedScope, ScopeChange
from latticetop.dashboard.state.notifications import notify_recording_problem, notify_verdict_changes
from latticetop.dashboard.state.precompute import PrecomputeQueue
from latticetop.dashboard.state.preferences import DEFAULT_PREFERENCES, Preferences
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.dashboard.state.screen_data import ScreenData
from latticetop.dashboard.state.sign_in import lacks_credentials, needs_settings, problems_with_key, sign_in
from latticetop.dashboard.state.trouble import TroubleCounts, count_trouble
from latticetop.dashboard.theme.themed_app import ThemedApp
from latticetop.follow.freshness import present
from latticetop.follow.status import Phase, Source, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Collection, Coroutine, Mapping, Sequence
    from datetime import datetime

    from textual.binding import Binding, BindingType
    from textual.driver import Driver

    from latticetop.dashboard import navigation
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.history.trend import Trend

NARROW, SHORT = 100, 30
"""In fewer columns the explanation is behind Enter; in fewer lines the tables get less of the height."""
INTERRUPT_AGAIN = 2.0
"""Seconds within which a second ctrl+c quits."""
_CLOCK = SystemClock()
TOUR_ACTIONS = frozenset({"tour", "tour_next", "tour_end"})
SELECT_ALL = Selection(all_endpoints=True, all_subnets=True)


def _initial_screen_data(app: LatticetopApp) -> ScreenData:
    return app.current_screen_data()


class LatticetopApp(ThemedApp, inherit_bindings=False):
    """Follows `source` and `others`, and shows one scope at a time; screens draw `screen_data`.

    `title` stands in for the profile's name, and `region` for the Region until it is known; `more` yields scopes that
    are found while the app runs, and `changes` what comes and goes with an organization. `account_id` is that of the
    role of `source`. `now` gives the time of day, and `monotonic` the seconds by which ages are counted.
    `notify_by` is how a change of a verdict is announced: `bell`, `desktop` or `off`. `sign_in` is the command that
    gets new credentials. `scenarios` can be played, by name; `play` is called with the one that is chosen before the
    app exits. `theme` is the name of a theme, or empty for the one that suits the terminal; with `ascii_only` lines and
    signs are ASCII. `touring` is whether the guided tour begins by itself, None where there is no tour.
    `opens_trouble` is whether the list of what is wrong in any scope is the first screen.
    """

    CSS_PATH = Path(__file__).with_name("latticetop.tcss")
    TITLE = "latticetop"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, SUSPEND, *bindings_at(KeyContext.APP)]
    REPLAYING = False
    """Whether the keys are those of a recording."""

    screen_data: var[ScreenData] = var(Initialize(_initial_screen_data))

    class Published(Message):
        """The source of a scope published an update; `view` is of its snapshot, where it was computed ahead."""

        def __init__(self, scope: FollowedScope, update: Update, view: SnapshotView | None = None) -> None:
            super().__init__()
            self.scope, self.update, self.view = scope, update, view

    def __init__(
        self,
        source: Source,
        *,
        selection: Selection | None = None,
        title: str = "",
        region: str = "",
        others: Sequence[FollowedScope] = (),
        account_id: str = "",
        more: AsyncIterable[FollowedScope] | None = None,
        changes: AsyncIterable[ScopeChange] | None = None,
        now: Callable[[], datetime] = _CLOCK.now,
        monotonic: Callable[[], float] = _CLOCK.monotonic,
        notify_by: str = "off",
        sign_in: tuple[str, ...] = (),
        preferences: Preferences = DEFAULT_PREFERENCES,
        saved_state: SavedState | None = None,
        scenarios: Mapping[str, str] | None = None,
        play: Callable[[str], None] | None = None,
        theme: str = "",
        ascii_only: bool = False,
        touring: bool | None = None,
        opens_trouble: bool = False,
    ) -> None:
        super().__init__(theme, ascii_only)
        self.preferences = preferences
        self.set_keymap({name: textual_keys(keys) for name, keys in self.key_map.items()})
        self.scenarios = scenarios or {}
        self._play = play
        first = FollowedScope(source, title, region, sign_in, requested_account_id=account_id)
        self.scopes = [first, *others]
        self._more_scopes, self._scope_changes = more, changes
        self._followers: dict[FollowedScope, Worker[None]] = {}
        self._is_following = False
        self.scope_index = 0
        self.search_fields = ScopeSearchFields()
        self.now, self.monotonic = now, monotonic
        self._notify_by = notify_by
        self.saved_state = saved_state or SavedState()
        self._save_failed = False
        self._collection = CollectionAtRest(monotonic)
        self._interrupted_at: float | None = None
        self._first_selection = self._selection = selection or Selection()
        self.main_screen = MainScreen()
        self.navigator = Navigator(self, self.main_screen, self.select_scope)
        self._opens_trouble = opens_trouble
        self.tour = None
        if touring is not None:
            from latticetop.dashboard.tour.controller import TourController

            self.tour = TourController(self, self.navigator, begins=touring)

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        self._add_size_classes(self.main_screen)
        return self.main_screen

    def push_screen(self, screen: Screen[Any] | str, *arguments: Any, **options: Any) -> Any:
        """Show a screen above the others; nothing if it shows what the one on top does: a key was pressed twice."""
        if isinstance(screen, Screen):
            if _show_the_same(screen, self.screen):
                return AwaitComplete()
            self._add_size_classes(screen)
        return super().push_screen(screen, *arguments, **options)

    def _add_size_classes(self, screen: Screen[Any]) -> None:
        """Give a screen the classes of its size before it is styled: Textual would style it again with them."""
        width, height = self.size
        for length, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            screen.add_class(max(point for point in breakpoints if point[0] <= length)[1], update=False)

    def on_mount(self) -> None:
        """Begin the tour, or open what is wrong."""
        # A shell has written over what was there.
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())
        if self.tour is not None:
            self.screen_change_signal.subscribe(self, self.tour.add_panel)
        if self._opens_trouble:
            self.navigator.open_trouble()
        self.set_interval(1.0, self._collection.tick)

    async def on_event(self, event: events.Event) -> None:
        """Pass an event on; what is pressed comes here first."""
        if isinstance(event, events.InputEvent):
            self._collection.on_input()
        await super().on_event(event)

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this platform, which takes pasted text for one paste in every terminal."""
        driver = super().get_driver_class()
        detect_pastes()
        return driver

    @property
    def crash(self) -> Exception | None:
        """What has ended the app, unless it was quit."""
        error = self._exception
        cause = error.error if isinstance(error, WorkerFailed) else error
        return cause if isinstance(cause, Exception) else None

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        # One that is closed at once would look in vain for widgets that are no longer mounted.
        await screen._mounted_event.wait()
        return await super()._replace_screen(screen)

    def _handle_exception(self, error: Exception) -> None:
        has_ended = self._exit or (self._driver is not None and not self._running)
        if not has_ended:
            super()._handle_exception(error)
        else:
            # No widget is mounted any more, and they go one after the other: one may ask for another that is not there.
            logging.getLogger("latticetop").info("raised while the dashboard ended", exc_info=error)

    def _fatal_error(self) -> None:
        # Textual's own prints the variables of every frame, and some hold credentials. See `crash`.
        self._close_messages_no_wait()

    # What is on screen

    @property
    def current_scope(self) -> FollowedScope:
        """The scope on screen."""
        return self.scopes[self.scope_index]

    @property
    def source(self) -> Source:
        """The source of the scope on screen."""
        return self.current_scope.source

    @property
    def view(self) -> SnapshotView | None:
        """The last snapshot of the scope on screen with what follows from it."""
        return self.current_scope.view

    @property
    def criteria(self) -> Criteria:
        """The subnets that count because they are selected, as for `latticetop check`."""
        return self._selection.criteria

    def present(self, scope: FollowedScope | None = None) -> datetime:
        """The time from which the ages of a scope's data are counted; by default of the scope on screen."""
        update = (scope or self.current_scope).update
        return present(update.status if update else None, self.monotonic(), self.now())

    def current_screen_data(self) -> ScreenData:
        """What the screens are to draw of the current scope in the current theme."""
        scope = self.current_scope
        trend, trend_note = self.current_trend()
        sign_in_key = self.key_to("sign-in") if lacks_credentials(scope) else ""
        nothing_readable = scope.view is None and needs_settings(scope)
        return ScreenData(
            scope_title=self._scope_title(),
            update=scope.update,
            view=scope.view,
            problems=tuple(problems_with_key(scope, sign_in_key)),
            recent_blocks=scope.recent_blocks,
            investigations=scope.investigations,
            trend=trend,
            trend_note=trend_note,
            palette=self.palette,
            sign_in_key=sign_in_key,
            nothing_readable=nothing_readable,
            offers_demo=nothing_readable and self._play is not None,
        )

    def current_trend(self) -> tuple[Trend, str]:
        """The counts of the scope on screen over time, and why they are not complete."""
        return self.current_scope.trend, ""

    def _scope_title(self) -> str:
        scope = self.current_scope
        if len(self.scopes) == 1:
            return scope.title
        name = scope.title or (scope.view.snapshot.scope.profile if scope.view else "")
        return f"{name} {self.scope_index + 1}/{len(self.scopes)}".strip()

    def redraw(self) -> None:
        """Draw the current scope as it is now; where nothing is different nothing is drawn."""
        self.screen_data = self.current_screen_data()

    def watch_screen_data(self, before: ScreenData, after: ScreenData) -> None:
        """Offer the keys that are of use now, and let the tour go on."""
        if (before.sign_in_key, before.offers_demo) != (after.sign_in_key, after.offers_demo):
            self.refresh_bindings()
        if self.tour is not None:
            self.tour.data_changed()

    # What is followed

    def on_settled_screen_painted(self) -> None:
        """Follow the scopes after the first frame: the AWS SDK, which takes long to import, is not waited for."""
        if self._is_following:
            return
        self._is_following = True
        for scope in self.scopes:
            self._follow(scope)
        if self._more_scopes is not None:
            self._follow_more(self._more_scopes)
        if self._scope_changes is not None:
            self._follow_changes(self._scope_changes)

    def _follow(self, scope: FollowedScope) -> None:
        name = f"follow {self.scopes.index(scope)}"
        publish = PrecomputeQueue(partial(self._publish, scope), self._precompute)
        self._followers[scope] = self.run_worker(partial(scope.source.run, publish), name=name, group=name)

    @work(group="precompute", description="compute views")
    async def _precompute(self, compute: Callable[[], Coroutine[None, None, None]]) -> None:
        await compute()

    @work(group="more scopes", description="follow more scopes")
    async def _follow_more(self, more: AsyncIterable[FollowedScope]) -> None:
        """Follow further Regions of accounts as they are found, unless the account has left meanwhile."""
        async for scope in more:
            if any(each.requested_account_id == scope.requested_account_id for each in self.scopes):
                self._add_scope(scope)

    @work(group="scope changes", description="follow changes of scopes")
    async def _follow_changes(self, changes: AsyncIterable[ScopeChange]) -> None:
        async for change in changes:
            if change.problem is not None:
                self.notify(str(change.problem), title="Organization", severity="warning", markup=False)
            for scope in change.added:
                self._add_scope(scope)
            if change.more is not None:
                self._follow_more(change.more)
            self._leave_accounts(change.left_account_ids)

    def _add_scope(self, scope: FollowedScope) -> None:
        self.scopes.append(scope)
        scope.select(self._selection)
        self._follow(scope)
        self._draw_scopes()

    def _leave_accounts(self, account_ids: Collection[str]) -> None:
        """Follow accounts no longer; another scope is shown in place of one that is on screen. One is always left."""
        kept = [scope for scope in self.scopes if scope.requested_account_id not in account_ids]
        left, current = [scope for scope in self.scopes if scope not in kept], self.current_scope
        if not kept or not left:
            return
        for scope in left:
            self._followers.pop(scope).cancel()
        if current in left:
            self.navigator.back_to_main()
            self.main_screen.reset_cursors()
        self.scopes[:] = kept
        self.scope_index = kept.index(current) if current in kept else 0
        self._draw_scopes()

    def _draw_scopes(self) -> None:
        self.refresh_bindings()
        self.redraw()
        self.navigator.refresh_overview()

    def _publish(self, scope: FollowedScope, update: Update, view: SnapshotView | None) -> None:
        self.post_message(self.Published(scope, update, view))

    def on_latticetop_app_published(self, message: Published) -> None:
        """Take over what was published; everything on screen follows from it."""
        scope = message.scope
        notify_recording_problem(self, scope.update, message.update)
        at = present(message.update.status, self.monotonic(), self.now())
        events = scope.apply(message.update, at, message.view)
        notify_verdict_changes(self, self._notify_by, events, scope.name if len(self.scopes) > 1 else "")
        if scope is self.current_scope:
            self.redraw()
        else:
            self.navigator.refresh_overview()

    def trouble_counts(self) -> TroubleCounts | None:
        """What is wrong and what is not known in all scopes; None where one scope alone is followed."""
        return count_trouble(self.scopes, self.criteria, self.present) if len(self.scopes) > 1 else None

    # What screens and widgets ask for: the messages of `navigation`

    def on_scope_selected(self, message: navigation.ScopeSelected) -> None:
        """Show a scope."""
        self.navigator.close_overview()
        self.navigator.show_scope(message.scope)

    def on_vpc_selected(self, message: navigation.VpcSelected) -> None:
        """Show only the subnets of a VPC on the main screen."""
        self.navigator.show_vpc(message.scope, message.vpc_id)

    def on_subnet_selected(self, message: navigation.SubnetSelected) -> None:
        """Show a subnet on the main screen, and the block of an address."""
        self.navigator.show_subnet(message.scope, message.subnet_id, message.address)

    def on_endpoint_selected(self, message: navigation.EndpointSelected) -> None:
        """Open an endpoint."""
        self.navigator.open_endpoint(message.scope, message.vpc_endpoint_id)

    def on_endpoints_selected(self, _: navigation.EndpointsSelected) -> None:
        """Show the endpoints on the main screen."""
        self.navigator.back_to_main()
        self.main_screen.focus_endpoints()

    async def on_main_action_selected(self, message: navigation.MainActionSelected) -> None:
        """Run an action of the main screen there."""
        self.navigator.back_to_main()
        await self.run_action(message.action, self.main_screen)

    def on_interface_selected(self, message: navigation.InterfaceSelected) -> None:
        """Open an ENI in place of the overview."""
        self.navigator.close_overview()
        self.navigator.open_interface(message.scope, message.network_interface_id)

    def on_owners_selected(self, message: navigation.OwnersSelected) -> None:
        """List the owners of a subnet."""
        self.navigator.open_owners(message.scope, message.subnet_id, message.network_interface_id)

    def on_removal_planned(self, message: navigation.RemovalPlanned) -> None:
        """Plan as if something were gone."""
        self.navigator.open_plan_without(message.vpc_id, message.subnet_id, message.targets)

    def on_destination_selected(self, message: navigation.DestinationSelected) -> None:
        """Show what was typed into the go-to prompt."""
        self.navigator.go_to(message.destination)

    def on_breadcrumb_selected(self, message: navigation.BreadcrumbSelected) -> None:
        """Close the screens above one."""
        self.navigator.back_to_depth(message.depth)

    def on_scenario_selected(self, message: navigation.ScenarioSelected) -> None:
        """Exit, so that another scenario can be played."""
        self._exit_to_play(message.scenario)

    def on_subnet_highlighted(self, message: navigation.SubnetHighlighted) -> None:
        """Have the subnet under the cursor read first."""
        self.source.focus(message.subnet_id)

    def on_endpoint_investigated(self, message: navigation.EndpointInvestigated) -> None:
        """Keep an investigation for the grid."""
        self.current_scope.add_investigation(message.vpc_endpoint_id, message.investigation)
        self.redraw()

    def on_filter_accepted(self, message: navigation.FilterAccepted) -> None:
        """Use a filter until the app ends."""
        self.saved_state.set_filter(message.table, message.text)

    def on_filter_kept(self, message: navigation.FilterKept) -> None:
        """Save a filter, or forget the one that is saved."""
        if self.saved_state.keep_filter(message.table, message.text):
            self._save_state("The filter is saved for the next start." if message.text else "")

    def on_sort_order_selected(self, message: navigation.SortOrderSelected) -> None:
        """Use a sort order until the app ends, and say how it is undone."""
        self.saved_state.set_order(message.table, message.order)
        reset, keep = self.key_to("reset-order", "keep-order").split()
        self._say(f"Sorted; {reset} resets the order, {keep} keeps it." if message.order else "")

    def on_sort_order_kept(self, message: navigation.SortOrderKept) -> None:
        """Save a sort order, or forget the one that is saved."""
        if self.saved_state.keep_order(message.table, message.order):
            self._save_state("The sort order is saved for the next start." if message.order else "")

    @work(group="save state", description="save the state")
    async def _save_state(self, success: str = "") -> None:
        try:
            await asyncio.to_thread(self.saved_state.save)
            if success:
                self.notify(success, markup=False)
        except OSError as error:
            if not self._save_failed:
                self._save_failed = True
                reason = f"Filters and sort orders cannot be saved: {error.strerror}."
                self.notify(reason, severity="warning", markup=False)

    def select_scope(self, scope_index: int) -> None:
        """Have the screens that are open draw a scope."""
        if scope_index != self.scope_index:
            self.scope_index = scope_index
            self.main_screen.reset_cursors()
            self.redraw()

    def _exit_to_play(self, scenario: str) -> None:
        if self._play is not None:
            self._play(scenario)
        self.exit()

    # Actions

    def action_go(self) -> None:
        """Ask where to go."""
        from latticetop.dashboard.find.goto_prompt import GotoPrompt

        if not self.screen.query(GotoPrompt):
            self.screen.mount(GotoPrompt(self.scopes, self.scope_index, self.key_to("all"), self.screen.focused))

    def action_scope(self, step: int) -> None:
        """Show the next scope, or the previous one."""
        self.navigator.show_scope((self.scope_index + step) % len(self.scopes))

    def action_trouble(self) -> None:
        """List what is wrong or not known in every scope."""
        self.navigator.open_trouble()

    def action_all_endpoints(self) -> None:
        """List every endpoint of every scope."""
        self.navigator.open_all_endpoints()

    def action_scopes(self) -> None:
        """List every scope with its state."""
        self.navigator.open_scopes()

    def action_estate(self) -> None:
        """List every subnet of every scope."""
        self.navigator.open_all_subnets()

    def action_changes(self) -> None:
        """List what changed in every scope."""
        self.navigator.open_changes()

    def action_problems(self) -> None:
        """List every problem since the start."""
        self.navigator.open_problems()

    def action_owners(self) -> None:
        """List who breaks the blocks of the subnet under the cursor."""
        self.navigator.open_owners_at_cursor()

    def action_trend(self) -> None:
        """Show free blocks and capacity over time."""
        self.navigator.open_trend()

    def action_refresh(self) -> None:
        """Read everything now."""
        if self._reads_again():
            self.source.refresh()

    def action_pause(self) -> None:
        """Stop reading, or go on."""
        if not self._reads_again():
            return
        scope = self.current_scope
        scope.paused = not scope.paused
        scope.source.pause() if scope.paused else scope.source.resume()

    def _reads_again(self) -> bool:
        """Whether the scope on screen is read from AWS; if not, say that files are read once."""
        update = self.current_scope.update
        if update is None or update.status.phase is not Phase.FROM_FILES:
            return True
        self.notify("Files are read once, when latticetop starts: start it again to read them again.", markup=False)
        return False

    def action_toggle_all(self) -> None:
        """Read every subnet and every type of endpoint of the Region, or again the selection of the start."""
        self._selection = SELECT_ALL if self._selection == self._first_selection else self._first_selection
        for scope in self.scopes:
            scope.select(self._selection)

    def action_sign_in(self) -> None:
        """Run the command that signs in, in this terminal."""
        sign_in(self, self.scopes, self.current_scope.sign_in)

    async def action_copy(self) -> None:
        """Copy the id of what is under the cursor."""
        from latticetop.dashboard.export.actions import copy_first

        await copy_first(self)

    def action_copy_menu(self) -> None:
        """Show what else can be copied of it."""
        from latticetop.dashboard.export.actions import open_copy_menu

        open_copy_menu(self)

    def action_export(self) -> None:
        """Show the formats in which the screen can be written to a file."""
        from latticetop.dashboard.export.actions import open_export_menu

        open_export_menu(self)

    def action_demo(self) -> None:
        """Exit, and play the incident."""
        self._exit_to_play(TOUR_SCENARIO)

    def action_tour(self) -> None:
        """Begin the tour, or end it."""
        if self.tour is not None:
            self.tour.toggle()

    def action_tour_next(self) -> None:
        """Go to the next step of the tour; after the last one it ends."""
        if self.tour is not None:
            self.tour.go_on()

    def action_tour_end(self) -> None:
        """End the tour, on the main screen."""
        if self.tour is not None:
            self.tour.end()

    def action_help(self) -> None:
        """Explain the keys of this screen, the letters, the colours and the verdicts."""
        from latticetop.dashboard.keys.glossary import column_terms, mark_terms
        from latticetop.dashboard.keys.help_screen import HelpScreen

        actions = available_actions(self.screen)
        here = key_lines([action for node, action in actions if node is not self], self.key_map)
        everywhere = key_lines([action for node, action in actions if node is self], self.key_map)
        self.push_screen(HelpScreen(here, everywhere, column_terms(self.screen), mark_terms(self.screen)))

    def action_help_quit(self) -> None:
        """Copy what is selected; without a selection say how to quit, and the second time quit."""
        selection = self.focused.selected_text if isinstance(self.focused, Input) else self.screen.get_selected_text()
        if selection:
            self.copy_to_clipboard(selection)
        elif self._interrupted_at is not None and self.monotonic() - self._interrupted_at <= INTERRUPT_AGAIN:
            self.exit()
        else:
            self._interrupted_at = self.monotonic()
            keys = " or ".join(shown_key(key) for key in keys_of(QUIT, self.key_map))
            self.notify(f"ctrl+c again quits latticetop, as {keys} does.", timeout=INTERRUPT_AGAIN, markup=False)

    def action_scroll_text(self, motion: str) -> None:
        """Scroll the text of the screen."""
        scroll_text(self.screen, motion)

    async def action_command_palette(self) -> None:  # type: ignore[override]
        """Show the commands; keys that follow at once are typed into it."""
        from latticetop.dashboard.keys.command_palette import CommandPalette

        await self.push_screen(CommandPalette(self.screen))

    def on_key(self, event: events.Key) -> None:
        """Say that a key does nothing here, and what others do."""
        if event.key not in self.screen.active_bindings:
            self._say(unknown_key_text(event.key, self.key_map, self.REPLAYING))

    def on_paste(self, _: events.Paste) -> None:
        """Say that pasted text does nothing outside an input, and which keys open one."""
        find, go = self.key_to("filter", "go").split()
        self._say(f"Pasted text is ignored here; {find} finds it, {go} goes to it.")

    def _say(self, text: str) -> None:
        """Show a text in the key line for a moment; empty for none."""
        for line in self.screen.query(KeyLine):
            line.say(text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other scopes where there are several, to sign in where credentials are missing, the demo, the tour."""
        if action == "sign_in":
            return bool(self.screen_data.sign_in_key)
        if action == "demo":
            return self.screen_data.offers_demo
        if action in TOUR_ACTIONS:
            return self.tour is not None and self.tour.offers(action)
        if action == "command_palette":
            return not isinstance(self.focused, Input) and not isinstance(self.screen, ModalScreen)
        return len(self.scopes) > 1 if action in ("scope", "scopes") else True

    # Keys and colours

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that replace the defaults, by action id."""
        return self.preferences.key_map

    def key_to(self, *ids: str) -> str:
        """The first key of each action, as the screen shows it."""
        actions = {action.id: action for action in ACTIONS}
        return " ".join(shown_key(keys_of(actions[name], self.key_map)[0]) for name in ids)

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is typed, in ASCII."""
        return shown_key(binding.key)

    def configured_palette(self, palette: Palette) -> Palette:
        """The palette with the thresholds of the preferences."""
        palette.few_blocks, palette.few_fits = self.preferences.few_blocks, self.preferences.few_fits
        return palette


def _show_the_same(screen: Screen[Any], other: Screen[Any]) -> bool:
    return type(screen) is type(other) and getattr(screen, "breadcrumbs", ()) == getattr(other, "breadcrumbs", ())
