"""What widgets, screens and the tour see of the app: a Protocol, so that none of them imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual.message_pump import MessagePump
    from textual.screen import Screen

    from latticetop.dashboard.find.goto import Destination
    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.dashboard.state.preferences import Preferences
    from latticetop.dashboard.state.recent_blocks import Marks
    from latticetop.dashboard.state.saved_state import Memory
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.follow.status import Source, Update
    from latticetop.model.history.trend import Trend
    from latticetop.model.incident.investigation import Investigation


class Host(Protocol):
    """The app as its parts see it."""

    watched: list[Watched]
    at: int
    """The index in `watched` of the scope on screen."""
    preferences: Preferences
    memory: Memory
    scenarios: Mapping[str, str]

    @property
    def latest(self) -> Update | None:
        """The last update of the scope on screen."""

    @property
    def current(self) -> Watched:
        """The scope on screen."""

    @property
    def view(self) -> View | None:
        """The last snapshot of the scope on screen with what follows from it."""

    @property
    def source(self) -> Source:
        """The source of the scope on screen."""

    @property
    def marks(self) -> Marks:
        """The blocks that changed recently in the scope on screen."""

    @property
    def investigations(self) -> dict[str, Investigation]:
        """The last investigation of each endpoint of the scope on screen, by endpoint id."""

    @property
    def trend(self) -> Trend:
        """The counts of the scope on screen over time."""

    @property
    def trend_note(self) -> str:
        """Why `trend` is not complete; empty when it is."""

    @property
    def palette(self) -> Palette:
        """The styles of the theme in force."""

    @property
    def scope_title(self) -> str:
        """The name of the scope on screen, and its number where there are several."""

    @property
    def sign_in_key(self) -> str:
        """The key that signs in; empty where there is none or where it is of no use."""

    @property
    def key_map(self) -> Mapping[str, Sequence[str]]:
        """The keys that replace the defaults, by action id."""

    @property
    def nothing_readable(self) -> bool:
        """Whether nothing was read yet, and nothing will be without another profile, Region or sign-in."""

    @property
    def offers_demo(self) -> bool:
        """Whether the demo can be played and nothing else can be shown."""

    @property
    def screen_stack(self) -> list[Screen[Any]]:
        """The screens, the one on top last."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""

    def now(self) -> datetime:
        """The time from which ages are measured."""

    def key_to(self, *ids: str) -> str:
        """The first key of each action, as the screen shows it."""

    def remember(self, *, filter: tuple[str, str] | None = None, order: tuple[str, str] | None = None) -> None:  # noqa: A002
        """Save a table's filter or sort order, by the table's name."""

    def show_scope(self, scope: int) -> None:
        """Show a scope, by its index."""

    def look_at(self, scope: int, subnet_id: str, address: int | None = None) -> None:
        """Go to a subnet on the main screen, and to the block of an address."""

    def look_at_vpc(self, scope: int, vpc_id: str) -> None:
        """Show only the subnets of a VPC on the main screen."""

    def look_at_interface(self, scope: int, interface_id: str) -> None:
        """Open an ENI."""

    def look_at_endpoint(self, scope: int, endpoint_id: str) -> None:
        """Open an endpoint."""

    def travel(self, where: Destination) -> None:
        """Go to a destination."""

    def point_at(self, spot: str) -> None:
        """Put the cursors on the worst trouble of the main screen, and open what a step of the tour is about."""

    def back_to_main(self) -> None:
        """Close every screen above the main one."""

    def action_back_to(self, depth: int) -> None:
        """Close the screens above the one at a depth; the main screen has depth 2."""

    def play(self, scenario: str) -> None:
        """End, so that another scenario can be played."""

    def refresh_bindings(self) -> None:
        """Work out anew which keys are available."""


def host_of(node: MessagePump) -> Host:
    """The app that a widget or screen belongs to."""
    return cast("Host", node.app)
