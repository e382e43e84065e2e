"""Builders for service networks with their resources, and for VPC endpoints of several types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.simulator.cloudtrail import user_caller
from latticetop.simulator.ec2_resources import SimulatedEndpoint
from latticetop.simulator.endpoint_creation import EndpointRequest, create_endpoint
from latticetop.simulator.lattice_resources import (
    SimulatedLatticeService,
    SimulatedResourceAssociation,
    SimulatedResourceConfiguration,
    SimulatedResourceGateway,
    SimulatedServiceAssociation,
    SimulatedServiceNetwork,
    SimulatedVpcAssociation,
)
from latticetop.simulator.scenarios.interface_factory import InterfaceFactory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.simulator.ec2_resources import SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion


def lattice_arn(region: SimulatedRegion, resource_type: str, resource_id: str) -> str:
    """The ARN of a VPC Lattice resource."""
    return f"arn:aws:vpc-lattice:{region.name}:{region.world.account_id}:{resource_type}/{resource_id}"


def add_service_network(
    region: SimulatedRegion,
    name: str,
    *,
    resources: Sequence[str] = (),
    services: Sequence[str] = (),
    failed_resources: Sequence[str] = (),
    gateway_id: str | None = None,
) -> SimulatedServiceNetwork:
    """Add a service network with resource configurations and services of these names."""
    ids, created_at, lattice = region.world.ids, region.world.clock.now(), region.lattice
    network_id = ids.new("sn")
    arn = lattice_arn(region, "servicenetwork", network_id)
    network = SimulatedServiceNetwork(id=network_id, name=name, arn=arn, created_at=created_at)
    lattice.service_networks[network_id] = network
    for resource in resources:
        status = "CREATE_FAILED" if resource in failed_resources else "ACTIVE"
        add_resource_configuration(region, network_id, resource, gateway_id=gateway_id, status=status)
    for service in services:
        service_id, association_id = ids.new("svc"), ids.new("snsa")
        lattice.services[service_id] = SimulatedLatticeService(
            id=service_id, name=service, arn=lattice_arn(region, "service", service_id), created_at=created_at
        )
        lattice.service_associations[association_id] = SimulatedServiceAssociation(
            id=association_id,
            arn=lattice_arn(region, "servicenetworkserviceassociation", association_id),
            service_network_id=network_id,
            service_id=service_id,
            created_at=created_at,
        )
    return network


def add_resource_configuration(
    region: SimulatedRegion,
    network_id: str | None,
    name: str,
    *,
    gateway_id: str | None = None,
    configuration_type: str = "SINGLE",
    status: str = "ACTIVE",
) -> SimulatedResourceConfiguration:
    """Add a resource configuration, to a service network if one is given; its type may be `SINGLE`, `CIDR`, …."""
    ids, created_at, lattice = region.world.ids, region.world.clock.now(), region.lattice
    configuration_id = ids.new("rcfg")
    configuration = SimulatedResourceConfiguration(
        id=configuration_id,
        name=name,
        arn=lattice_arn(region, "resourceconfiguration", configuration_id),
        created_at=created_at,
        gateway_id=gateway_id,
        configuration_type=configuration_type,
        status=status,
    )
    lattice.resource_configurations[configuration_id] = configuration
    if network_id is None:
        return configuration
    association_id = ids.new("snra")
    lattice.resource_associations[association_id] = SimulatedResourceAssociation(
        id=association_id,
        arn=lattice_arn(region, "servicenetworkresourceassociation", association_id),
        service_network_id=network_id,
        resource_configuration_id=configuration_id,
        created_at=created_at,
        status="ACTIVE" if status == "ACTIVE" else "PARTIAL",
    )
    return configuration


def add_resource_gateway(
    region: SimulatedRegion, name: str, subnets: Sequence[SimulatedSubnet], *, address_count: int | None = None
) -> SimulatedResourceGateway:
    """Add a resource gateway; with ``address_count``, also an ENI with that many addresses in each subnet."""
    gateway_id = region.world.ids.new("rgw")
    gateway = SimulatedResourceGateway(
        id=gateway_id,
        name=name,
        arn=lattice_arn(region, "resourcegateway", gateway_id),
        vpc_id=subnets[0].vpc_id,
        subnet_ids=tuple(subnet.id for subnet in subnets),
        created_at=region.world.clock.now(),
    )
    region.lattice.resource_gateways[gateway_id] = gateway
    if address_count is not None:
        factory = InterfaceFactory(region)
        for subnet in subnets:
            factory.resource_gateway(subnet, gateway_id, address_count)
    return gateway


def add_vpc_association(
    region: SimulatedRegion, network: SimulatedServiceNetwork, vpc_id: str
) -> SimulatedVpcAssociation:
    """Associate a VPC with a service network; a VPC has one association at most."""
    association_id = region.world.ids.new("snva")
    association = SimulatedVpcAssociation(
        id=association_id,
        arn=lattice_arn(region, "servicenetworkvpcassociation", association_id),
        service_network_id=network.id,
        vpc_id=region.vpc(vpc_id).id,
        created_at=region.world.clock.now(),
    )
    if any(other.vpc_id == vpc_id for other in region.lattice.vpc_associations.values()):
        raise ValueError(f"{vpc_id} is associated with a service network already")
    region.lattice.vpc_associations[association_id] = association
    return association


def create_endpoint_as_user(
    region: SimulatedRegion, network: SimulatedServiceNetwork, subnets: Sequence[SimulatedSubnet], name: str = ""
) -> SimulatedEndpoint:
    """Create a service-network endpoint and record CreateVpcEndpoint in the event history."""
    request = EndpointRequest(
        vpc_id=subnets[0].vpc_id,
        service_network_arn=network.arn,
        subnet_ids=tuple(subnet.id for subnet in subnets),
        tags={"Name": name} if name else {},
    )
    endpoint = create_endpoint(region, request)
    record_endpoint_creation(region, endpoint)
    return endpoint


def record_endpoint_creation(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Record the CreateVpcEndpoint event of an endpoint."""
    parameters = {
        "vpcEndpointType": "ServiceNetwork",
        "vpcId": endpoint.vpc_id,
        "serviceNetworkArn": endpoint.service_network_arn,
        "subnetIds": list(endpoint.subnet_ids),
    }
    elements = {"vpcEndpoint": {"vpcEndpointId": endpoint.id, "state": "Pending", **parameters}}
    region.event_history.record(
        "CreateVpcEndpoint",
        user_caller(region.world),
        parameters,
        elements,
        resources=(("AWS::EC2::VPCEndpoint", endpoint.id),),
    )


