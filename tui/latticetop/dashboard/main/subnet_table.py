"""The subnets: free addresses, free /28 blocks, and the whole map at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import SUBNET_KEYS
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.rows import Column, Row, RowCache
from latticetop.dashboard.table.subnet_cells import (
    capacity_text,
    free_blocks_text,
    map_strip,
    subnet_name,
    subnet_sort_values,
)
from latticetop.dashboard.text.summaries import Extent
from latticetop.model.capacity.decide import capacity_of
from latticetop.model.records.text import clean, shorten_ids
from latticetop.model.snapshot import missing_data_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.snapshot import Snapshot, SubnetReading


STRIP_WIDTH = 16


ROOMY = 66
"""From so many columns on there is room for whole ids."""


class SubnetTable(KeyedTable):
    """One row a subnet; the key is its id."""

    SETTINGS_NAME = "subnets"
    ROW_NOUN = "subnet"
    EXTENT = Extent.SCOPE
    QUERY_KEYS = SUBNET_KEYS
    COLUMNS = (
        Column("name", "subnet", gap=0, flexible=True),
        Column("zone", "az", 40),
        Column("cidr", "CIDR", gap=1),
        Column("addresses", "free", 48, right=True),
        Column("blocks", "/28", right=True),
        Column("fits", "fits", 54, right=True, gap=1),
        Column("map", "map", 54, gap=1, value=False),
        Column("vpc", "VPC", 92),
    )
    DEFAULT_SORT = "blocks"

    @property
    def strip_width(self) -> int:
        """How many letters of a map the table has room for."""
        return STRIP_WIDTH if self.size.width >= 74 else 4

    @property
    def brief(self) -> bool:
        """Whether ids are to do without their `subnet-`."""
        return self.size.width < ROOMY


def subnet_rows(
    snapshot: Snapshot,
    readings: Iterable[SubnetReading],
    palette: Palette,
    strip_width: int = STRIP_WIDTH,
    brief: bool = False,
    row_cache: RowCache | None = None,
) -> list[Row]:
    """The rows of the table, in the order of the readings; those `made` before of the same are the same."""
    ids = ((reading, reading.subnet.subnet_id) for reading in readings)
    wanted = (
        (i, (reading, i in snapshot.read_at, missing_data_of(snapshot, i), palette, strip_width, brief))
        for reading, i in ids
    )
    return (row_cache or RowCache()).rows(wanted, _row)


def _row(reading: SubnetReading, known: bool, doubt: str, palette: Palette, width: int, brief: bool) -> Row:
    subnet = reading.subnet
    count = capacity_of(reading, missing_data=doubt) if known and reading.blocks.letters else None
    cells = {
        "name": Text(subnet_name(reading, brief), palette["text"]),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, palette["text" if subnet.cidr_block else "dim"]),
        "addresses": Text(f"{subnet.available_ip_address_count:,}" if subnet.cidr_block else "-", palette["text"]),
        "blocks": free_blocks_text(reading, palette) if known else Text("?", palette["dim"]),
        "fits": capacity_text(count, palette) if count else Text("-" if known else "?", palette["dim"]),
        "map": map_strip(reading.blocks.letters, width, palette) if known else Text("reading", palette["dim"]),
        "vpc": Text(shorten_ids(clean(subnet.vpc_id)), palette["dim"]),
    }
    ranks = subnet_sort_values(reading, known) | {"fits": count}
    return Row(subnet.subnet_id, cells, ranks)
