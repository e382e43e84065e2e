"""The panel beneath a screen that shows a step of the guided tour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette


class TourPanel(Static):
    """A heading with the number of the step, its sentences, and the keys that continue and end the tour."""

    def show(self, heading: str, text: str, keys: str, palette: Palette) -> None:
        """Show a step."""
        self.border_title = Content(heading)
        self.border_subtitle = Content(keys)
        self.update(Text(text, palette["text"]))
