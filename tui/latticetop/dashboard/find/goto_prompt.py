"""The prompt that goes to an id, an address or a name, and completes known names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.suggester import Suggester

from latticetop.dashboard.find.goto import find_destinations, searched_counts, suggest_name
from latticetop.dashboard.find.prompt import Prompt
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.navigation import DestinationSelected
from latticetop.model.records.text import clean, counted

if TYPE_CHECKING:
    from textual.widget import Widget


class NameSuggester(Suggester):
    """Completes the names that were read so far, in any scope."""

    def __init__(self, host: Host) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._host = host

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins with `value`; what was typed keeps its case."""
        name = suggest_name(value, self._host.scopes)
        return value + clean(name)[len(value) :] if name and clean(name) == name else None


class GotoPrompt(Prompt):
    """Goes to what was typed on Enter; if it is unknown, says where it was searched for."""

    def __init__(self, host: Host, return_focus: Widget | None) -> None:
        super().__init__("go to", return_focus, suggester=NameSuggester(host))

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
        host = host_of(self)
        destinations = find_destinations(text, host.scopes, host.scope_index) or find_destinations(
            suggest_name(text, host.scopes) or "", host.scopes, host.scope_index
        )
        if not destinations:
            self._say_not_found(host, text.strip())
            return
        self.close()
        self.app.post_message(DestinationSelected(destinations[0]))
        if others := destinations[1:]:
            scopes = dict.fromkeys(host.scopes[destination.scope].name for destination in others)
            matches = counted(len(others), "more match", "more matches")
            self.notify(f"{matches} in {', '.join(scopes)}.", markup=False)

    def _say_not_found(self, host: Host, text: str) -> None:
        self.show_hint("not found", is_error=True)
        self.notify(
            f"{text} was not found in the {searched_counts(host.scopes)} that were read. "
            f"{host.key_to('all')} reads every subnet and endpoint.",
            severity="warning",
            markup=False,
        )
