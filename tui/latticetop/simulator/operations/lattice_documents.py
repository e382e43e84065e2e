"""VPC Lattice's resources as documents in the members of its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.associations import CELL_NAME, HOSTED_ZONE

if TYPE_CHECKING:
    from latticetop.simulator.lattice import (
        ResourceAssociation,
        ResourceConfiguration,
        ResourceGateway,
        ServiceAssociation,
        ServiceNetwork,
        VpcAssociation,
    )
    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint

    Document = dict[str, Any]


def network(region: Region, network: ServiceNetwork) -> Document:
    """A service network, with how many of each are associated."""

    def count(links: dict[str, Any]) -> int:
        return sum(link.service_network_id == network.id for link in links.values())

    return {
        "id": network.id,
        "name": network.name,
        "arn": network.arn,
        "createdAt": network.created,
        "lastUpdatedAt": network.created,
        "numberOfAssociatedVPCs": count(region.lattice.vpc_associations),
        "numberOfAssociatedServices": count(region.lattice.service_associations),
        "numberOfAssociatedResourceConfigurations": count(region.lattice.resource_associations),
    }


def vpc_association(region: Region, link: VpcAssociation) -> Document:
    """A VPC in a service network."""
    return {**_link(region, link), "vpcId": link.vpc_id, "lastUpdatedAt": link.created}


def endpoint_association(endpoint: Endpoint) -> Document:
    """A VPC endpoint of a service network."""
    return {
        "vpcEndpointId": endpoint.id,
        "vpcId": endpoint.vpc_id,
        "vpcEndpointOwnerId": endpoint.owner,
        "id": f"snvpcea-{endpoint.id.removeprefix('vpce-')}",
        "state": "ACTIVE",
        "serviceNetworkArn": endpoint.service_network_arn,
        "createdAt": endpoint.created,
    }


def resource_association(region: Region, link: ResourceAssociation) -> Document:
    """A resource configuration in a service network."""
    found = region.lattice.configurations[link.resource_configuration_id]
    domain = f"{link.id}.{found.id}.{CELL_NAME}.vpc-lattice-rsc.{region.name}.on.aws"
    return {
        **_link(region, link),
        "resourceConfigurationId": found.id,
        "resourceConfigurationArn": found.arn,
        "resourceConfigurationName": found.name,
        "dnsEntry": {"domainName": domain, "hostedZoneId": HOSTED_ZONE},
        "isManagedAssociation": False,
    }


def service_association(region: Region, link: ServiceAssociation) -> Document:
    """A service in a service network."""
    found = region.lattice.services[link.service_id]
    domain = f"{found.name}-{found.id}.{CELL_NAME}.vpc-lattice-svcs.{region.name}.on.aws"
    return {
        **_link(region, link),
        "serviceId": found.id,
        "serviceName": found.name,
        "serviceArn": found.arn,
        "dnsEntry": {"domainName": domain, "hostedZoneId": HOSTED_ZONE},
    }


def configuration(found: ResourceConfiguration) -> Document:
    """A resource configuration."""
    return {
        "id": found.id,
        "name": found.name,
        "arn": found.arn,
        "resourceGatewayId": found.gateway_id,
        "type": found.kind,
        "status": found.status,
        "amazonManaged": False,
        "createdAt": found.created,
        "lastUpdatedAt": found.created,
        "customDomainName": found.domain,
    }


def gateway(found: ResourceGateway) -> Document:
    """A resource gateway."""
    return {
        "id": found.id,
        "name": found.name,
        "arn": found.arn,
        "status": found.status,
        "vpcIdentifier": found.vpc_id,
        "subnetIds": list(found.subnet_ids),
        "securityGroupIds": list(found.group_ids),
        "ipAddressType": "IPV4",
        "ipv4AddressesPerEni": found.addresses_per_interface,
        "createdAt": found.created,
        "lastUpdatedAt": found.created,
    }


def resource_endpoint_association(region: Region, endpoint: Endpoint, arn: str) -> Document:
    """A Resource endpoint of a resource configuration."""
    found = region.lattice.configurations.get(arn.rpartition("/")[2])
    link_id = f"rea-{endpoint.id.removeprefix('vpce-')}"
    kind = "resourceendpointassociation"
    return {
        "id": link_id,
        "arn": f"arn:aws:vpc-lattice:{region.name}:{endpoint.owner}:{kind}/{link_id}",
        "resourceConfigurationId": arn.rpartition("/")[2],
        "resourceConfigurationArn": arn,
        "resourceConfigurationName": found.name if found else None,
        "vpcEndpointId": endpoint.id,
        "vpcEndpointOwner": endpoint.owner,
        "createdBy": endpoint.owner,
        "createdAt": endpoint.created,
    }


def _link(region: Region, link: ResourceAssociation | ServiceAssociation | VpcAssociation) -> Document:
    network = region.lattice.networks[link.service_network_id]
    return {
        "id": link.id,
        "arn": link.arn,
        "status": link.status,
        "createdBy": region.account.id,
        "createdAt": link.created,
        "serviceNetworkId": network.id,
        "serviceNetworkName": network.name,
        "serviceNetworkArn": network.arn,
    }
