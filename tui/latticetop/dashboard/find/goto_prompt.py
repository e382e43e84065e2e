"""The prompt that goes to an id, an address or a name, and completes known names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.suggester import Suggester

from latticetop.dashboard.find.goto import find_destinations, searched_counts, suggest_name
from latticetop.dashboard.find.prompt import Prompt
from latticetop.dashboard.navigation import DestinationSelected
from latticetop.model.records.text import clean, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

    from latticetop.dashboard.find.goto import Destination
    from latticetop.dashboard.state.followed_scope import FollowedScope


class NameSuggester(Suggester):
    """Completes the names that were read so far, in any scope."""

    def __init__(self, scopes: Sequence[FollowedScope]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._scopes = scopes

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins with `value`; what was typed keeps its case."""
        name = suggest_name(value, self._scopes)
        return value + clean(name)[len(value) :] if name and clean(name) == name else None


class GotoPrompt(Prompt):
    """Goes to what was typed on Enter; if it is unknown, says where it was searched for.

    `scope_index` is the scope that is searched first, `read_all_key` the key that reads every subnet and endpoint.
    """

    def __init__(
        self, scopes: Sequence[FollowedScope], scope_index: int, read_all_key: str, return_focus: Widget | None
    ) -> None:
        super().__init__("go to", return_focus, suggester=NameSuggester(scopes))
        self._scopes, self._scope_index, self._read_all_key = scopes, scope_index, read_all_key

    def on_mount(self) -> None:
        """Show what can be typed."""
        self.show_hint("id, address, range, account or Region")

    def text_changed(self, text: str) -> None:
        """Remove the hint, which was about another text."""
        if text:
            self.show_hint("")

    def accept(self, text: str) -> None:
        """Go to the first destination, or say that there is none."""
        if not text.strip():
            return
        destinations = self._find(text) or self._find(suggest_name(text, self._scopes) or "")
        if not destinations:
            self._say_not_found(text.strip())
            return
        self.close()
        self.app.post_message(DestinationSelected(destinations[0]))
        if others := destinations[1:]:
            scopes = dict.fromkeys(self._scopes[destination.scope].name for destination in others)
            matches = counted(len(others), "more match", "more matches")
            self.notify(f"{matches} in {', '.join(scopes)}.", markup=False)

    def _find(self, text: str) -> Sequence[Destination]:
        return find_destinations(text, self._scopes, self._scope_index)

    def _say_not_found(self, text: str) -> None:
        self.show_hint("not found", is_error=True)
        self.notify(
            f"{text} was not found in the {searched_counts(self._scopes)} that were read. "
            f"{self._read_all_key} reads every subnet and endpoint.",
            severity="warning",
            markup=False,
        )
