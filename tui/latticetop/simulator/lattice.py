"""What an account holds on VPC Lattice's side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ServiceNetwork:
    """A service network, owned by the account or shared with it."""

    id: str
    name: str
    arn: str
    created: datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResourceGateway:
    """A resource gateway; the zones of its subnets are those an endpoint gets resource interfaces in."""

    id: str
    name: str
    arn: str
    vpc_id: str
    subnet_ids: tuple[str, ...]
    created: datetime
    group_ids: tuple[str, ...] = ()
    status: str = "ACTIVE"
    addresses_per_interface: int = 16


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResourceConfiguration:
    """A resource configuration; without a gateway of this account it is reachable in every zone."""

    id: str
    name: str
    arn: str
    created: datetime
    gateway_id: str | None = None
    kind: str = "SINGLE"
    status: str = "ACTIVE"
    domain: str | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Service:
    """A VPC Lattice service."""

    id: str
    name: str
    arn: str
    created: datetime


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResourceAssociation:
    """A resource configuration in a service network (snra-)."""

    id: str
    arn: str
    service_network_id: str
    resource_configuration_id: str
    created: datetime
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ServiceAssociation:
    """A service in a service network (snsa-)."""

    id: str
    arn: str
    service_network_id: str
    service_id: str
    created: datetime
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class VpcAssociation:
    """A VPC in a service network (snva-): uses no address of the VPC."""

    id: str
    arn: str
    service_network_id: str
    vpc_id: str
    created: datetime
    status: str = "ACTIVE"


class Lattice:
    """The Lattice resources of one Region, by id, and the questions EC2's side asks of them."""

    def __init__(self) -> None:
        self.networks: dict[str, ServiceNetwork] = {}
        self.gateways: dict[str, ResourceGateway] = {}
        self.configurations: dict[str, ResourceConfiguration] = {}
        self.services: dict[str, Service] = {}
        self.resource_associations: dict[str, ResourceAssociation] = {}
        self.service_associations: dict[str, ServiceAssociation] = {}
        self.vpc_associations: dict[str, VpcAssociation] = {}

    def network_of(self, arn: str) -> ServiceNetwork | None:
        """The service network of an ARN."""
        return next((network for network in self.networks.values() if network.arn == arn), None)

    def resources_of(self, network_id: str) -> list[tuple[ResourceAssociation, ResourceConfiguration]]:
        """The resource configurations in a service network, with their associations."""
        return [
            (association, self.configurations[association.resource_configuration_id])
            for association in self.resource_associations.values()
            if association.service_network_id == network_id
        ]
