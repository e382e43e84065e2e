"""A count over time as an area of steps, with its axes; one column of cells is one stretch of time."""

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
TIMES = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800)
"""Seconds from one mark of the time axis to the next."""
MARK_EVERY, LINES_PER_COUNT = 11, 2
"""The least columns between marks of time, and lines between marks of the count."""
AXIS_LINES, LEAST_LABEL = 2, 4
FUTURE = 0.5
"""How much of the time seen is added at the most, to show where the count is going."""
LEAST_SECONDS = 60.0


class Glyphs(NamedTuple):
    """What plots are drawn with: `bars` a cell filled by no eighth to eight, `spark` a count from none to the most."""

    bars: str
    spark: str
    band: str
    axis: tuple[str, str, str, str, str, str]
    """The upright line, a mark on it, the corner, the level line, a mark on it, and where the count runs out."""
    none: str = "0"
    unread: str = "?"


GLYPHS = Glyphs(" ▁▂▃▄▅▆▇█", "▁▂▃▄▅▆▇", "░", ("│", "┤", "└", "─", "┬", "═"))
ASCII_GLYPHS = Glyphs("  ..::###", "_.-:=+#", "/", ("|", "+", "+", "-", "+", "="))


@dataclass(frozen=True)
class Plot:
    """What is drawn: a series from one POSIX time to another, with the moment that is shown and what is told of it."""

    series: Series
    begin: float
    end: float
    present: float
    told: Forecast

    @property
    def future(self) -> float:
        """Seconds after the end in which the forecast is drawn."""
        if self.told.why or self.present < self.end:
            return 0.0
        most = FUTURE * self.span
        return min(most, self.told.latest * 1.05 if self.told.latest is not None else most)

    @property
    def span(self) -> float:
        """Seconds from begin to end, as though it were a minute at least."""
        return max(LEAST_SECONDS, self.end - self.begin)


