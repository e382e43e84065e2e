"""Changes within subnets: network interfaces, addresses, blocks, reservations, and whether a free /28 remains."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from latticetop.model.blocks.blocks import ASSIGNABLE_LETTERS, BROKEN_LETTERS, PREFIX_LETTERS, BlockState
from latticetop.model.blocks.reasons import describe_owner, describe_used_addresses
from latticetop.model.capacity.counting_subnets import live_lattice_endpoints
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.history.change_events import (
    ChangeEvent,
    ChangeItem,
    ChangeKind,
    count_owners,
    describe_addresses,
    group_items,
    join_names,
    single_addresses,
)
from latticetop.model.records.eni_owners import endpoint_of, owner_of
from latticetop.model.records.read_parts import SUBNETS, reservations_part
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from latticetop.model.blocks.blocks import Block
    from latticetop.model.records.address import Cidr
    from latticetop.model.records.resources import NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

_NOT_IN_USE = ASSIGNABLE_LETTERS + BlockState.EXPLICIT
"""The letters of blocks in which neither an address nor a prefix is in use."""


class _SubnetPair(NamedTuple):
    """A subnet before and after; `old` and `new` are its ENIs by id, those that differ only."""

    before: SubnetReading
    after: SubnetReading
    old: Mapping[str, NetworkInterface]
    new: Mapping[str, NetworkInterface]


def subnet_changes(before: Snapshot, after: Snapshot, *, same_selection: bool) -> Iterator[ChangeEvent]:
    """Yield all changes of the subnets of a scope; see `change_log.events_between`."""
    if SUBNETS not in before.read_at or SUBNETS not in after.read_at:
        return
    if same_selection:
        yield from _added_and_removed(before, after)
    for subnet_id, reading in after.subnets.items():
        old = before.subnets.get(subnet_id)
        if old is None or old is reading:
            continue
        if reservations_part(subnet_id) in before.read_at:
            yield from _reservation_changes(old, reading, before, after)
        else:
            old = structs.replace(old, reservations=reading.reservations)
        if subnet_id in before.read_at and subnet_id in after.read_at:
            yield from _inside_changes(_subnet_pair(old, reading), before, after)


def _added_and_removed(before: Snapshot, after: Snapshot) -> Iterator[ChangeEvent]:
    """Subnets added and removed, without those of a VPC that became selected, or is no longer selected.

    A VPC is selected while it has a VPC Lattice endpoint, and every VPC while there is none: `follow.subnet_selection`.
    """
    if before.subnets.keys() == after.subnets.keys():
        return
    other_vpcs = _selected_vpcs(before) ^ _selected_vpcs(after)
    since = before.read_at[SUBNETS]
    for one, other, kind in ((after, before, ChangeKind.SUBNET_ADDED), (before, after, ChangeKind.SUBNET_REMOVED)):
        for subnet_id, reading in one.subnets.items():
            subnet = reading.subnet
            if subnet_id not in other.subnets and subnet.vpc_id not in other_vpcs:
                verb = "added" if kind is ChangeKind.SUBNET_ADDED else "removed"
                message = f"subnet {verb}: {subnet.cidr_block or 'without IPv4'} in {subnet.availability_zone}"
                yield ChangeEvent(after.taken_at, since, kind, message, subnet_id)


def _selected_vpcs(snapshot: Snapshot) -> frozenset[str]:
    """The VPCs with a VPC Lattice endpoint; without any such endpoint, all VPCs."""
    vpc_ids = frozenset(endpoint.vpc_id for endpoint in live_lattice_endpoints(snapshot.endpoints.values()))
    return vpc_ids or frozenset(reading.subnet.vpc_id for reading in snapshot.subnets.values())


def _reservation_changes(
    old: SubnetReading, new: SubnetReading, before: Snapshot, after: Snapshot
) -> Iterator[ChangeEvent]:
    if old.reservations == new.reservations:
        return
    subnet_id = new.subnet.subnet_id
    since = before.read_at[reservations_part(subnet_id)]
    old_by_id = {r.subnet_cidr_reservation_id: r for r in old.reservations}
    new_by_id = {r.subnet_cidr_reservation_id: r for r in new.reservations}
    for one, other, verb in ((old_by_id, new_by_id, "removed"), (new_by_id, old_by_id, "added")):
        reservations = [one[key] for key in one if key not in other or one[key].cidr != other[key].cidr]
        items = [
            ChangeItem(str(r.cidr), f"{r.reservation_type} reservation {r.cidr} {verb}", str(r.cidr))
            for r in reservations
        ]
        for message, ids, count in _group(items, f"reservations {verb}"):
            yield ChangeEvent(after.taken_at, since, ChangeKind.RESERVATIONS, message, subnet_id, "", ids, count)


def _subnet_pair(old: SubnetReading, new: SubnetReading) -> _SubnetPair:
    if old.interfaces is new.interfaces:
        return _SubnetPair(old, new, {}, {})
    old_by_id = {i.network_interface_id: i for i in old.interfaces}
    new_by_id = {i.network_interface_id: i for i in new.interfaces}
    return _SubnetPair(
        old,
        new,
        {key: i for key, i in old_by_id.items() if key not in new_by_id or _addresses_differ(i, new_by_id[key])},
        {key: i for key, i in new_by_id.items() if key not in old_by_id or _addresses_differ(i, old_by_id[key])},
    )


def _addresses_differ(one: NetworkInterface, other: NetworkInterface) -> bool:
    return one.prefixes != other.prefixes or single_addresses(one) != single_addresses(other)


def _inside_changes(pair: _SubnetPair, before: Snapshot, after: Snapshot) -> Iterator[ChangeEvent]:
    """Changes of ENIs, addresses and blocks, causes first: removals, what they free, additions, what they take."""
    subnet_id = pair.after.subnet.subnet_id
    since = before.read_at[subnet_id]
    groups = (
        (ChangeKind.INTERFACES_REMOVED, _one_side_only(pair.old, pair.new, "removed"), "interfaces removed"),
        (ChangeKind.BLOCK_FREED, _prefix_changes(pair.old, pair.new, "freed by"), "blocks freed"),
        (ChangeKind.INTERFACES_ADDED, _one_side_only(pair.new, pair.old, "new"), "interfaces added"),
        (ChangeKind.ADDRESSES, _address_changes(pair), "interfaces changed addresses"),
        (ChangeKind.BLOCK_TAKEN, _prefix_changes(pair.new, pair.old, "taken by"), "blocks taken"),
        (ChangeKind.BLOCK_FREED, _no_longer_in_use(pair), "blocks no longer in use"),
        (ChangeKind.BLOCK_FRAGMENTED, _fragmented(pair), "blocks fragmented"),
    )
    for kind, items, summary in groups:
        for message, ids, count in _group(items, summary):
            endpoint_id = _endpoint_of(ids, pair) if count == 1 else ""
            yield ChangeEvent(after.taken_at, since, kind, message, subnet_id, endpoint_id, ids, count)
    # Before and after without the same data: what was only not read is no change.
    missing = after.missing_data(subnet_id)
    old, new = free_blocks_in(pair.before, missing), free_blocks_in(pair.after, missing)
    if old and new and old.none != new.none:
        kind = ChangeKind.NO_FREE_BLOCK if new.none else ChangeKind.FREE_BLOCK_AGAIN
        at_most = "" if new.exact else "at most "
        message = "no free /28 block left" if new.none else f"{at_most}{counted(new.max, 'free /28 block')} again"
        yield ChangeEvent(after.taken_at, since, kind, message, subnet_id)


def _endpoint_of(ids: Sequence[str], pair: _SubnetPair) -> str:
    """The endpoint of the ENI that an event is about; the one id is that of the ENI or of a block it holds."""
    for interface in (*pair.new.values(), *pair.old.values()):
        if ids[0] == interface.network_interface_id or ids[0] in map(str, interface.prefixes):
            return endpoint_of(interface)[0]
    return ""


def _one_side_only(
    one: Mapping[str, NetworkInterface], other: Mapping[str, NetworkInterface], verb: str
) -> list[ChangeItem]:
    return [
        ChangeItem(
            key,
            f"{verb} {describe_owner(interface)}: {describe_addresses(interface)}",
            describe_addresses(interface),
            owner_of(interface).kind.value,
        )
        for key, interface in one.items()
        if key not in other
    ]


def _address_changes(pair: _SubnetPair) -> list[ChangeItem]:
    """The ENIs that gained or lost individual addresses, or IPv6 prefixes."""
    items = []
    for key, new in pair.new.items():
        if (old := pair.old.get(key)) is None:
            continue
        old_names, new_names = single_addresses(old), single_addresses(new)
        if old_names == new_names:
            continue
        gained = [name for name in new_names if name not in old_names]
        lost = [name for name in old_names if name not in new_names]
        verbs = (("gained", gained), ("lost", lost))
        change = (
            " and ".join(f"{verb} {join_names(names)}" for verb, names in verbs if names)
            or "changed its primary address"
        )
        items.append(ChangeItem(key, f"{describe_owner(new)} {change}", key, owner_of(new).kind.value))
    return items


def _prefix_changes(
    one: Mapping[str, NetworkInterface], other: Mapping[str, NetworkInterface], verb: str
) -> list[ChangeItem]:
    """The prefixes that an ENI has on one side only, in address order."""
    prefixes: list[tuple[Cidr, NetworkInterface]] = []
    for key, interface in one.items():
        unchanged = other[key].prefixes if key in other else ()
        prefixes += [(prefix, interface) for prefix in interface.prefixes if prefix not in unchanged]
    return [
        ChangeItem(
            str(prefix), f"{prefix} {verb} {describe_owner(interface)}", str(prefix), owner_of(interface).kind.value
        )
        for prefix, interface in sorted(prefixes, key=lambda pair: pair[0])
    ]


def _state_changes(pair: _SubnetPair, old_letters: str, new_letters: str) -> list[int]:
    """The indexes of the blocks whose state went from one group of letters to another."""
    old, new = pair.before.blocks, pair.after.blocks
    if not (pair.old or pair.new) or old.cidr != new.cidr or old.letters == new.letters:
        return []
    letters = enumerate(zip(old.letters, new.letters, strict=True))
    return [index for index, (before, after) in letters if before in old_letters and after in new_letters]


def _fragmented(pair: _SubnetPair) -> list[ChangeItem]:
    indexes = _state_changes(pair, _NOT_IN_USE + PREFIX_LETTERS, BROKEN_LETTERS)
    return [_block_item(pair.after.blocks.block(index), "fragmented by") for index in indexes]


def _no_longer_in_use(pair: _SubnetPair) -> list[ChangeItem]:
    indexes = _state_changes(pair, BROKEN_LETTERS, _NOT_IN_USE)
    return [_block_item(pair.before.blocks.block(index), "no longer in use; it held") for index in indexes]


def _block_item(block: Block, change: str) -> ChangeItem:
    return ChangeItem(str(block.cidr), f"{block.cidr} {change} {describe_used_addresses(block)}", str(block.cidr))


def _group(items: Sequence[ChangeItem], summary: str) -> list[tuple[str, tuple[str, ...], int]]:
    """Group items into events; the message of a shared event is like `9 interfaces added (9 EKS node): …`."""

    def summarize(many: Sequence[ChangeItem]) -> str:
        owners = f" ({count_owners(many)})" if any(item.owner for item in many) else ""
        return f"{len(many):,} {summary}{owners}: {join_names([item.name for item in many])}"

    return group_items(items, summarize)
