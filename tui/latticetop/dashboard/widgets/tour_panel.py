"""The step of the guided tour at hand, beneath what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from latticetop.dashboard.theme import Palette


class TourPanel(Static):
    """A heading with how far the tour is, its sentences, and the keys that go on and end it."""

    def show(self, heading: str, text: str, keys: str, palette: Palette) -> None:
        """Show a step."""
        self.border_title = Content(heading)
        self.border_subtitle = Content(keys)
        self.update(Text(text, palette["text"]))
