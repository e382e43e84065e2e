"""What changed in every scope, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import EndpointSelected, SubnetSelected
from latticetop.dashboard.overviews.change_table import (
    ChangeTable,
    change_details,
    change_fields,
    change_rows,
    newest_changes,
)
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine
from latticetop.follow.status import Phase
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import ExportableView
    from latticetop.reports.copy_items import CopyItems

NO_CHANGES = "Nothing has changed since the first read.\n\nChanges will be listed here, the newest first."
NO_CHANGES_IN_FILES = "Files with answers of AWS are of one moment: nothing changes in them."


class ChangesScreen(OverviewScreen):
    """Enter opens the subnet or the endpoint that changed; an export has all changes that are kept."""

    AUTO_FOCUS = "#change-table"

    def __init__(self) -> None:
        super().__init__()
        self._drawn: tuple[object, ...] = ()

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the list."""
        return ("changes",)

    def compose(self) -> ComposeResult:
        """The list, and the change under the cursor in detail."""
        yield StatusLine()
        yield Pane(
            ChangeTable(self.settings_of(ChangeTable), id="change-table"), id="change-pane", title="What changed"
        )
        yield Static(id="change-details", classes="details")
        yield KeyLine()

    def opened(self) -> None:
        """Set how the table is searched."""
        self.query_one(ChangeTable).search_fields_of = change_fields

    def show(self) -> None:
        """List the newest changes."""
        host, table = self.host, self.query_one(ChangeTable)
        scopes, palette, now = host.scopes, host.palette, host.now()
        drawn = (palette, tuple(scope.change_log.total for scope in scopes), table.size, now.date())
        if drawn == self._drawn:
            return
        self._drawn = drawn
        total = sum(len(scope.change_log.events) for scope in scopes)
        changes = newest_changes(scopes)
        is_at_newest = not table.keys or (table.cursor_row == 0 and table.order == table.default_order)
        pane = self.query_one("#change-pane", Pane)
        pane.set_title("What changed", _summary(total, len(changes), host.key_to("export")))
        is_from_files = all(scope.update and scope.update.status.phase is Phase.FROM_FILES for scope in scopes)
        pane.show_message("" if changes else NO_CHANGES_IN_FILES if is_from_files else NO_CHANGES)
        table.show(change_rows(changes, now, palette))
        if is_at_newest:
            table.put_cursor_on_first(table.keys)
        self._show_details()

    @on(ChangeTable.MatchesChanged)
    @on(DataTable.RowHighlighted, "#change-table")
    def _show_details(self) -> None:
        change = self.query_one(ChangeTable).current_change
        details = self.query_one("#change-details", Static)
        details.update(change_details(change, self.host.palette) if change else Text())

    @on(DataTable.RowSelected, "#change-table")
    def _open(self) -> None:
        change = self.query_one(ChangeTable).current_change
        if change is None:
            return
        event, view = change.event, change.scope.view
        subnets = view.snapshot.subnets if view else {}
        if event.subnet_id in subnets:
            self.post_message(SubnetSelected(change.scope_index, event.subnet_id))
        elif event.subnet_id:
            self.notify(f"AWS no longer lists {event.subnet_id}.", markup=False)
        else:
            self.post_message(EndpointSelected(change.scope_index, event.vpc_endpoint_id))

    def copy_items(self) -> CopyItems:
        """The change under the cursor."""
        from latticetop.reports import copy_items

        change = self.query_one(ChangeTable).current_change
        view = change.scope.view if change else None
        return copy_items.of_change(view.snapshot.scope, change.event) if change and view else ()

    def exportable_view(self) -> ExportableView | None:
        """Every change of all scopes that is kept, also those not listed."""
        from latticetop.dashboard.export import views

        changes = [
            (scope.view.snapshot.scope, event)
            for scope in self.host.scopes
            if scope.view is not None
            for event in scope.change_log.events
        ]
        return views.changes(sorted(changes, key=lambda change: change[1].at)) if changes else None


def _summary(total: int, listed: int, export_key: str) -> str:
    if not total:
        return ""
    if listed < total:
        return f"the newest {listed:,} of {total:,}, {export_key} exports all"
    return counted(total, "change")
