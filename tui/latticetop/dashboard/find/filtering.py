"""Filters: a table shows the rows that match, the grid goes from one matching block to the next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.message import Message
from textual.widget import Widget as _Widget

from latticetop.dashboard.find.interface_texts import InterfaceTexts
from latticetop.dashboard.find.prompt import Prompt
from latticetop.dashboard.navigation import FilterAccepted
from latticetop.dashboard.text.format import cut
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.query import EMPTY_QUERY, Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.timer import Timer

    from latticetop.model.snapshot import SubnetReading
else:
    # Textual takes the style and the parts of a widget from its first base alone.
    _Widget = object

MAX_ROWS_AT_ONCE = 1000
"""With more rows, a table is filtered only when typing pauses."""
TYPING_PAUSE = 0.12
"""Seconds without a key that count as a pause."""
MAX_INTERFACES_AT_ONCE = 2000
"""The text of more ENIs is made in a thread."""
TITLE_QUERY_WIDTH = 24
"""Columns of a query in a pane's title."""


class FilterPrompt(Prompt):
    """Filters a table, or goes to the first matching block of the grid, while the query is typed."""

    def __init__(self, target: Filterable) -> None:
        super().__init__("/", target, target.filter_query.text)
        self._target = target
        self._timer: Timer | None = None
        self._typed = ""

    def text_changed(self, text: str) -> None:
        """Apply the query: at once, or if there are many rows or more keys are waiting, when typing pauses."""
        self._typed = text
        if self._target.total > MAX_ROWS_AT_ONCE or self.app.message_queue_size:
            if self._timer is None:
                self._timer = self.set_timer(TYPING_PAUSE, self._apply_typed)
            else:
                self._timer.reset()
        else:
            self._apply_typed()

    def _apply_typed(self) -> None:
        self._stop_timer()
        self._apply(self._typed)

    def _apply(self, text: str) -> None:
        query = self._target.filter_by(text)
        keys = ", ".join(f"{key}:" for key in self._target.query_keys)
        self.show_hint(query.problem or self._target.match_text or keys, is_error=bool(query.problem))

    def accept(self, text: str) -> None:
        """Keep the filter and close; an invalid query stays open to be corrected."""
        self._stop_timer()
        query = self._target.filter_by(text)
        if query.problem:
            self.show_hint(query.problem, is_error=True)
        else:
            self._target.accept_filter()
            self.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def action_cancel(self) -> None:
        """Remove the filter and close."""
        self._target.action_clear_filter()
        self.close()

    def on_unmount(self) -> None:
        """Keep the last valid query."""
        self._target.accept_filter()


class Filterable(_Widget):
    """Mixin of a widget with a query, to be listed before the kind of widget.

    `apply_query` is called when the query changes, and when text that it searches has become available.
    """

    SETTINGS_NAME: ClassVar[str] = ""
    SAVES_FILTER: ClassVar[bool] = False
    """Whether the filter outlives the widget and can be saved: not of a table about one thing only."""
    filter_query: Query = EMPTY_QUERY
    match_text: str = ""
    """How many match: `3 of 14 match "az:a"`; empty without a filter."""
    total: int = 0
    """How many rows or blocks there are."""
    interface_texts: InterfaceTexts | None = None
    """The text of the ENIs in what is filtered; None if ENIs are not searched."""
    searched_readings: Callable[[], Iterable[SubnetReading]] = tuple
    """The subnets whose ENIs are searched."""
    _is_loading: bool = False

    class MatchesChanged(Message):
        """There is another query, or other rows match it."""

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that a query may have."""
        raise NotImplementedError

    def apply_query(self) -> None:
        """Show what matches the query."""
        raise NotImplementedError

    def filter_by(self, text: str) -> Query:
        """Filter by a query; an invalid one changes nothing."""
        query = parse_query(text, self.query_keys)
        if not query.problem and query != self.filter_query:
            self.filter_query = query
            self.apply_query()
            self.refresh_bindings()
            self.post_message(self.MatchesChanged())
        return query

    @property
    def filter_text(self) -> str:
        """The filter in force as it was typed; empty for none."""
        return self.filter_query.text if self.filter_query.terms else ""

    def accept_filter(self) -> None:
        """Use the filter until the app ends."""
        if self.SAVES_FILTER:
            self.post_message(FilterAccepted(self.SETTINGS_NAME, self.filter_text))

    def show_match_count(self, matches: int, total: int, no_match: str = "") -> None:
        """Show in the pane's title how many match; with `no_match`, that text in place of the rows."""
        text = self.filter_query.text.strip()
        self.total = total
        self.match_text = f'{matches:,} of {total:,} match "{cut(text, TITLE_QUERY_WIDTH)}"' if self._has_terms else ""
        if self._is_loading and self.match_text:
            self.match_text += ", still searching"
        for pane in self.ancestors:
            if isinstance(pane, Pane):
                pane.set_filter(self.match_text, no_match)

    @property
    def _has_terms(self) -> bool:
        return bool(self.filter_query.terms)

    def load_interface_texts(self) -> None:
        """Make the text of ENIs that the query searches: of a few at once, of many in a thread, then filter again."""
        texts = self.interface_texts
        if texts is None or not self.filter_query.searches_interfaces or self._is_loading:
            return
        unloaded = texts.unloaded(self.searched_readings())
        if sum(len(reading.interfaces) for reading in unloaded) <= MAX_INTERFACES_AT_ONCE:
            texts.load(unloaded)
        elif unloaded:
            self._is_loading = True
            self._load_in_thread(texts, unloaded)

    @work(group="interface texts", description="load interface texts")
    async def _load_in_thread(self, texts: InterfaceTexts, readings: Sequence[SubnetReading]) -> None:
        try:
            await asyncio.to_thread(texts.load, readings)
        finally:
            self._is_loading = False
        self.apply_query()
        self.post_message(self.MatchesChanged())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable the actions of a filter while there is one."""
        return self._has_terms if action in ("clear_filter", "next_match") else True

    async def action_filter(self) -> None:
        """Open the prompt for a query; keys that follow at once are typed into it."""
        if not self.screen.query(FilterPrompt):
            await self.screen.mount(FilterPrompt(self))

    def action_clear_filter(self) -> None:
        """Remove the filter."""
        self.filter_by("")
        self.accept_filter()

    def action_next_match(self, step: int) -> None:
        """Go to the next match, or with -1 to the previous one; the first follows the last."""
        raise NotImplementedError
