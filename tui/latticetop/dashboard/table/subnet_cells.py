"""The cells that tables of subnets share, and what their columns sort by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.capacity.decide import Capacity
    from latticetop.model.capacity.node_capacity import NodeCapacity
    from latticetop.model.capacity.supply import FreeBlocks
    from latticetop.model.snapshot import SubnetReading


def free_blocks_text(free: FreeBlocks | None, palette: Palette) -> Text:
    """The number of free blocks, red if 0, amber if few: `3`, `2-4` at least and at most, `-` without IPv4."""
    if free is None:
        return Text("-", palette["dim"])
    return Text(str(free), palette.blocks_left(free.max) if free.max or free.certain else palette["warn"])


def capacity_text(capacity: Capacity, palette: Palette) -> Text:
    """How many more endpoints or nodes fit: `2`, or `1-2` if it depends on the allocation order; red if none."""
    return Text(str(capacity), palette.fits_left(capacity.certain, capacity.possible))


def node_cells(capacity: NodeCapacity | None, palette: Palette) -> dict[str, Text]:
    """How many more EKS nodes and pods fit; empty in a subnet without nodes that hold prefixes."""
    if capacity is None:
        return {"nodes": Text(), "pods": Text()}
    none = capacity.certain and not capacity.max_pods
    pods_tone = "bad" if none else "text" if capacity.min_pods else "warn"
    return {"nodes": capacity_text(capacity.nodes, palette), "pods": Text(capacity.pods, palette[pods_tone])}


def node_sort_values(capacity: NodeCapacity | None) -> dict[str, object]:
    """What the columns of nodes and pods sort by."""
    if capacity is None:
        return {"nodes": None, "pods": None}
    return {"nodes": capacity.nodes, "pods": (capacity.min_pods, capacity.max_pods)}


def subnet_name(reading: SubnetReading, brief: bool) -> str:
    """The Name tag of a subnet, else its shortened id; `brief` leaves out `subnet-`."""
    short = shorten_ids(clean(reading.subnet.subnet_id))
    return clean(reading.subnet.name) or (short.removeprefix("subnet-") if brief else short)


def subnet_sort_values(reading: SubnetReading, free: FreeBlocks | None) -> dict[str, object]:
    """The sort values of the columns that tables of subnets share."""
    subnet = reading.subnet
    return {
        "cidr": subnet.cidr_block,
        "zone": subnet.availability_zone,
        "addresses": subnet.address_count,
        "blocks": (free.max, free.min) if free else None,
        "vpc": subnet.vpc_id,
    }
