"""What the screens derive from a snapshot: verdicts, orders, and which endpoints and subnets belong together."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from latticetop.model.capacity.supply import FreeBlocks, Tightness, free_blocks_of, tightness
from latticetop.model.endpoints.assessment import Assessment, assess, is_assessed
from latticetop.model.endpoints.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latticetop.model.incident.investigation import Resolution
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


class SnapshotView:
    """One snapshot with what is derived from it; each part is computed once, when it is first used."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    @property
    def is_empty(self) -> bool:
        """Whether the snapshot has neither endpoints nor subnets."""
        return not (self.snapshot.endpoints or self.snapshot.subnets)

    @cached_property
    def assessments(self) -> Mapping[str, Assessment]:
        """The verdict on each endpoint."""
        return {key: self.assessment(key) for key in self.snapshot.endpoints}

    def assessment(self, endpoint_id: str) -> Assessment:
        """The verdict on one of the endpoints."""
        return assess(self.snapshot, self.snapshot.endpoints[endpoint_id])

    @property
    def unassessed(self) -> Sequence[Endpoint]:
        """The endpoints whose verdict is not computed yet."""
        return [endpoint for endpoint in self.snapshot.endpoints.values() if not is_assessed(self.snapshot, endpoint)]

    @cached_property
    def verdicts(self) -> Counter[Verdict]:
        """How many endpoints have each verdict."""
        return Counter(assessment.verdict for assessment in self.assessments.values())

    @property
    def endpoints_in_trouble(self) -> int:
        """How many endpoints are wrong, those included that have waited too long for their acceptance."""
        return sum(assessment.wrong for assessment in self.assessments.values())

    @cached_property
    def free_blocks(self) -> Mapping[str, FreeBlocks | None]:
        """The free blocks of each IPv4 subnet; None of one whose ENIs were not read."""
        return {
            subnet_id: free_blocks_of(self.snapshot, subnet_id)
            for subnet_id, reading in self.snapshot.subnets.items()
            if reading.blocks.letters
        }

    @cached_property
    def blockless(self) -> frozenset[str]:
        """The ids of the IPv4 subnets without an assignable block, for certain."""
        return frozenset(key for key, free in self.free_blocks.items() if free and free.none)

    @cached_property
    def uncertain(self) -> frozenset[str]:
        """The ids of the IPv4 subnets of which it is not known whether they have an assignable block."""
        without = self.blockless
        return frozenset(
            key for key, free in self.free_blocks.items() if key not in without and not (free and free.min)
        )

    @cached_property
    def endpoints(self) -> Sequence[Endpoint]:
        """The endpoints by verdict, the worst first, then by id."""
        return sorted(
            self.snapshot.endpoints.values(),
            key=lambda endpoint: (
                self.assessments[endpoint.vpc_endpoint_id].verdict.rank,
                endpoint.vpc_endpoint_id,
            ),
        )

    @cached_property
    def subnets(self) -> Sequence[SubnetReading]:
        """The subnets, the tightest first."""
        return sorted(self.snapshot.subnets.values(), key=self.tightness)

    def tightness(self, reading: SubnetReading) -> Tightness:
        """The sort key of a subnet: the tightest come first."""
        return tightness(self.snapshot, reading, self.free_blocks.get(reading.subnet.subnet_id))

    def network_name(self, endpoint: Endpoint) -> str:
        """The service network of an endpoint, or the resource or service it leads to, or else its own name."""
        associations = self.snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
        named = next((a.service_network_name for a in associations if a.service_network_name), "")
        arn = endpoint.service_network_arn or endpoint.resource_configuration_arn
        return named or arn.rsplit("/", 1)[-1] or endpoint.service_name or endpoint.name

    def tightest_subnet(self, endpoint: Endpoint) -> str | None:
        """The tightest subnet of an endpoint; None where none of them was read."""
        subnets = self.snapshot.subnets
        readings = [subnets[subnet_id] for subnet_id in endpoint.subnet_ids if subnet_id in subnets]
        tightest = min(readings, key=self.tightness, default=None)
        return tightest.subnet.subnet_id if tightest else None

    def blocks_of(self, endpoint_id: str, reading: SubnetReading) -> frozenset[int]:
        """The indexes of the blocks in which an endpoint has an address or a prefix."""
        addresses: list[int] = []
        for interface in self.snapshot.interfaces_by_endpoint.get(endpoint_id, ()):
            if interface.subnet_id == reading.subnet.subnet_id:
                addresses += [*interface.addresses, *(prefix.first for prefix in interface.prefixes)]
        return _blocks_holding(addresses, reading)

    def endpoints_in(self, subnet_id: str) -> frozenset[str]:
        """The ids of the endpoints that list a subnet or have an ENI in it."""
        reading = self.snapshot.subnets.get(subnet_id)
        described = reading.described_interfaces if reading else ()
        return frozenset((*described, *self.snapshot.endpoints_by_subnet.get(subnet_id, ())))


def resolved_blocks(names: Iterable[Resolution], reading: SubnetReading) -> frozenset[int]:
    """The indexes of the blocks of a subnet that hold the addresses of DNS names."""
    return _blocks_holding((address for name in names for address in name.addresses), reading)


def _blocks_holding(addresses: Iterable[int], reading: SubnetReading) -> frozenset[int]:
    indexes = map(reading.blocks.index_of, addresses)
    return frozenset(index for index in indexes if index is not None)
