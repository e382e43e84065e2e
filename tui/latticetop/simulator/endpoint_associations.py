"""The associations of a service-network endpoint, and the resolution of their DNS names.

Form of the DNS names: docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedEndpointAssociation
from latticetop.simulator.ipv4 import format_address, parse_cidr

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint
    from latticetop.simulator.region import SimulatedRegion

DNS_HASH = "4232ccc"
HOSTED_ZONE_ID = "Z08285483B41F6ASEM5U1"


def add_associations(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Add the missing associations of an endpoint: one for each resource configuration of the service network."""
    network = region.lattice.service_network_by_arn(endpoint.service_network_arn)
    if network is None:
        return
    associated_arns = {a.resource_arn for a in region.associations.values() if a.endpoint_id == endpoint.id}
    for resource_association, configuration in region.lattice.resources_in(network.arn):
        if configuration.arn in associated_arns:
            continue
        is_active = configuration.status == "ACTIVE"
        name = f"{endpoint.id}-{resource_association.id}.{configuration.id}.{DNS_HASH}"
        region.put_association(
            SimulatedEndpointAssociation(
                id=region.world.ids.new("vpce-rsc-asc"),
                endpoint_id=endpoint.id,
                service_network_arn=network.arn,
                service_network_name=network.name,
                resource_arn=configuration.arn,
                dns_name=f"{name}.vpc-lattice-rsc.{region.name}.on.aws",
                hosted_zone_id=HOSTED_ZONE_ID,
                accessibility="Accessible" if is_active else "Inaccessible",
                failure_code=None if is_active else "RESOURCE_CONFIGURATION_NOT_ACTIVE",
                failure_reason=None if is_active else f"The resource configuration is {configuration.status}.",
                private_dns_name=configuration.custom_domain_name,
            )
        )


def resolve_dns_name(region: SimulatedRegion, name: str) -> list[str]:
    """The addresses of the DNS name of an association, one in each subnet with a resource ENI that serves it."""
    association = next((a for a in region.associations.values() if a.dns_name == name), None)
    if association is None:
        return []
    endpoint = region.endpoints[association.endpoint_id]
    association_ids = [a.id for a in region.associations.values() if a.endpoint_id == endpoint.id]
    index = association_ids.index(association.id)
    addresses: list[str] = []
    for subnet_id in endpoint.subnet_ids:
        subnet_addresses: list[str] = []
        for interface in region.interfaces_in(subnet_id=subnet_id).values():
            if interface.description == f"VPC Endpoint Interface {endpoint.id}":
                subnet_addresses += interface.secondary_addresses or _addresses_in(interface.prefixes)
        addresses += subnet_addresses[index : index + 1]
    return addresses


def _addresses_in(prefixes: tuple[str, ...]) -> list[str]:
    blocks = [parse_cidr(prefix) for prefix in prefixes]
    return [format_address(address) for block in blocks for address in range(block.first, block.last + 1)]
