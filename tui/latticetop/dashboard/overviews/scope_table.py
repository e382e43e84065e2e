"""The followed scopes with their state: endpoints in trouble, subnets without a free block, problems of reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.widgets.status_line import freshness_text
from latticetop.model.records.read_parts import ENDPOINTS, SUBNETS
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.dashboard.table.rows import RowCache
    from latticetop.dashboard.theme.palette import Palette

WIDE_STATUS, NARROW_STATUS = 30, 12
"""Columns of the screen for the state of reading; the end of what is longer is left out."""


class ScopeTable(KeyedTable):
    """A row for each scope, in the order of the scopes; its record is the index of the scope."""

    SETTINGS_NAME = "scopes"
    ROW_NOUN = "account"
    SAVES_FILTER = True
    COLUMNS = (
        Column("name", "name", gap=0, flexible=True),
        Column("account", "account", 96),
        Column("region", "Region"),
        Column("trouble", "in trouble", right=True, descending=True),
        Column("subnets", "subnets", 60, right=True, descending=True),
        Column("without", "no /28", right=True, descending=True),
        Column("status", "reading"),
        Column("problem", "problem", 130),
    )

    @property
    def current_index(self) -> int | None:
        """The index of the scope under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, int) else None

    @property
    def shown_indexes(self) -> list[int]:
        """The indexes of the scopes in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, int)]

    @property
    def status_width(self) -> int:
        """Columns of the screen for the state of reading."""
        return WIDE_STATUS if self.size.width >= 100 else NARROW_STATUS


def scope_rows(
    scopes: Sequence[FollowedScope],
    present: Callable[[FollowedScope], datetime],
    palette: Palette,
    status_width: int,
    row_cache: RowCache,
) -> list[Row]:
    """The rows of the table in the order of the scopes; ages of a scope's data are counted from its `present`.

    What is the same as before gives the same row.
    """
    arguments = (
        (str(index), (index, *_shown_of(scope, present(scope), palette, status_width)))
        for index, scope in enumerate(scopes)
    )
    return row_cache.rows(arguments, _row)


def _shown_of(followed: FollowedScope, now: datetime, palette: Palette, status_width: int) -> tuple[object, ...]:
    view, status = followed.view, followed.update.status if followed.update else None
    problem = status.problem.message if status and status.problem else ""
    reading = freshness_text(status, now, palette, status_width) if status else None
    return followed.account_name, followed.account_id, followed.region_name, view, reading, problem, palette


def _row(
    index: int,
    name: str,
    account_id: str,
    region: str,
    view: SnapshotView | None,
    reading: Text | None,
    problem: str,
    palette: Palette,
) -> Row:
    cells = {
        "name": Text(clean(name), palette["text"]),
        "account": Text(clean(account_id), palette["dim"]),
        "region": Text(clean(region), palette["text"]),
        "trouble": _range_text(_trouble_range(view), palette),
        "subnets": Text(f"{len(view.snapshot.subnets):,}" if view else "-", palette["dim"]),
        "without": _range_text(_blockless_range(view), palette),
        "status": reading or Text("not started", palette["dim"]),
        "problem": Text(clean(problem), palette["warn"]),
    }
    return Row(str(index), cells, record=index)


def _trouble_range(view: SnapshotView | None) -> tuple[int, int] | None:
    """How many endpoints are in trouble at least and at most; None if no endpoint was read."""
    if view is None or ENDPOINTS not in view.snapshot.read_at:
        return None
    least = view.endpoints_in_trouble
    return least, least + sum(verdict.inconclusive * count for verdict, count in view.verdicts.items())


def _blockless_range(view: SnapshotView | None) -> tuple[int, int] | None:
    """How many subnets have no free block at least and at most; None if no subnet was read."""
    if view is None or SUBNETS not in view.snapshot.read_at:
        return None
    return len(view.blockless), len(view.blockless) + len(view.uncertain)


def _range_text(counts: tuple[int, int] | None, palette: Palette) -> Text:
    """Counts that should be 0, at least and at most: `0`, `2`, `0-16`; `?` if they are not known."""
    if counts is None:
        return Text("?", palette["warn"])
    least, most = counts
    tone = "bad" if least else "warn" if most else "dim"
    return Text(f"{least:,}" if least == most else f"{least:,}-{most:,}", palette[tone])
