"""Free blocks of each subnet and capacity of each VPC over time, and when they run out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.widgets import DataTable, Static

from latticetop.config.actions import KeyContext
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.keys.bindings import bindings_at
from latticetop.dashboard.keys.footer import KeyLine
from latticetop.dashboard.navigation import SubnetSelected
from latticetop.dashboard.table.gradual_rows import GradualRows
from latticetop.dashboard.text.unread import age_text
from latticetop.dashboard.trend.plot import Plot, StepPlot, is_constant
from latticetop.dashboard.trend.table import (
    CountTrend,
    TrendTable,
    count_text,
    forecast_text,
    subnet_trends,
    trend_row,
    trend_row_arguments,
    vpc_trends,
)
from latticetop.dashboard.trend.text import clock, hourly_change, level_text
from latticetop.dashboard.widgets.pane import Pane
from latticetop.dashboard.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.theme.palette import Palette

NO_SUBNETS = "No subnet with IPv4 blocks has been read yet."
FREE_BLOCKS, CAPACITY = "free /28 blocks", "more endpoints that may fit, one subnet in each zone"


class TrendScreen(DetailScreen):
    """A plot of the row under the cursor of the table; Enter shows its subnet on the main screen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_at(KeyContext.TREND)
    AUTO_FOCUS = "#trend-table"
    _rows: GradualRows

    def __init__(self, subnet_id: str | None) -> None:
        super().__init__()
        self._next_key = subnet_id
        """The row to put the cursor on as soon as it is there."""
        self._shows_vpcs = False
        self._drawn: tuple[object, ...] = ()
        self._trends: list[CountTrend] = []
        self._counted: tuple[object, ...] = ()
        """What `_trends` was counted from."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        """The title of the screen."""
        return ("over time",)

    def compose(self) -> ComposeResult:
        """The summary, the plot, the table."""
        yield StatusLine()
        yield Pane(Static(id="trend-summary"), StepPlot(id="trend-plot"), id="trend-plot-pane")
        yield Pane(
            TrendTable(self.settings_of(TrendTable), id="trend-table"), id="trend-pane", title="Subnets over time"
        )
        yield KeyLine()

    def opened(self) -> None:
        """Have the rows shown some at a time."""
        self._rows = GradualRows(self.query_one(TrendTable))

    def refresh_from(self, view: SnapshotView) -> None:
        """Show the counts up to a view; if nothing changed, only the plot is drawn."""
        table, trend = self.query_one(TrendTable), self.host.screen_data.trend
        drawn = (view, self.host.palette, trend, trend.end, self._shows_vpcs, table.size)
        if drawn != self._drawn:
            self._drawn = drawn
            self._show_table(view)
        self._show_plot()

    def _show_table(self, view: SnapshotView) -> None:
        table, trend = self.query_one(TrendTable), self.host.screen_data.trend
        counted = (view, trend, trend.end, self._shows_vpcs)
        if counted != self._counted:
            trends_of = vpc_trends if self._shows_vpcs else subnet_trends
            self._counted = counted
            self._trends = trends_of(trend, view.snapshot, view.snapshot.taken_at.timestamp())
        trends = self._trends
        arguments = trend_row_arguments(trends, trend.start, trend.end, self.host.palette, table.sparkline_width)
        self._rows.show(arguments, trend_row, first=self._next_key or table.current or "")
        if self._next_key and table.go_to(self._next_key):
            self._next_key = None
        # Not for the row under the cursor alone: the table would move below it.
        self.set_class(bool(trends) and all(is_constant(trend.series) for trend in trends), "-constant")
        pane = self.query_one("#trend-pane", Pane)
        pane.set_title("VPCs over time" if self._shows_vpcs else "Subnets over time", _table_summary(trends))
        pane.show_message("" if trends else NO_SUBNETS)

    @on(DataTable.RowHighlighted, "#trend-table")
    def _show_plot(self) -> None:
        data, current = self.host.screen_data, self.query_one(TrendTable).current_trend
        pane = self.query_one("#trend-plot-pane", Pane)
        pane.show_message("" if current else NO_SUBNETS)
        if current is None or data.view is None:
            pane.set_title("")
            return
        snapshot, trend = data.view.snapshot, data.trend
        now = snapshot.taken_at.timestamp()
        name = " ".join(part for part in (current.name, current.cidr) if part)
        pane.set_title(f"{name}: {CAPACITY if self._shows_vpcs else FREE_BLOCKS}", data.trend_note)
        interval = data.update.status.interval if data.update else 0.0
        pane.set_age(age_text(snapshot, (current.key,), self.host.present(), interval) if interval else "")
        summary = trend_summary(current, now, now < trend.end, data.palette)
        self.query_one("#trend-summary", Static).update(summary)
        plot = Plot(current.series, trend.start, max(trend.end, now), now, current.forecast)
        self.query_one(StepPlot).show(plot, data.palette)

    @on(DataTable.RowSelected, "#trend-table")
    def _show_subnet(self) -> None:
        """Show the subnet, or of a VPC the one with the fewest free blocks."""
        key, view = self.query_one(TrendTable).current, self.host.view
        if key is None or view is None:
            return
        readings = [r for r in view.snapshot.subnets.values() if key in (r.subnet.subnet_id, r.subnet.vpc_id)]
        tightest = min(readings, key=view.tightness, default=None)
        if tightest is not None:
            self.post_message(SubnetSelected(self.host.scope_index, tightest.subnet.subnet_id))

    def action_switch(self) -> None:
        """Switch from subnets to VPCs, or back, and stay in the same VPC."""
        view, key = self.host.view, self.query_one(TrendTable).current
        if view is None or key is None:
            return
        readings = view.snapshot.subnets
        if self._shows_vpcs:
            self._next_key = next((s for s, reading in readings.items() if reading.subnet.vpc_id == key), None)
        elif key in readings:
            self._next_key = readings[key].subnet.vpc_id
        self._shows_vpcs = not self._shows_vpcs
        self.refresh_from(view)


def trend_summary(trend: CountTrend, now: float, is_past: bool, palette: Palette) -> Text:
    """The count, its change and its forecast on one line; `is_past` if there are later reads in a recording."""
    dim, forecast, lowest = palette["dim"], trend.forecast, trend.series.lowest()
    time = f"at {clock(now, seconds=True)} " if is_past else "now "
    parts = [Text.assemble((time, dim), count_text(trend.now, palette))]
    parts.append(Text.assemble(("" if forecast.why else "runs out ", dim), forecast_text(forecast, palette)))
    if change := hourly_change(forecast):
        parts.append(Text.assemble((change, palette["warn" if forecast.rates else "text"]), (" an hour", dim)))
    if lowest:
        at = f" at {clock(lowest.at)}" if len(trend.series) > 1 else ""
        parts.append(Text.assemble(("lowest ", dim), (f"{level_text(lowest.level)}{at}", palette["text"])))
    line = Text("   ").join(parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _table_summary(trends: list[CountTrend]) -> str:
    count = sum(not trend.forecast.why for trend in trends)
    return f"{count:,} of {len(trends):,} run out at this rate" if count else ""
