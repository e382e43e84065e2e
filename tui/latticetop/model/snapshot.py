"""One scope (account, Region) at one moment, and the changes between two."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field, structs

from latticetop.model.blocks.blocks import RESERVED_ADDRESS_COUNT, BlockMap, map_blocks
from latticetop.model.records.address import NO_CIDR, Cidr
from latticetop.model.records.eni_owners import endpoint_of
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import (
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Time,
    Vpc,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


RESERVATIONS_OPERATION = "ec2:GetSubnetCidrReservations"
"""The operation of a problem that leaves the CIDR reservations unknown."""


def missing_data_of(snapshot: Snapshot, subnet_id: str) -> str:
    """What was not read of a subnet and would be needed to say yes, as a clause; empty when nothing is missing."""
    if subnet_id not in snapshot.read_at:
        return "its network interfaces were not read"
    if any(problem.operation == RESERVATIONS_OPERATION for problem in snapshot.problems):
        return "its CIDR reservations were not read"
    return ""


class Scope(Struct, frozen=True):
    """What is looked at: an account in a Region, and how it was reached.

    `profile` is empty for the default chain, `role` names one of latticetop.toml that was assumed with it, and
    `endpoint_url` is where AWS's API was served, empty for AWS itself.
    """

    account_id: str
    region: str
    profile: str = ""
    role: str = ""
    endpoint_url: str = ""


class SubnetReading(Struct, frozen=True, dict=True, weakref=True):
    """What was read of one subnet: itself, its ENIs ordered by id, its CIDR reservations.

    `unaccounted` is how many addresses AWS counts as in use that belong to no ENI we can see, once two reads have
    agreed that there are some: the free blocks are then an upper bound.
    """

    subnet: Subnet
    interfaces: tuple[NetworkInterface, ...] = ()
    reservations: tuple[CidrReservation, ...] = ()
    unaccounted: int = 0

    @cached_property
    def blocks(self) -> BlockMap:
        """The state of every /28 of the subnet."""
        return map_blocks(self.subnet.cidr_block, self.interfaces, self.reservations)

    @property
    def out_of_blocks(self) -> bool:
        """Whether the subnet has IPv4 and no assignable block; ENIs that are not visible can only take more."""
        return self.subnet.cidr_block is not None and not self.blocks.free

    @property
    def tightness(self) -> tuple[bool, int, Cidr, str]:
        """Sort key: the fewest free blocks first, then by address; subnets without IPv4 last."""
        subnet = self.subnet
        return not self.blocks.letters, self.blocks.free, subnet.cidr_block or NO_CIDR, subnet.subnet_id

    @property
    def is_mapped(self) -> bool:
        """Whether `blocks` has been computed."""
        return "blocks" in self.__dict__

    @cached_property
    def described_interfaces(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """The ENIs whose description names a VPC endpoint, by its id, in order."""
        groups: dict[str, list[NetworkInterface]] = defaultdict(list)
        for interface in self.interfaces:
            if owner := endpoint_of(interface)[0]:
                groups[owner].append(interface)
        return {key: tuple(group) for key, group in groups.items()}

    def interface(self, network_interface_id: str) -> NetworkInterface | None:
        """The ENI of the subnet with that id."""
        place = bisect_left(self.interfaces, network_interface_id, key=lambda each: each.network_interface_id)
        found = self.interfaces[place] if place < len(self.interfaces) else None
        return found if found and found.network_interface_id == network_interface_id else None

    @property
    def discrepancy(self) -> int:
        """Addresses AWS counts as used beyond those we saw; negative when we saw more, 0 for a subnet without IPv4."""
        cidr = self.subnet.cidr_block
        if cidr is None or not self.blocks.letters:
            return 0
        return cidr.size - RESERVED_ADDRESS_COUNT - self.subnet.available_ip_address_count - self.blocks.used_addresses


class Snapshot(Struct, frozen=True, dict=True):
    """One scope at one moment. Mappings are keyed by id and are not to be changed.

    `read_at` has the time of the last good read of each part: `endpoints`, `associations`, `subnets`, `vpcs`, each
    subnet id for that subnet's ENIs, and `reservations ID` for its reservations. A part that is not in it was never
    read: nothing is known of it, which is not the same as its being empty. `problems` are those of the last attempt.
    """

    scope: Scope
    taken_at: Time
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, SubnetReading] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    read_at: dict[str, Time] = field(default_factory=dict)
    lattice: Lattice = Lattice()

    def __repr__(self) -> str:
        """In short: asyncio.run writes out what its task returned, which for 100,000 ENIs takes seconds and 120 MB."""
        return f"<Snapshot of {self.scope} at {self.taken_at}: {len(self.subnets)} subnets>"

    def service_network_of(self, endpoint: Endpoint) -> ServiceNetwork | None:
        """The service network of an endpoint, if VPC Lattice told of it."""
        return (self.lattice.networks or {}).get(endpoint.service_network_arn)

    @cached_property
    def associations_by_endpoint(self) -> Mapping[str, tuple[Association, ...]]:
        """The associations of each endpoint, ordered by id."""
        groups: dict[str, list[Association]] = defaultdict(list)
        for association_id in sorted(self.associations):
            association = self.associations[association_id]
            groups[association.vpc_endpoint_id].append(association)
        return {key: tuple(group) for key, group in groups.items()}

    @cached_property
    def interfaces_by_endpoint(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """The ENIs of each endpoint, by description as well as by NetworkInterfaceIds, which AWS leaves incomplete."""
        groups: dict[str, list[NetworkInterface]] = defaultdict(list)
        for reading in self.subnets.values():
            for endpoint_id, interfaces in reading.described_interfaces.items():
                groups[endpoint_id] += interfaces
        described = {interface.network_interface_id for group in groups.values() for interface in group}
        listed = {
            interface_id: endpoint
            for endpoint in self.endpoints.values()
            for interface_id in endpoint.network_interface_ids
            if interface_id not in described
        }
        for interface_id, endpoint in listed.items():
            if interface := self._interface_near(interface_id, endpoint.subnet_ids):
                groups[endpoint.vpc_endpoint_id].append(interface)
        place = {subnet_id: number for number, subnet_id in enumerate(self.subnets)}
        for endpoint_id in {endpoint.vpc_endpoint_id for endpoint in listed.values()} & groups.keys():
            groups[endpoint_id].sort(key=lambda i: (place[i.subnet_id], i.network_interface_id))
        return {key: tuple(group) for key, group in groups.items()}

    @cached_property
    def endpoints_by_subnet(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the endpoints that name each subnet."""
        groups: dict[str, list[str]] = defaultdict(list)
        for endpoint in self.endpoints.values():
            for subnet_id in endpoint.subnet_ids:
                groups[subnet_id].append(endpoint.vpc_endpoint_id)
        return {key: tuple(group) for key, group in groups.items()}

    def interface(self, network_interface_id: str) -> NetworkInterface | None:
        """The ENI with that id, if it was seen."""
        return self._interfaces.get(network_interface_id)

    def _interface_near(self, network_interface_id: str, subnet_ids: Iterable[str]) -> NetworkInterface | None:
        """The ENI with that id, which is most likely in one of these subnets; without a list of all there are."""
        near = (self.subnets[subnet_id] for subnet_id in subnet_ids if subnet_id in self.subnets)
        found = (reading.interface(network_interface_id) for reading in chain(near, self.subnets.values()))
        return next((interface for interface in found if interface), None)

    @cached_property
    def _interfaces(self) -> Mapping[str, NetworkInterface]:
        return {i.network_interface_id: i for reading in self.subnets.values() for i in reading.interfaces}


