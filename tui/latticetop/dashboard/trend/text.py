"""How fast, until when: the words about a count over time."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.history.forecast import Forecast
    from latticetop.model.history.step_series import Level

UNITS = (("d", 86_400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))
LONGEST_IN_UNIT = 2.0
"""A unit is used from so many of it on: 90 min, then 2 h."""


def level(value: Level | None) -> str:
    """`3`, `≤3` where some of what takes from it cannot be seen, `?` while it is not known."""
    if value is None:
        return "?"
    return f"{'≤' if value.at_most and value.value else ''}{value.value:,}"


def runs_out(told: Forecast) -> str:
    """`in 3 to 5 h`, rounded outwards, `in 50 min or more`; else why it is not told."""
    if told.why:
        return told.why
    if told.latest is None:
        name, size = _unit(told.soonest)
        return f"in {floor(told.soonest / size):,} {name} or more"
    name, size = _unit(told.latest)
    soonest, latest = floor(told.soonest / size), ceil(told.latest / size)
    return f"in {soonest:,} to {latest:,} {name}" if soonest else f"within {latest:,} {name}"


def rate(told: Forecast) -> str:
    """The change an hour: a range where it falls for certain, else the mean of the time; empty before there is one."""
    if told.rates:
        gentlest, steepest = (_number(-each) for each in told.rates[::-1])
        return f"-{steepest}" if steepest == gentlest else f"-{gentlest} to -{steepest}"
    if told.mean is None:
        return ""
    number = _number(abs(told.mean))
    return "0" if number == "0" else f"{'-' if told.mean < 0 else '+'}{number}"


def clock(at: float, seconds: bool = False) -> str:
    """A POSIX time as `08:20`, or `08:20:35`, UTC."""
    return f"{datetime.fromtimestamp(at, UTC):{'%H:%M:%S' if seconds else '%H:%M'}}"


def _unit(seconds: float) -> tuple[str, float]:
    return next((unit for unit in UNITS if seconds >= LONGEST_IN_UNIT * unit[1]), UNITS[-1])


def _number(amount: float) -> str:
    """Two digits are all that the data bears."""
    if amount >= 10:
        return f"{amount:,.0f}"
    return f"{amount:.1f}".removesuffix(".0")
