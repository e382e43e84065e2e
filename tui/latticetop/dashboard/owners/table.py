"""The owners of a subnet's addresses: how many blocks each breaks, how many go free with it, and how it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import row_fields
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row
from latticetop.model.capacity.owner_ranking import RankedOwner
from latticetop.model.records.owner_kinds import Effort
from latticetop.model.records.text import clean, shorten_apart, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.query import SearchFields

MAX_OWNERS = 300
"""How many owners are listed; the others break fewer blocks."""
WHOLE_IDS_WIDTH = 110
"""Columns of the table from which on ids are whole."""


class OwnerTable(KeyedTable):
    """A row for each owner; the key is `RankedOwner.key`, the record the `RankedOwner`."""

    SETTINGS_NAME = "owners"
    ROW_NOUN = "owner"
    QUERY_KEYS = ("owner", "eni", "how")
    COLUMNS = (
        Column("ticked", "", gap=0),
        Column("owner", "owner", gap=1, flexible=True),
        Column("interfaces", "ENIs", 60, right=True, descending=True),
        Column("addresses", "addr", 70, right=True, descending=True),
        Column("broken", "breaks", right=True, descending=True),
        Column("alone", "alone", right=True, descending=True),
        Column("freed", "frees", right=True, descending=True),
        Column("how", "how", 96, flexible=True, sentence=True),
    )
    DEFAULT_SORT = "alone"

    @property
    def current_owner(self) -> RankedOwner | None:
        """The owner under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, RankedOwner) else None

    @property
    def shown_owners(self) -> list[RankedOwner]:
        """The owners in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, RankedOwner)]

    @property
    def shortens_ids(self) -> bool:
        """Whether there is no room for whole ids."""
        return self.size.width < WHOLE_IDS_WIDTH


def owner_rows(
    owners: Sequence[RankedOwner],
    ticked: Collection[str],
    freeing: Collection[str],
    palette: Palette,
    shortens_ids: bool,
) -> list[Row]:
    """The rows in the order of the owners.

    `ticked` has the keys of the ticked ones, `freeing` of those of them that free a block with the others.
    """
    listed = owners[:MAX_OWNERS]
    labels = [clean(owner.label) for owner in listed]
    if shortens_ids:
        labels = shorten_apart(labels)
    return [
        _row(owner, label, owner.key in ticked, owner.key in freeing, palette, shortens_ids)
        for owner, label in zip(listed, labels, strict=True)
    ]


def owner_fields(row: Row) -> SearchFields:
    """The search fields of a row: its cells, with whole ids, and the ids of all its ENIs."""
    owner = row.record
    assert isinstance(owner, RankedOwner)
    ids = "\n".join(interface.network_interface_id for interface in owner.interfaces)
    return row_fields(row.key, row.cells, {"owner": owner.label, "how": owner.advice, "eni": ids})


def _row(owner: RankedOwner, label: str, ticked: bool, freeing: bool, palette: Palette, shortens_ids: bool) -> Row:
    how = clean(owner.action if freeing else owner.advice)
    is_advice = (freeing or owner.freed) and owner.effort is not Effort.FIXED
    cells = {
        "ticked": Text("[x]" if ticked else "[ ]", palette["strong" if ticked else "dim"]),
        "owner": Text(label, palette["strong" if ticked else "text"]),
        "interfaces": Text(f"{len(owner.interfaces):,}", palette["dim"]),
        "addresses": Text(f"{owner.address_count:,}", palette["dim"]),
        "broken": _count(len(owner.broken), palette, "warn"),
        "alone": _count(len(owner.alone), palette, "warn"),
        "freed": _count(len(owner.freed), palette, "good"),
        "how": Text(shorten_ids(how) if shortens_ids else how, palette["advice" if is_advice else "dim"]),
    }
    values = {"broken": len(owner.broken), "alone": len(owner.alone), "freed": len(owner.freed)}
    return Row(owner.key, cells, values, record=owner)


def _count(count: int, palette: Palette, tone: str) -> Text:
    return Text(f"{count:,}", palette[tone if count else "dim"])