_V = TypeVar("_V")


class SnapshotDelta(Struct, frozen=True):
    """What turns one snapshot into the next: per mapping the new or altered entries, and the keys that went."""

    scope: Scope
    taken_at: Time
    problems: tuple[Problem, ...]
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, SubnetReading] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    read_at: dict[str, Time] = field(default_factory=dict)
    removed: dict[str, tuple[str, ...]] = field(name="gone", default_factory=dict)
    """Per mapping name, the keys that are no longer there."""
    lattice: Lattice | None = None
    """VPC Lattice's side where it changed, else None."""

    @property
    def empty(self) -> bool:
        """Whether nothing changed but the times."""
        altered = self.vpcs or self.subnets or self.endpoints or self.associations or self.lattice
        return not (altered or any(self.removed.values()))


_MAPPINGS = ("vpcs", "subnets", "endpoints", "associations", "read_at")


def delta_between(before: Snapshot, after: Snapshot) -> SnapshotDelta:
    """What is new, altered or gone in `after`."""
    altered: dict[str, dict[str, object]] = {}
    gone: dict[str, tuple[str, ...]] = {}
    for name in _MAPPINGS:
        old, new = getattr(before, name), getattr(after, name)
        altered[name] = _altered(old, new)
        if missing := tuple(key for key in old if key not in new):
            gone[name] = missing
    lattice = after.lattice if after.lattice != before.lattice else None
    return SnapshotDelta(after.scope, after.taken_at, after.problems, **altered, removed=gone, lattice=lattice)  # type: ignore[arg-type]


def apply_delta(before: Snapshot, changes: SnapshotDelta) -> Snapshot:
    """The snapshot that `changes_between` was given as `after`."""
    merged = {
        name: _merged(getattr(before, name), getattr(changes, name), changes.removed.get(name, ()))
        for name in _MAPPINGS
    }
    return structs.replace(
        before,
        scope=changes.scope,
        taken_at=changes.taken_at,
        problems=changes.problems,
        lattice=changes.lattice or before.lattice,
        **merged,
    )


def changed_blocks(before: Snapshot, after: Snapshot) -> dict[str, tuple[int, ...]]:
    """Per subnet known to both, the indexes of the blocks whose state differs; subnets without any are left out."""
    changed = {}
    for subnet_id, reading in after.subnets.items():
        old = before.subnets.get(subnet_id)
        if old is None or old is reading or len(old.blocks) != len(reading.blocks):
            continue
        pairs = zip(old.blocks.letters, reading.blocks.letters, strict=True)
        if indexes := tuple(i for i, (was, now) in enumerate(pairs) if was != now):
            changed[subnet_id] = indexes
    return changed


def _altered(old: Mapping[str, _V], new: Mapping[str, _V]) -> dict[str, _V]:
    return {key: value for key, value in new.items() if key not in old or old[key] != value}


def _merged(old: Mapping[str, _V], altered: Mapping[str, _V], gone: tuple[str, ...]) -> dict[str, _V]:
    kept = {key: value for key, value in old.items() if key not in gone}
    return kept | dict(altered)
