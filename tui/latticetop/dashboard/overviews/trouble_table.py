"""The trouble of all accounts and Regions, the worst first: what, in which account, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import row_fields
from latticetop.dashboard.state.trouble import ScopedTrouble, TroubleKind
from latticetop.dashboard.table.endpoint_cells import accessible_text
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.records.text import begin_upper, clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.trouble import Trouble
    from latticetop.dashboard.table.rows import RowCache
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import SearchFields

_TONES = {
    TroubleKind.FAILED: "bad",
    TroubleKind.FAILED_BUT_ACCESSIBLE: "bad",
    TroubleKind.SUBNET_FULL: "bad",
    TroubleKind.DEGRADED: "warn",
    TroubleKind.OVERDUE: "warn",
}

MIN_WIDTH_FOR_WHOLE_IDS = 140
"""A table of fewer columns shows ids shortened: the reason needs the room."""


class TroubleTable(KeyedTable):
    """A row for each trouble; its record is a `ScopedTrouble`."""

    SETTINGS_NAME = "trouble"
    ROW_NOUN = "row"
    SAVES_FILTER = True
    QUERY_KEYS = ("state", "id", "accessible", "account", "region", "why")
    COLUMNS = (
        Column("state", "state", gap=0),
        Column("accessible", "works", 76),
        Column("what", "what"),
        Column("account", "account"),
        Column("region", "Region", 90),
        Column("why", "why", 50, flexible=True, sentence=True, value=False),
    )
    DEFAULT_SORT = "state"

    @property
    def has_whole_ids(self) -> bool:
        """Whether there is room for whole ids."""
        return self.size.width >= MIN_WIDTH_FOR_WHOLE_IDS

    @property
    def current_trouble(self) -> ScopedTrouble | None:
        """The trouble under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, ScopedTrouble) else None

    @property
    def shown_trouble(self) -> list[ScopedTrouble]:
        """The trouble in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, ScopedTrouble)]


def trouble_rows(trouble: Sequence[ScopedTrouble], palette: Palette, whole_ids: bool, row_cache: RowCache) -> list[Row]:
    """The rows of the table in the order of the trouble; what is the same as before gives the same row."""
    arguments = (
        (each.key, (each, each.scope.account_name, each.scope.region_name, palette, whole_ids)) for each in trouble
    )
    return row_cache.rows(arguments, _row)


def _row(scoped: ScopedTrouble, account: str, region: str, palette: Palette, whole_ids: bool) -> Row:
    trouble = scoped.trouble
    tone = _TONES.get(trouble.kind, "warn")
    cells = {
        "state": Text(clean(trouble.state), palette[tone]),
        "accessible": _accessible_text(trouble, palette),
        "what": Text(clean(trouble.name) if whole_ids else shorten_ids(clean(trouble.name)), palette["text"]),
        "account": Text(clean(account), palette["text"]),
        "region": Text(clean(region), palette["dim"]),
        "why": Text(shorten_ids(clean(trouble.why)), palette["text"]),
    }
    return Row(scoped.key, cells, {"state": (trouble.kind.rank, scoped.scope_index)}, record=scoped)


def _accessible_text(trouble: Trouble, palette: Palette) -> Text:
    """How many associations are accessible, as AWS says: `3 of 3`; `?` where it is not known."""
    assessment = trouble.assessment
    if assessment is None:
        return Text("?" if trouble.kind.is_unknown else "", palette["warn"])
    return accessible_text(assessment, palette)


def trouble_fields(row: Row) -> SearchFields:
    """The search fields of a row: its cells, and the whole id, reason and advice."""
    scoped = row.record
    assert isinstance(scoped, ScopedTrouble)
    trouble = scoped.trouble
    more = {
        "id": f"{trouble.resource_id}\n{trouble.name}",
        "why": f"{trouble.why}\n{trouble.advice}",
        "account": f"{scoped.scope.account_name}\n{scoped.scope.account_id}",
        "region": scoped.scope.region_name,
        "state": f"{trouble.state}\n{trouble.kind.value}",
    }
    return row_fields("", row.cells, more)


def trouble_details(scoped: ScopedTrouble, palette: Palette) -> Text:
    """Where a trouble is and what it is about, why, and what to do about it."""
    trouble, account_id, account = scoped.trouble, scoped.scope.account_id, scoped.scope.account_name
    place = (account, account_id if account_id != account else "", scoped.scope.region_name, trouble.resource_id)
    headline = trouble.assessment.headline if trouble.assessment else ""
    why = f"{begin_upper(trouble.why)}."
    return Text.assemble(
        (" · ".join(clean(part) for part in place if part) + "\n", palette["dim"]),
        (clean(why if headline in ("", why) else f"{headline} {why}"), palette["text"]),
        (f" {clean(trouble.advice)}".rstrip(), palette["advice"]),
    )
