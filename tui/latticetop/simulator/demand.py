"""How many addresses and prefixes the resource interfaces of an endpoint take, and in which zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.interfaces import Wanted
from latticetop.simulator.pace import ADDRESSES_PER_INTERFACE, ADDRESSES_PER_PREFIX

if TYPE_CHECKING:
    from latticetop.simulator.lattice import ResourceAssociation, ResourceConfiguration
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint, Subnet


def resources_behind(region: Region, endpoint: Endpoint) -> list[tuple[ResourceAssociation, ResourceConfiguration]]:
    """The resource configurations an endpoint's service network holds."""
    network = region.lattice.network_of(endpoint.service_network_arn or "")
    return region.lattice.resources_of(network.id) if network else []


def resource_demands(region: Region, endpoint: Endpoint) -> list[Wanted]:
    """What each resource interface of one subnet asks for beside its primary address."""
    count = len(resources_behind(region, endpoint))
    if region.account.pace.behaviour == "2024":
        return [Wanted(prefix_count=-(-count // ADDRESSES_PER_PREFIX))] if count else []
    full, rest = divmod(count, ADDRESSES_PER_INTERFACE)
    return [Wanted(count=ADDRESSES_PER_INTERFACE)] * full + ([Wanted(count=rest)] if rest else [])


def covered(region: Region, endpoint: Endpoint, subnet: Subnet) -> bool:
    """Whether a resource gateway reaches the subnet's zone; one outside the account reaches every zone."""
    for _, configuration in resources_behind(region, endpoint):
        gateway = region.lattice.gateways.get(configuration.gateway_id or "")
        if gateway is None or subnet.zone in {region.subnet(s).zone for s in gateway.subnet_ids}:
            return True
    return False
