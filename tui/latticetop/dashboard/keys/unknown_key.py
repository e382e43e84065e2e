"""What the key line says of a key that does nothing on the screen at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.config.actions import ACTIONS, KeyContext, keys_of
from latticetop.dashboard.keys.bindings import shown_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latticetop.config.actions import Action

ONE_ACCOUNT = "Only one account and Region is followed; --profile and --region follow more."
_NO_MATCHES = "There is no filter; / finds first."
_NO_TOUR = "The guided tour is part of latticetop demo."
REASONS = {
    "scopes": ONE_ACCOUNT,
    "previous-scope": ONE_ACCOUNT,
    "next-scope": ONE_ACCOUNT,
    "next-match": _NO_MATCHES,
    "previous-match": _NO_MATCHES,
    "filter": "There is no table to filter here.",
    "sign-in": "Sign-in is offered where credentials are missing or expired.",
    "demo": "The demo is offered where no account can be read; or: latticetop demo",
    "tour": _NO_TOUR,
    "tour-next": "The guided tour has no next step now.",
}
"""Why an action is not available, by its id."""


def unknown_key_text(key: str, key_map: Mapping[str, Sequence[str]], replaying: bool) -> str:
    """Why a key (in Textual's spelling) does nothing, where else it does something, or only that it does nothing."""
    shown = shown_key(key)
    actions = [
        action
        for action in ACTIONS
        if (action.replay if replaying else action.live) and shown in map(shown_key, keys_of(action, key_map))
    ]
    reason = next((REASONS[action.id] for action in actions if action.id in REASONS), "")
    bound_elsewhere = (action for action in actions if action.label and KeyContext.APP not in action.contexts)
    elsewhere = next((_elsewhere(shown, action) for action in bound_elsewhere), "")
    return reason or elsewhere or f'"{shown}" does nothing here'


def _elsewhere(key: str, action: Action) -> str:
    return f'"{key}" does nothing here; {action.contexts[0].value} it is: {action.label}'
