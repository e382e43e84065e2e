"""What new endpoints or nodes ask of a subnet: single addresses and /28 blocks."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.records.eni_owners import EniRole

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES_PER_INTERFACE = 63
"""Resource configurations to a resource ENI (docs.aws.amazon.com, privatelink-access-service-networks)."""
CONFIGURATIONS_PER_BLOCK = 16
"""Resource configurations to a /28 under the behaviour of 2024 (an older text of the same page)."""


class Behaviour(StrEnum):
    """How the ENIs for resources hold their addresses: `today` single ones, in `2024` /28 prefixes."""

    TODAY = "today"
    IN_2024 = "2024"


class AllocationRequest(Struct, frozen=True):
    """One CreateNetworkInterface in one subnet, or a bare prefix: `endpoint` counts from 1 and is 0 for a prefix."""

    endpoint: int
    role: EniRole | None
    addresses: int
    """Single addresses, the primary one among them."""
    blocks: int


class Demand(Struct, frozen=True):
    """So many new service-network endpoints with so many resource configurations each, and bare /28 prefixes.

    Every subnet that an endpoint names has to hold the whole of it. Each is taken to need ENIs for resources; where no
    resource gateway reaches the zone AWS may leave them out. ValueError when a number is negative.
    """

    endpoints: int = 1
    resources: int = 1
    behaviour: Behaviour = Behaviour.TODAY
    prefixes: int = 0

    def __post_init__(self) -> None:
        if min(self.endpoints, self.resources, self.prefixes) < 0:
            raise ValueError("endpoints, resource configurations and prefixes are numbers from 0")

    @property
    def addresses(self) -> int:
        """Single addresses wanted in each subnet."""
        return self.endpoints * sum(call.addresses for call in self._of_one(1))

    @property
    def blocks(self) -> int:
        """The /28 blocks wanted in each subnet."""
        return self.endpoints * sum(call.blocks for call in self._of_one(1)) + self.prefixes

    @property
    def single(self) -> Demand:
        """One endpoint of these, or one prefix where no endpoint is asked for."""
        return Demand(1, self.resources, self.behaviour) if self.endpoints else Demand(0, 0, self.behaviour, 1)

    def requests(self) -> Iterator[AllocationRequest]:
        """What is asked of each subnet: every ENI for resources, then every ENI for services, then the prefixes."""
        of_each = [self._of_one(number) for number in range(1, self.endpoints + 1)]
        for calls in of_each:
            yield from calls[:-1]
        for calls in of_each:
            yield calls[-1]
        for _ in range(self.prefixes):
            yield AllocationRequest(0, None, 0, 1)

    def __str__(self) -> str:
        parts = []
        if self.endpoints:
            noun = "service-network endpoint" if self.endpoints == 1 else "service-network endpoints"
            configurations = "resource configuration" if self.resources == 1 else "resource configurations"
            each = " each" if self.endpoints > 1 else ""
            parts.append(f"{self.endpoints:,} {noun} with {self.resources or 'no'} {configurations}{each}")
        if self.prefixes or not parts:
            parts.append(f"{self.prefixes:,} bare {'/28 prefix' if self.prefixes == 1 else '/28 prefixes'}")
        return " and ".join(parts)

    def _of_one(self, number: int) -> list[AllocationRequest]:
        """An endpoint's calls in one subnet: ENIs for resources, if there are any, and last the one for services."""
        service = AllocationRequest(number, EniRole.SERVICE, 1, 1)
        if self.behaviour is Behaviour.IN_2024:
            blocks = -(-self.resources // CONFIGURATIONS_PER_BLOCK)
            return [AllocationRequest(number, EniRole.RESOURCE, 1, blocks), service] if blocks else [service]
        full, rest = divmod(self.resources, ADDRESSES_PER_INTERFACE)
        counts = [ADDRESSES_PER_INTERFACE] * full + ([rest] if rest else [])
        return [*(AllocationRequest(number, EniRole.RESOURCE, 1 + count, 0) for count in counts), service]


ONE_ENDPOINT = Demand()
"""What the screen counts: an endpoint with one resource configuration, as AWS builds it today.

The number of configurations of an endpoint to come is not known. One is the least that makes an endpoint of use and
brings in the ENI for resources, whose addresses come first and can break the last block; more of them add single
addresses only, and those are short far later than blocks.
"""
