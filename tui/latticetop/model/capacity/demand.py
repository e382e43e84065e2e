"""The demand of new endpoints or nodes on a subnet: single addresses and /28 blocks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.eni_owners import EniRole
from latticetop.model.records.text import counted, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES_PER_INTERFACE = 63
"""Resource configurations per ENI for resources: one address each
(docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html)."""
CONFIGURATIONS_PER_BLOCK = 16
"""Resource configurations per /28 under the behaviour of 2024 (an older version of the same page)."""


class Behaviour(StrEnum):
    """How the ENIs for resources get addresses: `today` as single addresses, in `2024` as /28 prefixes."""

    TODAY = "today"
    IN_2024 = "2024"


class AllocationRequest(Struct, frozen=True):
    """One CreateNetworkInterface call in one subnet, or one prefix by itself.

    `endpoint` numbers the endpoints from 1; it is 0, and `role` is None, for a prefix. `addresses` includes the primary
    address.
    """

    endpoint: int
    role: EniRole | None
    addresses: int
    blocks: int


class Demand(Struct, frozen=True):
    """New service-network endpoints with `resources` resource configurations each, and /28 prefixes by themselves.

    Every subnet of an endpoint has to provide all of it. ENIs for resources are included, though AWS may create none in
    a zone without a resource gateway. ValueError if a number is negative.
    """

    endpoints: int = 1
    resources: int = 1
    behaviour: Behaviour = Behaviour.TODAY
    prefixes: int = 0

    def __post_init__(self) -> None:
        if min(self.endpoints, self.resources, self.prefixes) < 0:
            raise ValueError("the numbers of endpoints, resource configurations and prefixes must not be negative")

    @property
    def addresses(self) -> int:
        """Single addresses needed in each subnet."""
        return self.endpoints * sum(request.addresses for request in self._endpoint_requests(1))

    @property
    def blocks(self) -> int:
        """/28 blocks needed in each subnet."""
        return self.endpoints * sum(request.blocks for request in self._endpoint_requests(1)) + self.prefixes

    @property
    def single(self) -> Demand:
        """The demand of one of these endpoints, or of one prefix if there is no endpoint."""
        return Demand(1, self.resources, self.behaviour) if self.endpoints else Demand(0, 0, self.behaviour, 1)

    def requests(self) -> Iterator[AllocationRequest]:
        """The requests in each subnet: all ENIs for resources, then all ENIs for services, then the prefixes."""
        by_endpoint = [self._endpoint_requests(number) for number in range(1, self.endpoints + 1)]
        for requests in by_endpoint:
            yield from requests[:-1]
        for requests in by_endpoint:
            yield requests[-1]
        for _ in range(self.prefixes):
            yield AllocationRequest(0, None, 0, 1)

    def __str__(self) -> str:
        parts = []
        if self.endpoints:
            resources = f"{self.resources or 'no'} {plural(self.resources, 'resource configuration')}"
            each = " each" if self.endpoints > 1 else ""
            parts.append(f"{counted(self.endpoints, 'service-network endpoint')} with {resources}{each}")
        if self.prefixes or not parts:
            parts.append(counted(self.prefixes, "/28 prefix", "/28 prefixes"))
        return " and ".join(parts)

    def _endpoint_requests(self, number: int) -> list[AllocationRequest]:
        """An endpoint's requests in one subnet: its ENIs for resources, if any, and last its ENI for services."""
        service = AllocationRequest(number, EniRole.SERVICE, 1, 1)
        if self.behaviour is Behaviour.IN_2024:
            blocks = -(-self.resources // CONFIGURATIONS_PER_BLOCK)
            return [AllocationRequest(number, EniRole.RESOURCE, 1, blocks), service] if blocks else [service]
        full, rest = divmod(self.resources, ADDRESSES_PER_INTERFACE)
        counts = [ADDRESSES_PER_INTERFACE] * full + ([rest] if rest else [])
        return [*(AllocationRequest(number, EniRole.RESOURCE, 1 + count, 0) for count in counts), service]


ONE_ENDPOINT = Demand()
"""The demand that the dashboard counts with: one endpoint with one resource configuration, as AWS builds it today.

The number of resource configurations of a future endpoint is unknown. One is the least with which an endpoint is of use
and has an ENI for resources, whose addresses are assigned first and can fragment the last block. More of them add
single addresses only, and those run out far later than blocks.
"""
