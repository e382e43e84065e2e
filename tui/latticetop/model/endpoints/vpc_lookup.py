"""What remedies look up in the VPC of an endpoint, indexed once for each snapshot."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from latticetop.model.endpoints.verdict import is_deleted
from latticetop.model.identity_cache import IdentityCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.records.resources import Endpoint, Subnet
    from latticetop.model.snapshot import Snapshot, SubnetReading


class VpcLookup:
    """An index of the subnets, service networks and VPC associations of a snapshot by VPC."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.fitting: dict[tuple[str, str, tuple[Demand, ...], bool], Sequence[SubnetReading]] = {}
        """The subnets of a VPC and zone that take an endpoint with these demands; whether it needs blocks."""
        self._subnets: dict[tuple[str, str], list[str]] = defaultdict(list)
        for subnet_id, reading in snapshot.subnets.items():
            self._subnets[reading.subnet.vpc_id, reading.subnet.availability_zone].append(subnet_id)
        self._networks: dict[str, Counter[str]] = defaultdict(Counter)
        for endpoint in snapshot.endpoints.values():
            if endpoint.service_network_arn and not is_deleted(endpoint.state):
                self._networks[endpoint.vpc_id][endpoint.service_network_arn] += 1
        lattice = snapshot.lattice
        listed = (lattice.vpc_associations or {}).items()
        self._associated = {vpc_id for vpc_id, each in listed if any(vpc.vpc_id == vpc_id for vpc in each)} | {
            vpc.vpc_id for network in (lattice.networks or {}).values() for vpc in network.vpcs or ()
        }

    def subnets_beside(self, subnet: Subnet) -> Sequence[str]:
        """The ids of the subnets in the VPC and zone of a subnet."""
        return self._subnets.get((subnet.vpc_id, subnet.availability_zone), ())

    def other_networks(self, endpoint: Endpoint) -> tuple[int, int]:
        """The other service networks with endpoints in the VPC of an endpoint: their endpoints, and their number."""
        networks = self._networks[endpoint.vpc_id]
        own = networks[endpoint.service_network_arn]
        return networks.total() - own, len(networks) - (own > 0)

    def has_association(self, vpc_id: str) -> bool:
        """Whether a VPC is associated with a service network."""
        return vpc_id in self._associated


_LOOKUPS = IdentityCache["Snapshot", VpcLookup]()


def vpc_lookup(snapshot: Snapshot) -> VpcLookup:
    """Return the index of a snapshot."""
    lookup = _LOOKUPS.get(snapshot)
    if lookup is None:
        lookup = _LOOKUPS[snapshot] = VpcLookup(snapshot)
    return lookup
