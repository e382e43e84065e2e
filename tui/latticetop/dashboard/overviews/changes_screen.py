"""What changed in every scope, the newest first; Enter leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.overviews.change_table import (
    ChangeTable,
    Seen,
    change_rows,
    change_subject,
    newest,
    spell_out,
)
from latticetop.dashboard.text.format import plural
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.reports.takeaway import Take

NOTHING = "Nothing has changed since the first read.\n\nWhat changes from now on stands here, the newest first."


class ChangesScreen(OverviewScreen):
    """Goes to what a change is about; an export has all that are kept."""

    AUTO_FOCUS = "#change-table"

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Seen] = {}
        self._drawn: tuple[object, ...] = ()

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is listed."""
        return ("changes",)

    def compose(self) -> ComposeResult:
        """The list, and the change under the cursor in whole."""
        yield StatusLine()
        yield Pane(ChangeTable(id="change-table"), id="change-pane", title="What changed")
        yield Static(id="change-whole", classes="whole")
        yield KeyLine()

    def opened(self) -> None:
        """Say what a change is for the filter."""
        table = self.query_one(ChangeTable)
        table.subject_of = lambda row: change_subject(self._found[row.key], row.cells)

    def show(self) -> None:
        """List the newest changes."""
        app, table = self.lattice, self.query_one(ChangeTable)
        drawn = (app.palette, tuple(each.journal.total for each in app.watched), table.size, app.now().date())
        if drawn == self._drawn:
            return
        self._drawn = drawn
        total = sum(len(each.journal.entries) for each in app.watched)
        found = newest(app.watched)
        at_the_newest = not self._found or (table.cursor_row == 0 and table.order == table.own_order)
        self._found = {seen.key: seen for seen in found}
        pane = self.query_one("#change-pane", Pane)
        pane.set_title("What changed", _summary(total, len(found), app.key_to("export")))
        pane.say("" if found else NOTHING)
        table.show(change_rows(found, app.now(), app.palette))
        if at_the_newest:
            table.go_to_first(table.keys)
        self._spell_out()

    @on(ChangeTable.Filtered)
    @on(DataTable.RowHighlighted, "#change-table")
    def _spell_out(self) -> None:
        seen = self._found.get(self.query_one(ChangeTable).current or "")
        text = self.query_one("#change-whole", Static)
        text.update(spell_out(seen, self.lattice.palette) if seen else Text())

    @on(DataTable.RowSelected, "#change-table")
    def _open(self) -> None:
        seen = self._found.get(self.query_one(ChangeTable).current or "")
        if seen is None:
            return
        entry, view = seen.entry, seen.watched.view
        subnets = view.snapshot.subnets if view else {}
        if entry.subnet_id in subnets:
            self.dismiss()
            self.lattice.look_at(seen.scope, entry.subnet_id)
        elif entry.subnet_id:
            self.notify(f"{entry.subnet_id} is no longer there to be shown.", markup=False)
        else:
            self.dismiss()
            self.lattice.look_at_endpoint(seen.scope, entry.vpc_endpoint_id)

    def take(self) -> Take:
        """The change under the cursor."""
        from latticetop.reports import takeaway

        seen = self._found.get(self.query_one(ChangeTable).current or "")
        view = seen.watched.view if seen else None
        return takeaway.of_change(view.snapshot.scope, seen.entry) if seen and view else ()

    def sheet(self) -> Sheet | None:
        """Every change of all scopes that is kept, also those not listed."""
        from latticetop.dashboard.export import views as sheets

        changes = [
            (each.view.snapshot.scope, entry)
            for each in self.lattice.watched
            if each.view is not None
            for entry in each.journal.entries
        ]
        return sheets.changes(sorted(changes, key=lambda change: change[1].at)) if changes else None


def _summary(total: int, shown: int, key: str) -> str:
    if not total:
        return ""
    return f"the newest {shown:,} of {total:,}, {key} writes all" if shown < total else plural(total, "change")
