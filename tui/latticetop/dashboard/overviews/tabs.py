"""The line that names the lists over all accounts and Regions, each with its key; a click opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

if TYPE_CHECKING:
    from latticetop.dashboard.host import Host

LISTS = (
    ("trouble", "trouble", "trouble"),
    ("all-endpoints", "endpoints", "all_endpoints"),
    ("estate", "subnets", "estate"),
    ("scopes", "accounts", "scopes"),
)
"""Of each list the id of its action, its label, and the name of the action."""
GAP = "   "


class OverviewTabs(Static):
    """`1 trouble   2 endpoints   o subnets   c accounts`: the list on screen is emphasized."""

    def __init__(self, shown: str) -> None:
        super().__init__(classes="overview-tabs")
        self._shown = shown
        """The id of the action that opens the list on screen."""
        self._drawn: object = None

    def draw(self, host: Host) -> None:
        """Draw the line; the list of accounts is named where there are several."""
        drawn = (host.palette, len(host.scopes) > 1)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        tabs = []
        for action_id, label, action in LISTS:
            if action_id == "scopes" and len(host.scopes) < 2:
                continue
            link = Style(meta={"@click": f"app.{action}"})
            tone = "strong" if action_id == self._shown else "dim"
            key = Text(f"{host.key_to(action_id)} ", host.palette["focus"] + link)
            tabs.append(key.append(label, host.palette[tone] + link))
        self.update(Text(GAP).join(tabs))
