"""What following needs of AWS: a reader of one scope. `aws` gives the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from latticetop.model.incident.timeline import Trail
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope


class Reader(Protocol):
    """Reads one account in one Region. Every call pages to the end and raises `model.problem.ReadError`."""

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries included."""

    async def scope(self) -> Scope:
        """The account, Region and profile that the credentials lead to."""

    async def vpcs(self) -> tuple[Vpc, ...]:
        """Every VPC of the Region."""

    async def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet of the Region."""

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        """The endpoints of the given types (`ServiceNetwork` …), of all types when none is given."""

    async def associations(self) -> tuple[Association, ...]:
        """The associations of every endpoint."""

    def interfaces(self, subnet_ids: Sequence[str]) -> InterfacePages:
        """The ENIs of these subnets, a page at a time, hidden ones included where AWS allows it."""

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """The IPv4 CIDR reservations of a subnet."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Everything AWS says of one ENI, in AWS's own member names."""

    async def lattice(self, service_network_arns: Sequence[str]) -> tuple[Lattice, tuple[Problem, ...]]:
        """VPC Lattice's side of these service networks; what may not be read is None in it, and a Problem beside it."""

    async def trail(self, start: datetime, end: datetime, progress: Progress) -> Trail:
        """The CloudTrail events of a window that a timeline can be made of, within LookupEvents' rate."""

    async def close(self) -> None:
        """Let go of the connections."""


Progress = Callable[[str], None]
"""Told in a few words how far a long read is."""

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Gives the IPv4 addresses of a name, empty when it has none; OSError when the resolver cannot be asked."""

InterfacePages = AsyncIterator[tuple[NetworkInterface, ...]]

Connect = Callable[[], Awaitable[Reader]]
"""Opens a reader; called again when the credentials may have changed."""

Stamp = Callable[[bool], object]
"""Gives something that is different once the files credentials come from are; told whether they work at present."""
