"""What a text names: ids, addresses, ranges, accounts, Regions and profiles, in every followed scope."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard.text.summaries import scopes_text
from latticetop.model.records.address import parse_address, parse_cidr
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Snapshot, SubnetReading

INTERFACE_SUGGESTION_LENGTH = 5
"""Characters from which on ENIs and instances are suggested."""


class DestinationKind(Enum):
    """What a text names."""

    ENDPOINT = "endpoint"
    SUBNET = "subnet"
    INTERFACE = "interface"
    VPC = "VPC"
    ADDRESS = "address"
    SCOPE = "scope"


class Destination(NamedTuple):
    """What to show, and the index of its scope. For an address or a range, `id` is the id of its subnet."""

    kind: DestinationKind
    scope: int
    id: str = ""
    address: int | None = None


def find_destinations(text: str, scopes: Sequence[FollowedScope], current: int) -> list[Destination]:
    """Everything that a text names, in any case; what is in the scope of index `current` comes first."""
    name = text.strip().lower()
    if not name:
        return []
    indexes = sorted(range(len(scopes)), key=lambda index: index != current)
    destinations = [destination for index in indexes for destination in _in_scope(name, index, scopes[index])]
    return destinations or [
        Destination(DestinationKind.SCOPE, index) for index in indexes if name in _scope_names(scopes[index])
    ]


def suggest_name(beginning: str, scopes: Sequence[FollowedScope]) -> str | None:
    """The first known name with a beginning, in any case."""
    prefix = beginning.lower()
    return next((name for name in _known_names(scopes, len(prefix)) if name.lower().startswith(prefix)), None)


def searched_counts(scopes: Sequence[FollowedScope]) -> str:
    """How much is searched: `14 subnets, 3 endpoints and 1,204 interfaces of 2 accounts`."""
    snapshots = [scope.view.snapshot for scope in scopes if scope.view is not None]
    interfaces = sum(len(reading.interfaces) for snapshot in snapshots for reading in snapshot.subnets.values())
    return (
        f"{counted(sum(len(snapshot.subnets) for snapshot in snapshots), 'subnet')}, "
        f"{counted(sum(len(snapshot.endpoints) for snapshot in snapshots), 'endpoint')} and "
        f"{counted(interfaces, 'interface')} of {scopes_text(scopes)}"
    )


def _in_scope(name: str, index: int, scope: FollowedScope) -> Iterator[Destination]:
    if scope.view is None:
        return
    snapshot = scope.view.snapshot
    if name in snapshot.endpoints:
        yield Destination(DestinationKind.ENDPOINT, index, name)
    if name in snapshot.subnets:
        yield Destination(DestinationKind.SUBNET, index, name)
    if name.startswith("eni-") and snapshot.interface(name):
        yield Destination(DestinationKind.INTERFACE, index, name)
    if name.startswith("vpc-") and _has_subnets(snapshot, name):
        yield Destination(DestinationKind.VPC, index, name)
    if name.startswith("i-") and (interface := _primary_interface(snapshot, name)):
        yield Destination(DestinationKind.INTERFACE, index, interface)
    yield from _at_address(name, index, snapshot)
    yield from _with_name_tag(name, index, snapshot)


def _has_subnets(snapshot: Snapshot, vpc_id: str) -> bool:
    return any(reading.subnet.vpc_id == vpc_id for reading in snapshot.subnets.values())


def _primary_interface(snapshot: Snapshot, instance_id: str) -> str:
    """The id of an instance's ENI with the lowest device index; empty if none was read."""
    interfaces = (
        i for reading in snapshot.subnets.values() for i in reading.interfaces if i.instance_id == instance_id
    )
    primary = min(interfaces, key=lambda i: (i.device_index or 0, i.network_interface_id), default=None)
    return primary.network_interface_id if primary else ""


def _at_address(name: str, index: int, snapshot: Snapshot) -> Iterator[Destination]:
    """The subnets that contain an address or a range; if there is none, the first subnet inside the range."""
    if not name[0].isdigit():
        return
    try:
        cidr = parse_cidr(name if "/" in name else f"{name}/32")
        address = parse_address(name.partition("/")[0])
    except ValueError:
        return
    ranges = [(r.subnet.cidr_block, r) for r in snapshot.subnets.values() if r.subnet.cidr_block]
    containing = [(c, r) for c, r in ranges if c.contains(cidr.first) and c.contains(cidr.last)]
    inside = sorted(((c, r) for c, r in ranges if cidr.contains(c.first)), key=_cidr_of)
    for subnet_cidr, reading in containing or inside[:1]:
        yield Destination(DestinationKind.ADDRESS, index, reading.subnet.subnet_id, max(address, subnet_cidr.first))


def _cidr_of(pair: tuple[Cidr, SubnetReading]) -> Cidr:
    return pair[0]


def _with_name_tag(name: str, index: int, snapshot: Snapshot) -> Iterator[Destination]:
    for reading in snapshot.subnets.values():
        if reading.subnet.name.lower() == name:
            yield Destination(DestinationKind.SUBNET, index, reading.subnet.subnet_id)
    for endpoint in snapshot.endpoints.values():
        if endpoint.name.lower() == name:
            yield Destination(DestinationKind.ENDPOINT, index, endpoint.vpc_endpoint_id)
    for vpc in snapshot.vpcs.values():
        if vpc.name.lower() == name and _has_subnets(snapshot, vpc.vpc_id):
            yield Destination(DestinationKind.VPC, index, vpc.vpc_id)


def _scope_names(followed: FollowedScope) -> set[str]:
    """The names of a scope, in lower case."""
    scope = followed.view.snapshot.scope if followed.view else None
    names = {followed.name, followed.title, followed.region, followed.account_id}
    if scope:
        names |= {scope.profile, scope.region}
    return {name.lower() for name in names if name}


def _known_names(scopes: Sequence[FollowedScope], length: int) -> Iterator[str]:
    """The names to suggest for a text of a length, those of the few before those of the many."""
    for followed in scopes:
        scope = followed.view.snapshot.scope if followed.view else None
        yield from (name for name in (followed.title, followed.region, followed.name, followed.account_id) if name)
        if scope:
            yield from (name for name in (scope.profile, scope.region) if name)
    snapshots = [followed.view.snapshot for followed in scopes if followed.view is not None]
    for snapshot in snapshots:
        yield from snapshot.endpoints
        yield from _subnet_names(snapshot.subnets.values())
        yield from dict.fromkeys(reading.subnet.vpc_id for reading in snapshot.subnets.values())
        yield from (vpc.name for vpc in snapshot.vpcs.values() if vpc.name)
        yield from (endpoint.name for endpoint in snapshot.endpoints.values() if endpoint.name)
    if length >= INTERFACE_SUGGESTION_LENGTH:
        interfaces = (i for snapshot in snapshots for reading in snapshot.subnets.values() for i in reading.interfaces)
        yield from (name for i in interfaces for name in (i.network_interface_id, i.instance_id) if name)


def _subnet_names(readings: Iterable[SubnetReading]) -> Iterator[str]:
    for reading in readings:
        subnet = reading.subnet
        yield subnet.subnet_id
        if subnet.name:
            yield subnet.name
        if subnet.cidr_block:
            yield str(subnet.cidr_block)
