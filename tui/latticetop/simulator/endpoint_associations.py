"""The associations of VPC Lattice's endpoints, and the resolution of their DNS names.

Form of the DNS names: docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html and the
sample of `aws ec2 describe-vpc-endpoint-associations`. That of a Tunnel endpoint is not documented.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedEndpointAssociation
from latticetop.simulator.ipv4 import format_address, parse_cidr

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint, SimulatedNetworkInterface
    from latticetop.simulator.lattice_resources import SimulatedResourceConfiguration, SimulatedServiceNetwork
    from latticetop.simulator.region import SimulatedRegion

DNS_HASH = "4232ccc"
HOSTED_ZONE_ID = "Z08285483B41F6ASEM5U1"


def add_associations(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Add the missing associations of an endpoint: one for each resource configuration that it gives access to."""
    associated_arns = {a.resource_arn for a in region.associations.values() if a.endpoint_id == endpoint.id}
    if arn := endpoint.resource_configuration_arn:
        if arn not in associated_arns:
            configuration = region.lattice.resource_configuration_by_arn(arn)
            name = f"{endpoint.id}.{arn.rpartition('/')[2]}"
            _add_association(region, endpoint, arn, name, configuration)
        return
    network = region.lattice.service_network_by_arn(endpoint.service_network_arn)
    for resource_association, configuration in region.lattice.resources_in(endpoint.service_network_arn):
        if configuration.arn not in associated_arns:
            name = f"{endpoint.id}-{resource_association.id}.{configuration.id}"
            _add_association(region, endpoint, configuration.arn, name, configuration, network)


def resolve_dns_name(region: SimulatedRegion, name: str) -> list[str]:
    """The IPv4 addresses of the DNS name of an association, one in each subnet with an ENI that serves it."""
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
                subnet_addresses += _serving_addresses(endpoint, interface)
        addresses += subnet_addresses[index : index + 1]
    return addresses


def _add_association(
    region: SimulatedRegion,
    endpoint: SimulatedEndpoint,
    resource_arn: str,
    name: str,
    configuration: SimulatedResourceConfiguration | None,
    network: SimulatedServiceNetwork | None = None,
) -> None:
    status = configuration.status if configuration else "ACTIVE"
    is_active = status == "ACTIVE"
    region.put_association(
        SimulatedEndpointAssociation(
            id=region.world.ids.new("vpce-rsc-asc"),
            endpoint_id=endpoint.id,
            service_network_arn=network.arn if network else None,
            service_network_name=network.name if network else None,
            resource_arn=resource_arn,
            dns_name=f"{name}.{DNS_HASH}.vpc-lattice-rsc.{region.name}.on.aws",
            hosted_zone_id=HOSTED_ZONE_ID,
            accessibility="Accessible" if is_active else "Inaccessible",
            failure_code=None if is_active else "RESOURCE_CONFIGURATION_NOT_ACTIVE",
            failure_reason=None if is_active else f"The resource configuration is {status}.",
            private_dns_name=configuration.custom_domain_name if configuration else None,
        )
    )


def _serving_addresses(endpoint: SimulatedEndpoint, interface: SimulatedNetworkInterface) -> list[str]:
    """The addresses under which the resources are reached: not the primary one of a service-network endpoint."""
    if endpoint.service_network_arn is None:
        return list(interface.addresses[:1])
    return list(interface.secondary_addresses) or _addresses_in(interface.prefixes)


def _addresses_in(prefixes: tuple[str, ...]) -> list[str]:
    blocks = [parse_cidr(prefix) for prefix in prefixes]
    return [format_address(address) for block in blocks for address in range(block.first, block.last + 1)]
