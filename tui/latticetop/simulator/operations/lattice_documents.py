"""VPC Lattice resources as documents: the members of the vpc-lattice API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latticetop.simulator.endpoint_associations import DNS_HASH, HOSTED_ZONE_ID

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint
    from latticetop.simulator.lattice_resources import (
        SimulatedResourceAssociation,
        SimulatedResourceConfiguration,
        SimulatedResourceGateway,
        SimulatedServiceAssociation,
        SimulatedServiceNetwork,
        SimulatedVpcAssociation,
    )
    from latticetop.simulator.region import SimulatedRegion

    Document = dict[str, Any]


def service_network(region: SimulatedRegion, network: SimulatedServiceNetwork) -> Document:
    """A service network, with the numbers of its associations."""

    def count(associations: dict[str, Any]) -> int:
        return sum(association.service_network_id == network.id for association in associations.values())

    return {
        "id": network.id,
        "name": network.name,
        "arn": network.arn,
        "createdAt": network.created_at,
        "lastUpdatedAt": network.created_at,
        "numberOfAssociatedVPCs": count(region.lattice.vpc_associations),
        "numberOfAssociatedServices": count(region.lattice.service_associations),
        "numberOfAssociatedResourceConfigurations": count(region.lattice.resource_associations),
    }


def vpc_association(region: SimulatedRegion, association: SimulatedVpcAssociation) -> Document:
    """The association of a VPC with a service network."""
    return {**_association(region, association), "vpcId": association.vpc_id, "lastUpdatedAt": association.created_at}


def endpoint_association(endpoint: SimulatedEndpoint) -> Document:
    """The association of a VPC endpoint with a service network."""
    return {
        "vpcEndpointId": endpoint.id,
        "vpcId": endpoint.vpc_id,
        "vpcEndpointOwnerId": endpoint.owner_id,
        "id": f"snvpcea-{endpoint.id.removeprefix('vpce-')}",
        "state": "ACTIVE",
        "serviceNetworkArn": endpoint.service_network_arn,
        "createdAt": endpoint.created_at,
    }


def resource_association(region: SimulatedRegion, association: SimulatedResourceAssociation) -> Document:
    """The association of a resource configuration with a service network."""
    configuration = region.lattice.resource_configurations[association.resource_configuration_id]
    domain = f"{association.id}.{configuration.id}.{DNS_HASH}.vpc-lattice-rsc.{region.name}.on.aws"
    return {
        **_association(region, association),
        "resourceConfigurationId": configuration.id,
        "resourceConfigurationArn": configuration.arn,
        "resourceConfigurationName": configuration.name,
        "dnsEntry": {"domainName": domain, "hostedZoneId": HOSTED_ZONE_ID},
        "isManagedAssociation": False,
    }


def service_association(region: SimulatedRegion, association: SimulatedServiceAssociation) -> Document:
    """The association of a service with a service network."""
    service = region.lattice.services[association.service_id]
    domain = f"{service.name}-{service.id}.{DNS_HASH}.vpc-lattice-svcs.{region.name}.on.aws"
    return {
        **_association(region, association),
        "serviceId": service.id,
        "serviceName": service.name,
        "serviceArn": service.arn,
        "dnsEntry": {"domainName": domain, "hostedZoneId": HOSTED_ZONE_ID},
    }


def resource_configuration(configuration: SimulatedResourceConfiguration) -> Document:
    """A resource configuration."""
    return {
        "id": configuration.id,
        "name": configuration.name,
        "arn": configuration.arn,
        "resourceGatewayId": configuration.gateway_id,
        "type": configuration.configuration_type,
        "status": configuration.status,
        "amazonManaged": False,
        "createdAt": configuration.created_at,
        "lastUpdatedAt": configuration.created_at,
        "customDomainName": configuration.custom_domain_name,
    }


def resource_gateway(gateway: SimulatedResourceGateway) -> Document:
    """A resource gateway."""
    return {
        "id": gateway.id,
        "name": gateway.name,
        "arn": gateway.arn,
        "status": gateway.status,
        "vpcIdentifier": gateway.vpc_id,
        "subnetIds": list(gateway.subnet_ids),
        "securityGroupIds": list(gateway.security_group_ids),
        "ipAddressType": "IPV4",
        "ipv4AddressesPerEni": gateway.ipv4_addresses_per_eni,
        "createdAt": gateway.created_at,
        "lastUpdatedAt": gateway.created_at,
    }


def resource_endpoint_association(region: SimulatedRegion, endpoint: SimulatedEndpoint, arn: str) -> Document:
    """The association of a Resource endpoint with a resource configuration."""
    configuration = region.lattice.resource_configurations.get(arn.rpartition("/")[2])
    association_id = f"rea-{endpoint.id.removeprefix('vpce-')}"
    return {
        "id": association_id,
        "arn": f"arn:aws:vpc-lattice:{region.name}:{endpoint.owner_id}:resourceendpointassociation/{association_id}",
        "resourceConfigurationId": arn.rpartition("/")[2],
        "resourceConfigurationArn": arn,
        "resourceConfigurationName": configuration.name if configuration else None,
        "vpcEndpointId": endpoint.id,
        "vpcEndpointOwner": endpoint.owner_id,
        "createdBy": endpoint.owner_id,
        "createdAt": endpoint.created_at,
    }


def _association(
    region: SimulatedRegion,
    association: SimulatedResourceAssociation | SimulatedServiceAssociation | SimulatedVpcAssociation,
) -> Document:
    network = region.lattice.service_networks[association.service_network_id]
    return {
        "id": association.id,
        "arn": association.arn,
        "status": association.status,
        "createdBy": region.world.account_id,
        "createdAt": association.created_at,
        "serviceNetworkId": network.id,
        "serviceNetworkName": network.name,
        "serviceNetworkArn": network.arn,
    }
