"""Generated accounts of which some parts are denied, do not answer or wait for their turn, and what may be in these."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network

from hypothesis import strategies as st
from msgspec import structs

from latticetop.follow.one_shot import read_once
from latticetop.model.records import aws_actions
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.records.resources import CidrReservation, NetworkInterface
from latticetop.model.snapshot import Snapshot
from tests.simulated_accounts import GeneratedAccount, SettledClock, SimulatedReader, designs

LISTS = {
    "vpcs": aws_actions.DESCRIBE_VPCS,
    "subnets": aws_actions.DESCRIBE_SUBNETS,
    "endpoints": aws_actions.DESCRIBE_ENDPOINTS,
    "associations": aws_actions.DESCRIBE_ASSOCIATIONS,
    "interfaces": aws_actions.DESCRIBE_INTERFACES,
}
FAILURES = (ProblemKind.ACCESS_DENIED, ProblemKind.UNREACHABLE)
"""A call that hangs ends as one that AWS does not answer."""
RESERVED_BY_AWS = (0, 1, 2, 3, -1)


class PartialReader(SimulatedReader):
    """Reads a generated account; the calls in `failing` fail, and the calls for the reservations of some subnets."""

    def __init__(
        self, account: GeneratedAccount, failing: Mapping[str, ProblemKind], unread: Mapping[str, ProblemKind]
    ):
        super().__init__(account)
        self._failing, self._unread = failing, unread

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        _raise_if_failing(self._unread.get(subnet_id), aws_actions.GET_RESERVATIONS)
        return await super().reservations(subnet_id)

    async def _call(self, name: str) -> None:
        _raise_if_failing(self._failing.get(name), LISTS.get(name, ""))
        await super()._call(name)


def _raise_if_failing(kind: ProblemKind | None, action: str) -> None:
    if kind is not None:
        raise ReadError(Problem(kind, action, f"{action} failed.", f"Allow {action}."))


@st.composite
def partly_read(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """An account as it is, and what was read of it."""
    account = GeneratedAccount(draw(designs()))
    ids = [subnet.id for subnet in account.subnets]
    failing = draw(st.dictionaries(st.sampled_from(sorted(LISTS)), st.sampled_from(FAILURES), max_size=2))
    unread = draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(FAILURES)))
    whole = account.read()
    try:
        snapshot = asyncio.run(read_once(PartialReader(account, failing, unread), clock=SettledClock(), lattice=True))
    except ReadError:
        snapshot = whole
    waiting = draw(st.sets(st.sampled_from(ids)) | st.just(set[str]()))
    readings = {
        key: structs.replace(reading, interfaces=(), reservations=(), unaccounted=0) if key in waiting else reading
        for key, reading in snapshot.subnets.items()
    }
    read_at = {part: at for part, at in snapshot.read_at.items() if part.split()[-1] not in waiting}
    return whole, structs.replace(snapshot, subnets=readings, read_at=read_at)


@dataclass(frozen=True)
class PossibleSubnet:
    """A subnet as it may be."""

    network: IPv4Network
    used: frozenset[int]
    explicit: frozenset[int]

    @cached_property
    def free(self) -> int:
        """The number of /28 blocks that AWS can assign."""
        taken = self.used | self.explicit | {int(self.network[place]) for place in RESERVED_BY_AWS}
        firsts = range(int(self.network[0]), int(self.network[-1]), 16)
        return sum(taken.isdisjoint(range(first, first + 16)) for first in firsts)


@dataclass(frozen=True)
class PossibleEndpoint:
    """An endpoint as it may be: its state, what AWS says of its associations, and its subnets with ENIs of a kind."""

    state: str
    zones: Mapping[str, str]
    accessible: tuple[bool, ...]
    served: Mapping[str, frozenset[str]]

    @property
    def is_healthy(self) -> bool:
        return self.state.lower() == "available" and all(self.accessible)


@dataclass(frozen=True)
class PossibleAccount:
    """One account that agrees with all that was read."""

    subnets: Mapping[str, PossibleSubnet]
    endpoints: Mapping[str, PossibleEndpoint]


def possible_accounts(whole: Snapshot, snapshot: Snapshot) -> Iterator[PossibleAccount]:
    """The account as it is; with as little as possible in the parts that were not read; with the worst in them."""
    yield from (_possible(whole, snapshot, kind) for kind in ("whole", "least", "worst"))


def _possible(whole: Snapshot, snapshot: Snapshot, kind: str) -> PossibleAccount:
    read = snapshot.read_at
    is_listed = {"subnets", "endpoints"} <= read.keys()
    listed = [key for key in whole.subnets if key in snapshot.subnets or not (is_listed or kind == "least")]
    interfaces = {
        key: whole.subnets[key].interfaces if kind == "whole" or key in read or key not in snapshot.subnets else ()
        for key in listed
    }
    subnets = {key: _subnet(whole, snapshot, key, interfaces[key], kind) for key in listed}
    endpoints = {
        key: _endpoint(whole, snapshot, key, interfaces, kind)
        for key in whole.endpoints
        if kind != "least" or "endpoints" in read
    }
    return PossibleAccount(subnets, endpoints)


def _subnet(
    whole: Snapshot, snapshot: Snapshot, key: str, interfaces: tuple[NetworkInterface, ...], kind: str
) -> PossibleSubnet:
    reading = whole.subnets[key]
    assert reading.subnet.cidr_block is not None
    network = IPv4Network(str(reading.subnet.cidr_block))
    used = {address for interface in interfaces for address in interface.addresses}
    used |= {int(a) for interface in interfaces for prefix in interface.prefixes for a in IPv4Network(str(prefix))}
    explicit = _addresses(reading.reservations, "explicit")
    if kind != "whole" and key in snapshot.subnets:
        if key not in snapshot.read_at:
            used = _strangers(network, reading.subnet.available_ip_address_count, spread=kind == "worst")
        if f"reservations {key}" not in snapshot.read_at and network.prefixlen < 27:
            count = network.num_addresses - 5 - len(used)
            is_possible = key not in snapshot.read_at or count == reading.subnet.available_ip_address_count
            explicit = set(map(int, network)) if kind == "worst" else set() if is_possible else explicit
    return PossibleSubnet(network, frozenset(used), frozenset(explicit))


def _addresses(reservations: tuple[CidrReservation, ...], kind: str) -> set[int]:
    return {int(a) for r in reservations if r.reservation_type == kind for a in IPv4Network(str(r.cidr))}


def _strangers(network: IPv4Network, available: int, *, spread: bool) -> set[int]:
    """As many addresses in use as AWS counts: one in each block first, or one beside the other."""
    usable = [int(address) for address in network][4:-1]
    order = sorted(usable, key=lambda address: address & 15) if spread else usable
    return set(order[: max(0, len(usable) - available)])


def _endpoint(
    whole: Snapshot, snapshot: Snapshot, key: str, interfaces: Mapping[str, tuple[NetworkInterface, ...]], kind: str
) -> PossibleEndpoint:
    endpoint = whole.endpoints[key]
    states = tuple(a.accessibility == "Accessible" for a in whole.associations_by_endpoint.get(key, ()))
    if kind != "whole" and "associations" not in snapshot.read_at:
        states = () if kind == "least" else (*states, False)
    served = {
        role: frozenset(subnet for subnet, each in interfaces.items() for i in each if i.description == f"{text}{key}")
        for role, text in (("resource", "VPC Endpoint Interface "), ("service", "VPC Endpoint Interface: "))
    }
    zones = {i: whole.subnets[i].subnet.availability_zone for i in endpoint.subnet_ids}
    return PossibleEndpoint(endpoint.state, zones, states, served)
