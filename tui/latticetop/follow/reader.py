"""The interfaces to AWS that following a scope needs; `aws` implements them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from latticetop.model.incident.timeline import EventHistory
from latticetop.model.records.eks_cluster import EksCluster
from latticetop.model.records.lattice import Lattice
from latticetop.model.records.problem import Problem
from latticetop.model.records.resources import Association, CidrReservation, Endpoint, NetworkInterface, Subnet, Vpc
from latticetop.model.snapshot import Scope


class Reader(Protocol):
    """Reads one account in one Region. Every call reads all pages and raises `ReadError` if it fails."""

    on_response: Callable[[], None]
    """Called for every response of AWS, one page of many or an error included; set by who wants to know."""

    @property
    def calls(self) -> int:
        """The number of requests sent so far, retries included."""

    async def scope(self) -> Scope:
        """Return the account, Region and profile of the credentials."""

    async def vpcs(self) -> tuple[Vpc, ...]:
        """Return all VPCs of the Region."""

    async def subnets(self) -> tuple[Subnet, ...]:
        """Return all subnets of the Region."""

    async def cluster(self, name: str) -> EksCluster:
        """Return the subnets in which an EKS cluster is; none if it does not exist."""

    async def endpoints(self, types: Sequence[str] = ()) -> tuple[Endpoint, ...]:
        """Return the endpoints of the given types (`ServiceNetwork` …); of all types if none is given."""

    async def associations(self) -> tuple[Association, ...]:
        """Return the associations of all endpoints."""

    def interfaces(self, subnet_ids: Sequence[str]) -> InterfacePages:
        """Yield the ENIs of these subnets page by page, hidden ENIs included if AWS allows it."""

    async def reservations(self, subnet_id: str) -> tuple[CidrReservation, ...]:
        """Return the IPv4 CIDR reservations of a subnet."""

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Return all attributes of one ENI, with AWS's member names as keys."""

    async def lattice(
        self, service_network_arns: Sequence[str], vpc_ids: Sequence[str] = ()
    ) -> tuple[Lattice, tuple[Problem, ...]]:
        """Return the VPC Lattice records of these networks and VPCs, and a problem for each record that is None."""

    async def event_history(self, start: datetime, end: datetime, progress: ReportProgress) -> EventHistory:
        """Return the write events of a time window, those read before a page failed too, within LookupEvents' rate."""

    async def close(self) -> None:
        """Close the connections."""


ReportProgress = Callable[[str], None]
"""Called with a short text about the progress of a long read."""

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Returns the IPv4 addresses of a DNS name, empty if there are none; raises OSError if the resolver fails."""

InterfacePages = AsyncIterator[tuple[NetworkInterface, ...]]

Connect = Callable[[], Awaitable[Reader]]
"""Opens a reader; called again if the credentials may have changed."""

CredentialsFingerprint = Callable[[bool], object]
"""Returns a value that changes with the files that credentials come from; the argument is whether they work now."""
