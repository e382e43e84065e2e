"""The associations of a service-network endpoint, and what their names resolve to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.addresses import format_address, parse_cidr
from latticetop.simulator.demand import resources_behind
from latticetop.simulator.resources import Association

if TYPE_CHECKING:
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint

CELL_NAME = "4232ccc"
HOSTED_ZONE = "Z08285483B41F6ASEM5U1"


def associate(region: Region, endpoint: Endpoint) -> None:
    """Add an association for each resource configuration the endpoint does not offer yet."""
    network = region.lattice.network_of(endpoint.service_network_arn or "")
    offered = {a.resource_arn for a in region.associations.values() if a.endpoint_id == endpoint.id}
    for link, configuration in resources_behind(region, endpoint):
        if network is None or configuration.arn in offered:
            continue
        active = configuration.status == "ACTIVE"
        name = f"{endpoint.id}-{link.id}.{configuration.id}.{CELL_NAME}"
        region.put_association(
            Association(
                id=region.account.ids.new("vpce-rsc-asc"),
                endpoint_id=endpoint.id,
                service_network_arn=network.arn,
                service_network_name=network.name,
                resource_arn=configuration.arn,
                dns_name=f"{name}.vpc-lattice-rsc.{region.name}.on.aws",
                hosted_zone=HOSTED_ZONE,
                accessibility="Accessible" if active else "Inaccessible",
                failure_code=None if active else "RESOURCE_CONFIGURATION_NOT_ACTIVE",
                failure_reason=None if active else f"The resource configuration is {configuration.status}.",
                private_dns_name=configuration.domain,
            )
        )


def resolve(region: Region, name: str) -> list[str]:
    """The addresses an association's name stands for, one per resource interface that serves it."""
    association = next((a for a in region.associations.values() if a.dns_name == name), None)
    if association is None:
        return []
    endpoint = region.endpoints[association.endpoint_id]
    siblings = [a.id for a in region.associations.values() if a.endpoint_id == endpoint.id]
    place, found = siblings.index(association.id), []
    wanted = f"VPC Endpoint Interface {endpoint.id}"
    for subnet_id in endpoint.subnet_ids:
        served: list[str] = []
        for interface in region.interfaces_in(subnet_id=subnet_id).values():
            if interface.description == wanted:
                served += interface.secondary or _spread(interface.prefixes)
        found += served[place : place + 1]
    return found


def _spread(prefixes: tuple[str, ...]) -> list[str]:
    blocks = [parse_cidr(prefix) for prefix in prefixes]
    return [format_address(address) for first, last in blocks for address in range(first, last + 1)]
