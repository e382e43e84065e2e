"""The subnets that count: something in them needs /28 blocks, or the user names them; and whether each has enough."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.endpoint_types import has_associations, needs_blocks
from latticetop.model.endpoints.verdict import has_ended
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import owner_of
from latticetop.model.records.owner_kinds import OwnerKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.records.resources import Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

NODE_KINDS = (OwnerKind.EKS_NODE, OwnerKind.CILIUM_NODE)
"""The owners that may ask for prefixes at any time (amazon-vpc-cni-k8s, docs/prefix-and-ip-target.md)."""


FEW_SUBNETS = 32
"""The subnets that do not count, but whose figures are made exact all the same: a call each."""


_NEED_BLOCKS = IdentityCache["SubnetReading", bool]()
"""Whether the ENIs of a reading need blocks: for 100,000 ENIs that takes a second."""


class Criteria(Struct, frozen=True):
    """What `check` is to find: the number of free blocks that a subnet needs, and the subnets that count by name.

    What `tags` and `clusters` select is seen in the snapshot alone, which then has no other subnets.
    """

    min_free_blocks: int = 1
    subnet_ids: tuple[str, ...] = ()
    vpc_ids: tuple[str, ...] = ()
    all_subnets: bool = False
    tags: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()

    @property
    def selects_subnets(self) -> bool:
        """Whether the user selected some subnets of the Region: what is outside of them decides nothing."""
        return bool(self.subnet_ids or self.vpc_ids or self.selects_by_tags) and not self.all_subnets

    @property
    def selects_by_tags(self) -> bool:
        """Whether tags or clusters select subnets."""
        return bool(self.tags or self.clusters)

    @property
    def names_subnets(self) -> bool:
        """Whether the user said which subnets to look at."""
        return self.selects_subnets or self.all_subnets


DEFAULT_CRITERIA = Criteria()


class Supplied(StrEnum):
    """Whether a subnet that counts has as many free blocks as it needs."""

    ENOUGH = "enough"
    """For certain."""
    TOO_FEW = "too-few"
    """For certain."""
    UNKNOWN = "unknown"
    """That depends on unaccounted addresses, or on data that was not read."""


def live_lattice_endpoints(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Return the ServiceNetwork, Resource and Tunnel endpoints that have not ended."""
    return [endpoint for endpoint in endpoints if has_associations(endpoint) and not has_ended(endpoint.state)]


def is_selected(snapshot: Snapshot, endpoint: Endpoint, criteria: Criteria) -> bool:
    """Whether an endpoint stands in a selected subnet or VPC; without a selection every one does."""
    return not outside_selection(snapshot, endpoint, endpoint.subnet_ids, criteria)


def outside_selection(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: Collection[str], criteria: Criteria) -> bool:
    """Whether all of these subnets of an endpoint are outside the selected subnets and VPCs."""
    if not criteria.selects_subnets:
        return False
    if criteria.selects_by_tags:
        return snapshot.subnets.keys().isdisjoint(subnet_ids)
    return endpoint.vpc_id not in criteria.vpc_ids and set(criteria.subnet_ids).isdisjoint(subnet_ids)