class StepPlot(Static):
    """Draws a plot as large as it is."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._plot: tuple[Plot, Palette] | None = None

    def show(self, plot: Plot, palette: Palette) -> None:
        """Draw this from now on."""
        self._plot = plot, palette
        self._draw()

    def on_resize(self) -> None:
        """Draw it for another size."""
        self._draw()

    def _draw(self) -> None:
        if self._plot is not None:
            lines = draw(*self._plot, self.size.width, self.size.height)
            self.update(Text("\n", no_wrap=True, overflow="crop").join(lines), layout=False)


def draw(plot: Plot, palette: Palette, width: int, height: int, glyphs: Glyphs = GLYPHS) -> list[Text]:
    """The lines of a plot, the axes included; none where there is no room for one."""
    rows = height - AXIS_LINES
    if rows < 1 or width < 2 * MARK_EVERY:
        return []
    scale = Scale.of(plot, rows)
    label = max(LEAST_LABEL, *(len(f"{mark:,}") for mark in scale.marks))
    columns = width - label - 1
    canvas = _Canvas(plot, palette, scale, columns, glyphs)
    lines = [
        Text.assemble((scale.label(row).rjust(label), palette["dim"]), canvas.upright(row), *canvas.row(row))
        for row in range(rows - 1, -1, -1)
    ]
    return [*lines, canvas.level_line(label), canvas.times(label)]


class Scale(NamedTuple):
    """The count of the top, the marks below it, and how many rows there are."""

    top: int
    marks: tuple[int, ...]
    rows: int

    @classmethod
    def of(cls, plot: Plot, rows: int) -> Scale:
        """A scale of whole numbers from 0 that all of the series fits into."""
        highest = max((step.level.value for step in plot.series if step.level), default=0) or 1
        sizes = (digit * 10**power for power in range(10) for digit in (1, 2, 5))
        most = max(1, rows // LINES_PER_COUNT)
        size = next(size for size in sizes if -(-highest // size) <= most)
        top = -(-highest // size) * size
        return cls(top, tuple(range(size, top + 1, size)), rows)

    def eighths(self, value: float) -> int:
        """How high a count stands, in eighths of a row; one at least for what is more than nothing."""
        return max(1 if value > 0 else 0, round(value / self.top * self.rows * 8))

    def label(self, row: int) -> str:
        """The mark that lies in a row, counted from below; empty for none."""
        found = [mark for mark in self.marks if (self.eighths(mark) - 1) // 8 == row]
        return f"{found[0]:,}" if found else ""


def lowest_in(series: Series, begin: float, end: float, columns: int) -> list[Level | None]:
    """Per column the lowest level of its stretch of time, so that no dip is missed; None where nothing was known."""
    found: list[Level | None] = [None] * columns
    steps, width = list(series), (end - begin) / columns
    for number, (at, level) in enumerate(steps):
        until = steps[number + 1].at if number + 1 < len(steps) else end
        if level is None or until < begin or at > end:
            continue
        first = max(0, int((at - begin) / width))
        last = min(columns - 1, int((until - begin) / width - 1e-9))
        for column in range(min(first, columns - 1), max(last, min(first, columns - 1)) + 1):
            old = found[column]
            found[column] = level if old is None else min(old, level)
    return found


def spark(series: Series, begin: float, end: float, columns: int, glyphs: Glyphs = GLYPHS) -> str:
    """A series on one line: the lowest glyph for none, a blank for what was not read, the highest for its own most."""
    levels = lowest_in(series, begin, max(end, begin + LEAST_SECONDS), columns)
    if end - begin < LEAST_SECONDS:
        levels = [series.level_at(end)] * columns
    most = max((level.value for level in levels if level), default=0)
    high = len(glyphs.spark) - 1
    signs = {value: glyphs.spark[-(-value * high // most) if value else 0] for value in {_.value for _ in levels if _}}
    return "".join(signs[level.value] if level else " " for level in levels)


def area(palette: Palette) -> Style:
    """The style of bars: the colour that free blocks stand on."""
    return Style(color=palette.block(BlockState.FREE.value).bgcolor)


class _Canvas:
    """The columns of a plot."""

    def __init__(self, plot: Plot, palette: Palette, scale: Scale, columns: int, glyphs: Glyphs) -> None:
        self._plot, self._palette, self._scale, self._glyphs = plot, palette, scale, glyphs
        self._columns = columns
        self._width = (plot.span + plot.future) / columns
        """Seconds to a column."""
        self._seen = max(1, min(columns, round(plot.span / self._width)))
        self._levels = lowest_in(plot.series, plot.begin, plot.begin + plot.span, self._seen)
        self._mark = self._column(plot.present) if plot.present < plot.end else None
        self._free = area(palette)

    def upright(self, row: int) -> tuple[str, Style]:
        """The axis of the count beside a row."""
        return self._glyphs.axis[1 if self._scale.label(row) else 0], self._palette["dim"]

    def row(self, row: int) -> Iterator[tuple[str, Style]]:
        """The cells of a row, counted from below."""
        for column in range(self._columns):
            if column == self._mark:
                yield self._glyphs.axis[0], self._palette["focus"]
            elif column < self._seen:
                yield self._cell(self._levels[column], row)
            else:
                yield self._future(column, row)

    def _cell(self, level: Level | None, row: int) -> tuple[str, Style]:
        if level is None:
            return (self._glyphs.unread if not row else " "), self._palette["dim"]
        if not level.value:
            return (self._glyphs.none if not row else " "), self._palette["bad strong"]
        filled = max(0, min(8, self._scale.eighths(level.value) - 8 * row))
        return self._glyphs.bars[filled], self._palette["dim"] if level.at_most else self._free

    def _future(self, column: int, row: int) -> tuple[str, Style]:
        """Whether the count may come to lie in a cell."""
        rates, now = self._plot.told.rates, self._plot.series.level_at(self._plot.present)
        assert rates is not None and now is not None
        hours = ((column + 0.5) * self._width - self._plot.span) / HOUR
        low, high = (self._scale.eighths(max(0.0, now.value + rate * hours)) for rate in rates)
        inside = low // 8 <= row <= max(low // 8, (high - 1) // 8) and high > 0
        return (self._glyphs.band if inside else " "), self._palette["warn"]

    def level_line(self, label: int) -> Text:
        """The axis of time, with a mark at each label, and where the count would reach nothing."""
        _, _, corner, level, mark, out = self._glyphs.axis
        line = Text.assemble(("0".rjust(label), self._palette["dim"]), (corner, self._palette["dim"]))
        marks = {column for column, _ in self._marks()}
        told, present = self._plot.told, self._plot.present
        first, last = self._columns, -1
        if self._plot.future:
            first = self._column(present + told.soonest)
            last = self._columns - 1 if told.latest is None else self._column(present + told.latest)
        for column in range(self._columns):
            if first <= column <= last:
                line.append(out, self._palette["bad"])
            else:
                line.append(mark if column in marks else level, self._palette["dim"])
        return line

    def times(self, label: int) -> Text:
        """The times beneath the axis."""
        line = "UTC".rjust(label) + " "
        for column, text in self._marks():
            begin = label + 1 + column - len(text) // 2
            if begin > len(line) and begin + len(text) <= label + 1 + self._columns:
                line = line.ljust(begin) + text
        return Text(line, self._palette["dim"])

    def _marks(self) -> list[tuple[int, str]]:
        """The columns of round times, and what they are called."""
        every = next((each for each in TIMES if each / self._width >= MARK_EVERY), TIMES[-1])
        begin = self._plot.begin
        first = -(-begin // every) * every
        count = int((begin + self._columns * self._width - first) // every) + 1
        return [(self._column(at), _called(at, every)) for at in (first + number * every for number in range(count))]

    def _column(self, at: float) -> int:
        return int((at - self._plot.begin) / self._width + 1e-9)


def _called(at: float, every: float) -> str:
    """A time, or its date at midnight."""
    return f"{datetime.fromtimestamp(at, UTC):%m-%d}" if not at % DAY else clock(at, seconds=every < 60)
