"""The Textual application: follows a source and shows what it publishes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from latticetop.dashboard.marks import Marks
from latticetop.dashboard.screens.help import HelpScreen
from latticetop.dashboard.screens.main import MainScreen
from latticetop.dashboard.theme import DARK, Palette, variables
from latticetop.dashboard.view import View
from latticetop.follow.status import Selection, Source, Update

if TYPE_CHECKING:
    from collections.abc import Callable

    from latticetop.model.investigation import Investigation

NARROW, SHORT = 100, 30
"""Below so many columns the why text goes behind Enter; below so many lines the tables get less."""

EVERYTHING = Selection(all_endpoints=True, all_subnets=True)


class LatticetopApp(App[int]):
    """Shows one source. `title` stands in for the profile's name; `now` gives the time that ages are measured from."""

    CSS_PATH = "latticetop.tcss"
    TITLE = "latticetop"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (SHORT, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "refresh", "read", id="refresh"),
        Binding("space", "pause", "pause", id="pause"),
        Binding("a", "toggle_all", "all", id="all"),
        Binding("question_mark", "help", "help", key_display="?", id="help"),
        Binding("q", "quit", "quit", id="quit"),
    ]

    latest: var[Update | None] = var(None, always_update=True)

    class Published(Message):
        """The source published something."""

        def __init__(self, update: Update) -> None:
            super().__init__()
            self.update = update

    def __init__(
        self,
        source: Source,
        *,
        selection: Selection | None = None,
        title: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.source = source
        self.scope_title = title
        self.now = now
        self.marks = Marks()
        self.view: View | None = None
        self.investigations: dict[str, Investigation] = {}
        """The last investigation of each endpoint."""
        self._selection = self._chosen = selection or Selection()
        self.register_theme(DARK)
        self.theme = DARK.name
        self._palette: Palette | None = None
        self._paused = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of blocks and words, for themes that do not name them."""
        return variables()

    @property
    def palette(self) -> Palette:
        """The styles of the theme in force."""
        if self._palette is None:
            self._palette = Palette(self.theme_variables)
        return self._palette

    def on_mount(self) -> None:
        """Show the main screen, and start following once it has been painted."""
        self.push_screen(MainScreen())
        self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        self.run_worker(self.source.run(self._publish), name="follow", group="follow", exclusive=True)

    def _publish(self, update: Update) -> None:
        self.post_message(self.Published(update))

    def on_latticetop_app_published(self, message: Published) -> None:
        """Take over what was published; everything on screen follows from it."""
        snapshot = message.update.snapshot
        if snapshot is not None and (self.view is None or self.view.snapshot is not snapshot):
            self.marks.follow(snapshot)
            self.view = View(snapshot)
        self.latest = message.update

    def action_refresh(self) -> None:
        """Read everything now."""
        self.source.refresh()

    def action_pause(self) -> None:
        """Stop reading, or go on."""
        self._paused = not self._paused
        self.source.pause() if self._paused else self.source.resume()

    def action_toggle_all(self) -> None:
        """Read every subnet and every type of endpoint of the Region, or again what was asked for at the start."""
        self._chosen = EVERYTHING if self._chosen == self._selection else self._selection
        self.source.select(self._chosen)

    def action_help(self) -> None:
        """Explain the keys, the letters and the verdicts."""
        self.push_screen(HelpScreen())
