"""Counts over time as text: how fast they change, and when they run out."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.history.forecast import Forecast
    from latticetop.model.history.step_series import Level

UNITS = (("d", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
MIN_OF_UNIT = 2.0
"""A unit is used from so many of it on: 90 min, then 2 h."""


def level_text(level: Level | None) -> str:
    """A level as `3`, `≤3` if it is an upper bound, or `?` if it is unknown."""
    if level is None:
        return "?"
    return f"{'≤' if level.at_most and level.value else ''}{level.value:,}"


def run_out_time(forecast: Forecast) -> str:
    """When a count runs out: `in 3 to 5 h`, rounded outwards, or `in 50 min or more`; else why there is no forecast."""
    if forecast.why:
        return forecast.why
    if forecast.latest is None:
        name, seconds = _unit(forecast.soonest)
        return f"in {floor(forecast.soonest / seconds):,} {name} or more"
    name, seconds = _unit(forecast.latest)
    soonest, latest = floor(forecast.soonest / seconds), ceil(forecast.latest / seconds)
    return f"in {soonest:,} to {latest:,} {name}" if soonest else f"within {latest:,} {name}"


def hourly_change(forecast: Forecast) -> str:
    """The change an hour: a range if the count falls for certain, else the mean; empty if there is none yet."""
    if forecast.rates:
        gentlest, steepest = (_amount_text(-rate) for rate in forecast.rates[::-1])
        return f"-{steepest}" if steepest == gentlest else f"-{gentlest} to -{steepest}"
    if forecast.mean is None:
        return ""
    amount = _amount_text(abs(forecast.mean))
    return "0" if amount == "0" else f"{'-' if forecast.mean < 0 else '+'}{amount}"


def clock(at: float, seconds: bool = False) -> str:
    """A POSIX time as `08:20`, or `08:20:35`, UTC."""
    return f"{datetime.fromtimestamp(at, UTC):{'%H:%M:%S' if seconds else '%H:%M'}}"


def _unit(seconds: float) -> tuple[str, float]:
    return next((unit for unit in UNITS if seconds >= MIN_OF_UNIT * unit[1]), UNITS[-1])


def _amount_text(amount: float) -> str:
    """Two digits: the data is not more precise."""
    if amount >= 10:
        return f"{amount:,.0f}"
    return f"{amount:.1f}".removesuffix(".0")
