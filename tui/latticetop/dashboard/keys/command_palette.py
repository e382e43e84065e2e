"""The command palette: the actions of the screen with their keys, every scope, every theme, every scenario."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from latticetop.config.actions import keys_of
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import available_actions, shown_key
from latticetop.dashboard.navigation import ScenarioSelected, ScopeSelected
from latticetop.dashboard.text.format import cut
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import App
    from textual.command import Hits
    from textual.screen import Screen

MAX_TITLE_WIDTH = 40
"""Columns of a title; the name of a scope may be longer."""
COLUMN_GAP = 2


class PaletteCommand(NamedTuple):
    """A line of the palette."""

    keys: str
    title: str
    description: str
    run: Callable[[], object]


class CommandColumns(NamedTuple):
    """The widths of the keys and the titles of some commands, each with the gap behind it."""

    keys: int
    title: int

    @classmethod
    def of(cls, commands: Sequence[PaletteCommand]) -> CommandColumns:
        """As wide as the widest of them."""
        keys = max((cell_len(command.keys) for command in commands), default=0)
        title = max((cell_len(command.title) for command in commands), default=0)
        return cls(keys + COLUMN_GAP, title + COLUMN_GAP)

    def searched_text(self, command: PaletteCommand) -> str:
        """The title and the description."""
        return f"{_padded(command.title, self.title)}{command.description}"

    def line(self, command: PaletteCommand, text: Content) -> Content:
        """The keys before the text that is searched, with its description dimmed."""
        dimmed = text.stylize_before("$lt-dim", len(_padded(command.title, self.title)))
        return Content.styled(_padded(command.keys, self.keys), "$primary") + dimmed


class PaletteCommands(Provider):
    """All commands show at once when the palette opens, and stay in this order until something is typed."""

    def _commands(self) -> tuple[list[PaletteCommand], CommandColumns]:
        commands = list(palette_commands(self.app, self.screen))
        return commands, CommandColumns.of(commands)

    async def discover(self) -> Hits:
        """All commands."""
        commands, columns = self._commands()
        for command in commands:
            text = columns.searched_text(command)
            yield DiscoveryHit(columns.line(command, Content(text)), command.run, text)

    async def search(self, query: str) -> Hits:
        """The commands whose title or description matches."""
        matcher, (commands, columns) = self.matcher(query), self._commands()
        for command in commands:
            text = columns.searched_text(command)
            score = max(matcher.match(command.title), matcher.match(text))
            if score > 0:
                yield Hit(score, columns.line(command, matcher.highlight(text)), command.run, text)


def palette_commands(app: App[Any], screen: Screen[object]) -> Iterator[PaletteCommand]:
    """The commands that are available on a screen now, its own first."""
    host = host_of(app)
    for node, action in sorted(available_actions(screen), key=lambda node_action: node_action[0] is app):
        if action.palette and action.id != "commands":
            keys = " ".join(map(shown_key, keys_of(action, host.key_map)))
            yield PaletteCommand(keys, action.label, action.help, partial(app.run_action, action.name, node))
    for index, scope in enumerate(host.scopes):
        if len(host.scopes) > 1 and index != host.scope_index:
            title = cut(f"go to {clean(scope.name)}", MAX_TITLE_WIDTH)
            yield PaletteCommand(
                "", title, "another account or Region", partial(app.post_message, ScopeSelected(index))
            )
    for name in app.available_themes:
        if name != app.theme:
            yield PaletteCommand("", f"theme {name}", "other colours", partial(setattr, app, "theme", name))
    for name, description in host.scenarios.items():
        yield PaletteCommand("", f"play {name}", description, partial(app.post_message, ScenarioSelected(name)))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
