"""The whole estate: every subnet of every scope in one list, the tightest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import DataTable, Static

from latticetop.dashboard.base_screen import OverviewScreen
from latticetop.dashboard.find.searchable import ScopeSubjects
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.overviews.estate_table import EstateTable, estate_rows, place_of, places, tightest_first
from latticetop.dashboard.text.summaries import totals
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from latticetop.dashboard.export.views import Sheet
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.takeaway import Take

AGE = "age: since ENIs were read; swapped addresses show then"


class EstateScreen(OverviewScreen):
    """All subnets; Enter leads to the one under the cursor on the main screen of its scope."""

    AUTO_FOCUS = "#estate-table"

    def opened(self) -> None:
        """Say what a subnet is for the filter."""
        subjects, app = ScopeSubjects(), self.lattice
        self.query_one(EstateTable).subject_of = lambda row: subjects.subnet(*place_of(row.key, app.watched))

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is listed."""
        return ("all subnets",)

    def compose(self) -> ComposeResult:
        """One table."""
        yield StatusLine()
        yield Pane(EstateTable(id="estate-table"), id="estate-pane", title="All subnets")
        yield Static(AGE, id="estate-note")
        yield KeyLine()

    def show(self) -> None:
        """List every scope's subnets."""
        table, pane = self.query_one(EstateTable), self.query_one("#estate-pane", Pane)
        found = tightest_first(places(self.lattice.watched))
        pane.set_title("All subnets", totals(self.lattice.watched))
        pane.say("" if found else "No subnet has been read yet.")
        rows = estate_rows(found, self.lattice.now(), self.lattice.palette, table.strip_width)
        table.show(rows)

    @on(DataTable.RowSelected, "#estate-table")
    def _open(self) -> None:
        if key := self.query_one(EstateTable).current:
            scope, _, subnet_id = key.partition(" ")
            self.dismiss()
            self.lattice.look_at(int(scope), subnet_id)

    def take(self) -> Take:
        """The subnet under the cursor."""
        from latticetop.reports import takeaway

        found = list(self._subnets([self.query_one(EstateTable).current or ""]))
        return takeaway.of_subnet(found[0][0], found[0][0].subnets[found[0][1]]) if found else ()

    def sheet(self) -> Sheet:
        """The subnets listed."""
        from latticetop.dashboard.export import views as sheets

        return sheets.estate(list(self._subnets(self.query_one(EstateTable).keys)))

    def _subnets(self, keys: Sequence[str]) -> Iterator[tuple[Snapshot, str]]:
        for key in keys:
            scope, _, subnet_id = key.partition(" ")
            view = self.lattice.watched[int(scope)].view if scope else None
            if view is not None and subnet_id in view.snapshot.subnets:
                yield view.snapshot, subnet_id
