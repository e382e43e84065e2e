"""The table of subnets: free addresses, free /28 blocks, capacity for endpoints or for nodes, a strip of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.dashboard.find.searchable import SUBNET_KEYS
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.table.map_strip import map_strip
from latticetop.dashboard.table.rows import Column, Row, RowCache
from latticetop.dashboard.table.subnet_cells import (
    capacity_text,
    free_blocks_text,
    node_cells,
    node_sort_values,
    subnet_sort_values,
)
from latticetop.dashboard.text.unread import unread_word
from latticetop.model.capacity.behaviour import demands_by_behaviour
from latticetop.model.capacity.best_subnets import worst_capacity
from latticetop.model.capacity.counting_subnets import live_lattice_endpoints
from latticetop.model.capacity.demand import ONE_ENDPOINT
from latticetop.model.capacity.node_capacity import node_capacity, node_demand
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.records.read_parts import ENDPOINTS
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.decide import Capacity
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import Snapshot, SubnetReading

STRIP_WIDTH, NARROW_STRIP_WIDTH = 16, 4
"""Letters of a map; the lower number in a table of fewer than WIDE columns."""
WIDE = 74


class SubnetTable(KeyedTable):
    """A row for each subnet; the key is its id."""

    SETTINGS_NAME = "subnets"
    ROW_NOUN = "subnet"
    SAVES_FILTER = True
    QUERY_KEYS = SUBNET_KEYS
    # A column's key stands in latticetop.config.columns too, and in SUBNET_KEYS if it can be searched.
    COLUMNS = (
        Column("name", "subnet", gap=0, flexible=True),
        Column("zone", "az", 40),
        Column("cidr", "CIDR", gap=1),
        Column("addresses", "addr", right=True),
        Column("blocks", "/28", right=True),
        Column("fits", "fits", 46, right=True, gap=1, if_used=True),
        Column("nodes", "nodes", 46, right=True, gap=1, if_used=True),
        Column("pods", "pods", 54, right=True, gap=1, if_used=True),
        Column("map", "map", 54, gap=1, value=False),
        Column("owner_id", "owner", 60, if_used=True),
        Column("vpc", "VPC", 108, flexible=True),
    )
    DEFAULT_SORT = "blocks"

    @property
    def strip_width(self) -> int:
        """How many letters of a map the table has room for."""
        return STRIP_WIDTH if self.size.width >= WIDE else NARROW_STRIP_WIDTH


def subnet_rows(
    snapshot: Snapshot,
    readings: Iterable[SubnetReading],
    palette: Palette,
    strip_width: int = STRIP_WIDTH,
    row_cache: RowCache | None = None,
) -> list[Row]:
    """The rows of the table, in the order of the readings; a cached row is reused if its subnet is the same.

    Where there are EKS nodes with prefixes, and no Lattice endpoint, the capacity is in nodes and pods.
    """
    readings = tuple(readings)
    in_nodes = _lacks_endpoints(snapshot) and any(node_demand(reading) for reading in readings)
    arguments, demands = {}, () if in_nodes else demands_by_behaviour(snapshot, ONE_ENDPOINT)
    for reading in readings:
        subnet_id = reading.subnet.subnet_id
        missing = snapshot.missing_data(subnet_id)
        is_read = subnet_id in snapshot.read_at
        owner_id = snapshot.foreign_owner(subnet_id)
        arguments[subnet_id] = (
            reading,
            is_read,
            missing,
            owner_id,
            palette,
            strip_width,
            demands,
        )
    return (row_cache or RowCache()).rows(arguments.items(), _row)


def _lacks_endpoints(snapshot: Snapshot) -> bool:
    return ENDPOINTS in snapshot.read_at and not live_lattice_endpoints(snapshot.endpoints.values())


def _row(
    reading: SubnetReading,
    is_read: bool,
    missing: tuple[MissingData, ...],
    owner_id: str,
    palette: Palette,
    strip_width: int,
    demands: tuple[Demand, ...],
) -> Row:
    """The row of a subnet; without `demands` of endpoints, its capacity is in EKS nodes and pods."""
    subnet = reading.subnet
    free = free_blocks_in(reading, missing)
    has_capacity = is_read and bool(reading.blocks.letters)
    capacity = worst_capacity(reading, demands, missing) if has_capacity and demands else None
    in_nodes = node_capacity(reading, missing) if has_capacity and not demands else None
    cells = {
        "name": Text(clean(subnet.name or subnet.subnet_id), palette["text"]),
        "zone": Text(clean(subnet.zone_letter), palette["dim"]),
        "cidr": Text(subnet.range_text, palette["text" if subnet.cidr_block else "dim"]),
        "addresses": Text(subnet.address_count_text, palette["text"]),
        "blocks": free_blocks_text(free, palette) if is_read else Text("?", palette["dim"]),
        "fits": _fits_text(capacity, is_read, palette) if demands else Text(),
        **node_cells(in_nodes, palette),
        "map": map_strip(reading.blocks.letters, strip_width, palette)
        if is_read
        else Text(unread_word(missing), palette["warn"]),
        "owner_id": Text(clean(owner_id), palette["dim"]),
        "vpc": Text(clean(subnet.vpc_id), palette["dim"]),
    }
    sort_values = subnet_sort_values(reading, free) | {"fits": capacity} | node_sort_values(in_nodes)
    return Row(subnet.subnet_id, cells, sort_values)


def _fits_text(capacity: Capacity | None, is_read: bool, palette: Palette) -> Text:
    return capacity_text(capacity, palette) if capacity else Text("-" if is_read else "?", palette["dim"])
