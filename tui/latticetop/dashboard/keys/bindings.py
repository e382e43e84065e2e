"""Actions as Textual's key bindings, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from latticetop.config.actions import ACTIONS, Action, actions_in, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textual.dom import DOMNode
    from textual.screen import Screen

    from latticetop.config.actions import KeyContext

_TEXTUAL_NAMES = {",": "comma"}
"""Textual splits several keys at commas."""
_SHORT_NAMES = {"escape": "esc", "slash": "/"}
_ARROWS = ("left", "down", "up", "right")
_BY_BINDING = {(action.id, action.name, action.label): action for action in ACTIONS}
_TYPED_AFTER = frozenset({"commands", "filter"})
"""The actions that open a line to type into: with priority, so that the next key waits until it is open."""
INTERRUPT = Binding("ctrl+c", "help_quit", show=False, system=True, priority=True)
"""Says how to quit; the second time it quits. With a selection, it copies."""
SUSPEND = Binding("ctrl+z", "suspend_process", show=False, system=True, priority=True)
"""Stops the process as in any other program, until `fg` of the shell; without effect in a browser."""


def bindings_at(context: KeyContext, replaying: bool = False) -> list[BindingType]:
    """The bindings of a class that stands for a context."""
    return [binding for action in actions_in(context, replaying) for binding in _bind(action)]


def _bind(action: Action) -> Iterator[Binding]:
    keys = textual_keys(action.keys.split())
    yield Binding(
        keys,
        action.name,
        action.label,
        show=action.footer,
        tooltip=action.help,
        priority=action.id in _TYPED_AFTER,
        id=action.id,
    )
    if action.fixed:
        yield Binding(textual_keys(action.fixed.split()), action.name, show=False)


def textual_keys(keys: Iterable[str]) -> str:
    """Keys as they are typed, in Textual's spelling."""
    return ",".join(_TEXTUAL_NAMES.get(key, key) for key in keys)


def shown_key(key: str) -> str:
    """A key as the screen shows it, in ASCII: `?` for `question_mark`, `esc`; from Textual's spelling or ours."""
    character = key_to_character(key)
    return character if character and character.isprintable() and character != " " else _SHORT_NAMES.get(key, key)


def available_actions(screen: Screen[object]) -> list[tuple[DOMNode, Action]]:
    """The actions that are available on a screen now, in the order of ACTIONS, each with the node that has it."""
    nodes = {}
    for node, binding, enabled, _ in screen.active_bindings.values():
        action = _BY_BINDING.get((binding.id or "", binding.action, binding.description))
        if action is not None and enabled:
            nodes[action] = node
    return [(nodes[action], action) for action in ACTIONS if action in nodes]


def key_lines(actions: Iterable[Action], key_map: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The lines of the help: keys, and what they do; actions with the same help share a line."""
    lines: dict[str, list[str]] = {}
    for action in actions:
        keys = lines.setdefault(action.help, [])
        keys += [key for key in keys_of(action, key_map) if key not in keys]
    return [(_key_list(keys), text) for text, keys in lines.items() if keys]


def _key_list(keys: list[str]) -> str:
    shown = [shown_key(key) for key in keys if key not in _ARROWS]
    return " ".join([*shown, "arrows"] if len(shown) < len(keys) else shown)
