"""A plot of a count over time as an area of steps, with its axes; a column of cells is a period of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from rich.text import Text
from textual.widgets import Static

from latticetop.dashboard.trend.text import clock
from latticetop.model.blocks.blocks import BlockState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.history.forecast import Forecast
    from latticetop.model.history.step_series import Level, Series

HOUR, DAY = 3600.0, 86_400.0
TICK_INTERVALS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
                  604_800)  # fmt: skip
"""Seconds between ticks of the time axis."""
MIN_TICK_COLUMNS, MIN_TICK_LINES = 11, 2
"""Columns between ticks of the time axis, and lines between ticks of the count axis, at least."""
AXIS_LINES, MIN_LABEL_WIDTH = 2, 4
MAX_FORECAST_SHARE = 0.5
"""The time after the end for the forecast, at most, as a share of the time before."""
FORECAST_MARGIN = 1.05
MIN_SECONDS = 60.0


class Glyphs(NamedTuple):
    """The characters of plots: `bars` fill a cell from 0 to 8 eighths, `sparkline` goes from 0 to the maximum."""

    bars: str
    sparkline: str
    forecast: str
    axis: tuple[str, str, str, str, str, str]
    """The vertical axis, a tick on it, the corner, the horizontal axis, a tick on it, and where the count runs out."""
    zero: str = "0"
    unread: str = "?"
    line: str = "━"
    """A count that never changes."""


GLYPHS = Glyphs(" ▁▂▃▄▅▆▇█", "▁▂▃▄▅▆▇", "░", ("│", "┤", "└", "─", "┬", "═"))
ASCII_GLYPHS = Glyphs("  ..::###", "_.-:=+#", "/", ("|", "+", "+", "-", "+", "="), line="=")


@dataclass(frozen=True)
class Plot:
    """A series from `start` to `end`, with the time `now` that is on screen and the forecast from then on.

    Times are POSIX seconds. In a recording, `now` may be before the end.
    """

    series: Series
    start: float
    end: float
    now: float
    forecast: Forecast

    @property
    def forecast_seconds(self) -> float:
        """Seconds after the end in which the forecast is drawn."""
        if self.forecast.why or self.now < self.end:
            return 0.0
        maximum = MAX_FORECAST_SHARE * self.seconds
        latest = self.forecast.latest
        return min(maximum, latest * FORECAST_MARGIN if latest is not None else maximum)

    @property
    def is_constant(self) -> bool:
        """Whether there is but one count, and none to come: it is drawn as a line."""
        return is_constant(self.series) and bool(self.forecast.why)

    @property
    def seconds(self) -> float:
        """Seconds from start to end, a minute at least."""
        return max(MIN_SECONDS, self.end - self.start)


class StepPlot(Static):
    """Draws a plot in its own size."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._plot: tuple[Plot, Palette] | None = None

    def show(self, plot: Plot, palette: Palette) -> None:
        """Show a plot."""
        self._plot = plot, palette
        self._draw()

    def on_resize(self) -> None:
        """Draw the plot in another size."""
        self._draw()

    def _draw(self) -> None:
        if self._plot is not None:
            lines = draw_plot(*self._plot, self.size.width, self.size.height)
            self.update(Text("\n", no_wrap=True, overflow="crop").join(lines), layout=False)


def draw_plot(plot: Plot, palette: Palette, width: int, height: int, glyphs: Glyphs = GLYPHS) -> list[Text]:
    """The lines of a plot with its axes; none if there is no room for it."""
    rows = height - AXIS_LINES
    if rows < 1 or width < 2 * MIN_TICK_COLUMNS:
        return []
    scale = Scale.of(plot, rows)
    label_width = max([MIN_LABEL_WIDTH, *(len(f"{tick:,}") for tick in scale.ticks)])
    canvas = _Canvas(plot, palette, scale, width - label_width - 1, glyphs)
    lines = [
        Text.assemble((scale.label(row).rjust(label_width), palette["dim"]), canvas.count_axis(row), *canvas.row(row))
        for row in range(rows - 1, -1, -1)
    ]
    return [*lines, canvas.time_axis(label_width), canvas.time_labels(label_width)]


