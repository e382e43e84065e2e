"""The ENIs of VPC endpoints: which ones an endpoint of VPC Lattice gets, and how AWS describes them.

A service-network endpoint has resource ENIs ("VPC Endpoint Interface vpce-…"), if the service network has resource
configurations, and a service ENI (the same with a colon) in each subnet. Resource and Tunnel endpoints have one ENI in
a subnet, described like a resource ENI. Sources, at docs.aws.amazon.com/vpc/latest/privatelink:
privatelink-access-service-networks.html, privatelink-access-resources.html, privatelink-access-cidr-ranges.html. The
/28 blocks of resource ENIs were observed on 2024-12-19.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.ipv4 import BLOCK_SIZE
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest

if TYPE_CHECKING:
    from latticetop.simulator.ec2_resources import SimulatedEndpoint, SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.lattice_resources import SimulatedResourceConfiguration
    from latticetop.simulator.region import SimulatedRegion

InterfaceRole = Literal["resource", "service"]
LATTICE_REQUESTER_ID = "396074869647"
MAX_RESOURCES_PER_INTERFACE = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedInterface:
    """An ENI that VPC Lattice will create: ``number`` counts those of a role in a subnet; ``delay`` is in seconds."""

    subnet: SimulatedSubnet
    role: InterfaceRole
    number: int
    delay: float
    address_request: AddressRequest


def planned_interfaces(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[PlannedInterface]:
    """The ENIs of a service-network, Resource or Tunnel endpoint, the resource ENIs first."""
    subnets = [region.subnet(subnet_id) for subnet_id in endpoint.subnet_ids]
    if endpoint.endpoint_type == "Resource":
        return _plan_resource_interfaces(region, subnets, _single_address_requests(region, endpoint))
    reachable_subnets = [subnet for subnet in subnets if has_resource_gateway(region, endpoint, subnet)]
    if endpoint.endpoint_type == "Tunnel":
        return _plan_resource_interfaces(region, reachable_subnets, _single_address_requests(region, endpoint))
    planned = _plan_resource_interfaces(region, reachable_subnets, _resource_address_requests(region, endpoint))
    settings = region.world.build_settings
    address_request = _with_ipv6(endpoint, AddressRequest(prefix_count=1), has_prefix=True)
    for index, subnet in enumerate(reversed(subnets)):
        delay = settings.services_at + index * settings.services_interval
        planned.append(
            PlannedInterface(subnet=subnet, role="service", number=0, delay=delay, address_request=address_request)
        )
    return planned


def has_resource_gateway(region: SimulatedRegion, endpoint: SimulatedEndpoint, subnet: SimulatedSubnet) -> bool:
    """Whether a resource gateway of the endpoint has a subnet in the zone; one of another account does."""
    for configuration in resource_configurations(region, endpoint):
        gateway = region.lattice.resource_gateways.get(configuration.gateway_id or "") if configuration else None
        if gateway is None:
            return True
        if subnet.availability_zone in {region.subnet(s).availability_zone for s in gateway.subnet_ids}:
            return True
    return False


def resource_configurations(
    region: SimulatedRegion, endpoint: SimulatedEndpoint
) -> list[SimulatedResourceConfiguration | None]:
    """The resource configurations that an endpoint gives access to; None stands for one of another account."""
    if endpoint.resource_configuration_arn is None:
        return [configuration for _, configuration in region.lattice.resources_in(endpoint.service_network_arn)]
    return [region.lattice.resource_configuration_by_arn(endpoint.resource_configuration_arn)]


def interface_request(endpoint: SimulatedEndpoint, planned: PlannedInterface) -> NetworkInterfaceRequest:
    """The request with which VPC Lattice creates an ENI."""
    return NetworkInterfaceRequest(
        subnet_id=planned.subnet.id,
        address_request=planned.address_request,
        description=interface_description(endpoint.id, planned.role),
        security_groups=endpoint.security_groups,
        requester_id=LATTICE_REQUESTER_ID,
        requester_managed=True,
        deny_all_igw_traffic=True,
        tags={"VpcLatticeManaged": "true"},
    )


def interface_description(endpoint_id: str, role: InterfaceRole = "resource") -> str:
    """The description of an ENI; that of any endpoint but a service-network endpoint has no colon."""
    colon = ":" if role == "service" else ""
    return f"VPC Endpoint Interface{colon} {endpoint_id}"


def endpoint_interfaces(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[SimulatedNetworkInterface]:
    """The ENIs of an endpoint, by their descriptions."""
    descriptions = {interface_description(endpoint.id, "resource"), interface_description(endpoint.id, "service")}
    candidates = region.interfaces_in(vpc_id=endpoint.vpc_id).values()
    return [interface for interface in candidates if interface.description in descriptions]


def _plan_resource_interfaces(
    region: SimulatedRegion, subnets: list[SimulatedSubnet], address_requests: list[AddressRequest]
) -> list[PlannedInterface]:
    settings = region.world.build_settings
    return [
        PlannedInterface(
            subnet=subnet,
            role="resource",
            number=number,
            delay=settings.resources_at + index * settings.resources_interval,
            address_request=address_request,
        )
        for index, subnet in enumerate(subnets)
        for number, address_request in enumerate(address_requests)
    ]


def _resource_address_requests(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[AddressRequest]:
    """What each resource ENI of one subnet needs beside its primary address.

    The first ENI of a subnet holds the /80 prefix; IPv6 never needs a second one.
    """
    count = len(resource_configurations(region, endpoint))
    if not count:
        return []
    if region.world.build_settings.behaviour == "2024" or endpoint.ip_address_type.upper() == "IPV6":
        requests = [AddressRequest(prefix_count=-(-count // BLOCK_SIZE))]
    else:
        full_interfaces, remainder = divmod(count, MAX_RESOURCES_PER_INTERFACE)
        counts = [MAX_RESOURCES_PER_INTERFACE] * full_interfaces + ([remainder] if remainder else [])
        requests = [AddressRequest(address_count=addresses) for addresses in counts]
    return [_with_ipv6(endpoint, requests[0], has_prefix=True), *requests[1:]]


def _single_address_requests(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[AddressRequest]:
    """What the ENI of a Resource or Tunnel endpoint needs beside its primary address."""
    has_prefix = region.world.rules.resource_endpoint_blocks
    return [_with_ipv6(endpoint, AddressRequest(prefix_count=int(has_prefix)), has_prefix=has_prefix)]


def _with_ipv6(endpoint: SimulatedEndpoint, ipv4_request: AddressRequest, *, has_prefix: bool) -> AddressRequest:
    """The request for the IP address type of the endpoint: an IPv6 ENI holds an IPv6 address and maybe a /80."""
    ip_address_type = endpoint.ip_address_type.upper()
    if ip_address_type == "IPV4":
        return ipv4_request
    ipv4_part = AddressRequest() if ip_address_type == "IPV6" else ipv4_request
    return replace(ipv4_part, ipv6_address_count=1, ipv6_prefix_count=int(has_prefix))
