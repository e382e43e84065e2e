"""Service networks with what is in them, and endpoints that stand when a scenario starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.creation import create_endpoint
from latticetop.simulator.lattice import (
    ResourceAssociation,
    ResourceConfiguration,
    ResourceGateway,
    Service,
    ServiceAssociation,
    ServiceNetwork,
)
from latticetop.simulator.resources import Endpoint
from latticetop.simulator.scenarios.furniture import Furnisher
from latticetop.simulator.trail import user_caller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Subnet


def lattice_arn(region: Region, kind: str, resource_id: str) -> str:
    """The ARN of a VPC Lattice resource."""
    return f"arn:aws:vpc-lattice:{region.name}:{region.account.id}:{kind}/{resource_id}"


def add_service_network(
    region: Region,
    name: str,
    *,
    resources: Sequence[str] = (),
    services: Sequence[str] = (),
    failed: Sequence[str] = (),
    gateway_id: str | None = None,
) -> ServiceNetwork:
    """A service network with resource configurations and services by name; ``failed`` are not ACTIVE."""
    ids, created, lattice = region.account.ids, region.account.clock.now(), region.lattice
    network_id = ids.new("sn")
    arn = lattice_arn(region, "servicenetwork", network_id)
    network = ServiceNetwork(id=network_id, name=name, arn=arn, created=created)
    lattice.networks[network_id] = network
    for resource in resources:
        status = "CREATE_FAILED" if resource in failed else "ACTIVE"
        add_resource(region, network_id, resource, gateway_id=gateway_id, status=status)
    for service in services:
        service_id, link_id = ids.new("svc"), ids.new("snsa")
        lattice.services[service_id] = Service(
            id=service_id, name=service, arn=lattice_arn(region, "service", service_id), created=created
        )
        lattice.service_associations[link_id] = ServiceAssociation(
            id=link_id,
            arn=lattice_arn(region, "servicenetworkserviceassociation", link_id),
            service_network_id=network_id,
            service_id=service_id,
            created=created,
        )
    return network


def add_resource(
    region: Region, network_id: str, name: str, *, gateway_id: str | None = None, status: str = "ACTIVE"
) -> ResourceConfiguration:
    """A resource configuration in a service network."""
    ids, created, lattice = region.account.ids, region.account.clock.now(), region.lattice
    resource_id, link_id = ids.new("rcfg"), ids.new("snra")
    configuration = ResourceConfiguration(
        id=resource_id,
        name=name,
        arn=lattice_arn(region, "resourceconfiguration", resource_id),
        created=created,
        gateway_id=gateway_id,
        status=status,
    )
    lattice.configurations[resource_id] = configuration
    lattice.resource_associations[link_id] = ResourceAssociation(
        id=link_id,
        arn=lattice_arn(region, "servicenetworkresourceassociation", link_id),
        service_network_id=network_id,
        resource_configuration_id=resource_id,
        created=created,
        status="ACTIVE" if status == "ACTIVE" else "PARTIAL",
    )
    return configuration


def add_gateway(
    region: Region, name: str, subnets: Sequence[Subnet], *, addresses: int | None = None
) -> ResourceGateway:
    """A resource gateway; with ``addresses`` it has interfaces of so many in its subnets."""
    gateway_id = region.account.ids.new("rgw")
    gateway = ResourceGateway(
        id=gateway_id,
        name=name,
        arn=lattice_arn(region, "resourcegateway", gateway_id),
        vpc_id=subnets[0].vpc_id,
        subnet_ids=tuple(subnet.id for subnet in subnets),
        created=region.account.clock.now(),
    )
    region.lattice.gateways[gateway_id] = gateway
    if addresses is not None:
        furnisher = Furnisher(region)
        for subnet in subnets:
            furnisher.gateway(subnet, gateway_id, addresses - 1)
    return gateway


def open_endpoint(region: Region, network: ServiceNetwork, subnets: Sequence[Subnet], name: str = "") -> Endpoint:
    """Create a service-network endpoint as a user does, on CloudTrail's record."""
    subnet_ids = [subnet.id for subnet in subnets]
    tags: Mapping[str, str] = {"Name": name} if name else {}
    endpoint = create_endpoint(region, subnets[0].vpc_id, network.arn, subnet_ids, tags=tags)
    record_creation(region, endpoint)
    return endpoint


def record_creation(region: Region, endpoint: Endpoint) -> None:
    """Put the CreateVpcEndpoint of an endpoint on CloudTrail's record."""
    parameters = {
        "vpcEndpointType": "ServiceNetwork",
        "vpcId": endpoint.vpc_id,
        "serviceNetworkArn": endpoint.service_network_arn,
        "subnetIds": list(endpoint.subnet_ids),
    }
    elements = {"vpcEndpoint": {"vpcEndpointId": endpoint.id, "state": "Pending", **parameters}}
    region.trail.record(
        "CreateVpcEndpoint",
        user_caller(region.account),
        parameters,
        elements,
        resources=(("AWS::EC2::VPCEndpoint", endpoint.id),),
    )


def add_classic_endpoint(region: Region, service: str, subnets: Sequence[Subnet]) -> Endpoint:
    """An interface endpoint of an AWS service; its state comes in small letters."""
    endpoint_id = region.account.ids.new("vpce")
    furnisher = Furnisher(region)
    interfaces = [furnisher.interface_endpoint(subnet, endpoint_id) for subnet in subnets]
    name = f"com.amazonaws.{region.name}.{service}"
    return region.put_endpoint(
        Endpoint(
            id=endpoint_id,
            kind="Interface",
            vpc_id=subnets[0].vpc_id,
            state="available",
            owner=region.account.id,
            created=region.account.clock.now(),
            subnet_ids=tuple(subnet.id for subnet in subnets),
            interface_ids=tuple(interface.id for interface in interfaces),
            ip_address_type="ipv4",
            service_name=name,
            dns_names=(f"{endpoint_id}-x1y2z3w4.{service}.{region.name}.vpce.amazonaws.com",),
        )
    )


def add_gateway_endpoint(region: Region, vpc_id: str, service: str) -> Endpoint:
    """A gateway endpoint, such as S3's: no interface at all."""
    return region.put_endpoint(
        Endpoint(
            id=region.account.ids.new("vpce"),
            kind="Gateway",
            vpc_id=vpc_id,
            state="available",
            owner=region.account.id,
            created=region.account.clock.now(),
            ip_address_type="ipv4",
            private_dns=False,
            service_name=f"com.amazonaws.{region.name}.{service}",
            route_table_ids=(region.account.ids.new("rtb"),),
        )
    )
