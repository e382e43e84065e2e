"""CreateVpcEndpoint: the parameters, their validation, and the first state of an endpoint of each type.

Sources: docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html, and at
docs.aws.amazon.com/vpc/latest/privatelink: access-with-service-network-endpoint.html, use-cidr-endpoint.html. The
texts of the errors are not AWS's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from latticetop.simulator.ec2_resources import SimulatedEndpoint
from latticetop.simulator.endpoint_interfaces import has_resource_gateway, interface_description
from latticetop.simulator.endpoint_lifecycle import start_build
from latticetop.simulator.endpoint_states import make_available_later, state_text
from latticetop.simulator.errors import ApiError, invalid
from latticetop.simulator.network_interfaces import (
    AddressRequest,
    NetworkInterfaceRequest,
    create_interface,
    service_attachment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latticetop.simulator.ec2_resources import SimulatedSecurityGroup, SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion

ENDPOINT_REQUESTER_ID = "727180483921"
REQUIRED_TARGET = {
    "ServiceNetwork": "service_network_arn",
    "Resource": "resource_configuration_arn",
    "Tunnel": "resource_configuration_arn",
    "Interface": "service_name",
    "GatewayLoadBalancer": "service_name",
    "Gateway": "service_name",
}
"""The parameter that says what an endpoint of each type gives access to."""
INTERFACE_TYPES = {"Interface": "vpc_endpoint", "GatewayLoadBalancer": "gateway_load_balancer_endpoint"}
"""The InterfaceType of the ENIs of the endpoint types that VPC Lattice does not build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRequest:
    """The parameters of CreateVpcEndpoint."""

    vpc_id: str
    endpoint_type: str = "ServiceNetwork"
    subnet_ids: tuple[str, ...] = ()
    service_network_arn: str | None = None
    resource_configuration_arn: str | None = None
    service_name: str | None = None
    route_table_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    ip_address_type: str = "ipv4"
    private_dns_enabled: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)


def create_endpoint(region: SimulatedRegion, request: EndpointRequest) -> SimulatedEndpoint:
    """Add an endpoint and start to build it; an interface endpoint gets its ENIs at once."""
    endpoint = _new_endpoint(region, request)
    if request.endpoint_type == "Gateway":
        return region.put_endpoint(replace(endpoint, state="available"))
    _check_subnets(region, request)
    if request.endpoint_type in INTERFACE_TYPES:
        return _create_interface_endpoint(region, endpoint)
    _check_lattice_target(region, endpoint)
    region.put_endpoint(endpoint)
    start_build(region, endpoint)
    return endpoint


def _new_endpoint(region: SimulatedRegion, request: EndpointRequest) -> SimulatedEndpoint:
    vpc = region.vpc(request.vpc_id)
    target = REQUIRED_TARGET.get(request.endpoint_type)
    if target is None:
        raise invalid(f"Value ({request.endpoint_type}) for parameter vpcEndpointType is invalid.")
    if not getattr(request, target):
        raise ApiError("MissingParameter", f"The request must contain the parameter {target}")
    is_lattice_type = target != "service_name"
    return SimulatedEndpoint(
        id=region.world.ids.new("vpce"),
        endpoint_type=request.endpoint_type,
        vpc_id=vpc.id,
        state=state_text(request.endpoint_type, "Pending"),
        owner_id=region.world.account_id,
        created_at=region.world.clock.now(),
        subnet_ids=request.subnet_ids,
        security_groups=_security_groups(region, request),
        ip_address_type=request.ip_address_type.upper() if is_lattice_type else request.ip_address_type,
        private_dns_enabled=request.private_dns_enabled and request.endpoint_type not in ("Gateway", "Tunnel"),
        service_network_arn=request.service_network_arn,
        service_name=request.service_name,
        resource_configuration_arn=request.resource_configuration_arn,
        route_table_ids=request.route_table_ids,
        tags=dict(request.tags),
    )


