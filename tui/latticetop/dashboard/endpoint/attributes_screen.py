"""Facts as AWS names them, one under the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.reports.takeaway import Take


class FactsScreen(DetailScreen):
    """Shows a mapping of AWS's members, nested ones indented; empty ones last, by name only."""

    def __init__(self, title: str, facts: Mapping[str, Any], summary: str = "") -> None:
        super().__init__()
        self._title, self._facts, self._summary = title, facts, summary
        self._palette: Palette | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What it is about."""
        return (shorten_ids(self._title),)

    def compose(self) -> ComposeResult:
        """One scrolling pane."""
        yield StatusLine()
        yield Pane(VerticalScroll(Static(id="facts"), classes="scroll"), id="facts-pane")
        yield KeyLine()

    def opened(self) -> None:
        """Show the facts at once."""
        self.show_facts(self._facts, self._summary)

    def refresh_from(self, view: View) -> None:
        """Facts once told do not change, but their colours may."""
        if self._palette is not self.lattice.palette:
            self.show_facts(self._facts, self._summary)

    def show_facts(self, facts: Mapping[str, Any], summary: str = "") -> None:
        """Show these facts from now on."""
        self._facts, self._summary = facts, summary
        palette = self._palette = self.lattice.palette
        grid = Table.grid(padding=(0, 2, 0, 0))
        for depth, name, value in flatten({k: v for k, v in facts.items() if v not in (None, "", [], {}, ())}):
            grid.add_row(
                Text("  " * depth + clean(name), palette["dim"]), Text(clean(value), palette["text"], overflow="fold")
            )
        empty = ", ".join(clean(name) for name, value in facts.items() if value in (None, "", [], {}, ()))
        parts = [grid, Text(), Text(f"Without a value: {empty}.", palette["dim"])] if empty else [grid]
        self.query_one("#facts", Static).update(Group(*parts))
        self.query_one("#facts-pane", Pane).set_title(self._title, summary)

    def take(self) -> Take:
        """The thing's id and all its facts; an association has more."""
        from latticetop.reports import table_text, takeaway

        view = self.lattice.view
        association = view.snapshot.associations.get(self._title) if view else None
        if view and association:
            return takeaway.of_association(view.snapshot, association)
        return takeaway.Part("id", self._title), takeaway.Part("JSON", table_text.row_as_json(dict(self._facts)))

    def sheet(self) -> Sheet:
        """The facts."""
        from latticetop.dashboard.export import views as sheets

        return sheets.facts(self._title, self._facts)


def flatten(value: object, depth: int = 0, name: str = "") -> Iterator[tuple[int, str, str]]:
    """Walk nested mappings and lists: depth, name and text of each line; a scalar keeps its name's line."""
    if isinstance(value, Mapping):
        if name:
            yield depth, name, ""
            depth += 1
        for key, part in value.items():
            yield from flatten(part, depth, str(key))
    elif isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
        for number, part in enumerate(value, 1):
            yield from flatten(part, depth, f"{name} {number}")
    elif isinstance(value, list | tuple):
        yield depth, name, ", ".join(str(part) for part in value)
    elif isinstance(value, bool):
        yield depth, name, "yes" if value else "no"
    elif isinstance(value, datetime):
        yield depth, name, f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    else:
        yield depth, name, str(value)
