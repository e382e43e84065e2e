"""The attributes of one thing under AWS's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.widgets.backdrop import ScrollArea
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.reports.copy_items import CopyItems


NO_VALUES: tuple[object, ...] = (None, "", [], {}, ())


class AttributesScreen(DetailScreen):
    """Shows a mapping as AWS gives it, nested values indented; of attributes without a value the names, at the end."""

    def __init__(self, title: str, attributes: Mapping[str, Any], summary: str = "") -> None:
        super().__init__()
        self._title, self._attributes, self._summary = title, attributes, summary
        self._palette: Palette | None = None

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title, which is an id."""
        return (shorten_ids(self._title),)

    def compose(self) -> ComposeResult:
        """One scrolling pane."""
        yield StatusLine()
        yield Pane(ScrollArea(Static(id="attributes"), classes="scroll"), id="attributes-pane")
        yield KeyLine()

    def opened(self) -> None:
        """Show the attributes at once."""
        self.show_attributes(self._attributes, self._summary)

    def refresh_from(self, view: SnapshotView) -> None:
        """Draw the same attributes in another theme; a read does not change them."""
        if self._palette is not self.host.palette:
            self.show_attributes(self._attributes, self._summary)

    def show_attributes(self, attributes: Mapping[str, Any], summary: str = "") -> None:
        """Show other attributes."""
        self._attributes, self._summary = attributes, summary
        palette = self._palette = self.host.palette
        grid = Table.grid(padding=(0, 2, 0, 0))
        for depth, name, value in flatten({k: v for k, v in attributes.items() if v not in NO_VALUES}):
            grid.add_row(
                Text("  " * depth + clean(name), palette["dim"]), Text(clean(value), palette["text"], overflow="fold")
            )
        empty = ", ".join(clean(name) for name, value in attributes.items() if value in NO_VALUES)
        parts = [grid, Text(), Text(f"Without a value: {empty}.", palette["dim"])] if empty else [grid]
        self.query_one("#attributes", Static).update(Group(*parts))
        self.query_one("#attributes-pane", Pane).set_title(self._title, summary)

    def copy_items(self) -> CopyItems:
        """The id and the attributes; of an association what else can be copied of it."""
        from latticetop.reports import copy_items, table_text

        view = self.host.view
        association = view.snapshot.associations.get(self._title) if view else None
        if view and association:
            return copy_items.of_association(view.snapshot, association)
        attributes = table_text.row_as_json(dict(self._attributes))
        return copy_items.CopyItem("id", self._title), copy_items.CopyItem("JSON", attributes)

    def exportable_view(self) -> ExportableView:
        """The attributes."""
        from latticetop.dashboard.export import views

        return views.attributes(self._title, self._attributes)


def flatten(value: object, depth: int = 0, name: str = "") -> Iterator[tuple[int, str, str]]:
    """Yield depth, name and text of each line of a nested value; a scalar has one line."""
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
