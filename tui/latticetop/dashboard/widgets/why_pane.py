"""Why an endpoint is as it is: its verdict in a sentence, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.widgets.findings import explain
from latticetop.dashboard.widgets.page import Page
from latticetop.dashboard.widgets.pane import Pane

if TYPE_CHECKING:
    from latticetop.dashboard.theme import Palette
    from latticetop.model.verdict import Assessment

USUAL, LEAST = 50, 20
"""Columns of the text before its pane is laid out, and at the least."""


class WhyPane(Pane):
    """The findings on one endpoint, drawn anew only when they, the width or the colours are others."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        self._page = Page(classes="scroll")
        super().__init__(self._page, id=id)
        self._told: tuple[object, ...] = ()

    def show(self, assessment: Assessment | None, palette: Palette, opens: str) -> None:
        """Show the findings on an endpoint, which the key `opens` opens; nothing without one."""
        if assessment is None:
            self.set_title("")
            self._told = ()
            self._page.show(Text(), USUAL)
            return
        self.set_title(assessment.vpc_endpoint_id, f"{opens} opens")
        width = max(LEAST, self._page.text_width or USUAL)
        told = (assessment, width, palette)
        if told != self._told:
            self._told = told
            self._page.show(explain(assessment, palette, width), width)
