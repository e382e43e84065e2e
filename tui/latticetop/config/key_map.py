"""Validation of key maps: names of keys, and actions that would share a key."""

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
    FINDINGS,
    GRID,
    HELP,
    MAIN,
    MENU,
    NUMBER,
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

KEY_NAMES = (
    *("enter", "tab", "escape", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right"),
    *(f"f{number}" for number in range(1, 13)),
)
"""Keys with a name; any other key is written as the character it types."""
MODIFIERS = ("ctrl+", "alt+", "shift+")
_ACTIVE_WITH = {
    APP: {APP},
    MAIN: {APP, MAIN},
    DETAIL: {APP, DETAIL},
    **{screen: {APP, DETAIL, screen} for screen in SCREENS},
    **{widget: {APP, MAIN, DETAIL, *SCREENS, widget} for widget in (TABLE, GRID)},
    CHOOSING: {APP, DETAIL, PLAN, TABLE, CHOOSING},
    FINDINGS: {APP, MAIN, FINDINGS},
    HELP: {HELP},
    PROMPT: {PROMPT},
    NUMBER: {APP, DETAIL, PLAN, NUMBER},
    **{menu: {CHOICE, MENU} for menu in (CHOICE, MENU)},
}
"""For each context, the contexts whose keys are active in it."""


def suggestion(name: str, names: Sequence[str]) -> str:
    """Ask whether the closest of the names was meant; list all names if none is close."""
    closest = get_close_matches(name, names, n=1)
    return f"Did you mean '{closest[0]}'?" if closest else f"There are: {', '.join(names)}."


def key_map_problems(key_map: Mapping[str, Sequence[str]]) -> list[str]:
    """Return one sentence for each problem of a key map (keys by action id)."""
    ids = list(dict.fromkeys(action.id for action in ACTIONS))
    problems = [f"keys: there is no action '{name}'. {suggestion(name, ids)}" for name in key_map if name not in ids]
    problems += [f"keys: {name} has no key; give it one." for name, keys in key_map.items() if not keys]
    problems += [
        f"keys: {problem}" for keys in key_map.values() for key in keys for problem in [_key_problem(key)] if problem
    ]
    return problems or list(dict.fromkeys(_conflicts(key_map)))


def _key_problem(key: str) -> str:
    bare = key
    while bare.startswith(MODIFIERS):
        bare = bare.partition("+")[2]
    if bare in KEY_NAMES or (len(bare) == 1 and bare.isprintable() and bare != " "):
        return f"shift+{bare} is written '{bare.upper()}'." if key == f"shift+{bare}" and len(bare) == 1 else ""
    try:
        return f"'{key}' is written '{unicodedata.lookup(bare.replace('_', ' '))}'."
    except KeyError:
        return (
            f"there is no key '{key}'. {suggestion(bare, KEY_NAMES)} Other keys are written as the character they type."
        )


def _conflicts(key_map: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a sentence for each two actions that share a key where both apply, unless they do so by default."""
    default = {(one.id, other.id) for one, other, _, _ in _shared_keys({})}
    for one, other, key, context in _shared_keys(key_map):
        if (one.id, other.id) not in default:
            yield f"keys: '{key}' is both {one.id} and {other.id} {context.value}; give one of them another key."


def _shared_keys(key_map: Mapping[str, Sequence[str]]) -> Iterator[tuple[Action, Action, str, KeyContext]]:
    for one, other in combinations(ACTIONS, 2):
        if one.id == other.id or not ((one.live and other.live) or (one.replay and other.replay)):
            continue
        shared = [key for key in keys_of(one, key_map) if key in keys_of(other, key_map)]
        if shared and (context := _shared_context(one, other)):
            yield one, other, shared[0], context


def _shared_context(one: Action, other: Action) -> KeyContext | None:
    """Return the narrower context of two actions that are active together, None if they never are."""
    for first in one.contexts:
        for second in other.contexts:
            if second in _ACTIVE_WITH[first]:
                return first
            if first in _ACTIVE_WITH[second]:
                return second
    return None
