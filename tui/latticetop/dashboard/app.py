"""The Textual application: follows its scopes and shows one of them.

A screen that is opened by a key is imported when it is opened: the first frame need not wait for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.reactive import Initialize, var

from latticetop.config.actions import TOUR_SCENARIO
from latticetop.dashboard import navigation
from latticetop.dashboard.find.searchable import ScopeSearchFields
from latticetop.dashboard.keys.keyed_app import KeyedApp
from latticetop.dashboard.main.screen import MainScreen
from latticetop.dashboard.navigator import Navigator
from latticetop.dashboard.state.collection_at_rest import CollectionAtRest
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.following import Following
from latticetop.dashboard.state.notifications import notify_recording_problem, notify_verdict_changes
from latticetop.dashboard.state.preferences import DEFAULT_PREFERENCES, Preferences
from latticetop.dashboard.state.saved_state import SavedState
from latticetop.dashboard.state.saved_state_writer import SavedStateWriter
from latticetop.dashboard.state.screen_data import ScreenData
from latticetop.dashboard.state.sign_in import lacks_credentials, needs_settings, problems_with_key, sign_in
from latticetop.dashboard.state.trouble import TroubleCounts, count_trouble
from latticetop.follow.freshness import present
from latticetop.follow.status import Phase, Source
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.timing import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import ScopeChange
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.history.trend import Trend

_CLOCK = SystemClock()
TOUR_ACTIONS = frozenset({"tour", "tour_next", "tour_end"})


class LatticetopApp(KeyedApp):
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
    screen_data: var[ScreenData] = var(Initialize(lambda app: cast("LatticetopApp", app).current_screen_data()))

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
        super().__init__(preferences.key_map, monotonic, theme, ascii_only)
        self.preferences = preferences
        self.scenarios = scenarios or {}
        self._play = play
        first = FollowedScope(source, title, region, sign_in, requested_account_id=account_id)
        self.scopes = [first, *others]
        self._following = Following(self, self.scopes, self._show_scopes, selection or Selection(), more, changes)
        self.scope_index = 0
        self.search_fields = ScopeSearchFields()
        self.now = now
        self._notify_by = notify_by
        self.saved_state = saved_state or SavedState()
        self._state_writer = SavedStateWriter(self, self.saved_state)
        self._collection = CollectionAtRest(monotonic)
        self.main_screen = MainScreen()
        self.navigator = Navigator(self, self.main_screen, self.select_scope)
        self._opens_trouble = opens_trouble
        self.tour = None
        if touring is not None:
            from latticetop.dashboard.tour.controller import TourController

            self.tour = TourController(self, self.navigator, begins=touring)

    def get_default_screen(self) -> MainScreen:
        """The main screen."""
        self.add_size_classes(self.main_screen)
        return self.main_screen

    def on_mount(self) -> None:
        """Begin the tour, or open what is wrong."""
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
        return self._following.selection.criteria

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
        self._following.start()

    def _show_scopes(self, scopes: Sequence[FollowedScope]) -> None:
        """Draw the scopes that are followed now; another one is shown in place of one that has left."""
        current = self.current_scope
        if current not in scopes:
            self.navigator.back_to_main()
            self.main_screen.reset_cursors()
        self.scopes[:] = scopes
        self.scope_index = scopes.index(current) if current in scopes else 0
        self.refresh_bindings()
        self.redraw()
        self.navigator.refresh_overview()

    def on_following_published(self, message: Following.Published) -> None:
        """Take over what was published; everything on screen follows from it."""
        scope = message.scope
        if scope not in self.scopes:
            return  # Its account has left.
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

    @on(navigation.NavigationMessage)
    async def _navigate(self, message: navigation.NavigationMessage) -> None:
        await self.navigator.show(message)

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

    @on(navigation.SavedStateMessage)
    def _keep_state(self, message: navigation.SavedStateMessage) -> None:
        self._state_writer.keep(message)

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
        self._following.toggle_all()

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer other scopes where there are several, to sign in where credentials are missing, the demo, the tour."""
        if action == "sign_in":
            return bool(self.screen_data.sign_in_key)
        if action == "demo":
            return self.screen_data.offers_demo
        if action in TOUR_ACTIONS:
            return self.tour is not None and self.tour.offers(action)
        if action in ("scope", "scopes"):
            return len(self.scopes) > 1
        return super().check_action(action, parameters)

    def configured_palette(self, palette: Palette) -> Palette:
        """The palette with the thresholds of the preferences."""
        palette.few_blocks, palette.few_fits = self.preferences.few_blocks, self.preferences.few_fits
        return palette
