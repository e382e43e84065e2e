"""Key maps: whether a key can be had, and which actions would share one."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from itertools import combinations
from typing import TYPE_CHECKING

from latticetop.config.actions import (
    ACTIONS,
    APP,
    CHOICE,
    CHOOSING,
    DETAIL,
    GRID,
    HELP,
    MAIN,
    MENU,
    PLAN,
    PROMPT,
    SCREENS,
    TABLE,
    Action,
    KeyContext,
    keys_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NAMES = (
    *("enter", "tab", "escape", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right"),
    *(f"f{number}" for number in range(1, 13)),
)
"""The keys that have a name; any other is the character it types."""
MODIFIERS = ("ctrl+", "alt+", "shift+")
_BENEATH = {
    APP: {APP},
    MAIN: {APP, MAIN},
    DETAIL: {APP, DETAIL},
    **{screen: {APP, DETAIL, screen} for screen in SCREENS},
    **{widget: {APP, MAIN, DETAIL, *SCREENS, widget} for widget in (TABLE, GRID)},
    CHOOSING: {APP, DETAIL, PLAN, TABLE, CHOOSING},
    HELP: {HELP},
    PROMPT: {PROMPT},
    **{menu: {CHOICE, MENU} for menu in (CHOICE, MENU)},
}
"""Of each place, the places whose keys are in force there too."""


def near(name: str, names: Sequence[str]) -> str:
    """A question for the nearest name, else all of them."""
    found = get_close_matches(name, names, n=1)
    return f"Did you mean '{found[0]}'?" if found else f"There are: {', '.join(names)}."


def key_map_problems(key_map: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with a key map, a sentence each."""
    ids = list(dict.fromkeys(action.id for action in ACTIONS))
    strange = [f"keys: there is no action '{name}'. {near(name, ids)}" for name in key_map if name not in ids]
    strange += [f"keys: {name} has no key; give it one." for name, keys in key_map.items() if not keys]
    strange += [
        f"keys: {problem}" for keys in key_map.values() for key in keys for problem in [_key_problem(key)] if problem
    ]
    return strange or list(dict.fromkeys(_shared(key_map)))


def _key_problem(key: str) -> str:
    bare = key
    while bare.startswith(MODIFIERS):
        bare = bare.partition("+")[2]
    if bare in NAMES or (len(bare) == 1 and bare.isprintable() and bare != " "):
        return f"shift+{bare} is written '{bare.upper()}'." if key == f"shift+{bare}" and len(bare) == 1 else ""
    try:
        return f"'{key}' is written '{unicodedata.lookup(bare.replace('_', ' '))}'."
    except KeyError:
        return f"there is no key '{key}'. {near(bare, NAMES)} Any other key is the character it types."


def _shared(key_map: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Two actions on one key where both apply, unless it is so by default, where the nearer one is meant."""
    usual = {(one.id, other.id) for one, other, _, _ in _clashes({})}
    for one, other, key, place in _clashes(key_map):
        if (one.id, other.id) not in usual:
            yield f"keys: '{key}' is both {one.id} and {other.id} {place.value}; give one of them another key."


def _clashes(key_map: Mapping[str, Sequence[str]]) -> Iterator[tuple[Action, Action, str, KeyContext]]:
    for one, other in combinations(ACTIONS, 2):
        if one.id == other.id or not ((one.live and other.live) or (one.replay and other.replay)):
            continue
        both = [key for key in keys_of(one, key_map) if key in keys_of(other, key_map)]
        if both and (place := _where(one, other)):
            yield one, other, both[0], place


def _where(one: Action, other: Action) -> KeyContext | None:
    """The nearer place of two actions that are in force together somewhere."""
    for first in one.places:
        for second in other.places:
            if second in _BENEATH[first]:
                return first
            if first in _BENEATH[second]:
                return second
    return None