def add_interface_endpoint(
    region: SimulatedRegion, service: str, subnets: Sequence[SimulatedSubnet]
) -> SimulatedEndpoint:
    """Add an interface endpoint of an AWS service; AWS returns its state in lower case."""
    endpoint_id = region.world.ids.new("vpce")
    factory = InterfaceFactory(region)
    interfaces = [factory.interface_endpoint(subnet, endpoint_id) for subnet in subnets]
    return region.put_endpoint(
        SimulatedEndpoint(
            id=endpoint_id,
            endpoint_type="Interface",
            vpc_id=subnets[0].vpc_id,
            state="available",
            owner_id=region.world.account_id,
            created_at=region.world.clock.now(),
            subnet_ids=tuple(subnet.id for subnet in subnets),
            interface_ids=tuple(interface.id for interface in interfaces),
            ip_address_type="ipv4",
            service_name=f"com.amazonaws.{region.name}.{service}",
            dns_names=(f"{endpoint_id}-x1y2z3w4.{service}.{region.name}.vpce.amazonaws.com",),
        )
    )


def add_gateway_endpoint(region: SimulatedRegion, vpc_id: str, service: str) -> SimulatedEndpoint:
    """Add a gateway endpoint, such as that of S3, which has no ENI."""
    return region.put_endpoint(
        SimulatedEndpoint(
            id=region.world.ids.new("vpce"),
            endpoint_type="Gateway",
            vpc_id=vpc_id,
            state="available",
            owner_id=region.world.account_id,
            created_at=region.world.clock.now(),
            ip_address_type="ipv4",
            private_dns_enabled=False,
            service_name=f"com.amazonaws.{region.name}.{service}",
            route_table_ids=(region.world.ids.new("rtb"),),
        )
    )
