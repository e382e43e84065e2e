"""How the count of each subnet or VPC went, those that run out soonest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import subnet_name
from latticetop.dashboard.trend.plot import GLYPHS, Glyphs, area, spark
from latticetop.dashboard.trend.text import level, rate, runs_out
from latticetop.model.history.forecast import NONE_LEFT, Forecast, forecast
from latticetop.model.history.step_series import Series
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.history.step_series import Level
    from latticetop.model.history.trend import Trend
    from latticetop.model.snapshot import Snapshot

NARROW, WIDE = 12, 32
"""Cells of a sparkline."""


class Course(NamedTuple):
    """A subnet or a VPC: its id, what it is called, where it is, and how its count went up to a moment."""

    key: str
    name: str
    zone: str
    cidr: str
    series: Series
    now: Level | None
    told: Forecast

    @property
    def urgency(self) -> tuple[int, float, int, str]:
        """What runs out soonest first, then what has fallen, the fastest first, then what has the least."""
        mean = self.told.mean or 0.0
        left = self.now.value if self.now else 0
        if not self.told.why:
            return 0, self.told.soonest, left, self.name
        return (1, mean, left, self.name) if mean < 0 else (2, 0.0, left, self.name)


class TrendTable(KeyedTable):
    """One row a subnet or VPC; the key is its id."""

    NAME = "trend"
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
    OWN = "out"

    @property
    def course_width(self) -> int:
        """How many cells of a sparkline there is room for."""
        return WIDE if self.size.width >= 110 else NARROW


def courses_of_subnets(trend: Trend, snapshot: Snapshot, present: float) -> list[Course]:
    """The subnets that are there and have blocks, in order of urgency."""
    found = [
        Course(
            key, subnet_name(reading, brief=False), clean(reading.subnet.zone_letter), str(reading.subnet.cidr_block),
            *_read(trend.subnets, key, present),
        )
        for key, reading in snapshot.subnets.items() if reading.blocks.letters
    ]  # fmt: skip
    return sorted(found, key=lambda course: course.urgency)


def courses_of_vpcs(trend: Trend, snapshot: Snapshot, present: float) -> list[Course]:
    """The VPCs in which a subnet is large enough for a block, in order of urgency."""
    zones: dict[str, set[str]] = {}
    for reading in snapshot.subnets.values():
        if len(reading.blocks) > 2:
            zones.setdefault(reading.subnet.vpc_id, set()).add(clean(reading.subnet.zone_letter))
    found = []
    for key, letters in zones.items():
        vpc = snapshot.vpcs.get(key)
        name = (clean(vpc.name) if vpc else "") or shorten_ids(clean(key))
        cidr = str(vpc.cidr_blocks[0]) if vpc and vpc.cidr_blocks else ""
        found.append(Course(key, name, "".join(sorted(letters)), cidr, *_read(trend.vpcs, key, present)))
    return sorted(found, key=lambda course: course.urgency)


def _read(kept: Mapping[str, Series], key: str, present: float) -> tuple[Series, Level | None, Forecast]:
    series = kept.get(key) or Series()
    return series, series.level_at(present), forecast(series, present)


def trend_rows(
    courses: Iterable[Course], begin: float, end: float, palette: Palette, width: int, glyphs: Glyphs = GLYPHS
) -> Sequence[Row]:
    """The rows of the table, in the order of the courses."""
    return [_row(course, begin, end, palette, width, glyphs) for course in courses]


def left(value: Level | None, palette: Palette) -> Text:
    """A count, red where it is none."""
    tone = "dim" if value is None else "advice" if value.value else "bad strong"
    return Text(level(value), palette[tone])


def outlook(told: Forecast, palette: Palette) -> Text:
    """When it runs out, or in grey why that is not told."""
    return Text(runs_out(told), palette["bad" if told.why == NONE_LEFT else "dim" if told.why else "warn"])


def _amount(value: Level | None) -> int | None:
    return value.value if value else None


def _course(series: Series, begin: float, end: float, palette: Palette, width: int, glyphs: Glyphs) -> Text:
    """A sparkline, red where there was none; a plain line for a count that never changed."""
    last = series.last
    if len(series) == 1 and last and last.level and last.level.value:
        return Text(glyphs.axis[3] * width, palette["dim"])
    none, some = (glyphs.spark[0], palette["bad"]), area(palette)
    signs = spark(series, begin, end, width, glyphs)
    return Text.assemble(*((sign, none[1] if sign == none[0] else some) for sign in signs))


def _row(course: Course, begin: float, end: float, palette: Palette, width: int, glyphs: Glyphs) -> Row:
    lowest = course.series.lowest()
    cells = {
        "name": Text(course.name, palette["text"]),
        "zone": Text(course.zone, palette["dim"]),
        "cidr": Text(course.cidr, palette["dim"]),
        "course": _course(course.series, begin, end, palette, width, glyphs),
        "now": left(course.now, palette),
        "lowest": left(lowest.level, palette) if lowest else Text("?", palette["dim"]),
        "rate": Text(rate(course.told), palette["warn" if course.told.rates else "dim"]),
        "out": outlook(course.told, palette),
    }
    ranks = {"now": _amount(course.now), "lowest": _amount(lowest and lowest.level), "out": course.urgency}
    return Row(course.key, cells, ranks | {"rate": course.told.mean})
