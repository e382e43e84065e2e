"""The subnets of all scopes, each with its map compressed to one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from latticetop.dashboard.find.searchable import SUBNET_KEYS
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.map_strip import map_strip
from latticetop.dashboard.table.rows import Column, Row
from latticetop.dashboard.table.subnet_cells import (
    free_blocks_text,
    node_cells,
    node_sort_values,
    subnet_sort_values,
)
from latticetop.dashboard.text.format import age
from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.supply import FreeBlocks
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import SubnetReading

OTHER_COLUMNS_WIDTH, ACCOUNT_WIDTH, REGION_WIDTH, VPC_WIDTH, OWNER_WIDTH, NODES_WIDTH = 58, 12, 12, 16, 14, 16
"""Columns of the screen that the other columns take at most; the map has the rest."""
MIN_STRIP_WIDTH, MAX_STRIP_WIDTH = 4, 64
BORDER_WIDTH = 3
"""Columns of the screen beside the table."""


class ScopedSubnet(NamedTuple):
    """A subnet and its scope."""

    scope_index: int
    scope: FollowedScope
    reading: SubnetReading

    @property
    def key(self) -> str:
        """Unique among all scopes: a shared subnet is seen from several accounts."""
        return f"{self.scope_index} {self.subnet_id}"

    @property
    def subnet_id(self) -> str:
        """The id of the subnet."""
        return self.reading.subnet.subnet_id

    @property
    def read_at(self) -> datetime | None:
        """When its ENIs were last read."""
        view = self.scope.view
        return view.snapshot.read_at.get(self.subnet_id) if view else None


class AllSubnetsTable(KeyedTable):
    """A row for each subnet; its record is a `ScopedSubnet`."""

    SETTINGS_NAME = "estate"
    ROW_NOUN = "subnet"
    SAVES_FILTER = True
    QUERY_KEYS = SUBNET_KEYS
    COLUMNS = (
        Column("name", "subnet", gap=0, flexible=True),
        Column("account", "account", 50, of_scopes=True),
        Column("region", "Region", 100, of_scopes=True),
        Column("owner_id", "owner", 90, if_used=True),
        Column("vpc", "VPC", 110),
        Column("zone", "az", 50),
        Column("cidr", "CIDR", gap=1),
        Column("addresses", "addr", 60, right=True),
        Column("blocks", "/28", right=True),
        Column("nodes", "nodes", 60, right=True, if_used=True),
        Column("pods", "pods", 66, right=True, if_used=True),
        Column("age", "age", 70, right=True, descending=True),
        Column("map", "map", 54, value=False),
    )
    DEFAULT_SORT = "blocks"

    @property
    def current_subnet(self) -> ScopedSubnet | None:
        """The subnet under the cursor."""
        record = self.current_row.record if self.current_row else None
        return record if isinstance(record, ScopedSubnet) else None

    @property
    def shown_subnets(self) -> list[ScopedSubnet]:
        """The subnets in the order shown."""
        return [row.record for row in self.shown_rows if isinstance(row.record, ScopedSubnet)]

    @property
    def strip_width(self) -> int:
        """How many letters of a map there is room for."""
        # That of the table with its scrollbar, which comes after the rows: the map of each depends on it.
        width = self.outer_size.width or self.app.size.width - BORDER_WIDTH
        region = REGION_WIDTH if width >= 100 else 0
        scopes = ACCOUNT_WIDTH + region if self._shows_scopes else 0
        vpc = VPC_WIDTH if width >= 110 else 0
        owner = OWNER_WIDTH if "owner_id" in self._used_columns and width >= 90 else 0
        nodes = NODES_WIDTH if "nodes" in self._used_columns else 0
        others = OTHER_COLUMNS_WIDTH + scopes + vpc + owner + nodes
        return max(MIN_STRIP_WIDTH, min(MAX_STRIP_WIDTH, width - others))


def scoped_subnets(scopes: Sequence[FollowedScope]) -> list[ScopedSubnet]:
    """Every subnet of every scope, the tightest first."""
    subnets = [
        (scope.view.tightness(reading), ScopedSubnet(index, scope, reading))
        for index, scope in enumerate(scopes)
        if scope.view is not None
        for reading in scope.view.snapshot.subnets.values()
    ]
    return [subnet for _, subnet in sorted(subnets, key=lambda pair: (pair[0], pair[1].key))]


def subnet_row_arguments(
    subnets: Sequence[ScopedSubnet], presents: Mapping[int, datetime], palette: Palette, width: int
) -> list[tuple[str, tuple[object, ...]]]:
    """The key and the arguments of `subnet_row` of each subnet; `width` is that of a map.

    `presents` has the time from which ages are counted, by index of the scope.
    """
    arguments: list[tuple[str, tuple[object, ...]]] = []
    for scoped in subnets:
        view, read_at = scoped.scope.view, scoped.read_at
        assert view is not None
        age_text = age((presents[scoped.scope_index] - read_at).total_seconds()) if read_at else "-"
        free, owner_id = view.free_blocks.get(scoped.subnet_id), view.snapshot.foreign_owner(scoped.subnet_id)
        missing = view.snapshot.missing_data(scoped.subnet_id)
        names = (scoped.scope.account_name, scoped.scope.region_name, owner_id)
        arguments.append((scoped.key, (scoped, free, missing, read_at, age_text, *names, palette, width)))
    return arguments


def subnet_row(
    scoped: ScopedSubnet,
    free: FreeBlocks | None,
    missing: tuple[MissingData, ...],
    read_at: datetime | None,
    age_text: str,
    account: str,
    region: str,
    owner_id: str,
    palette: Palette,
    width: int,
) -> Row:
    """The row of a subnet, whose ENIs were last read at `read_at`; `missing` is what was not read of it."""
    reading, subnet = scoped.reading, scoped.reading.subnet
    capacity = node_capacity(reading, missing) if read_at else None
    cells = {
        "name": Text(clean(subnet.name) or subnet.subnet_id, palette["text"]),
        "account": Text(clean(account), palette["dim"]),
        "region": Text(clean(region), palette["dim"]),
        "owner_id": Text(clean(owner_id), palette["dim"]),
        "vpc": Text(shorten_ids(clean(subnet.vpc_id)), palette["dim"]),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, palette["text" if subnet.cidr_block else "dim"]),
        "addresses": Text(subnet.address_count_text, palette["text"]),
        "blocks": free_blocks_text(free, palette) if read_at else Text("?", palette["dim"]),
        **node_cells(capacity, palette),
        "age": Text(age_text, palette["dim"]),
        "map": map_strip(reading.blocks.letters, width, palette) if read_at else Text(),
    }
    sort_values = subnet_sort_values(reading, free) | node_sort_values(capacity)
    sort_values["age"] = -read_at.timestamp() if read_at else None
    return Row(scoped.key, cells, sort_values, record=scoped)
