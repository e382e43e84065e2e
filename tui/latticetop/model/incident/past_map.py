"""A subnet's blocks at an earlier time, rebuilt from the current ENIs and a timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import BlockMap, map_blocks
from latticetop.model.incident.timeline import (
    ASSIGN_EVENT,
    CREATE_EVENT,
    DELETE_EVENT,
    UNASSIGN_EVENT,
    Timeline,
    TimelineEntry,
)
from latticetop.model.records.eni_owners import EniRole
from latticetop.model.records.resources import NetworkInterface

if TYPE_CHECKING:
    from latticetop.model.snapshot import SubnetReading


class PastMap(Struct, frozen=True):
    """The block map of a subnet at the time `at`.

    `uncertain` are the indexes of blocks that hold an ENI which may not have existed yet. ENIs of other owners that
    have been deleted since then are not shown: the current data has no trace of them. The current CIDR reservations
    are assumed to have existed.
    """

    at: datetime
    blocks: BlockMap
    uncertain: frozenset[int]

    @property
    def has_free_block(self) -> bool:
        """Whether the map shows a free block; at the time of a failure this means that an ENI is missing from it."""
        return bool(self.blocks.free)


def past_map_at(reading: SubnetReading, timeline: Timeline, at: datetime) -> PastMap:
    """Rebuild a subnet's map: the current ENIs, without later changes, and the ENIs deleted since in the timeline."""
    entries = [entry for entry in timeline.entries if not entry.failed and entry.network_interface_id]
    created = {e.network_interface_id: e for e in entries if e.event_name == CREATE_EVENT}
    deleted_at = {e.network_interface_id: e.times[0] for e in entries if e.event_name == DELETE_EVENT}
    current = {i.network_interface_id: i for i in reading.interfaces}
    changes = [entry for entry in entries if entry.event_name in (ASSIGN_EVENT, UNASSIGN_EVENT)]
    interfaces = [
        _without_later_changes(interface, changes, at)
        for key, interface in current.items()
        if key not in created or created[key].times[0] <= at
    ]
    interfaces += [
        _deleted_interface(entry, changes, at, timeline.vpc_endpoint_id)
        for key, entry in created.items()
        if key not in current
        and entry.subnet_id == reading.subnet.subnet_id
        and _existed(entry, deleted_at.get(key), at)
    ]
    blocks = map_blocks(reading.subnet.cidr_block, tuple(interfaces), reading.reservations)
    vague = {e.network_interface_id for e in changes if e.times[0] > at and not (e.addresses or e.prefixes)}
    uncertain = [i for i in interfaces if i.network_interface_id in vague or not _certainly_existed(i, created, at)]
    return PastMap(at, blocks, frozenset(index for i in uncertain for index in _indexes(blocks, i)))


def _existed(created: TimelineEntry, deleted_at: datetime | None, at: datetime) -> bool:
    return created.times[0] <= at and (deleted_at is None or deleted_at > at)


def _without_later_changes(interface: NetworkInterface, changes: list[TimelineEntry], at: datetime) -> NetworkInterface:
    """A current ENI, without what was assigned after a time and with what was unassigned after it."""
    for entry in reversed(changes):
        if entry.network_interface_id == interface.network_interface_id and entry.times[0] > at:
            interface = _with(interface, entry) if entry.event_name == UNASSIGN_EVENT else _without(interface, entry)
    return interface


def _deleted_interface(
    created: TimelineEntry, changes: list[TimelineEntry], at: datetime, vpc_endpoint_id: str
) -> NetworkInterface:
    """An ENI that no longer exists, as it was at a time: from its creation and its changes up to then."""
    colon = ":" if created.role is EniRole.SERVICE else ""
    interface = NetworkInterface(
        created.network_interface_id,
        created.subnet_id,
        description=f"VPC Endpoint Interface{colon} {vpc_endpoint_id}",
        addresses=created.addresses,
        prefixes=created.prefixes,
    )
    for entry in changes:
        if entry.network_interface_id == created.network_interface_id and entry.times[0] <= at:
            interface = _with(interface, entry) if entry.event_name == ASSIGN_EVENT else _without(interface, entry)
    return interface


def _with(interface: NetworkInterface, entry: TimelineEntry) -> NetworkInterface:
    return structs.replace(
        interface,
        addresses=tuple(dict.fromkeys((*interface.addresses, *entry.addresses))),
        prefixes=tuple(dict.fromkeys((*interface.prefixes, *entry.prefixes))),
    )


def _without(interface: NetworkInterface, entry: TimelineEntry) -> NetworkInterface:
    return structs.replace(
        interface,
        addresses=tuple(address for address in interface.addresses if address not in entry.addresses),
        prefixes=tuple(prefix for prefix in interface.prefixes if prefix not in entry.prefixes),
    )


def _certainly_existed(interface: NetworkInterface, created: dict[str, TimelineEntry], at: datetime) -> bool:
    """Whether an ENI was created or attached before `at`; unknown, so False, without either time.

    CloudTrail's times are whole seconds: an ENI created in the same second may have come after it.
    """
    if entry := created.get(interface.network_interface_id):
        return entry.times[0] < at
    return interface.attached_at is not None and interface.attached_at <= at


def _indexes(blocks: BlockMap, interface: NetworkInterface) -> Iterable[int]:
    addresses = (*interface.addresses, *(prefix.first for prefix in interface.prefixes))
    return {index for address in addresses if (index := blocks.index_of(address)) is not None}