class Scale(NamedTuple):
    """The count axis: the count at the top, the ticks, and the number of rows."""

    top: int
    ticks: tuple[int, ...]
    rows: int

    @classmethod
    def of(cls, plot: Plot, rows: int) -> Scale:
        """A scale of whole numbers from 0 for all of the series."""
        highest = max((step.level.value for step in plot.series if step.level), default=0)
        if plot.is_constant:
            return cls(highest or 1, (highest,) if highest else (), rows)
        intervals = (digit * 10**power for power in range(10) for digit in (1, 2, 5))
        max_ticks = max(1, rows // MIN_TICK_LINES)
        interval = next(interval for interval in intervals if -(-highest // interval) <= max_ticks)
        top = -(-highest // interval) * interval
        return cls(top, tuple(range(interval, top + 1, interval)), rows)

    def eighths(self, value: float) -> int:
        """The height of a count in eighths of a row; at least one if it is more than 0."""
        return max(1 if value > 0 else 0, round(value / self.top * self.rows * 8))

    def label(self, row: int) -> str:
        """The tick in a row, counted from below; empty if there is none."""
        ticks = [tick for tick in self.ticks if (self.eighths(tick) - 1) // 8 == row]
        return f"{ticks[0]:,}" if ticks else ""


def is_constant(series: Series) -> bool:
    """Whether a series has one count at most, gaps aside."""
    return len({step.level.value for step in series if step.level}) <= 1


def lowest_in(series: Series, start: float, end: float, columns: int) -> list[Level | None]:
    """The lowest level of each column's period, so that no dip is missed; None where the level is unknown."""
    lowest: list[Level | None] = [None] * columns
    steps, seconds = list(series), (end - start) / columns
    for number, (at, level) in enumerate(steps):
        until = steps[number + 1].at if number + 1 < len(steps) else end
        if level is None or until < start or at > end:
            continue
        first = min(max(0, int((at - start) / seconds)), columns - 1)
        last = min(columns - 1, int((until - start) / seconds - 1e-9))
        for column in range(first, max(last, first) + 1):
            before = lowest[column]
            lowest[column] = level if before is None else min(before, level)
    return lowest


def sparkline(series: Series, start: float, end: float, columns: int, glyphs: Glyphs = GLYPHS) -> str:
    """A series on one line: the lowest glyph is 0, the highest the series' own maximum, a blank is unknown."""
    levels = lowest_in(series, start, max(end, start + MIN_SECONDS), columns)
    if end - start < MIN_SECONDS:
        levels = [series.level_at(end)] * columns
    values = {level.value for level in levels if level}
    maximum, highest = max(values, default=0), len(glyphs.sparkline) - 1
    characters = {value: glyphs.sparkline[-(-value * highest // maximum) if value else 0] for value in values}
    return "".join(characters[level.value] if level else " " for level in levels)


def area_style(palette: Palette) -> Style:
    """The style of bars: the background of free blocks."""
    return Style(color=palette.block(BlockState.FREE.value).bgcolor)


class _Canvas:
    """The cells and the axes of a plot. Rows are counted from below."""

    def __init__(self, plot: Plot, palette: Palette, scale: Scale, columns: int, glyphs: Glyphs) -> None:
        self._plot, self._palette, self._scale, self._glyphs = plot, palette, scale, glyphs
        self._columns = columns
        self._column_seconds = (plot.seconds + plot.forecast_seconds) / columns
        self._known_columns = max(1, min(columns, round(plot.seconds / self._column_seconds)))
        self._levels = lowest_in(plot.series, plot.start, plot.start + plot.seconds, self._known_columns)
        self._now_column = self._column(plot.now) if plot.now < plot.end else None
        self._area = area_style(palette)

    def count_axis(self, row: int) -> tuple[str, Style]:
        """The count axis in a row."""
        return self._glyphs.axis[1 if self._scale.label(row) else 0], self._palette["dim"]

    def row(self, row: int) -> Iterator[tuple[str, Style]]:
        """The cells of a row."""
        for column in range(self._columns):
            if column == self._now_column:
                yield self._glyphs.axis[0], self._palette["focus"]
            elif column < self._known_columns:
                yield self._cell(self._levels[column], row)
            else:
                yield self._forecast_cell(column, row)

    def _cell(self, level: Level | None, row: int) -> tuple[str, Style]:
        if level is None:
            return (self._glyphs.unread if not row else " "), self._palette["dim"]
        if not level.value:
            return (self._glyphs.zero if not row else " "), self._palette["bad strong"]
        style = self._palette["dim"] if level.at_most else self._area
        if self._plot.is_constant:
            return (self._glyphs.line if row == self._scale.rows - 1 else " "), style
        filled = max(0, min(8, self._scale.eighths(level.value) - 8 * row))
        return self._glyphs.bars[filled], style

    def _forecast_cell(self, column: int, row: int) -> tuple[str, Style]:
        """A cell that is filled if the count may reach it."""
        rates, level = self._plot.forecast.rates, self._plot.series.level_at(self._plot.now)
        assert rates is not None and level is not None
        hours = ((column + 0.5) * self._column_seconds - self._plot.seconds) / HOUR
        low, high = (self._scale.eighths(max(0.0, level.value + rate * hours)) for rate in rates)
        inside = low // 8 <= row <= max(low // 8, (high - 1) // 8) and high > 0
        return (self._glyphs.forecast if inside else " "), self._palette["warn"]

    def time_axis(self, label_width: int) -> Text:
        """The time axis, with a tick at each label, and marked where the count may reach 0."""
        _, _, corner, line, tick, out = self._glyphs.axis
        text = Text.assemble(("0".rjust(label_width), self._palette["dim"]), (corner, self._palette["dim"]))
        ticks = {column for column, _ in self._ticks()}
        forecast, now = self._plot.forecast, self._plot.now
        first, last = self._columns, -1
        if self._plot.forecast_seconds:
            first = self._column(now + forecast.soonest)
            last = self._columns - 1 if forecast.latest is None else self._column(now + forecast.latest)
        for column in range(self._columns):
            if first <= column <= last:
                text.append(out, self._palette["bad"])
            else:
                text.append(tick if column in ticks else line, self._palette["dim"])
        return text

    def time_labels(self, label_width: int) -> Text:
        """The labels below the time axis."""
        line = "UTC".rjust(label_width) + " "
        for column, label in self._ticks():
            start = label_width + 1 + column - len(label) // 2
            if start > len(line) and start + len(label) <= label_width + 1 + self._columns:
                line = line.ljust(start) + label
        return Text(line, self._palette["dim"])

    def _ticks(self) -> list[tuple[int, str]]:
        """The columns of round times, and their labels."""
        fitting = (seconds for seconds in TICK_INTERVALS if seconds / self._column_seconds >= MIN_TICK_COLUMNS)
        interval = next(fitting, TICK_INTERVALS[-1])
        start = self._plot.start
        first = -(-start // interval) * interval
        count = int((start + self._columns * self._column_seconds - first) // interval) + 1
        times = (first + number * interval for number in range(count))
        return [(self._column(at), _time_label(at, interval)) for at in times]

    def _column(self, at: float) -> int:
        return int((at - self._plot.start) / self._column_seconds + 1e-9)


def _time_label(at: float, interval: float) -> str:
    """A time, or at midnight its date."""
    return f"{datetime.fromtimestamp(at, UTC):%m-%d}" if not at % DAY else clock(at, seconds=interval < 60)
