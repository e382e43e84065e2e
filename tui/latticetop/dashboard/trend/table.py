"""The count of each subnet or VPC over time, those that run out soonest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import subnet_name
from latticetop.dashboard.trend.plot import GLYPHS, Glyphs, area_style, sparkline
from latticetop.dashboard.trend.text import hourly_change, level_text, run_out_time
from latticetop.model.history.forecast import NONE_LEFT, Forecast, forecast
from latticetop.model.history.step_series import Series
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.history.step_series import Level
    from latticetop.model.history.trend import Trend
    from latticetop.model.snapshot import Snapshot

NARROW_SPARKLINE, WIDE_SPARKLINE = 12, 32
MIN_BLOCKS = 3
"""A subnet with fewer blocks has none that AWS can assign: it reserves addresses in the first and the last."""


class CountTrend(NamedTuple):
    """The count of a subnet or VPC over time; `now` is the level at the time on screen, `forecast` that from then on.

    `zone` has the letters of its zones.
    """

    key: str
    name: str
    zone: str
    cidr: str
    series: Series
    now: Level | None
    forecast: Forecast

    @property
    def urgency(self) -> tuple[int, float, int, str]:
        """Sort key: what runs out soonest, then what falls, fastest first, then what has the least."""
        mean = self.forecast.mean or 0.0
        value = self.now.value if self.now else 0
        if not self.forecast.why:
            return 0, self.forecast.soonest, value, self.name
        return (1, mean, value, self.name) if mean < 0 else (2, 0.0, value, self.name)


class TrendTable(KeyedTable):
    """A row for each subnet or VPC; the key is its id, the record its `CountTrend`."""

    SETTINGS_NAME = "trend"
    COLUMNS = (
        Column("name", "name", gap=0, flexible=True),
        Column("zone", "az", 96),
        Column("cidr", "CIDR", 96, gap=1),
        Column("course", "over time", value=False),
        Column("now", "now", right=True, gap=1),
        Column("lowest", "lowest", 60, right=True, gap=1),
        Column("rate", "an hour", 50, right=True),
        Column("out", "runs out"),
    )
    DEFAULT_SORT = "out"

    @property
    def current_trend(self) -> CountTrend | None:
        """The trend under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, CountTrend) else None

    @property
    def sparkline_width(self) -> int:
        """Cells of a sparkline."""
        return WIDE_SPARKLINE if self.size.width >= 110 else NARROW_SPARKLINE


def subnet_trends(trend: Trend, snapshot: Snapshot, now: float) -> list[CountTrend]:
    """The free blocks of each subnet with blocks up to a time (POSIX seconds), most urgent first."""
    trends = [
        CountTrend(
            subnet_id,
            subnet_name(reading, brief=False),
            clean(reading.subnet.zone_letter),
            str(reading.subnet.cidr_block),
            *_up_to(trend.subnets, subnet_id, now),
        )
        for subnet_id, reading in snapshot.subnets.items()
        if reading.blocks.letters
    ]
    return sorted(trends, key=lambda count: count.urgency)


def vpc_trends(trend: Trend, snapshot: Snapshot, now: float) -> list[CountTrend]:
    """The capacity of each VPC with a subnet that can hold a block, up to a time (POSIX seconds), most urgent first."""
    zones: dict[str, set[str]] = {}
    for reading in snapshot.subnets.values():
        if len(reading.blocks) >= MIN_BLOCKS:
            zones.setdefault(reading.subnet.vpc_id, set()).add(clean(reading.subnet.zone_letter))
    trends = []
    for vpc_id, letters in zones.items():
        vpc = snapshot.vpcs.get(vpc_id)
        name = (clean(vpc.name) if vpc else "") or shorten_ids(clean(vpc_id))
        cidr = str(vpc.cidr_blocks[0]) if vpc and vpc.cidr_blocks else ""
        trends.append(CountTrend(vpc_id, name, "".join(sorted(letters)), cidr, *_up_to(trend.vpcs, vpc_id, now)))
    return sorted(trends, key=lambda count: count.urgency)


def _up_to(counts: Mapping[str, Series], key: str, now: float) -> tuple[Series, Level | None, Forecast]:
    series = counts.get(key) or Series()
    return series, series.level_at(now), forecast(series, now)


def trend_row_arguments(
    trends: Iterable[CountTrend], start: float, end: float, palette: Palette, width: int
) -> Sequence[tuple[str, tuple[object, ...]]]:
    """The key and the arguments of `trend_row` of each trend; sparklines of a width go from `start` to `end`."""
    return [(trend.key, (trend, start, end, palette, width)) for trend in trends]


def count_text(level: Level | None, palette: Palette) -> Text:
    """A count, red if it is 0."""
    tone = "dim" if level is None else "advice" if level.value else "bad strong"
    return Text(level_text(level), palette[tone])


def forecast_text(forecast: Forecast, palette: Palette) -> Text:
    """When a count runs out; grey if there is no forecast."""
    tone = "bad" if forecast.why == NONE_LEFT else "dim" if forecast.why else "warn"
    return Text(run_out_time(forecast), palette[tone])


def trend_row(
    trend: CountTrend, start: float, end: float, palette: Palette, width: int, glyphs: Glyphs = GLYPHS
) -> Row:
    """The row of a trend."""
    lowest = trend.series.lowest()
    cells = {
        "name": Text(trend.name, palette["text"]),
        "zone": Text(trend.zone, palette["dim"]),
        "cidr": Text(trend.cidr, palette["dim"]),
        "course": _sparkline_text(trend.series, start, end, palette, width, glyphs),
        "now": count_text(trend.now, palette),
        "lowest": count_text(lowest.level, palette) if lowest else Text("?", palette["dim"]),
        "rate": Text(hourly_change(trend.forecast), palette["warn" if trend.forecast.rates else "dim"]),
        "out": forecast_text(trend.forecast, palette),
    }
    sort_values = {
        "now": _value(trend.now),
        "lowest": _value(lowest and lowest.level),
        "rate": trend.forecast.mean,
        "out": trend.urgency,
    }
    return Row(trend.key, cells, sort_values, record=trend)


def _sparkline_text(series: Series, start: float, end: float, palette: Palette, width: int, glyphs: Glyphs) -> Text:
    """A sparkline, red where the count is 0; a plain line for a count that never changed."""
    last = series.last
    if len(series) == 1 and last and last.level and last.level.value:
        return Text(glyphs.axis[3] * width, palette["dim"])
    zero, bad, area = glyphs.sparkline[0], palette["bad"], area_style(palette)
    characters = sparkline(series, start, end, width, glyphs)
    return Text.assemble(*((character, bad if character == zero else area) for character in characters))


def _value(level: Level | None) -> int | None:
    return level.value if level else None
