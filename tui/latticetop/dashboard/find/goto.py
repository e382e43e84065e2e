"""Where a name leads: ids, addresses, ranges, accounts, Regions and profiles, in every scope that is followed."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard.text.format import plural
from latticetop.model.records.address import parse_address, parse_cidr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Snapshot, SubnetReading

FROM = 5
"""Letters from which on ENIs are among the suggestions."""


class Sort(Enum):
    """What a name stands for."""

    ENDPOINT = "endpoint"
    SUBNET = "subnet"
    INTERFACE = "interface"
    VPC = "VPC"
    ADDRESS = "address"
    SCOPE = "scope"


class Destination(NamedTuple):
    """What to show in which scope (its place in their order): an id, and of an address or a range its subnet."""

    sort: Sort
    scope: int
    id: str = ""
    address: int | None = None


def find(text: str, watched: Sequence[Watched], at: int) -> list[Destination]:
    """Everything of that id, address, range or name, in the scope `at` first; letters may be large or small."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    scopes = sorted(range(len(watched)), key=lambda scope: scope != at)
    found = [each for scope in scopes for each in _in_scope(wanted, scope, watched[scope])]
    return found or [Destination(Sort.SCOPE, scope) for scope in scopes if wanted in _names(watched[scope])]


def suggest(beginning: str, watched: Sequence[Watched]) -> str | None:
    """A name that is known and begins so."""
    wanted = beginning.lower()
    return next((name for name in _known(watched, len(wanted)) if name.lower().startswith(wanted)), None)


def looked_for(watched: Sequence[Watched]) -> str:
    """Where it was looked for: `14 subnets, 3 endpoints and 1,204 interfaces of 2 scopes`."""
    snapshots = [each.view.snapshot for each in watched if each.view is not None]
    interfaces = sum(len(reading.interfaces) for each in snapshots for reading in each.subnets.values())
    return (
        f"{plural(sum(len(each.subnets) for each in snapshots), 'subnet')}, "
        f"{plural(sum(len(each.endpoints) for each in snapshots), 'endpoint')} and "
        f"{plural(interfaces, 'interface')} of {plural(len(watched), 'scope')}"
    )


def _in_scope(wanted: str, scope: int, watched: Watched) -> Iterator[Destination]:
    if watched.view is None:
        return
    snapshot = watched.view.snapshot
    if wanted in snapshot.endpoints:
        yield Destination(Sort.ENDPOINT, scope, wanted)
    if wanted in snapshot.subnets:
        yield Destination(Sort.SUBNET, scope, wanted)
    if wanted.startswith("eni-") and snapshot.interface(wanted):
        yield Destination(Sort.INTERFACE, scope, wanted)
    if wanted.startswith("vpc-") and any(r.subnet.vpc_id == wanted for r in snapshot.subnets.values()):
        yield Destination(Sort.VPC, scope, wanted)
    if wanted.startswith("i-") and (interface := _of_instance(snapshot, wanted)):
        yield Destination(Sort.INTERFACE, scope, interface)
    yield from _at_address(wanted, scope, snapshot)
    yield from _named(wanted, scope, snapshot)


def _of_instance(snapshot: Snapshot, instance: str) -> str:
    """The ENI of an instance that has the first place."""
    found = (i for reading in snapshot.subnets.values() for i in reading.interfaces if i.instance_id == instance)
    first = min(found, key=lambda i: (i.device_index or 0, i.network_interface_id), default=None)
    return first.network_interface_id if first else ""


def _at_address(wanted: str, scope: int, snapshot: Snapshot) -> Iterator[Destination]:
    """The subnet that holds an address or a range; else the first that lies within the range."""
    if not wanted[0].isdigit():
        return
    try:
        cidr = parse_cidr(wanted if "/" in wanted else f"{wanted}/32")
        address = parse_address(wanted.partition("/")[0])
    except ValueError:
        return
    ranges = [(r.subnet.cidr_block, r) for r in snapshot.subnets.values() if r.subnet.cidr_block]
    holding = [(c, r) for c, r in ranges if c.holds(cidr.first) and c.holds(cidr.last)]
    within = sorted(((c, r) for c, r in ranges if cidr.holds(c.first)), key=_first)
    for subnet_range, reading in holding or within[:1]:
        yield Destination(Sort.ADDRESS, scope, reading.subnet.subnet_id, max(address, subnet_range.first))


def _first(pair: tuple[Cidr, SubnetReading]) -> Cidr:
    return pair[0]


def _named(wanted: str, scope: int, snapshot: Snapshot) -> Iterator[Destination]:
    for reading in snapshot.subnets.values():
        if reading.subnet.name.lower() == wanted:
            yield Destination(Sort.SUBNET, scope, reading.subnet.subnet_id)
    for endpoint in snapshot.endpoints.values():
        if endpoint.name.lower() == wanted:
            yield Destination(Sort.ENDPOINT, scope, endpoint.vpc_endpoint_id)
    for vpc in snapshot.vpcs.values():
        if vpc.name.lower() == wanted and any(r.subnet.vpc_id == vpc.vpc_id for r in snapshot.subnets.values()):
            yield Destination(Sort.VPC, scope, vpc.vpc_id)


def _names(watched: Watched) -> set[str]:
    """What a scope may be called, in small letters."""
    scope = watched.view.snapshot.scope if watched.view else None
    names = {watched.name, watched.title, watched.region}
    if scope:
        names |= {scope.account_id, scope.profile, scope.region}
    return {name.lower() for name in names if name}


def _known(watched: Sequence[Watched], length: int) -> Iterator[str]:
    """What can be gone to, the few before the many."""
    for each in watched:
        scope = each.view.snapshot.scope if each.view else None
        yield from (name for name in (each.title, each.region, each.name) if name)
        if scope:
            yield from (name for name in (scope.account_id, scope.profile, scope.region) if name)
    snapshots = [each.view.snapshot for each in watched if each.view is not None]
    for snapshot in snapshots:
        yield from snapshot.endpoints
        yield from _of_subnets(snapshot.subnets.values())
        yield from dict.fromkeys(reading.subnet.vpc_id for reading in snapshot.subnets.values())
        yield from (vpc.name for vpc in snapshot.vpcs.values() if vpc.name)
        yield from (endpoint.name for endpoint in snapshot.endpoints.values() if endpoint.name)
    if length >= FROM:
        interfaces = (i for each in snapshots for reading in each.subnets.values() for i in reading.interfaces)
        yield from (name for i in interfaces for name in (i.network_interface_id, i.instance_id) if name)


def _of_subnets(readings: Iterable[SubnetReading]) -> Iterator[str]:
    for reading in readings:
        subnet = reading.subnet
        yield subnet.subnet_id
        if subnet.name:
            yield subnet.name
        if subnet.cidr_block:
            yield str(subnet.cidr_block)
