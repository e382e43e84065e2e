"""The commands that can be typed after `:`, and which of them a text names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from latticetop.config.actions import ACTIONS, KeyContext, keys_of
from latticetop.dashboard.find.goto import DestinationKind, find_destinations
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import available_actions, shown_key
from latticetop.dashboard.navigation import (
    DestinationSelected,
    EndpointsSelected,
    MainActionSelected,
    ScenarioSelected,
    ScopeSelected,
)
from latticetop.dashboard.text.format import cut
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import App
    from textual.screen import Screen

    from latticetop.dashboard.find.goto import Destination
    from latticetop.dashboard.host import Host
    from latticetop.dashboard.state.followed_scope import FollowedScope

MAX_TITLE_WIDTH = 40
"""Columns of a title; the name of an account may be longer."""
DESCRIPTION_PREFIX = "?"
"""Before a text that is searched in the descriptions too."""
DESTINATION_WORDS = frozenset(
    {"go", "subnet", "sn", "endpoint", "ep", "eni", "interface", "vpc", "address", "instance"}
)
"""Words that may stand before an id, an address or a name to go to."""


class Command(NamedTuple):
    """A line of the palette. `names` are those by which it can be typed, in lower case."""

    keys: str
    title: str
    description: str
    run: Callable[[], object]
    names: tuple[str, ...] = ()


def commands_on(app: App[Any], screen: Screen[object]) -> Iterator[Command]:
    """The commands that are available on a screen now, its own first."""
    host = host_of(app)
    available = available_actions(screen)
    for node, action in sorted(available, key=lambda node_action: node_action[0] is app):
        if action.palette and action.id != "commands":
            keys = shown_key(keys_of(action, host.key_map)[0])
            names = (action.label.lower(), action.id, *action.names.split())
            yield Command(keys, action.label, action.help, partial(app.run_action, action.name, node), names)
    ids = {action.id for _, action in available}
    for action in ACTIONS:
        if KeyContext.MAIN in action.contexts and action.palette and action.footer and action.id not in ids:
            run = partial(app.post_message, MainActionSelected(action.name))
            yield Command(
                "", action.label, f"on the main screen: {action.help}", run, (action.label.lower(), action.id)
            )
    yield Command(
        "",
        "endpoints",
        "the endpoints of the account and Region on screen",
        partial(app.post_message, EndpointsSelected()),
        ("endpoints", "ep", "main", "home"),
    )
    for index, scope in enumerate(host.scopes):
        if len(host.scopes) > 1 and index != host.scope_index:
            title = cut(f"go to {clean(scope.name)}", MAX_TITLE_WIDTH)
            select = partial(app.post_message, ScopeSelected(index))
            yield Command("", title, "another account or Region", select, _scope_names(scope))
    for name in app.available_themes:
        if name != app.theme:
            use = partial(setattr, app, "theme", name)
            yield Command("", f"theme {name}", "other colours", use, (f"theme {name}", f"colours {name}"))
    for name, description in host.scenarios.items():
        yield Command(
            "", f"play {name}", description, partial(app.post_message, ScenarioSelected(name)), (f"play {name}",)
        )


def _scope_names(followed: FollowedScope) -> tuple[str, ...]:
    scope = followed.view.snapshot.scope if followed.view else None
    names = [followed.name, followed.title, *((scope.account_id, scope.profile) if scope else ())]
    region = followed.region or (scope.region if scope else "")
    accounts = [f"{word} {name}" for name in names if name for word in ("account", "accounts", "ctx", "go to")]
    return tuple(clean(name).lower() for name in (*accounts, f"region {region}", f"regions {region}"))


def find_commands(text: str, commands: Sequence[Command]) -> list[Command]:
    """The commands that a text names, the best first, all of them for no text; after `?` also by their descriptions.

    A name that is the text comes before names that begin with it, and those before titles that have it inside.
    """
    query = " ".join(text.lower().split())
    if query.startswith(DESCRIPTION_PREFIX):
        words = query.removeprefix(DESCRIPTION_PREFIX).split()
        return [command for command in commands if all(word in _whole_text(command) for word in words)]
    ranked = [(rank, command) for command in commands if (rank := _rank(query, command)) is not None]
    return [command for _, command in sorted(ranked, key=lambda pair: pair[0])]


def _whole_text(command: Command) -> str:
    return f"{command.title} {command.description} {' '.join(command.names)}".lower()


def _rank(query: str, command: Command) -> int | None:
    names = (*command.names, command.title.lower())
    if not query:
        return 0
    if query in names:
        return 1
    if any(name.startswith(query) for name in names):
        return 2
    return 3 if query in command.title.lower() else None


def destination_commands(text: str, app: App[Any]) -> list[Command]:
    """What a text names by its id, address or name, perhaps after a word such as `subnet`."""
    host = host_of(app)
    word, _, rest = text.strip().partition(" ")
    name = rest.strip() if word.lower() in DESTINATION_WORDS and rest.strip() else text.strip()
    destinations = find_destinations(name, host.scopes, host.scope_index)
    return [
        Command("", f"go to {clean(name)}", _place(destination, host), partial(_go, app, destination))
        for destination in destinations
        if destination.kind is not DestinationKind.SCOPE
    ]


def _place(destination: Destination, host: Host) -> str:
    place = f" in {clean(host.scopes[destination.scope].name)}" if len(host.scopes) > 1 else ""
    return f"{destination.kind.value}{place}"


def _go(app: App[Any], destination: Destination) -> None:
    app.post_message(DestinationSelected(destination))
