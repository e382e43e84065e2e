"""Plots and sparklines, drawn by hand and compared; and the words beside them."""

from __future__ import annotations

import pytest

from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.dashboard.trend import text as words
from latticetop.dashboard.trend.plot import ASCII_GLYPHS, GLYPHS, Glyphs, Plot, draw_plot, lowest_in, sparkline
from latticetop.model.history.forecast import NO_CHANGE, Forecast
from latticetop.model.history.step_series import Level, Series
from tests.dashboard.accounts import TAKEN

BEGUN = TAKEN.replace(hour=8, minute=0, second=0).timestamp()
PALETTE = Palette(DARK)
HOUR = 3600.0


def series(*steps: tuple[float, int | None]) -> Series:
    """Steps at so many minutes from 08:00 on."""
    counts = Series()
    for minutes, value in steps:
        counts.put(BEGUN + minutes * 60, None if value is None else Level(value))
    return counts


def drawn(
    shown: Series, minutes: float, forecast: Forecast | None = None, width: int = 35, height: int = 6, *,
    present: float | None = None, glyphs: Glyphs = GLYPHS,
) -> list[str]:  # fmt: skip
    end = BEGUN + minutes * 60
    at = end if present is None else BEGUN + present * 60
    plot = Plot(shown, BEGUN, end, at, forecast or Forecast(NO_CHANGE))
    return [line.plain.rstrip() for line in draw_plot(plot, PALETTE, width, height, glyphs)]


def test_steps_a_gap_and_nothing_left() -> None:
    """Thirty columns for thirty minutes: four, from the tenth minute two, unread from the twentieth, then none."""
    assert drawn(series((0, 4), (10, 2), (20, None), (25, 0)), 30) == [
        "   4┤██████████",
        "    │██████████",
        "   2┤████████████████████",
        "    │████████████████████?????00000",
        "   0└┬──────────────┬──────────────",
        " UTC              08:15",
    ]


def test_a_count_that_never_changes_is_a_line_and_no_wall() -> None:
    assert drawn(series((0, 7), (20, None)), 30) == [
        "   7┤━━━━━━━━━━━━━━━━━━━━",
        "    │",
        "    │",
        "    │                    ??????????",
        "   0└┬──────────────┬──────────────",
        " UTC              08:15",
    ]
    assert drawn(series((0, 0)), 30, height=3)[0] == "    │" + "0" * 30


def test_a_dip_shorter_than_a_column_is_drawn() -> None:
    rows = drawn(series((0, 4), (10.2, 0), (10.4, 4)), 30)
    assert rows[3] == "    │██████████0███████████████████"


def test_eighths_of_a_row_tell_counts_apart() -> None:
    rows = drawn(series((0, 16), (10, 15), (20, 1)), 30, height=4)
    assert rows[:2] == ["  20┤▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄", "    │████████████████████▁▁▁▁▁▁▁▁▁▁"]


def test_the_moment_shown_of_a_recording_is_marked() -> None:
    rows = drawn(series((0, 1)), 30, present=15)
    assert [row[20] for row in rows[:4]] == ["│"] * 4
    assert rows[0].count("━") == 29


def test_where_the_count_is_going_and_when_it_may_be_there() -> None:
    """Two are left; at eight to two an hour for 15 to 60 minutes. Half an hour is drawn, two minutes to a column."""
    forecast = Forecast("", -2.0, (-8.0, -2.0), HOUR / 4, HOUR)
    rows = drawn(series((0, 4), (15, 3), (30, 2)), 60, forecast, width=50)
    assert "░" in rows[3] and rows[3].index("░") > rows[3].rindex("█")
    assert rows[4].index("═") == 5 + 75 // 2 and rows[4].endswith("═" * 8)
    assert rows[5].split() == ["UTC", "08:30", "09:00"]
    assert "░" not in "".join(drawn(series((0, 4), (30, 2)), 60, forecast, present=30)), "what came is known"


def test_without_other_characters_than_ascii() -> None:
    forecast = Forecast("", -2.0, (-4.0, -2.0), HOUR / 2, HOUR)
    rows = drawn(series((0, 16), (10, None), (20, 15)), 60, forecast, width=50, glyphs=ASCII_GLYPHS)
    assert all(row.isascii() for row in rows)
    assert sparkline(series((0, 7), (15, 0)), BEGUN, BEGUN + 1800, 4, ASCII_GLYPHS) == "##__"


@pytest.mark.parametrize(("width", "height"), [(0, 0), (20, 10), (80, 2), (22, 3), (300, 90)])
def test_any_size(width: int, height: int) -> None:
    rows = drawn(series((0, 4_096), (10, 9)), 30, width=width, height=height)
    assert len(rows) in (0, height) and all(len(row) <= width for row in rows)


def test_sparklines() -> None:
    descending = series((0, 7), (10, 4), (20, 1), (25, 0))
    assert sparkline(descending, BEGUN, BEGUN + 1800, 6) == "▇▇▅▅▂▁"
    assert sparkline(series((15, 3)), BEGUN, BEGUN + 1800, 4) == "  ▇▇"
    assert sparkline(series((0, 0)), BEGUN, BEGUN, 4) == "▁▁▁▁"
    assert sparkline(Series(), BEGUN, BEGUN, 4) == "    "


def test_of_each_stretch_the_lowest() -> None:
    levels = lowest_in(series((0, 9), (5, 2), (6, 7), (20, None)), BEGUN, BEGUN + 1800, 3)
    assert [level and level.value for level in levels] == [2, 7, None]


@pytest.mark.parametrize(
    ("soonest", "latest", "text"),
    [
        (3 * HOUR, 5 * HOUR, "in 3 to 5 h"),
        (3.1 * HOUR, 3.3 * HOUR, "in 3 to 4 h"),
        (40 * 60, 119 * 60, "in 40 to 119 min"),
        (10 * 60, 5 * HOUR, "within 5 h"),
        (30, 90, "in 30 to 90 s"),
        (50 * HOUR, 90 * HOUR, "in 2 to 4 d"),
        (50 * 60, None, "in 50 min or more"),
    ],
)
def test_when_it_runs_out(soonest: float, latest: float | None, text: str) -> None:
    assert words.run_out_time(Forecast("", -1.0, (-2.0, -1.0), soonest, latest)) == text


def test_rates() -> None:
    assert words.hourly_change(Forecast("", -11.0, (-12.4, -9.54))) == "-9.5 to -12"
    assert words.hourly_change(Forecast("", -11.0, (-12.4, -12.1))) == "-12"
    assert [words.hourly_change(Forecast(NO_CHANGE, mean)) for mean in (None, 0.0, 0.01, -0.5, 1204.0)] == [
        "", "0", "0", "-0.5", "+1,204",
    ]  # fmt: skip
    assert words.run_out_time(Forecast(NO_CHANGE)) == NO_CHANGE
    assert [words.level_text(level) for level in (None, Level(1204), Level(3, True), Level(0, True))] == [
        "?", "1,204", "≤3", "0",
    ]  # fmt: skip
