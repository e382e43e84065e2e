"""What can be looked through: a table that shows what is asked for, a grid that goes from one find to the next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widget import Widget as _Widget

from latticetop.dashboard.find.prompt import AFTER, LONG, Prompt
from latticetop.dashboard.find.searchable import MOST_AT_ONCE, is_told, put_into_words
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.text.format import cut, plural
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.query import NOTHING, Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.timer import Timer

    from latticetop.model.snapshot import SubnetReading
else:
    # Textual takes the style and the parts of a widget from its first base alone.
    _Widget = object


class FilterPrompt(Prompt):
    """Filters a table, or walks over a grid, as one types."""

    def __init__(self, filtering: Filtering) -> None:
        super().__init__("/", filtering, filtering.asked.text)
        self._filtering = filtering
        self._later: Timer | None = None

    def typed(self, text: str) -> None:
        """Filter at once, or where there are many rows when the typing pauses."""
        if self._later is not None:
            self._later.stop()
        if self._filtering.total > LONG:
            self._later = self.set_timer(AFTER, lambda: self._ask(text))
        else:
            self._ask(text)

    def _ask(self, text: str) -> None:
        query = self._filtering.ask(text)
        self.say(query.problem or self._filtering.told or ", ".join(f"{key}:" for key in self._filtering.query_keys),
                 wrong=bool(query.problem))  # fmt: skip

    def accept(self, text: str) -> None:
        """Keep the filter; what cannot be understood is left to be mended."""
        if self._later is not None:
            self._later.stop()
        query = self._filtering.ask(text)
        if query.problem:
            self.say(query.problem, wrong=True)
        else:
            self._filtering.keep()
            self.close()

    def action_cancel(self) -> None:
        """Filter no longer."""
        self._filtering.action_clear_filter()
        self.close()

    def on_unmount(self) -> None:
        """What was filtered last stays so."""
        self._filtering.keep()


QUOTED = 24
"""Columns of a filter that are repeated in a title."""


KEPT = frozenset({"endpoints", "subnets", "estate", "changes", "problems", "scopes"})
"""The tables whose filter and order outlive the dashboard: those that are not about one thing."""


class Filtering(_Widget):
    """Has a query; `look` is called whenever it, or what it looks at, is another. Stands before the kind of widget."""

    NAME: ClassVar[str] = ""
    asked: Query = NOTHING
    """What is asked for."""
    told: str = ""
    """How much of it was found: `3 of 14 match "az:a"`."""
    total: int = 0
    _looking: bool = False

    class Filtered(Message):
        """Something else is asked for, or found."""

    @property
    def lattice(self) -> Host:
        """The app."""
        return host_of(self)

    @property
    def query_keys(self) -> Sequence[str]:
        """The keys that may be asked for."""
        raise NotImplementedError

    def readings(self) -> Iterable[SubnetReading]:
        """The subnets whose ENIs may be looked for."""
        return ()

    def look(self) -> None:
        """Find what the query asks for."""
        raise NotImplementedError

    def ask(self, text: str) -> Query:
        """Look for something else; what cannot be understood changes nothing."""
        query = parse_query(text, self.query_keys)
        if not query.problem and query != self.asked:
            self.asked = query
            self.look()
            self.refresh_bindings()
            self.post_message(self.Filtered())
        return query

    def keep(self) -> None:
        """Remember the filter for the next start."""
        if self.NAME in KEPT:
            self.lattice.remember(filter=(self.NAME, self.asked.text if self.asked.terms else ""))

    def recall(self) -> None:
        """Filter as it was before the start."""
        if self.NAME in KEPT:
            self.ask(self.lattice.memory.filter(self.NAME))

    def narrate(self, found: int, total: int, noun: str = "", extent: str = "") -> None:
        """Say in the title how much was found; where it is no `noun` at all, say so in place of the rows."""
        text = self.asked.text.strip()
        self.total = total
        self.told = f'{found:,} of {total:,} match "{cut(text, QUOTED)}"' if self.asked.terms else ""
        if self._looking and self.told:
            self.told += ", still looking"
        nothing = ""
        if self.asked.terms and total and not found and noun:
            back = self.lattice.key_to("clear-filter")
            nothing = f'No {noun} matches "{text}"; {back} shows all.\nLooked at: {plural(total, noun)}{extent}.'
        for pane in self.ancestors:
            if isinstance(pane, Pane):
                pane.set_filter(self.told, nothing)

    def look_within(self) -> None:
        """Have the ENIs put into words that may be asked for: few at once, many in a thread, and look again then."""
        if not self.asked.within or self._looking:
            return
        lacking = [reading for reading in self.readings() if not is_told(reading)]
        if sum(len(reading.interfaces) for reading in lacking) <= MOST_AT_ONCE:
            put_into_words(lacking)
        elif lacking:
            self._looking = True
            self.run_worker(self._look_later(lacking), group="words")

    async def _look_later(self, lacking: Sequence[SubnetReading]) -> None:
        try:
            await asyncio.to_thread(put_into_words, lacking)
        finally:
            self._looking = False
        self.look()
        self.post_message(self.Filtered())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a filter is offered when there is one."""
        return bool(self.asked.terms) if action in ("clear_filter", "next_match") else True

    def action_filter(self) -> None:
        """Ask what is looked for."""
        from latticetop.dashboard.find.filtering import FilterPrompt

        if not self.screen.query(FilterPrompt):
            self.screen.mount(FilterPrompt(self))

    def action_clear_filter(self) -> None:
        """Show everything again."""
        self.ask("")
        self.keep()

    def action_next_match(self, step: int) -> None:
        """Go to the next find, or the one before; after the last comes the first."""
        raise NotImplementedError
