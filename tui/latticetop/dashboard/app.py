"""The Textual application: follows a source and shows what it publishes.

A screen that is opened by a key is imported when it is opened: the first frame need not wait for it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.message import Message
from textual.reactive import reactive, var

from latticetop.config.actions import ACTIONS, GUIDED, QUIT, KeyContext, keys_of
from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.find.goto import Destination, DestinationKind
from latticetop.dashboard.keys.bindings import INTERRUPT, bindings_at, in_force, key_lines, shown_key, textual_keys
from latticetop.dashboard.main.screen import MainScreen
from latticetop.dashboard.navigation import (
    BreadcrumbSelected,
    EndpointInvestigated,
    EndpointSelected,
    FilterChanged,
    InterfaceSelected,
    ScenarioSelected,
    ScopeSelected,
    SortOrderChanged,
    SubnetSelected,
    VpcSelected,
)
from latticetop.dashboard.state.followed_scope import Watched
from latticetop.dashboard.state.notifications import tell
from latticetop.dashboard.state.precompute import Ahead
from latticetop.dashboard.state.preferences import USUAL, Preferences
from latticetop.dashboard.state.saved_state import Memory
from latticetop.dashboard.state.sign_in import lacks_credentials, sign_in, waits_for_settings
from latticetop.dashboard.theme.themed_app import ThemedApp
from latticetop.follow.status import Selection, Source, Update

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Mapping, Sequence

    from textual.binding import Binding, BindingType
    from textual.command import Provider

    from latticetop.dashboard.state.recent_blocks import Marks
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.dashboard.tour.controller import TourController
    from latticetop.follow.status import Update
    from latticetop.model.history.trend import Trend
    from latticetop.model.incident.investigation import Investigation


def _commands() -> type[Provider]:
    """The commands, loaded when the palette is opened."""
    from latticetop.dashboard.keys.command_palette import Commands

    return Commands


NARROW, SHORT = 100, 30
"""Below so many columns the why text goes behind Enter; below so many lines the tables get less."""


TOUR_ACTIONS = frozenset({"tour", "tour_next", "tour_end"})
EVERYTHING = Selection(all_endpoints=True, all_subnets=True)


class LatticetopApp(ThemedApp, inherit_bindings=False):
    """Shows one scope at a time.

    `title` stands in for the profile's name, and `region` for the Region until it is known; `others` are further
    scopes, `more` those that are only found out while it runs; `now` gives the time that ages are measured from;
    `notify_by` tells of verdicts that change: `bell`, `desktop` or `off`; `sign_in` is the command that signs in;
    `preferences` are what may be set; `memory` has the filters and orders of the last time; `scenarios` are what else
    may be played, by name, and `play` is told which one when the dashboard ends for it. `theme` is the name of one, or
    empty for what suits the terminal; `ascii_only` draws lines and signs in ASCII.
    `touring` is whether the guided tour begins by itself, None where there is nothing to guide through.
    """

    CSS_PATH = Path(__file__).with_name("latticetop.tcss")
    TITLE = "latticetop"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, *bindings_at(KeyContext.APP)]

    COMMANDS = {_commands}  # noqa: RUF012

    latest: var[Update | None] = var(None, always_update=True)
    may_sign_in = reactive(False, repaint=False, bindings=True)
    """Whether the scope on screen waits for credentials that a command could bring."""

    class Published(Message):
        """The source of a scope published something."""

        def __init__(self, watched: Watched, update: Update, view: View | None = None) -> None:
            super().__init__()
            self.watched, self.update, self.view = watched, update, view

    def __init__(
        self,
        source: Source,
        *,
        selection: Selection | None = None,
        title: str = "",
        region: str = "",
        others: Sequence[Watched] = (),
        more: AsyncIterable[Watched] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        notify_by: str = "off",
        sign_in: tuple[str, ...] = (),
        preferences: Preferences = USUAL,
        memory: Memory | None = None,
        scenarios: Mapping[str, str] | None = None,
        play: Callable[[str], None] | None = None,
        theme: str = "",
        ascii_only: bool = False,
        touring: bool | None = None,
    ) -> None:
        super().__init__(theme, ascii_only)
        self.preferences = preferences
        self.set_keymap({name: textual_keys(keys) for name, keys in self.key_map.items()})
        self.scenarios = scenarios or {}
        """What else may be played, each with what it is."""
        self._play = play
        self.watched = [Watched(source, title, region, sign_in), *others]
        self._more = more
        self.at = 0
        """The index of the scope on screen."""
        self.now = now
        self._notify_by = notify_by
        self.memory = memory or Memory()
        """What was filtered and how it was sorted."""
        self._forgetful = False
        """Whether it was said that nothing can be kept."""
        self.main_screen = MainScreen()
        self.tour: TourController | None = None
        if touring is not None:
            from latticetop.dashboard.tour.controller import TourController

            self.tour = TourController(self, begins=touring)
        self._selection = self._chosen = selection or Selection()

    @property
    def source(self) -> Source:
        """The source of the scope on screen."""
        return self.current.source

    @property
    def marks(self) -> Marks:
        """The blocks that changed lately in the scope on screen."""
        return self.current.marks

    @property
    def investigations(self) -> dict[str, Investigation]:
        """The last investigation of each endpoint of the scope on screen."""
        return self.current.investigations

    @property
    def trend(self) -> Trend:
        """How the counts of the scope on screen went."""
        return self.current.trend

    @property
    def trend_note(self) -> str:
        """What there is to say of how far `trend` reaches."""
        return ""

    def gather_trend(self) -> None:
        """Begin what it takes to know `trend` whole: nothing, where it is followed as it comes."""

    @property
    def scope_title(self) -> str:
        """What stands in for the profile's name, and which of how many scopes is on screen."""
        if len(self.watched) == 1:
            return self.current.title
        name = self.current.title or (self.view.snapshot.scope.profile if self.view else "")
        return f"{name} {self.at + 1}/{len(self.watched)}".strip()

    def _fatal_error(self) -> None:
        # Textual's own prints the variables of every frame, and some hold credentials.
        from rich.traceback import Traceback

        self.panic(Traceback(show_locals=False, width=None))

    def on_mount(self) -> None:
        """Show the main screen, and start following once it has been painted."""
        # With the classes of its size from the start, Textual need not style it twice.
        width, height = self.size
        for length, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            self.main_screen.add_class(max(each for each in breakpoints if each[0] <= length)[1], update=False)
        if self.tour is not None:
            self.screen_change_signal.subscribe(self, self.tour.add_panel)
        self.push_screen(self.main_screen)
        self.call_after_refresh(self._follow)

    def draw_anew(self) -> None:
        """Draw everything in another theme: screens draw anew what they drew with another palette."""
        self.latest = self.latest

    def _follow(self) -> None:
        for watched in self.watched:
            self._follow_one(watched)
        if self._more is not None:
            self._follow_more(self._more)

    def _follow_one(self, watched: Watched) -> None:
        name = f"follow {self.watched.index(watched)}"
        publish = Ahead(partial(self._publish, watched), self.run_worker)
        self.run_worker(watched.source.run(publish), name=name, group=name)

    @work(group="more scopes")
    async def _follow_more(self, more: AsyncIterable[Watched]) -> None:
        async for watched in more:
            self.watched.append(watched)
            watched.select(self._chosen)
            self._follow_one(watched)
            self.refresh_bindings()
            if self.current.latest is not None:
                self.latest = self.current.latest

    def _publish(self, watched: Watched, update: Update, view: View | None) -> None:
        self.post_message(self.Published(watched, update, view))

    def on_latticetop_app_published(self, message: Published) -> None:
        """Take over what was published; everything on screen follows from it."""
        entries = message.watched.take(message.update, self.now(), message.view)
        tell(self, self._notify_by, entries, message.watched.name if len(self.watched) > 1 else "")
        if message.watched is self.current or isinstance(self.screen, OverviewScreen):
            self.latest = self.current.latest

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going from scope to scope is offered where there are several, signing in where credentials are missing."""
        if action == "sign_in":
            return self.may_sign_in and not (self.focused and self.focused.check_consume_key("l", "l"))
        if action == "demo":
            return self.offers_demo
        if action in TOUR_ACTIONS:
            typing = self.focused is not None and self.focused.check_consume_key("n", "n")
            return self.tour is not None and self.tour.offers(action, typing=typing)
        return len(self.watched) > 1 if action in ("scope", "scopes") else True

    @property
    def sign_in_key(self) -> str:
        """The key that signs in, as it is shown; empty where there is none or where it is of no use."""
        return self.key_to("sign-in") if self.may_sign_in else ""

    def watch_latest(self) -> None:
        """Offer to sign in, or no longer."""
        self.may_sign_in = lacks_credentials(self.current)
        if self.tour is not None:
            self.tour.follow()

    def action_sign_in(self) -> None:
        """Lend the terminal to the command that signs in."""
        sign_in(self, self.watched, self.current.sign_in)

    def action_scope(self, step: int) -> None:
        """Show the next scope, or the one before."""
        self.show_scope((self.at + step) % len(self.watched))

    def action_scopes(self) -> None:
        """Show every scope and how it fares."""
        from latticetop.dashboard.overviews.scopes_screen import ScopesScreen

        self.push_screen(ScopesScreen())

    def action_estate(self) -> None:
        """Show every subnet of every scope in one list."""
        from latticetop.dashboard.overviews.all_subnets_screen import AllSubnetsScreen

        self.push_screen(AllSubnetsScreen())

    def action_refresh(self) -> None:
        """Read everything now."""
        self.source.refresh()

    def action_pause(self) -> None:
        """Stop reading, or go on."""
        self.current.paused = not self.current.paused
        self.source.pause() if self.current.paused else self.source.resume()

    def action_toggle_all(self) -> None:
        """Read every subnet and every type of endpoint of the Region, or again what was asked for at the start."""
        self._chosen = EVERYTHING if self._chosen == self._selection else self._selection
        for watched in self.watched:
            watched.select(self._chosen)

    def action_changes(self) -> None:
        """Show what changed in every scope."""
        from latticetop.dashboard.overviews.changes_screen import ChangesScreen

        if not isinstance(self.screen, ChangesScreen):
            self.push_screen(ChangesScreen())

    def action_trend(self) -> None:
        """Show how the free blocks and the fits went, and when they would run out."""
        from latticetop.dashboard.trend.screen import TrendScreen

        if not isinstance(self.screen, TrendScreen):
            self.gather_trend()
            self.push_screen(TrendScreen(self.main_screen.subnet))

    def action_problems(self) -> None:
        """Show every problem since the start."""
        from latticetop.dashboard.overviews.problems_screen import ProblemsScreen

        if not isinstance(self.screen, ProblemsScreen):
            self.push_screen(ProblemsScreen())

    async def action_copy(self) -> None:
        """Copy the id of what is under the cursor."""
        from latticetop.dashboard.export import actions as taking

        await taking.copy_first(self)

    def action_copy_menu(self) -> None:
        """Offer what else can be copied of it."""
        from latticetop.dashboard.export import actions as taking

        taking.offer_parts(self)

    def action_export(self) -> None:
        """Offer to write the view at hand to a file."""
        from latticetop.dashboard.export import actions as taking

        taking.offer_forms(self)

    @property
    def nothing_readable(self) -> bool:
        """Whether nothing was read yet, and nothing will be without another profile, Region or sign-in."""
        return self.view is None and waits_for_settings(self.current)

    @property
    def offers_demo(self) -> bool:
        """Whether the demo can be played, and nothing else can be shown."""
        return self._play is not None and self.nothing_readable

    def action_demo(self) -> None:
        """End, and play the incident."""
        self.play(GUIDED)

    def action_tour(self) -> None:
        """Begin the tour, or end it."""
        if self.tour is not None:
            self.tour.toggle()

    def action_tour_next(self) -> None:
        """Go to the next step; after the last one the tour is over."""
        if self.tour is not None:
            self.tour.go_on()

    def action_tour_end(self) -> None:
        """End the tour, on the main screen."""
        if self.tour is not None:
            self.tour.end()

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that actions have instead of the default ones, by id."""
        return self.preferences.key_map

    def dressed(self, palette: Palette) -> Palette:
        """The palette, which knows what is few."""
        palette.few_blocks, palette.few_fits = self.preferences.few_blocks, self.preferences.few_fits
        return palette

    def key_to(self, *ids: str) -> str:
        """The keys of actions as the screen shows them, of each the first."""
        found = {action.id: action for action in ACTIONS}
        return " ".join(shown_key(keys_of(found[name], self.key_map)[0]) for name in ids)

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is typed, in ASCII."""
        return shown_key(binding.key)

    def play(self, scenario: str) -> None:
        """End, so that another scenario may be played."""
        if self._play is not None:
            self._play(scenario)
        self.exit()

    def action_help(self) -> None:
        """Explain what can be done here, the letters, the colours and the verdicts."""
        from latticetop.dashboard.keys.help_screen import HelpScreen

        found = in_force(self.screen)
        here = key_lines([action for node, action in found if node is not self], self.key_map)
        everywhere = key_lines([action for node, action in found if node is self], self.key_map)
        self.push_screen(HelpScreen(here, everywhere))

    def action_help_quit(self) -> None:
        """Say how to quit."""
        keys = " or ".join(shown_key(key) for key in keys_of(QUIT, self.key_map))
        self.notify(f"{keys} quits latticetop.", markup=False)

    @property
    def current(self) -> Watched:
        """The scope on screen."""
        return self.watched[self.at]

    @property
    def view(self) -> View | None:
        """What is known of the scope on screen."""
        return self.current.view

    def remember(self, *, filter: tuple[str, str] | None = None, order: tuple[str, str] | None = None) -> None:  # noqa: A002
        """Keep a table's filter or order, by the table's name, for the next start."""
        changed = [self.memory.set_filter(*filter)] if filter else []
        changed += [self.memory.set_order(*order)] if order else []
        if any(changed):
            self._save()

    @work(group="memory")
    async def _save(self) -> None:
        try:
            await asyncio.to_thread(self.memory.save)
        except OSError as error:
            if self._forgetful:
                return
            self._forgetful = True
            why = f"Filters and orders could not be kept for the next start: {error.strerror}."
            self.notify(why, severity="warning", markup=False)

    def on_scope_selected(self, message: ScopeSelected) -> None:
        """Show a scope."""
        self._close_overview()
        self.show_scope(message.scope)

    def on_vpc_selected(self, message: VpcSelected) -> None:
        """Show only the subnets of a VPC."""
        self.look_at_vpc(message.scope, message.vpc_id)

    def on_subnet_selected(self, message: SubnetSelected) -> None:
        """Show a subnet, and a block of it."""
        self.look_at(message.scope, message.subnet_id, message.address)

    def on_endpoint_selected(self, message: EndpointSelected) -> None:
        """Open an endpoint."""
        self._close_overview()
        self.look_at_endpoint(message.scope, message.vpc_endpoint_id)

    def on_interface_selected(self, message: InterfaceSelected) -> None:
        """Open an ENI."""
        self._close_overview()
        self.look_at_interface(message.scope, message.network_interface_id)

    def on_breadcrumb_selected(self, message: BreadcrumbSelected) -> None:
        """Go back to a screen."""
        self.action_back_to(message.depth)

    def on_scenario_selected(self, message: ScenarioSelected) -> None:
        """End, so that another scenario can be played."""
        self.play(message.scenario)

    def on_filter_changed(self, message: FilterChanged) -> None:
        """Save a filter."""
        self.remember(filter=(message.table, message.text))

    def on_sort_order_changed(self, message: SortOrderChanged) -> None:
        """Save a sort order."""
        self.remember(order=(message.table, message.order))

    def on_endpoint_investigated(self, message: EndpointInvestigated) -> None:
        """Keep an investigation."""
        self.investigations[message.vpc_endpoint_id] = message.investigation

    def _close_overview(self) -> None:
        if isinstance(self.screen, OverviewScreen):
            self.pop_screen()

    def look_at(self, scope: int, subnet_id: str, address: int | None = None) -> None:
        """Go to a subnet on the main screen of a scope, and there to the block of an address."""
        self.show_scope(scope)
        self.back_to_main()
        self.main_screen.go_to_subnet(subnet_id)
        if address is not None:
            self.main_screen.go_to_address(address)

    def look_at_vpc(self, scope: int, vpc_id: str) -> None:
        """Show the subnets of a VPC, and no others, on the main screen of a scope."""
        self.show_scope(scope)
        self.back_to_main()
        self.main_screen.show_only(f"vpc:{vpc_id}")

    def look_at_interface(self, scope: int, interface_id: str) -> None:
        """Open an ENI of a scope."""
        from latticetop.dashboard.endpoint.interface_screen import InterfaceScreen

        self.show_scope(scope)
        self.push_screen(InterfaceScreen(interface_id))

    def look_at_endpoint(self, scope: int, endpoint_id: str) -> None:
        """Open an endpoint of a scope."""
        from latticetop.dashboard.endpoint.screen import EndpointScreen

        self.show_scope(scope)
        self.push_screen(EndpointScreen(endpoint_id))

    def show_scope(self, scope: int) -> None:
        """Show a scope, by its place."""
        if scope == self.at:
            return
        self.at = scope
        self.back_to_main()
        self.main_screen.start_over()
        self.latest = self.current.latest

    def point_at(self, spot: str) -> None:
        """Put the cursors on the worst trouble, and open what a step of the tour is about."""
        self.main_screen.point_at(spot)

    def back_to_main(self) -> None:
        """Leave every further screen."""
        while len(self.screen_stack) > 2:
            self.pop_screen()

    def action_back_to(self, depth: int) -> None:
        """Go back to the screen that lies so many high, the main one being the second."""
        while len(self.screen_stack) > max(2, depth):
            self.pop_screen()

    def action_go(self) -> None:
        """Ask where to go."""
        from latticetop.dashboard.find.goto_prompt import GotoPrompt

        if not self.screen.query(GotoPrompt):
            self.screen.mount(GotoPrompt(self, self.screen.focused))

    def travel(self, where: Destination) -> None:
        """Show a destination."""
        match where.sort:
            case DestinationKind.ENDPOINT:
                self.look_at_endpoint(where.scope, where.id)
            case DestinationKind.INTERFACE:
                self.look_at_interface(where.scope, where.id)
            case DestinationKind.SUBNET:
                self.look_at(where.scope, where.id)
            case DestinationKind.ADDRESS:
                self.look_at(where.scope, where.id, where.address)
            case DestinationKind.VPC:
                self.look_at_vpc(where.scope, where.id)
            case DestinationKind.SCOPE:
                self.show_scope(where.scope)
