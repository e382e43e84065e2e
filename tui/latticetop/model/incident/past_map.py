"""A subnet's blocks as they were at an earlier moment, rebuilt from today's ENIs and a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import BlockMap, map_blocks
from latticetop.model.incident.timeline import Line, Timeline
from latticetop.model.records.eni_owners import Role
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from latticetop.model.snapshot import SubnetReading

GIVEN, TAKEN = "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"


class Moment(Struct, frozen=True):
    """The map at a moment. `doubtful` are the indexes of blocks that hold an ENI which may not have been there yet.

    ENIs of others that have been deleted since are not in it: nothing of today tells of them. Today's CIDR
    reservations are taken to have been there.
    """

    at: datetime
    blocks: BlockMap
    doubtful: frozenset[int]

    @property
    def contradicted(self) -> bool:
        """Whether it shows a free block, though the reason to look at it was that AWS had none."""
        return bool(self.blocks.free)


def map_at(reading: SubnetReading, timeline: Timeline, at: datetime) -> Moment:
    """Rebuild a subnet's map at a moment: today's ENIs less what came later, plus what the timeline saw go since."""
    done = [line for line in timeline.lines if not line.failed and line.network_interface_id]
    made = {line.network_interface_id: line for line in done if line.event_name == "CreateNetworkInterface"}
    removed = {line.network_interface_id: line.times[0] for line in done if line.event_name == "DeleteNetworkInterface"}
    here = {i.network_interface_id: i for i in reading.interfaces}
    changes = [line for line in done if line.event_name in (GIVEN, TAKEN)]
    present = [_undone(i, changes, at) for key, i in here.items() if key not in made or made[key].times[0] <= at]
    present += [
        _redone(line, changes, at, timeline.vpc_endpoint_id)
        for key, line in made.items()
        if key not in here and line.subnet_id == reading.subnet.subnet_id and _between(line, removed.get(key), at)
    ]
    blocks = map_blocks(reading.subnet.cidr_block, tuple(present), reading.reservations)
    vague = {line.network_interface_id for line in changes if line.times[0] > at and not _tells(line)}
    unsure = [i for i in present if i.network_interface_id in vague or not _was_there(i, made, at)]
    return Moment(at, blocks, frozenset(index for i in unsure for index in _indexes(blocks, i)))


def _between(made: Line, removed: datetime | None, at: datetime) -> bool:
    return made.times[0] <= at and (removed is None or removed > at)


def _undone(interface: NetworkInterface, changes: list[Line], at: datetime) -> NetworkInterface:
    """An ENI of today without what it was given after a moment, and with what it gave back after it."""
    for line in reversed(changes):
        if line.network_interface_id == interface.network_interface_id and line.times[0] > at:
            interface = _with(interface, line) if line.event_name == TAKEN else _without(interface, line)
    return interface


def _redone(made: Line, changes: list[Line], at: datetime, vpc_endpoint_id: str) -> NetworkInterface:
    """An ENI that is gone as it was at a moment, from its creation and what it was given and gave back since."""
    colon = ":" if made.role is Role.SERVICE else ""
    interface = NetworkInterface(
        made.network_interface_id,
        made.subnet_id,
        description=f"VPC Endpoint Interface{colon} {vpc_endpoint_id}",
        addresses=made.addresses,
        prefixes=made.prefixes,
    )
    for line in changes:
        if line.network_interface_id == made.network_interface_id and line.times[0] <= at:
            interface = _with(interface, line) if line.event_name == GIVEN else _without(interface, line)
    return interface


def _with(interface: NetworkInterface, line: Line) -> NetworkInterface:
    return structs.replace(
        interface,
        addresses=tuple(dict.fromkeys((*interface.addresses, *line.addresses))),
        prefixes=tuple(dict.fromkeys((*interface.prefixes, *line.prefixes))),
    )


def _without(interface: NetworkInterface, line: Line) -> NetworkInterface:
    return structs.replace(
        interface,
        addresses=tuple(a for a in interface.addresses if a not in line.addresses),
        prefixes=tuple(p for p in interface.prefixes if p not in line.prefixes),
    )


def _tells(line: Line) -> bool:
    return bool(line.addresses or line.prefixes)


def _was_there(interface: NetworkInterface, made: dict[str, Line], at: datetime) -> bool:
    """An ENI made or attached before the moment existed then; of any other nothing can be told.

    CloudTrail tells whole seconds, so that what was made in the same second may have come after it.
    """
    if line := made.get(interface.network_interface_id):
        return line.times[0] < at
    return interface.attached_at is not None and interface.attached_at <= at


def _indexes(blocks: BlockMap, interface: NetworkInterface) -> Iterable[int]:
    addresses = (*interface.addresses, *(prefix.first for prefix in interface.prefixes))
    return {index for address in addresses if (index := blocks.index_of(address)) is not None}
