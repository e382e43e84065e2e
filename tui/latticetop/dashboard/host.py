"""What screens and widgets see of the app: a Protocol, so that none of them imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual.message_pump import MessagePump

    from latticetop.dashboard.find.searchable import ScopeSearchFields
    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.state.preferences import Preferences
    from latticetop.dashboard.state.saved_state import SavedState
    from latticetop.dashboard.state.screen_data import ScreenData
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.state.trouble import TroubleCounts
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.status import Source
    from latticetop.model.capacity.counting_subnets import Criteria


class Host(Protocol):
    """The app as a screen sees it. What a screen wants of it, it posts as a message of `navigation`."""

    preferences: Preferences
    saved_state: SavedState
    """The filters and sort orders of the last run."""
    scenarios: Mapping[str, str]
    """The scenarios that can be played, each with its description."""
    scopes: list[FollowedScope]
    """Every account and Region that is followed."""
    scope_index: int
    """The index in `scopes` of the scope on screen."""
    search_fields: ScopeSearchFields
    """The search fields of the subnets and endpoints of all scopes."""

    @property
    def screen_data(self) -> ScreenData:
        """What screens draw; a screen that watches it is told of every other value."""

    @property
    def view(self) -> SnapshotView | None:
        """The last snapshot of the scope on screen with what follows from it."""

    @property
    def palette(self) -> Palette:
        """The styles of the theme."""

    @property
    def source(self) -> Source:
        """The source of the scope on screen."""

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that replace the defaults, by action id."""

    @property
    def criteria(self) -> Criteria:
        """The subnets that count because they are selected, as for `latticetop check`."""

    def now(self) -> datetime:
        """The time of day."""

    def monotonic(self) -> float:
        """The seconds by which ages are counted."""

    def present(self, scope: FollowedScope | None = None) -> datetime:
        """The time from which the ages of a scope's data are counted; by default of the scope on screen."""

    def trouble_counts(self) -> TroubleCounts | None:
        """What is wrong and what is not known in all scopes; None where one scope alone is followed."""

    def key_to(self, *ids: str) -> str:
        """The first key of each action, as the screen shows it."""


def host_of(node: MessagePump) -> Host:
    """The app that a widget or screen belongs to."""
    return cast("Host", node.app)