def _create_interface_endpoint(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> SimulatedEndpoint:
    """Create the ENIs of an interface or Gateway Load Balancer endpoint: all of them or, if one fails, none.

    An endpoint service of another account has to accept the endpoint, as it does by default.
    """
    is_service_of_account = ".vpce-svc-" in (endpoint.service_name or "")
    address_requests = {"ipv4": AddressRequest(), "ipv6": AddressRequest(ipv6_address_count=1)}
    address_request = address_requests.get(endpoint.ip_address_type, AddressRequest(ipv6_address_count=1))
    interface_ids: list[str] = []
    try:
        for subnet_id in endpoint.subnet_ids:
            request = NetworkInterfaceRequest(
                subnet_id=subnet_id,
                address_request=address_request,
                description=interface_description(endpoint.id),
                security_groups=endpoint.security_groups,
                interface_type=INTERFACE_TYPES[endpoint.endpoint_type],
                status="in-use",
                requester_id=ENDPOINT_REQUESTER_ID,
                requester_managed=True,
                attachment=service_attachment(region),
            )
            interface_ids.append(create_interface(region, request).id)
    except ApiError:
        for interface_id in interface_ids:
            region.delete_interface(interface_id)
        raise
    endpoint = region.put_endpoint(
        replace(
            endpoint,
            state="pendingAcceptance" if is_service_of_account else "pending",
            interface_ids=tuple(interface_ids),
            dns_names=(_dns_name(region, endpoint),),
        )
    )
    if not is_service_of_account:
        make_available_later(region, endpoint.id)
    return endpoint


def _dns_name(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> str:
    digits = region.world.ids.new_hex("dns", 8)
    service = (endpoint.service_name or "").rpartition(".")[2]
    return f"{endpoint.id}-{digits}.{service}.{region.name}.vpce.amazonaws.com"


def _check_subnets(region: SimulatedRegion, request: EndpointRequest) -> None:
    """Check that there is a subnet, at most one in each Availability Zone, and of the IP address type."""
    if not request.subnet_ids:
        raise ApiError("MissingParameter", "The request must contain the parameter SubnetIds")
    if request.endpoint_type == "GatewayLoadBalancer" and len(request.subnet_ids) > 1:
        raise invalid("A Gateway Load Balancer endpoint has one subnet only")
    zones: set[str] = set()
    for subnet_id in request.subnet_ids:
        subnet = region.subnet(subnet_id)
        if subnet.vpc_id != request.vpc_id:
            raise invalid(f"The subnet {subnet_id} is not in VPC {request.vpc_id}")
        _check_ip_address_type(subnet, request.ip_address_type)
        if subnet.availability_zone in zones:
            raise ApiError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}",
            )
        zones.add(subnet.availability_zone)


def _check_ip_address_type(subnet: SimulatedSubnet, ip_address_type: str) -> None:
    """Check a subnet: IPv4 addresses for `ipv4`, both for `dualstack`, and IPv6 only for `ipv6`."""
    if ip_address_type not in ("ipv4", "dualstack", "ipv6"):
        raise invalid(f"Value ({ip_address_type}) for parameter ipAddressType is invalid.")
    if ip_address_type in ("ipv4", "dualstack") and subnet.cidr is None:
        raise invalid(f"The subnet {subnet.id} has no IPv4 addresses")
    if ip_address_type in ("ipv6", "dualstack") and subnet.ipv6_cidr is None:
        raise invalid(f"The subnet {subnet.id} has no IPv6 addresses")
    if ip_address_type == "ipv6" and subnet.cidr is not None:
        raise invalid(f"The subnet {subnet.id} is not an IPv6-only subnet")


def _check_lattice_target(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Check that the service network or resource configuration exists, or is shared by another account."""
    network_arn, configuration_arn = endpoint.service_network_arn, endpoint.resource_configuration_arn
    if network_arn is not None and region.lattice.service_network_by_arn(network_arn) is None:
        raise invalid(f"The service network '{network_arn}' does not exist")
    if configuration_arn is None:
        return
    configuration = region.lattice.resource_configuration_by_arn(configuration_arn)
    if configuration is None and f":{region.world.account_id}:" in configuration_arn:
        raise invalid(f"The resource configuration '{configuration_arn}' does not exist")
    is_tunnel = endpoint.endpoint_type == "Tunnel"
    if configuration and (configuration.configuration_type == "CIDR") != is_tunnel:
        raise invalid(f"A {endpoint.endpoint_type} endpoint does not take a resource configuration of this type")
    subnets = [region.subnet(subnet_id) for subnet_id in endpoint.subnet_ids]
    if is_tunnel and not any(has_resource_gateway(region, endpoint, subnet) for subnet in subnets):
        raise invalid("No subnet is in an Availability Zone of the resource gateway")


def _security_groups(region: SimulatedRegion, request: EndpointRequest) -> tuple[SimulatedSecurityGroup, ...]:
    if request.endpoint_type in ("Gateway", "GatewayLoadBalancer"):
        return ()
    if request.security_group_ids:
        return tuple(region.security_group(group_id) for group_id in request.security_group_ids)
    default = region.default_security_group(request.vpc_id)
    return (default,) if default else ()
