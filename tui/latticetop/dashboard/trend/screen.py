"""Free blocks of each subnet and fits of each VPC over time, and when they would run out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from latticetop.config.actions import Place
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.text.unread import as_of
from latticetop.dashboard.trend.plot import Plot, StepPlot
from latticetop.dashboard.trend.table import (
    Course,
    TrendTable,
    courses_of_subnets,
    courses_of_vpcs,
    left,
    outlook,
    trend_rows,
)
from latticetop.dashboard.trend.text import clock, level, rate
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.dashboard.theme.palette import Palette

NOTHING = "No subnet with IPv4 blocks has been read yet."
BLOCKS, FITS = "free /28 blocks", "more endpoints that may fit, one subnet in each zone"


class TrendScreen(DetailScreen):
    """A plot of what is under the cursor of the table beneath it; Enter goes to that subnet on the main screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(Place.TREND)
    AUTO_FOCUS = "#trend-table"

    def __init__(self, subnet_id: str | None) -> None:
        super().__init__()
        self._wanted = subnet_id
        self._of_vpcs = False
        self._courses: dict[str, Course] = {}
        self._drawn: tuple[object, ...] = ()

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is shown."""
        return ("over time",)

    def compose(self) -> ComposeResult:
        """What is said above the plot, and the table beneath."""
        yield StatusLine()
        yield Pane(Static(id="trend-said"), StepPlot(id="trend-plot"), id="trend-plot-pane")
        yield Pane(TrendTable(id="trend-table"), id="trend-pane", title="Subnets over time")
        yield KeyLine()

    def refresh_from(self, view: View) -> None:
        """Show the counts up to this view; while nothing is new nothing is reckoned."""
        table, trend = self.query_one(TrendTable), self.lattice.trend
        drawn = (view, self.lattice.palette, trend, trend.until, self._of_vpcs, table.size)
        if drawn != self._drawn:
            self._drawn = drawn
            self._fill(view)
        self._show_plot()

    def _fill(self, view: View) -> None:
        table, trend = self.query_one(TrendTable), self.lattice.trend
        reckon = courses_of_vpcs if self._of_vpcs else courses_of_subnets
        courses = reckon(trend, view.snapshot, view.snapshot.taken_at.timestamp())
        self._courses = {course.key: course for course in courses}
        rows = trend_rows(courses, trend.begun, trend.until, self.lattice.palette, table.course_width)
        table.show(rows)
        if self._wanted and table.go_to(self._wanted):
            self._wanted = None
        pane = self.query_one("#trend-pane", Pane)
        pane.set_title("VPCs over time" if self._of_vpcs else "Subnets over time", _summary(courses))
        pane.say("" if courses else NOTHING)

    @on(DataTable.RowHighlighted, "#trend-table")
    def _show_plot(self) -> None:
        course, view = self._courses.get(self.query_one(TrendTable).current or ""), self.lattice.view
        pane, palette, trend = self.query_one("#trend-plot-pane", Pane), self.lattice.palette, self.lattice.trend
        pane.say("" if course else NOTHING)
        if course is None or view is None:
            pane.set_title("")
            return
        snapshot, present = view.snapshot, view.snapshot.taken_at.timestamp()
        where = " ".join(part for part in (course.name, course.cidr) if part)
        pane.set_title(f"{where}: {FITS if self._of_vpcs else BLOCKS}", self.lattice.trend_note)
        interval = self.lattice.latest.status.interval if self.lattice.latest else 0.0
        pane.set_age(as_of(snapshot, (course.key,), self.lattice.now(), interval) if interval else "")
        self.query_one("#trend-said", Static).update(said(course, present, present < trend.until, palette))
        plot = Plot(course.series, trend.begun, max(trend.until, present), present, course.told)
        self.query_one(StepPlot).show(plot, palette)

    @on(DataTable.RowSelected, "#trend-table")
    def _open(self) -> None:
        course, view = self._courses.get(self.query_one(TrendTable).current or ""), self.lattice.view
        if course is None or view is None:
            return
        readings = [r for r in view.snapshot.subnets.values() if course.key in (r.subnet.subnet_id, r.subnet.vpc_id)]
        tightest = min(readings, key=lambda r: (not r.blocks.letters, r.blocks.free), default=None)
        if tightest is not None:
            self.dismiss()
            self.lattice.look_at(self.lattice.at, tightest.subnet.subnet_id)

    def action_switch(self) -> None:
        """From the free blocks of subnets to the fits of VPCs, or back, keeping to the VPC at hand."""
        view, key = self.lattice.view, self.query_one(TrendTable).current
        if view is None or key is None:
            return
        readings = view.snapshot.subnets
        if not self._of_vpcs and key in readings:
            self._wanted = readings[key].subnet.vpc_id
        elif self._of_vpcs:
            self._wanted = next((s for s, reading in readings.items() if reading.subnet.vpc_id == key), None)
        self._of_vpcs = not self._of_vpcs
        self.refresh_from(view)


def said(course: Course, present: float, past: bool, palette: Palette) -> Text:
    """What the plot comes to, on one line; `past` when the moment that is shown is not the last that is known."""
    dim, told, lowest = palette["dim"], course.told, course.series.lowest()
    when = f"at {clock(present, seconds=True)} " if past else "now "
    parts = [Text.assemble((when, dim), left(course.now, palette))]
    parts.append(Text.assemble(("" if told.why else "runs out ", dim), outlook(told, palette)))
    if hourly := rate(told):
        parts.append(Text.assemble((hourly, palette["warn" if told.rates else "text"]), (" an hour", dim)))
    if lowest:
        at = f" at {clock(lowest.at)}" if len(course.series) > 1 else ""
        parts.append(Text.assemble(("lowest ", dim), (f"{level(lowest.level)}{at}", palette["text"])))
    line = Text("   ").join(parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _summary(courses: list[Course]) -> str:
    soon = sum(not course.told.why for course in courses)
    return f"{soon:,} of {len(courses):,} would run out at this pace" if soon else ""
