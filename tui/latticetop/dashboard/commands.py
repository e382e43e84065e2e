"""The command palette: what can be done here with its key, every scope, every theme, every scenario."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from latticetop.actions import keys_of
from latticetop.dashboard.bindings import in_force, shown_key
from latticetop.model.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.command import Hits
    from textual.screen import Screen

    from latticetop.dashboard.app import LatticetopApp

KEYS, TITLE = 10, 20
"""Columns of keys and title."""


class Command(NamedTuple):
    """A line of the palette."""

    keys: str
    title: str
    does: str
    run: Callable[[], object]

    @property
    def words(self) -> str:
        """What is searched."""
        return f"{self.title:<{TITLE - 1}} {self.does}"


class Commands(Provider):
    """Everything shows at once when the palette opens, and stays in this order until something is typed."""

    async def discover(self) -> Hits:
        """All of it."""
        for command in commands(cast("LatticetopApp", self.app), self.screen):
            yield DiscoveryHit(_line(command, Content(command.words)), command.run, command.words)

    async def search(self, query: str) -> Hits:
        """What matches, by its title or its sentence."""
        matcher = self.matcher(query)
        for command in commands(cast("LatticetopApp", self.app), self.screen):
            score = max(matcher.match(command.title), matcher.match(command.words))
            if score > 0:
                yield Hit(score, _line(command, matcher.highlight(command.words)), command.run, command.words)


def commands(app: LatticetopApp, screen: Screen[object]) -> Iterator[Command]:
    """The commands that apply to a screen as it is now, its own first."""
    for node, action in sorted(in_force(screen), key=lambda each: each[0] is app):
        if action.palette and action.id != "commands":
            keys = " ".join(map(shown_key, keys_of(action, app.key_map)))
            yield Command(keys, action.label, action.help, partial(app.run_action, action.name, node))
    for index, watched in enumerate(app.watched):
        if len(app.watched) > 1 and index != app.at:
            yield Command("", f"go to {clean(watched.name)}", "another scope", partial(app.show_scope, index))
    for name in app.available_themes:
        if name != app.theme:
            yield Command("", f"theme {name}", "other colours", partial(setattr, app, "theme", name))
    for name, description in app.scenarios.items():
        yield Command("", f"play {name}", description, partial(app.play, name))


def _line(command: Command, words: Content) -> Content:
    told = words.stylize_before("$lt-dim", TITLE) if len(words) > TITLE else words
    return Content.styled(f"{command.keys:<{KEYS}}", "$primary") + told
