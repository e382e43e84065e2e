"""The command palette: what can be done here with its key, every scope, every theme, every scenario."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from latticetop.config.actions import keys_of
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import in_force, shown_key
from latticetop.dashboard.text.format import cut
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import App
    from textual.command import Hits
    from textual.screen import Screen


LONGEST = 40
"""Columns of a title; the name of a scope may be longer."""


class Command(NamedTuple):
    """A line of the palette."""

    keys: str
    title: str
    does: str
    run: Callable[[], object]


class Columns(NamedTuple):
    """How wide the keys and the titles of some commands are, each with the gap behind it."""

    keys: int
    title: int

    @classmethod
    def of(cls, found: Sequence[Command]) -> Columns:
        """As wide as the widest of them."""
        keys, titles = ([cell_len(getattr(each, name)) for each in found] for name in ("keys", "title"))
        return cls(max(keys, default=0) + 2, max(titles, default=0) + 2)

    def words(self, command: Command) -> str:
        """What is searched: the title and what it does."""
        return f"{self._padded(command.title, self.title)}{command.does}"

    def line(self, command: Command, words: Content) -> Content:
        """The keys before the words, what it does dimmed."""
        told = words.stylize_before("$lt-dim", len(self._padded(command.title, self.title)))
        return Content.styled(self._padded(command.keys, self.keys), "$primary") + told

    def _padded(self, text: str, width: int) -> str:
        return text + " " * (width - cell_len(text))


class Commands(Provider):
    """Everything shows at once when the palette opens, and stays in this order until something is typed."""

    def _found(self) -> tuple[list[Command], Columns]:
        found = list(commands(self.app, self.screen))
        return found, Columns.of(found)

    async def discover(self) -> Hits:
        """All of it."""
        found, columns = self._found()
        for command in found:
            words = columns.words(command)
            yield DiscoveryHit(columns.line(command, Content(words)), command.run, words)

    async def search(self, query: str) -> Hits:
        """What matches, by its title or its sentence."""
        matcher, (found, columns) = self.matcher(query), self._found()
        for command in found:
            words = columns.words(command)
            score = max(matcher.match(command.title), matcher.match(words))
            if score > 0:
                yield Hit(score, columns.line(command, matcher.highlight(words)), command.run, words)


def commands(app: App[Any], screen: Screen[object]) -> Iterator[Command]:
    """The commands that apply to a screen as it is now, its own first."""
    host = host_of(app)
    for node, action in sorted(in_force(screen), key=lambda each: each[0] is app):
        if action.palette and action.id != "commands":
            keys = " ".join(map(shown_key, keys_of(action, host.key_map)))
            yield Command(keys, action.label, action.help, partial(app.run_action, action.name, node))
    for index, watched in enumerate(host.watched):
        if len(host.watched) > 1 and index != host.at:
            yield Command(
                "", cut(f"go to {clean(watched.name)}", LONGEST), "another scope", partial(host.show_scope, index)
            )
    for name in app.available_themes:
        if name != app.theme:
            yield Command("", f"theme {name}", "other colours", partial(setattr, app, "theme", name))
    for name, description in host.scenarios.items():
        yield Command("", f"play {name}", description, partial(host.play, name))
