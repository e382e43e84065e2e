"""What the screens show of a snapshot: who is in trouble, in which order, and who points at whom."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.address import Cidr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latticetop.model.incident.investigation import Resolution
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


_LAST = Cidr(1 << 32, 0)
"""Comes after every range."""


class View:
    """One snapshot with all that is derived from it, each part worked out once and only when asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._assessed: dict[str, Assessment] = {}

    @property
    def bare(self) -> bool:
        """Whether there is nothing at all to show."""
        return not (self.snapshot.endpoints or self.snapshot.subnets)

    @cached_property
    def assessments(self) -> Mapping[str, Assessment]:
        """The verdict on each endpoint."""
        return {key: self.assessment(key) for key in self.snapshot.endpoints}

    def assessment(self, endpoint_id: str) -> Assessment:
        """The verdict on one of the endpoints."""
        if endpoint_id not in self._assessed:
            self._assessed[endpoint_id] = assess(self.snapshot, self.snapshot.endpoints[endpoint_id])
        return self._assessed[endpoint_id]

    @property
    def unassessed(self) -> Sequence[str]:
        """The endpoints whose verdict was not asked for yet."""
        return [key for key in self.snapshot.endpoints if key not in self._assessed]

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """How many endpoints have each verdict."""
        return Counter(assessment.verdict for assessment in self.assessments.values())

    @cached_property
    def blockless(self) -> frozenset[str]:
        """The IPv4 subnets without an assignable block."""
        readings = self.snapshot.subnets.values()
        return frozenset(r.subnet.subnet_id for r in readings if r.blocks.letters and not r.blocks.free)

    @cached_property
    def endpoints(self) -> Sequence[Endpoint]:
        """The endpoints, those in trouble first; the id settles ties."""
        by_id = sorted(self.snapshot.endpoints.values(), key=lambda e: e.vpc_endpoint_id)
        return sorted(by_id, key=lambda e: self.assessments[e.vpc_endpoint_id].verdict.rank)

    @cached_property
    def subnets(self) -> Sequence[SubnetReading]:
        """The subnets, the fewest free blocks first, of these the ones of endpoints; those without IPv4 last."""
        by_address = sorted(self.snapshot.subnets.values(), key=lambda r: r.subnet.cidr_block or _LAST)
        return sorted(by_address, key=self._headroom)

    def _headroom(self, reading: SubnetReading) -> tuple[bool, int, bool]:
        endpoints = self.snapshot.endpoints_by_subnet.get(reading.subnet.subnet_id)
        return not reading.blocks.letters, reading.blocks.free, not endpoints

    def network_name(self, endpoint: Endpoint) -> str:
        """The name of the endpoint's service network, else what else it leads to, else its own name."""
        associations = self.snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
        named = next((a.service_network_name for a in associations if a.service_network_name), "")
        arn = endpoint.service_network_arn or endpoint.resource_configuration_arn
        return named or arn.rsplit("/", 1)[-1] or endpoint.service_name or endpoint.name

    def worst_subnet(self, endpoint: Endpoint) -> str | None:
        """Of an endpoint's subnets, the one with the fewest free blocks."""
        known = [s for s in endpoint.subnet_ids if s in self.snapshot.subnets]
        return min(known, key=lambda s: self.snapshot.subnets[s].blocks.free, default=None)

    def blocks_of(self, endpoint_id: str, reading: SubnetReading) -> frozenset[int]:
        """The indexes of the blocks in which the endpoint holds something."""
        blocks, held = reading.blocks, set()
        for interface in self.snapshot.interfaces_by_endpoint.get(endpoint_id, ()):
            if interface.subnet_id != reading.subnet.subnet_id:
                continue
            firsts = [prefix.first for prefix in interface.prefixes]
            held |= {i for a in (*interface.addresses, *firsts) if (i := blocks.index_of(a)) is not None}
        return frozenset(held)

    def endpoints_in(self, subnet_id: str) -> frozenset[str]:
        """The endpoints that name the subnet or have an ENI in it."""
        reading = self.snapshot.subnets.get(subnet_id)
        described = reading.described_interfaces if reading else ()
        return frozenset((*described, *self.snapshot.endpoints_by_subnet.get(subnet_id, ())))


def named_blocks(names: Iterable[Resolution], reading: SubnetReading) -> frozenset[int]:
    """The blocks of a subnet in which addresses lie that names resolved to."""
    addresses = (address for name in names for address in name.addresses)
    return frozenset(index for a in addresses if (index := reading.blocks.index_of(a)) is not None)
