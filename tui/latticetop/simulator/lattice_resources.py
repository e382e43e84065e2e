"""VPC Lattice resources. They are immutable; attributes follow the members of the vpc-lattice API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedServiceNetwork:
    """A service network, owned by the account or shared with it."""

    id: str
    name: str
    arn: str
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedResourceGateway:
    """A resource gateway; an endpoint gets resource ENIs only in the Availability Zones of its subnets.

    Source: docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html.
    """

    id: str
    name: str
    arn: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    created_at: datetime
    security_group_ids: tuple[str, ...] = ()
    status: str = "ACTIVE"
    ipv4_addresses_per_eni: int = 16


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedResourceConfiguration:
    """A resource configuration; one whose gateway is in another account is reachable in every zone."""

    id: str
    name: str
    arn: str
    created_at: datetime
    gateway_id: str | None = None
    configuration_type: str = "SINGLE"
    status: str = "ACTIVE"
    custom_domain_name: str | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedLatticeService:
    """A VPC Lattice service."""

    id: str
    name: str
    arn: str
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedResourceAssociation:
    """The association of a resource configuration with a service network (snra-)."""

    id: str
    arn: str
    service_network_id: str
    resource_configuration_id: str
    created_at: datetime
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedServiceAssociation:
    """The association of a service with a service network (snsa-)."""

    id: str
    arn: str
    service_network_id: str
    service_id: str
    created_at: datetime
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedVpcAssociation:
    """The association of a VPC with a service network (snva-); it uses no address of the VPC."""

    id: str
    arn: str
    service_network_id: str
    vpc_id: str
    created_at: datetime
    status: str = "ACTIVE"


class SimulatedLattice:
    """The VPC Lattice resources of a Region, by id."""

    def __init__(self) -> None:
        self.service_networks: dict[str, SimulatedServiceNetwork] = {}
        self.resource_gateways: dict[str, SimulatedResourceGateway] = {}
        self.resource_configurations: dict[str, SimulatedResourceConfiguration] = {}
        self.services: dict[str, SimulatedLatticeService] = {}
        self.resource_associations: dict[str, SimulatedResourceAssociation] = {}
        self.service_associations: dict[str, SimulatedServiceAssociation] = {}
        self.vpc_associations: dict[str, SimulatedVpcAssociation] = {}

    def service_network_by_arn(self, arn: str | None) -> SimulatedServiceNetwork | None:
        """The service network with an ARN, or None."""
        return next((network for network in self.service_networks.values() if network.arn == arn), None)

    def resource_configuration_by_arn(self, arn: str) -> SimulatedResourceConfiguration | None:
        """The resource configuration with an ARN, or None for one of another account."""
        return next((c for c in self.resource_configurations.values() if c.arn == arn), None)

    def resources_in(
        self, service_network_arn: str | None
    ) -> list[tuple[SimulatedResourceAssociation, SimulatedResourceConfiguration]]:
        """The resource configurations of a service network, with their associations; empty for an unknown ARN."""
        network = self.service_network_by_arn(service_network_arn)
        if network is None:
            return []
        return [
            (association, self.resource_configurations[association.resource_configuration_id])
            for association in self.resource_associations.values()
            if association.service_network_id == network.id
        ]
