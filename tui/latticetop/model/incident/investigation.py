"""The data collected about one endpoint: snapshot, timeline, resolved names, probes, and the problems of reading."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from latticetop.model.incident.timeline import Timeline
from latticetop.model.records.address import Address, Cidr
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Endpoint
from latticetop.model.snapshot import Snapshot


class Resolution(Struct, frozen=True):
    """The DNS resolution of an association's name: IPv4 addresses as integers, or `problem` if there are none."""

    name: str
    addresses: tuple[Address, ...] = ()
    problem: str = ""


class ProbeOutcome(StrEnum):
    """The outcome of a TCP connection attempt; only `connected` proves that something listens."""

    CONNECTED = "connected"
    REFUSED = "refused"
    TIMED_OUT = "no answer"
    UNREACHABLE = "unreachable"


class Probe(Struct, frozen=True):
    """One TCP connection attempt from this machine, and its duration in seconds."""

    name: str
    address: int
    port: int
    outcome: ProbeOutcome
    seconds: float


class AddressLocation(Struct, frozen=True):
    """The location of an address: its subnet, the index and CIDR of its block, and its ENI (empty if there is none)."""

    subnet_id: str
    index: int
    block: Cidr
    network_interface_id: str
    prefix: Cidr | None = None
    """The delegated prefix that contains the address, if it is none of the ENI's individual addresses."""


class Investigation(Struct, frozen=True):
    """The data collected about one endpoint at the time `at`.

    `timeline` is None if CloudTrail was not read; `problems` has the reason.
    """

    snapshot: Snapshot
    endpoint: Endpoint
    at: datetime
    timeline: Timeline | None = None
    names: tuple[Resolution, ...] = ()
    probes: tuple[Probe, ...] = ()
    problems: tuple[Problem, ...] = ()


class InvestigationRecord(Struct, frozen=True):
    """What an investigation found of an endpoint beyond the snapshot; recordings keep it."""

    vpc_endpoint_id: str
    timeline: Timeline | None = None
    names: tuple[Resolution, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, investigation: Investigation) -> InvestigationRecord:
        """Return what an investigation found."""
        endpoint_id = investigation.endpoint.vpc_endpoint_id
        return cls(endpoint_id, investigation.timeline, investigation.names, investigation.problems)

    def investigation(self, snapshot: Snapshot, at: datetime) -> Investigation:
        """Return the investigation with this result in a snapshot. Raises KeyError if the endpoint is unknown."""
        endpoint = snapshot.endpoints[self.vpc_endpoint_id]
        return Investigation(snapshot, endpoint, at, self.timeline, self.names, problems=self.problems)


def locate_address(snapshot: Snapshot, address: int) -> AddressLocation | None:
    """Find the subnet, block and ENI of an address; None if it is in no subnet of the snapshot."""
    for reading in snapshot.subnets.values():
        index = reading.blocks.index_of(address)
        if index is None:
            continue
        subnet_id, block = reading.subnet.subnet_id, reading.blocks.block(index)
        for use in block.uses:
            if use.address == address:
                return AddressLocation(subnet_id, index, block.cidr, use.interface.network_interface_id)
        for prefix_use in block.prefixes:
            if prefix_use.prefix.contains(address):
                eni_id = prefix_use.interface.network_interface_id
                return AddressLocation(subnet_id, index, block.cidr, eni_id, prefix_use.prefix)
        return AddressLocation(subnet_id, index, block.cidr, "")
    return None
