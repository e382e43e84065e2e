"""The Textual application: follows a source and shows what it publishes.

A screen that is opened by a key is imported when it is opened: the first frame need not wait for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from latticetop.actions import Place
from latticetop.dashboard.ahead import Ahead
from latticetop.dashboard.bindings import INTERRUPT, bindings_at
from latticetop.dashboard.guided_app import GUIDING, GuidedApp
from latticetop.dashboard.memory import Memory
from latticetop.dashboard.notices import tell
from latticetop.dashboard.preferences import USUAL, Preferences
from latticetop.dashboard.screens.main import MainScreen
from latticetop.dashboard.screens.overview import OverviewScreen
from latticetop.dashboard.sign_in import lacks_credentials, sign_in
from latticetop.dashboard.watched import Watched
from latticetop.follow.status import Selection, Source, Update

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Mapping, Sequence

    from latticetop.dashboard.marks import Marks
    from latticetop.dashboard.view import View
    from latticetop.model.investigation import Investigation
    from latticetop.model.trend import Trend

NARROW, SHORT = 100, 30
"""Below so many columns the why text goes behind Enter; below so many lines the tables get less."""

EVERYTHING = Selection(all_endpoints=True, all_subnets=True)


class LatticetopApp(GuidedApp, inherit_bindings=False):
    """Shows one scope at a time.

    `title` stands in for the profile's name, and `region` for the Region until it is known; `others` are further
    scopes, `more` those that are only found out while it runs; `now` gives the time that ages are measured from;
    `notify_by` tells of verdicts that change: `bell`, `desktop` or `off`; `sign_in` is the command that signs in;
    `preferences` are what may be set; `memory` has the filters and orders of the last time; `scenarios` are what else
    may be played, by name, and `play` is told which one when the dashboard ends for it. `theme` is the name of one, or
    empty for what suits the terminal; `ascii_only` draws lines and signs in ASCII.
    `touring` is whether the guided tour begins by itself, None where there is nothing to guide through.
    """

    CSS_PATH = "latticetop.tcss"
    TITLE = "latticetop"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT, *bindings_at(Place.APP)]

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
        super().__init__(preferences, scenarios, play, theme, ascii_only)
        self.watched = [Watched(source, title, region, sign_in), *others]
        self._more = more
        self.touring = touring
        self.at = 0
        """The index of the scope on screen."""
        self.now = now
        self._notify_by = notify_by
        self.memory = memory or Memory()
        """What was filtered and how it was sorted."""
        self.main_screen = MainScreen()
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
        if action in GUIDING:
            return self.may_guide(action)
        return len(self.watched) > 1 if action in ("scope", "scopes") else True

    @property
    def sign_in_key(self) -> str:
        """The key that signs in, as it is shown; empty where there is none or where it is of no use."""
        return self.key_to("sign-in") if self.may_sign_in else ""

    def watch_latest(self) -> None:
        """Offer to sign in, or no longer."""
        self.may_sign_in = lacks_credentials(self.current)
        self.follow_tour()

    def action_sign_in(self) -> None:
        """Lend the terminal to the command that signs in."""
        sign_in(self, self.watched, self.current.sign_in)

    def action_scope(self, step: int) -> None:
        """Show the next scope, or the one before."""
        self.show_scope((self.at + step) % len(self.watched))

    def action_scopes(self) -> None:
        """Show every scope and how it fares."""
        from latticetop.dashboard.screens.scopes import ScopesScreen

        self.push_screen(ScopesScreen())

    def action_estate(self) -> None:
        """Show every subnet of every scope in one list."""
        from latticetop.dashboard.screens.estate import EstateScreen

        self.push_screen(EstateScreen())

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
        from latticetop.dashboard.screens.changes import ChangesScreen

        if not isinstance(self.screen, ChangesScreen):
            self.push_screen(ChangesScreen())

    def action_trend(self) -> None:
        """Show how the free blocks and the fits went, and when they would run out."""
        from latticetop.dashboard.screens.trend import TrendScreen

        if not isinstance(self.screen, TrendScreen):
            self.gather_trend()
            self.push_screen(TrendScreen(self.main_screen.subnet))

    def action_problems(self) -> None:
        """Show every problem since the start."""
        from latticetop.dashboard.screens.problems import ProblemsScreen

        if not isinstance(self.screen, ProblemsScreen):
            self.push_screen(ProblemsScreen())

    async def action_copy(self) -> None:
        """Copy the id of what is under the cursor."""
        from latticetop.dashboard import taking

        await taking.copy_first(self)

    def action_copy_menu(self) -> None:
        """Offer what else can be copied of it."""
        from latticetop.dashboard import taking

        taking.offer_parts(self)

    def action_export(self) -> None:
        """Offer to write the view at hand to a file."""
        from latticetop.dashboard import taking

        taking.offer_forms(self)
