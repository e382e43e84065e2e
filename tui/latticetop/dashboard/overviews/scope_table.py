"""The scopes that are followed: one row each, with how the reading fares and what is wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.text.summaries import Extent
from latticetop.dashboard.widgets.status_line import freshness
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.dashboard.theme.palette import Palette

WIDE, NARROW = 30, 12
"""Columns for how the reading fares; what is too long for them is left out from its end."""


class ScopeTable(KeyedTable):
    """One row a scope, in the order they are gone through; the key is the place in it."""

    NAME = "scopes"
    NOUN = "scope"
    EXTENT = Extent.ALL
    COLUMNS = (
        Column("name", "scope", gap=0, flexible=True),
        Column("account", "account", 70),
        Column("region", "Region"),
        Column("trouble", "in trouble", right=True, falling=True),
        Column("subnets", "subnets", 60, right=True, falling=True),
        Column("without", "no /28", right=True, falling=True),
        Column("status", "reading"),
        Column("problem", "problem", 130),
    )

    @property
    def status_width(self) -> int:
        """How many columns there are for how the reading fares."""
        return WIDE if self.size.width >= 100 else NARROW


def scope_rows(watched: Sequence[Watched], now: datetime, palette: Palette, width: int) -> list[Row]:
    """The rows of the table, in the order of the scopes; `width` is for how the reading fares."""
    return [Row(str(number), _cells(each, now, palette, width)) for number, each in enumerate(watched)]


def _cells(watched: Watched, now: datetime, palette: Palette, width: int) -> dict[str, Text]:
    view, status = watched.view, watched.latest.status if watched.latest else None
    scope = view.snapshot.scope if view else None
    name = watched.title or (scope.profile if scope else "") or "default"
    problem = status.problem if status else None
    return {
        "name": Text(clean(name), palette["text"]),
        "account": Text(clean(scope.account_id) if scope else "", palette["dim"]),
        "region": Text(clean(scope.region if scope else watched.region), palette["text"]),
        "trouble": _count(sum(n for verdict, n in view.verdicts.items() if verdict.wrong) if view else None, palette),
        "subnets": Text(f"{len(view.snapshot.subnets):,}" if view else "-", palette["dim"]),
        "without": _count(len(view.blockless) if view else None, palette),
        "status": freshness(status, now, palette, width) if status else Text("not begun", palette["dim"]),
        "problem": Text(clean(problem.message) if problem else "", palette["warn"]),
    }


def _count(number: int | None, palette: Palette) -> Text:
    """A number that should be 0."""
    if number is None:
        return Text("-", palette["dim"])
    return Text(f"{number:,}", palette["bad" if number else "dim"])
