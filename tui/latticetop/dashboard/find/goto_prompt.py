"""The line that goes to an id, an address or a name, and completes what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.suggester import Suggester

from latticetop.dashboard.find.goto import find, looked_for, suggest
from latticetop.dashboard.find.prompt import Prompt
from latticetop.dashboard.host import Host, host_of
from latticetop.dashboard.text.format import plural
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from textual.widget import Widget


class Names(Suggester):
    """Completes the names of what has been read so far, in any scope."""

    def __init__(self, app: Host) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._app = app

    async def get_suggestion(self, value: str) -> str | None:
        """The first name that begins so; what is typed stays as it is."""
        found = suggest(value, self._app.watched)
        return value + clean(found)[len(value) :] if found and clean(found) == found else None


class GoPrompt(Prompt):
    """Goes there on enter; what is unknown is said, with where it was looked for."""

    def __init__(self, app: Host, whose: Widget | None) -> None:
        super().__init__("go to", whose, suggester=Names(app))

    @property
    def _lattice(self) -> Host:
        return host_of(self)

    def on_mount(self) -> None:
        """Say what may be typed."""
        self.say("id, address, range, account or Region")

    def typed(self, text: str) -> None:
        """What was said to something else no longer holds."""
        if text:
            self.say("")

    def accept(self, text: str) -> None:
        """Go there, or say that it is not known."""
        app = self._lattice
        shown = suggest(text, app.watched) if text.strip() else None
        found = find(text, app.watched, app.at) or find(shown or "", app.watched, app.at)
        if found:
            self.close()
            app.travel(found[0])
            if len(found) > 1:
                others = [app.watched[each.scope].name for each in found[1:]]
                self.notify(f"There {_more(len(others))} in {', '.join(dict.fromkeys(others))}.", markup=False)
        elif text.strip():
            self.say("not known", wrong=True)
            self.notify(
                f"{text.strip()} is not among the {looked_for(app.watched)} that were read. "
                f"It may lie outside: {app.key_to('all')} reads every subnet and endpoint.",
                severity="warning",
                markup=False,
            )


def _more(count: int) -> str:
    return f"{'is' if count == 1 else 'are'} {plural(count, 'more such thing')}"
