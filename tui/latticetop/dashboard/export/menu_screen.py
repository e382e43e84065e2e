"""A small menu over a screen: each line has a label and a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.widgets import OptionList

from latticetop.config.actions import KeyContext
from latticetop.dashboard.host import host_of
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.widgets.dialog import Dialog
from latticetop.dashboard.widgets.pane import Pane
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class MenuList(OptionList):
    """The lines of the menu."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.MENU)

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half a page."""
        self._move_by(direction * max(1, self.scrollable_content_region.height // 2))

    def action_page_up(self) -> None:
        """Move the cursor up by a page. (Textual's own way fails while there is no room for a line.)"""
        self._move_by(-max(1, self.scrollable_content_region.height))

    def action_page_down(self) -> None:
        """Move the cursor down by a page."""
        self._move_by(max(1, self.scrollable_content_region.height))

    def _move_by(self, lines: int) -> None:
        if self.option_count:
            self.highlighted = max(0, min(self.option_count - 1, (self.highlighted or 0) + lines))


class MenuScreen(Dialog[int | None]):
    """Returns the index of the line that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.CHOICE)

    def __init__(self, title: str, lines: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """The lines in a pane, the texts below each other."""
        palette = host_of(self).palette
        width = max(len(label) for label, _ in self._lines) + 2
        prompts = (
            Text.assemble((label.ljust(width), palette["strong"]), (clean(text), palette["text"]))
            for label, text in self._lines
        )
        yield Pane(MenuList(*prompts, id="choices", markup=False), id="choice", title=self._title)

    @on(OptionList.OptionSelected)
    def _line_selected(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(message.option_index)
