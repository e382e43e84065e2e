"""A subnet's blocks as they were at an earlier moment, rebuilt from today's ENIs and a timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from .blocks import BlockMap, map_blocks
from .owners import Role
from .resources import NetworkInterface
from .timeline import Timeline

if TYPE_CHECKING:
    from .snapshot import SubnetReading


class Moment(Struct, frozen=True):
    """The map at a moment. `doubtful` are the indexes of blocks that hold an ENI which may not have been there yet.

    ENIs of others that have been deleted since are not in it: nothing of today tells of them.
    """

    at: datetime
    blocks: BlockMap
    doubtful: frozenset[int]

    @property
    def contradicted(self) -> bool:
        """Whether it shows a free block, though the reason to look at it was that AWS had none."""
        return bool(self.blocks.free)


def map_at(reading: SubnetReading, timeline: Timeline, at: datetime) -> Moment:
    """Rebuild a subnet's map at a moment: today's ENIs less those made later, plus those the timeline saw go since."""
    made = {line.network_interface_id: line.times[0] for line in timeline.lines if _made(line.event_name, line.failed)}
    removed = _removals(timeline)
    present = [i for i in reading.interfaces if made.get(i.network_interface_id, at) <= at]
    known = {i.network_interface_id for i in reading.interfaces}
    present += [
        _rebuilt(line.network_interface_id, timeline)
        for line in timeline.lines
        if _made(line.event_name, line.failed)
        and line.subnet_id == reading.subnet.subnet_id
        and line.times[0] <= at
        and not (line.network_interface_id in removed and removed[line.network_interface_id] <= at)
        and line.network_interface_id not in known
    ]
    blocks = map_blocks(reading.subnet.cidr_block, tuple(present), reading.reservations)
    sure = (made.keys() & known) | removed.keys()
    unsure = [i for i in present if i.network_interface_id not in sure and not _was_there(i, at)]
    return Moment(at, blocks, frozenset(index for i in unsure for index in _indexes(blocks, i)))


def _made(event_name: str, failed: bool) -> bool:
    return event_name == "CreateNetworkInterface" and not failed


def _removals(timeline: Timeline) -> dict[str, datetime]:
    return {
        line.network_interface_id: line.times[0]
        for line in timeline.lines
        if line.event_name == "DeleteNetworkInterface" and not line.failed
    }


def _was_there(interface: NetworkInterface, at: datetime) -> bool:
    """An ENI attached before the moment existed then; of any other nothing can be told."""
    return interface.attached_at is not None and interface.attached_at <= at


def _rebuilt(network_interface_id: str, timeline: Timeline) -> NetworkInterface:
    line = next(
        each
        for each in timeline.lines
        if each.network_interface_id == network_interface_id and _made(each.event_name, each.failed)
    )
    colon = ":" if line.role is Role.SERVICE else ""
    return NetworkInterface(
        network_interface_id,
        line.subnet_id,
        description=f"VPC Endpoint Interface{colon} {timeline.vpc_endpoint_id}",
        addresses=line.addresses,
        prefixes=line.prefixes,
    )


def _indexes(blocks: BlockMap, interface: NetworkInterface) -> set[int]:
    addresses = (*interface.addresses, *(prefix.first for prefix in interface.prefixes))
    return {index for address in addresses if (index := blocks.index_of(address)) is not None}
