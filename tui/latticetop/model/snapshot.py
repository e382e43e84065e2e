"""Snapshots of a scope (an account in a Region) at one time, and the delta between two of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field, structs

from latticetop.model.blocks.blocks import RESERVED_ADDRESS_COUNT, BlockMap, map_blocks
from latticetop.model.blocks.prefix_reservations import PrefixReservedAddresses, prefix_reserved_addresses
from latticetop.model.records.aws_actions import DESCRIBE_INTERFACES, DESCRIBE_SUBNETS, GET_RESERVATIONS
from latticetop.model.records.eni_owners import endpoint_of
from latticetop.model.records.lattice import Lattice, ServiceNetwork
from latticetop.model.records.missing_data import MissingCause, MissingData, MissingPart
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.records.read_parts import reservations_part
from latticetop.model.records.resources import (
    NO_COUNT,
    Association,
    CidrReservation,
    Endpoint,
    NetworkInterface,
    Subnet,
    Time,
    Vpc,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import timedelta


class Scope(Struct, frozen=True):
    """An account in a Region, and how it is accessed.

    `profile` is empty for the default credential chain, `role` is the assumed role as named in latticetop.toml, and
    `endpoint_url` is the endpoint of the AWS API, empty for AWS's own. `account_problem` is why STS did not tell the
    account id, and what did.
    """

    account_id: str
    region: str
    profile: str = ""
    role: str = ""
    endpoint_url: str = ""
    account_problem: Problem | None = None

    def is_foreign(self, account_id: str) -> bool:
        """Whether an account is another one than that of the scope; not if either is unknown."""
        return "" not in (account_id, self.account_id) and account_id != self.account_id


class SubnetReading(Struct, frozen=True, dict=True, weakref=True):
    """What was read of one subnet: the subnet, its ENIs ordered by id, its CIDR reservations.

    `unaccounted` is the number of addresses in use that belong to no visible ENI, once two reads have shown some. Each
    breaks one block at most. `count_follows_reservations` is set once a read has shown that AWS's count leaves out the
    addresses inside these `prefix` reservations: a higher count then lags behind the ENIs.
    """

    subnet: Subnet
    interfaces: tuple[NetworkInterface, ...] = ()
    reservations: tuple[CidrReservation, ...] = ()
    unaccounted: int = 0
    count_follows_reservations: bool = False

    @cached_property
    def blocks(self) -> BlockMap:
        """The state of every /28 of the subnet."""
        return map_blocks(self.subnet.cidr_block, self.interfaces, self.reservations)

    def with_reservations(self, reservations: tuple[CidrReservation, ...]) -> SubnetReading:
        """The same ENIs with other CIDR reservations."""
        reading = structs.replace(self, reservations=reservations)
        if self.is_mapped:
            reading.__dict__["blocks"] = self.blocks.with_reservations(reservations)
        return reading

    @property
    def is_mapped(self) -> bool:
        """Whether `blocks` has been computed."""
        return "blocks" in self.__dict__

    @cached_property
    def described_interfaces(self) -> Mapping[str, tuple[NetworkInterface, ...]]:
        """The ENIs whose description names a VPC endpoint, by the id of the endpoint, in order."""
        groups: dict[str, list[NetworkInterface]] = defaultdict(list)
        for interface in self.interfaces:
            if endpoint_id := endpoint_of(interface)[0]:
                groups[endpoint_id].append(interface)
        return {key: tuple(group) for key, group in groups.items()}

    def interface(self, network_interface_id: str) -> NetworkInterface | None:
        """The ENI of the subnet with this id, if any."""
        index = bisect_left(self.interfaces, network_interface_id, key=lambda i: i.network_interface_id)
        interface = self.interfaces[index] if index < len(self.interfaces) else None
        return interface if interface and interface.network_interface_id == network_interface_id else None

    @cached_property
    def unaccounted_now(self) -> int:
        """The addresses in use, by AWS's count of this read, that belong to no visible ENI; 0 without IPv4.

        A `prefix` reservation lowers AWS's count at once by the addresses that nobody uses
        (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html). A count that is higher than that does
        not include the reservations. Whether the addresses that AWS reserves are taken off twice is not documented.
        """
        surplus = self._difference - self.prefix_reserved.unused
        if surplus < 0:
            return 0 if self.count_follows_reservations else max(0, self._difference)
        return surplus if surplus > self.prefix_reserved.reserved_by_aws else 0

    @property
    def count_excludes_reservations(self) -> bool:
        """Whether AWS's count of available addresses excludes those inside `prefix` reservations."""
        return self.count_follows_reservations or self._difference >= self.prefix_reserved.unused

    @cached_property
    def prefix_reserved(self) -> PrefixReservedAddresses:
        """The addresses inside `prefix` reservations."""
        return prefix_reserved_addresses(self.blocks)

    def concluded(self, unaccounted: int, count_follows_reservations: bool) -> SubnetReading:
        """The same reading with other conclusions. What was computed of the data that was read stays."""
        read = self.subnet, self.interfaces, self.reservations
        reading = SubnetReading(*read, unaccounted, count_follows_reservations)
        for name in ("blocks", "prefix_reserved", "described_interfaces"):
            if name in self.__dict__:
                reading.__dict__[name] = self.__dict__[name]
        return reading

    @property
    def _difference(self) -> int:
        """Addresses that AWS counts as not available minus those of visible ENIs.

        Negative while the count lags behind the ENIs: the two are read apart, and EC2 is eventually consistent. An
        impossible count tells nothing.
        """
        cidr, count = self.subnet.cidr_block, self.subnet.address_count
        if cidr is None or count is None or not self.subnet.block_count:
            return 0
        return cidr.size - RESERVED_ADDRESS_COUNT - count - self.blocks.used_addresses


