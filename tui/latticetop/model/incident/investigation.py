"""Everything found out about one endpoint: the state, the timeline, the maps, the names, and what is missing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from latticetop.model.incident.timeline import Timeline
from latticetop.model.records.address import Cidr
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Endpoint
from latticetop.model.snapshot import Snapshot


class Resolution(Struct, frozen=True):
    """What a resolver answered for an association's name: IPv4 addresses as integers, or why there are none."""

    name: str
    addresses: tuple[int, ...] = ()
    problem: str = ""


class ProbeOutcome(StrEnum):
    """What came of a TCP connection; only `connected` shows that something listens."""

    CONNECTED = "connected"
    REFUSED = "refused"
    TIMED_OUT = "no answer"
    UNREACHABLE = "unreachable"


class Probe(Struct, frozen=True):
    """One TCP connection tried from this machine: to where, what came of it, after how many seconds."""

    name: str
    address: int
    port: int
    outcome: ProbeOutcome
    seconds: float


class Place(Struct, frozen=True):
    """Where an address lies: its subnet, the block's index and range, and the ENI that holds it (empty for none)."""

    subnet_id: str
    index: int
    block: Cidr
    network_interface_id: str
    within: Cidr | None = None
    """The delegated prefix that holds it, if it is none of the ENI's individual addresses."""


class Investigation(Struct, frozen=True):
    """What was read about one endpoint. `timeline` is None when CloudTrail was not read; `problems` say why."""

    snapshot: Snapshot
    endpoint: Endpoint
    at: datetime
    timeline: Timeline | None = None
    names: tuple[Resolution, ...] = ()
    probes: tuple[Probe, ...] = ()
    problems: tuple[Problem, ...] = ()


def locate(snapshot: Snapshot, address: int) -> Place | None:
    """Find the subnet, block and ENI of an address; None when it lies in no subnet known."""
    for reading in snapshot.subnets.values():
        index = reading.blocks.index_of(address)
        if index is None:
            continue
        block = reading.blocks.block(index)
        place = Place(reading.subnet.subnet_id, index, block.cidr, "")
        for use in block.uses:
            if use.address == address:
                return Place(place.subnet_id, index, block.cidr, use.interface.network_interface_id)
        for held in block.prefixes:
            if held.prefix.holds(address):
                eni = held.interface.network_interface_id
                return Place(place.subnet_id, index, block.cidr, eni, held.prefix)
        return place
    return None