def counting_subnets(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> dict[str, SubnetReading]:
    """Return the subnets that count, by id."""
    return {key: reading for key, reading in snapshot.subnets.items() if counts(snapshot, key, criteria)}


def counts(snapshot: Snapshot, subnet_id: str, criteria: Criteria = DEFAULT_CRITERIA) -> bool:
    """Whether a subnet counts.

    Without IPv4 none does. A /27 or /28, in which no block can ever be free, counts by its own name only. One whose
    ENIs were not read counts, and one with hidden ENIs of other accounts: a prefix or a node may be in it.
    """
    reading = snapshot.subnets[subnet_id]
    if not reading.subnet.block_count:
        return False
    if subnet_id in criteria.subnet_ids:
        return True
    if reading.subnet.too_small:
        return False
    if subnet_id not in snapshot.read_at or has_hidden_interfaces(snapshot, subnet_id):
        return True
    return _needs_blocks(snapshot, reading, criteria)


def needs_blocks_for_certain(snapshot: Snapshot, subnet_id: str, criteria: Criteria = DEFAULT_CRITERIA) -> bool | None:
    """Whether a subnet counts; None where it counts only for ENIs that were not read or that AWS does not list."""
    if not counts(snapshot, subnet_id, criteria):
        return False
    if subnet_id in criteria.subnet_ids or _needs_blocks(snapshot, snapshot.subnets[subnet_id], criteria):
        return True
    return None


def has_hidden_interfaces(snapshot: Snapshot, subnet_id: str) -> bool:
    """Whether a subnet that another account shares has ENIs of other accounts, which AWS does not list."""
    return bool(snapshot.subnets[subnet_id].unaccounted and snapshot.foreign_owner(subnet_id))


def supplied(snapshot: Snapshot, subnet_id: str, criteria: Criteria = DEFAULT_CRITERIA) -> Supplied:
    """Say whether a subnet that counts has the free blocks that the criteria ask for.

    Where only hidden ENIs may need blocks, it never has too few for certain.
    """
    free, reading = free_blocks_of(snapshot, subnet_id), snapshot.subnets[subnet_id]
    if free is None:
        return Supplied.UNKNOWN
    if free.min >= criteria.min_free_blocks:
        return Supplied.ENOUGH
    if not free.certain or free.max >= criteria.min_free_blocks:
        return Supplied.UNKNOWN
    may_need_none = has_hidden_interfaces(snapshot, subnet_id) and subnet_id not in criteria.subnet_ids
    return Supplied.UNKNOWN if may_need_none and not _needs_blocks(snapshot, reading, criteria) else Supplied.TOO_FEW


def subnets_needing_reservations(
    snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA, endpoint_ids: Collection[str] = ()
) -> list[str]:
    """Return the ids of the subnets of which an answer depends on the CIDR reservations, those named first.

    They count, or belong to an endpoint of VPC Lattice or to one of `endpoint_ids`: reservations decide which blocks
    are assignable, and which would be once they are freed. In a subnet that is too small for a block, and on a map
    without a free one in a subnet that does not count, they change nothing. The others come last if they are only a
    few.
    """
    needing = dict.fromkeys(subnets_surely_needing_reservations(snapshot, criteria, endpoint_ids))
    others = []
    for subnet_id in subnets_with_possible_blocks(snapshot):
        if subnet_id in needing or counts(snapshot, subnet_id, criteria):
            needing[subnet_id] = None
        elif snapshot.subnets[subnet_id].blocks.free:
            others.append(subnet_id)
    return [*needing, *(others if len(others) <= FEW_SUBNETS else [])]


def subnets_surely_needing_reservations(
    snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA, endpoint_ids: Collection[str] = ()
) -> list[str]:
    """Return those of `subnets_needing_reservations` that need them whatever their ENIs are, those named first."""
    endpoints = live_lattice_endpoints(snapshot.endpoints.values())
    endpoints += [snapshot.endpoints[key] for key in endpoint_ids if key in snapshot.endpoints]
    of_endpoints = {subnet_id for endpoint in endpoints for subnet_id in endpoint.subnet_ids}
    named = {*criteria.subnet_ids, *(i for key in endpoint_ids for i in _subnets_of(snapshot, key))}
    known = named | of_endpoints
    sure = [
        subnet_id
        for subnet_id in subnets_with_possible_blocks(snapshot)
        if subnet_id in known or _needs_blocks_whatever_is_in_it(snapshot, subnet_id, criteria)
    ]
    return sorted(sure, key=lambda subnet_id: (subnet_id not in named, subnet_id not in of_endpoints))


def subnets_with_possible_blocks(snapshot: Snapshot) -> list[str]:
    """Return the ids of the subnets in which a block can be free, in order."""
    subnets = sorted((key, reading.subnet) for key, reading in snapshot.subnets.items())
    return [subnet_id for subnet_id, subnet in subnets if subnet.block_count and not subnet.too_small]


def _subnets_of(snapshot: Snapshot, endpoint_id: str) -> tuple[str, ...]:
    endpoint = snapshot.endpoints.get(endpoint_id)
    return endpoint.subnet_ids if endpoint else ()


def _needs_blocks(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria) -> bool:
    """Whether an endpoint or an ENI of the subnet needs blocks, or the user selects more than single subnets."""
    subnet_id = reading.subnet.subnet_id
    return _needs_blocks_whatever_is_in_it(snapshot, subnet_id, criteria) or _interfaces_need_blocks(reading)


def _needs_blocks_whatever_is_in_it(snapshot: Snapshot, subnet_id: str, criteria: Criteria) -> bool:
    vpc_id = snapshot.subnets[subnet_id].subnet.vpc_id
    if criteria.all_subnets or criteria.selects_by_tags or vpc_id in criteria.vpc_ids:
        return True
    endpoints = (snapshot.endpoints[key] for key in snapshot.endpoints_by_subnet.get(subnet_id, ()))
    return any(needs_blocks(endpoint) and not has_ended(endpoint.state) for endpoint in endpoints)


def _interfaces_need_blocks(reading: SubnetReading) -> bool:
    """Whether ENIs of a reading need blocks. Calculated once for a reading."""
    answer = _NEED_BLOCKS.get(reading)
    if answer is None:
        _NEED_BLOCKS[reading] = answer = need_blocks(reading.interfaces)
    return answer


def need_blocks(interfaces: Collection[NetworkInterface]) -> bool:
    """Whether one of these ENIs holds an IPv4 prefix, or belongs to a node that may ask for one."""
    return any(i.prefixes for i in interfaces) or any(owner_of(i).kind in NODE_KINDS for i in interfaces)