class Snapshot(Struct, frozen=True, dict=True, weakref=True):
    """One scope at one time. Mappings are keyed by id and must not be modified.

    `read_at` has the time of the last successful read of each part, by its name in `read_parts`. A part without a time
    was never read: it is unknown, not empty. `failures` has the kind of failure of the reservations that could never be
    read. `problems` are those of the last attempt to read.
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
    failures: dict[str, ProblemKind] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Short: asyncio.run formats the result of its task, which for 100,000 ENIs takes seconds and 120 MB."""
        return f"<Snapshot of {self.scope} at {self.taken_at}: {len(self.subnets)} subnets>"

    def service_network_of(self, endpoint: Endpoint) -> ServiceNetwork | None:
        """The service network of an endpoint, if it was read."""
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
        """The ENIs of each endpoint: by description, and by its NetworkInterfaceIds, which AWS leaves incomplete."""
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
        near = {key: self._interface_in(endpoint.subnet_ids, key) for key, endpoint in listed.items()}
        elsewhere = self._interfaces_among({key for key, interface in near.items() if interface is None})
        for interface_id, endpoint in listed.items():
            if interface := near[interface_id] or elsewhere.get(interface_id):
                groups[endpoint.vpc_endpoint_id].append(interface)
        position = {subnet_id: number for number, subnet_id in enumerate(self.subnets)}
        for endpoint_id in {endpoint.vpc_endpoint_id for endpoint in listed.values()} & groups.keys():
            groups[endpoint_id].sort(key=lambda i: (position[i.subnet_id], i.network_interface_id))
        return {key: tuple(group) for key, group in groups.items()}

    @cached_property
    def endpoints_by_subnet(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the endpoints in each subnet."""
        groups: dict[str, list[str]] = defaultdict(list)
        for endpoint in self.endpoints.values():
            for subnet_id in endpoint.subnet_ids:
                groups[subnet_id].append(endpoint.vpc_endpoint_id)
        return {key: tuple(group) for key, group in groups.items()}

    def foreign_owner(self, subnet_id: str) -> str:
        """The account that shares this subnet with the one that is read; empty if it is ours or not known."""
        reading = self.subnets.get(subnet_id)
        owner_id = reading.subnet.owner_id if reading else ""
        return owner_id if self.scope.is_foreign(owner_id) else ""

    def missing_data(self, subnet_id: str) -> tuple[MissingData, ...]:
        """What was never read of a subnet and leaves its capacity uncertain. A part that was read once only ages.

        In a subnet that is too small for a block, CIDR reservations change nothing, and are not read.
        """
        parts = (
            (MissingPart.INTERFACES, subnet_id, self._operation_that_lists(subnet_id)),
            (MissingPart.RESERVATIONS, reservations_part(subnet_id), GET_RESERVATIONS),
        )
        owner_id = self.foreign_owner(subnet_id)
        missing = tuple(
            self._missing(subnet_id, part, operation, owner_id, self._cause(key, operation))
            for part, key, operation in parts
            if key not in self.read_at and not (part is MissingPart.RESERVATIONS and self._is_too_small(subnet_id))
        )
        missing += self._missing_count(subnet_id)
        return _shared(missing) if missing else ()

    def _operation_that_lists(self, subnet_id: str) -> str:
        """The operation that the ENIs of a subnet are not read for: DescribeSubnets where that was denied."""
        if subnet_id in self.subnets:
            return DESCRIBE_INTERFACES
        denied = {problem.operation for problem in self.problems if problem.kind is ProblemKind.ACCESS_DENIED}
        return DESCRIBE_SUBNETS if DESCRIBE_SUBNETS in denied else DESCRIBE_INTERFACES

    def _missing_count(self, subnet_id: str) -> tuple[MissingData, ...]:
        """That AWS's count of available addresses is missing, without which ENIs may be missing too."""
        reading = self.subnets.get(subnet_id)
        if reading is None or not reading.blocks.letters or reading.subnet.available_ip_address_count != NO_COUNT:
            return ()
        cause = MissingCause.NOT_GIVEN
        return (self._missing(subnet_id, MissingPart.COUNT, DESCRIBE_SUBNETS, self.foreign_owner(subnet_id), cause),)

    def _missing(
        self, subnet_id: str, part: MissingPart, operation: str, owner_id: str, cause: MissingCause
    ) -> MissingData:
        region = self.scope.region if cause is MissingCause.NOT_GIVEN else ""
        return MissingData(subnet_id, part, operation, owner_id, cause, region)

    def _is_too_small(self, subnet_id: str) -> bool:
        return subnet_id in self.subnets and self.subnets[subnet_id].subnet.too_small

    def _cause(self, part: str, operation: str) -> MissingCause:
        """The cause: of a part's own failure, else of a failure of its operation, which older recordings have alone."""
        kinds = {problem.kind for problem in self.problems if problem.operation == operation}
        if operation == GET_RESERVATIONS and self.failures:
            kinds = {self.failures[part]} if part in self.failures else set()
        if operation == DESCRIBE_INTERFACES and part not in self.subnets:
            lists = {problem.kind for problem in self.problems if problem.operation == DESCRIBE_SUBNETS}
            kinds |= lists & {ProblemKind.NOT_GIVEN, ProblemKind.INCOMPLETE}
        if not kinds:
            return MissingCause.NOT_READ_YET
        if kinds <= {ProblemKind.NOT_GIVEN, ProblemKind.INCOMPLETE}:
            return MissingCause.NOT_GIVEN
        return MissingCause.DENIED if ProblemKind.ACCESS_DENIED in kinds else MissingCause.FAILED

    def interface(self, network_interface_id: str) -> NetworkInterface | None:
        """The ENI with this id, if it is visible."""
        return self._interfaces_among({network_interface_id}).get(network_interface_id)

    def _interface_in(self, subnet_ids: Iterable[str], network_interface_id: str) -> NetworkInterface | None:
        """The ENI with this id in one of these subnets."""
        readings = (self.subnets[subnet_id] for subnet_id in subnet_ids if subnet_id in self.subnets)
        matches = (reading.interface(network_interface_id) for reading in readings)
        return next((interface for interface in matches if interface), None)

    def _interfaces_among(self, ids: Collection[str]) -> Mapping[str, NetworkInterface]:
        """The ENIs with these ids. An index of all would be made anew for each snapshot of a long read."""
        interfaces = (i for reading in self.subnets.values() for i in reading.interfaces) if ids else ()
        return {i.network_interface_id: i for i in interfaces if i.network_interface_id in ids}


@lru_cache(maxsize=1 << 14)
def _shared(missing: tuple[MissingData, ...]) -> tuple[MissingData, ...]:
    """The same object for equal data of several snapshots: what is cached for a subnet is compared by identity."""
    return missing


_V = TypeVar("_V")


class SnapshotDelta(Struct, frozen=True):
    """What turns one snapshot into the next: new or changed entries of each mapping, and the keys removed from it.

    `removed` is keyed by the name of the mapping; recordings spell it `gone`. `lattice` is None if it did not change.
    """

    scope: Scope
    taken_at: Time
    problems: tuple[Problem, ...]
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, SubnetReading] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    read_at: dict[str, Time] = field(default_factory=dict)
    removed: dict[str, tuple[str, ...]] = field(name="gone", default_factory=dict)
    lattice: Lattice | None = None
    failures: dict[str, ProblemKind] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether only times and problems differ."""
        changed = self.vpcs or self.subnets or self.endpoints or self.associations or self.lattice
        return not (changed or any(self.removed.values()))


_MAPPINGS = ("vpcs", "subnets", "endpoints", "associations", "read_at", "failures")


def delta_between(before: Snapshot, after: Snapshot) -> SnapshotDelta:
    """Return what is new, changed or removed in `after`."""
    changed: dict[str, dict[str, object]] = {}
    removed: dict[str, tuple[str, ...]] = {}
    for name in _MAPPINGS:
        old, new = getattr(before, name), getattr(after, name)
        changed[name] = {key: value for key, value in new.items() if key not in old or old[key] != value}
        if keys := tuple(key for key in old if key not in new):
            removed[name] = keys
    lattice = after.lattice if after.lattice != before.lattice else None
    return SnapshotDelta(
        after.scope,
        after.taken_at,
        after.problems,
        **changed,  # type: ignore[arg-type]
        removed=removed,
        lattice=lattice,
    )


def apply_delta(before: Snapshot, delta: SnapshotDelta) -> Snapshot:
    """Return the snapshot that `delta_between` was given as `after`."""
    mappings = {
        name: _merged(getattr(before, name), getattr(delta, name), delta.removed.get(name, ())) for name in _MAPPINGS
    }
    return structs.replace(
        before,
        scope=delta.scope,
        taken_at=delta.taken_at,
        problems=delta.problems,
        lattice=delta.lattice or before.lattice,
        **mappings,
    )


def with_times_moved(snapshot: Snapshot, step: timedelta) -> Snapshot:
    """Return the same snapshot as if the clock had been ahead by a `step` when it was read (behind if negative)."""
    read_at = {part: at + step for part, at in snapshot.read_at.items()}
    return structs.replace(snapshot, taken_at=snapshot.taken_at + step, read_at=read_at)


def changed_blocks(before: Snapshot, after: Snapshot) -> dict[str, tuple[int, ...]]:
    """Return the indexes of the blocks whose state differs, by subnet in both; subnets without any are left out."""
    changed = {}
    for subnet_id, reading in after.subnets.items():
        old = before.subnets.get(subnet_id)
        if old is None or old is reading or len(old.blocks) != len(reading.blocks):
            continue
        pairs = zip(old.blocks.letters, reading.blocks.letters, strict=True)
        if indexes := tuple(index for index, (old_letter, letter) in enumerate(pairs) if old_letter != letter):
            changed[subnet_id] = indexes
    return changed


def _merged(old: Mapping[str, _V], changed: Mapping[str, _V], removed: tuple[str, ...]) -> dict[str, _V]:
    gone = frozenset(removed)
    return {key: value for key, value in old.items() if key not in gone} | dict(changed)
