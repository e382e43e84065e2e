"""VPC Lattice records: service networks with their associations, resource gateways, resource configurations."""

from __future__ import annotations

from msgspec import Struct


class ServiceAssociation(Struct, frozen=True):
    """A service associated with a service network (`snsa-…`)."""

    association_id: str
    status: str = ""
    service_id: str = ""
    service_name: str = ""
    service_arn: str = ""
    dns_name: str = ""


class ResourceAssociation(Struct, frozen=True):
    """A resource configuration associated with a service network (`snra-…`)."""

    association_id: str
    status: str = ""
    resource_configuration_id: str = ""
    resource_configuration_name: str = ""
    resource_configuration_arn: str = ""
    dns_name: str = ""
    failure_code: str = ""
    managed: bool = False


class VpcAssociation(Struct, frozen=True):
    """A VPC associated with a service network, which reaches it without an endpoint (`snva-…`)."""

    association_id: str
    status: str = ""
    vpc_id: str = ""
    service_network_arn: str = ""
    service_network_name: str = ""


class EndpointAssociation(Struct, frozen=True):
    """A VPC endpoint of a service network, in any account."""

    association_id: str
    state: str = ""
    vpc_endpoint_id: str = ""
    vpc_id: str = ""
    vpc_endpoint_owner_id: str = ""


class ServiceNetwork(Struct, frozen=True):
    """A service network. A part that is None was not read: no permission, or VPC Lattice is not in the Region."""

    arn: str
    service_network_id: str = ""
    name: str = ""
    services: tuple[ServiceAssociation, ...] | None = None
    resources: tuple[ResourceAssociation, ...] | None = None
    vpcs: tuple[VpcAssociation, ...] | None = None
    endpoints: tuple[EndpointAssociation, ...] | None = None


class ResourceGateway(Struct, frozen=True):
    """A resource gateway; it and an endpoint must share at least one zone (resource-gateway, VPC Lattice guide)."""

    resource_gateway_id: str
    name: str = ""
    status: str = ""
    vpc_id: str = ""
    subnet_ids: tuple[str, ...] = ()
    ip_address_type: str = ""
    ipv4_addresses_per_eni: int | None = None


class ResourceConfiguration(Struct, frozen=True):
    """A resource configuration that the account owns or was given access to."""

    resource_configuration_id: str
    name: str = ""
    arn: str = ""
    type: str = ""
    status: str = ""
    resource_gateway_id: str = ""


class Lattice(Struct, frozen=True):
    """The VPC Lattice resources of one Region. A part that is None was not read. Service networks are keyed by ARN.

    `vpc_associations` are those of the VPCs of failed endpoints, by VPC, with any service network of any account; a VPC
    that is not a key was not read.
    """

    networks: dict[str, ServiceNetwork] | None = None
    gateways: tuple[ResourceGateway, ...] | None = None
    configurations: tuple[ResourceConfiguration, ...] | None = None
    vpc_associations: dict[str, tuple[VpcAssociation, ...]] | None = None
