"""The build and deletion of a service-network endpoint by VPC Lattice.

In each subnet VPC Lattice creates resource ENIs first ("VPC Endpoint Interface vpce-…"), if the service network has
resource configurations, then one service ENI (the same description with a colon). If an ENI cannot be created in five
attempts, the endpoint fails: its service ENIs are deleted, its resource ENIs stay and serve traffic. This sequence was
observed on 2024-12-19. The addresses and prefixes of the ENIs are documented at
docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-service-networks.html.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.availability_zones import data_plane_cell
from latticetop.simulator.cloudtrail import lattice_caller
from latticetop.simulator.cloudtrail_elements import network_interface_element, request_parameters
from latticetop.simulator.ec2_resources import SimulatedAttachment
from latticetop.simulator.endpoint_associations import add_associations
from latticetop.simulator.errors import ApiError
from latticetop.simulator.ipv4 import BLOCK_SIZE
from latticetop.simulator.network_interfaces import AddressRequest, NetworkInterfaceRequest, create_interface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.cloudtrail import EventCaller
    from latticetop.simulator.ec2_resources import SimulatedEndpoint, SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.region import SimulatedRegion

LATTICE_REQUESTER_ID = "396074869647"
MAX_RESOURCES_PER_INTERFACE = 63
InterfaceRole = Literal["resource", "service"]


@dataclass(slots=True)
class EndpointBuild:
    """The progress of a build: how many ENIs are pending, and the ids of the ENIs created so far, by role."""

    region: SimulatedRegion
    endpoint_id: str
    caller: EventCaller
    attachment_uuid: str
    token_digest: str
    pending_count: int = 0
    has_failed: bool = False
    interface_ids: dict[InterfaceRole, list[str]] = field(default_factory=lambda: {"resource": [], "service": []})

    def pending_endpoint(self) -> SimulatedEndpoint | None:
        """The endpoint, or None if it is deleted or no longer Pending."""
        endpoint = self.region.endpoints.get(self.endpoint_id)
        return endpoint if endpoint and endpoint.state == "Pending" else None


def start_build(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> EndpointBuild:
    """Queue the creation of the ENIs of a Pending endpoint."""
    world, settings = region.world, region.world.build_settings
    session_start = world.clock.now() + timedelta(seconds=settings.resources_at - 1)
    build = EndpointBuild(
        region,
        endpoint.id,
        lattice_caller(world.account_id, session_start),
        world.ids.new_uuid("attachment"),
        world.ids.new_hex("digest", 32),
    )
    subnets = [region.subnet(subnet_id) for subnet_id in endpoint.subnet_ids]
    subnets_with_gateway = [subnet for subnet in subnets if _has_resource_gateway(region, endpoint, subnet)]
    for index, subnet in enumerate(subnets_with_gateway):
        delay = settings.resources_at + index * settings.resources_interval
        for number, address_request in enumerate(_resource_address_requests(region, endpoint)):
            token = _resource_client_token(build, subnet, number)
            request = _interface_request(endpoint, subnet, address_request, "resource")
            _schedule(build, request, token, "resource", delay)
    for index, subnet in enumerate(reversed(subnets)):
        delay = settings.services_at + index * settings.services_interval
        token = f"{endpoint.id}-{subnet.id}-{build.token_digest}"
        request = _interface_request(endpoint, subnet, AddressRequest(prefix_count=1), "service")
        _schedule(build, request, token, "service", delay)
    return build


def start_deletion(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Set an endpoint to Deleting; delete it with its ENIs after ``delete_after`` seconds."""
    region.put_endpoint(replace(endpoint, state="Deleting"))
    delay = region.world.build_settings.delete_after
    region.world.clock.call_later(delay, partial(_delete_endpoint, region, endpoint.id))


def endpoint_interfaces(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[SimulatedNetworkInterface]:
    """The ENIs of a service-network endpoint, by their descriptions."""
    descriptions = {_description(endpoint.id, "resource"), _description(endpoint.id, "service")}
    candidates = region.interfaces_in(vpc_id=endpoint.vpc_id).values()
    return [interface for interface in candidates if interface.description in descriptions]


def _resource_address_requests(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> list[AddressRequest]:
    """What each resource ENI of one subnet needs beside its primary address."""
    count = len(region.lattice.resources_in(endpoint.service_network_arn))
    if region.world.build_settings.behaviour == "2024":
        return [AddressRequest(prefix_count=-(-count // BLOCK_SIZE))] if count else []
    full_interfaces, remainder = divmod(count, MAX_RESOURCES_PER_INTERFACE)
    requests = [AddressRequest(address_count=MAX_RESOURCES_PER_INTERFACE)] * full_interfaces
    return [*requests, AddressRequest(address_count=remainder)] if remainder else requests


def _has_resource_gateway(region: SimulatedRegion, endpoint: SimulatedEndpoint, subnet: SimulatedSubnet) -> bool:
    """Whether a resource gateway of the service network has a subnet in the zone; one of another account does."""
    for _, configuration in region.lattice.resources_in(endpoint.service_network_arn):
        gateway = region.lattice.resource_gateways.get(configuration.gateway_id or "")
        if gateway is None:
            return True
        if subnet.availability_zone in {region.subnet(s).availability_zone for s in gateway.subnet_ids}:
            return True
    return False


def _schedule(
    build: EndpointBuild, request: NetworkInterfaceRequest, client_token: str, role: InterfaceRole, delay: float
) -> None:
    build.pending_count += 1
    build.region.world.clock.run_script(_create_with_retries(build, request, client_token, role, delay))


def _create_with_retries(
    build: EndpointBuild, request: NetworkInterfaceRequest, client_token: str, role: InterfaceRole, delay: float
) -> Iterator[float]:
    settings = build.region.world.build_settings
    for pause in (delay, *settings.retry_gaps):
        yield pause
        if build.pending_endpoint() is None:
            return
        interface = _create(build, request, client_token)
        if interface:
            build.interface_ids[role].append(interface.id)
            break
    else:
        build.has_failed = True
    build.pending_count -= 1
    if role == "resource" and interface and (endpoint := build.pending_endpoint()):
        add_associations(build.region, endpoint)
    if not build.pending_count:
        build.region.world.clock.run_script(_finish(build))
    if interface:
        yield settings.attach_after
        _attach(build.region, interface.id)


def _create(
    build: EndpointBuild, request: NetworkInterfaceRequest, client_token: str
) -> SimulatedNetworkInterface | None:
    region, history, parameters = build.region, build.region.event_history, request_parameters(request, client_token)
    try:
        interface = create_interface(region, request)
    except ApiError as error:
        history.record("CreateNetworkInterface", build.caller, parameters, error)
        region.world.notify()
        return None
    elements = {"networkInterface": network_interface_element(interface)}
    resources = (("AWS::EC2::NetworkInterface", interface.id), ("AWS::EC2::Subnet", interface.subnet_id))
    history.record("CreateNetworkInterface", build.caller, parameters, elements, resources=resources)
    permission = {"networkInterfaceId": interface.id, "permission": "INSTANCE-ATTACH"}
    history.record(
        "CreateNetworkInterfacePermission", build.caller, permission, {"_return": True}, resources=resources[:1]
    )
    return interface


def _finish(build: EndpointBuild) -> Iterator[float]:
    settings, region = build.region.world.build_settings, build.region
    yield settings.settle_after
    if build.has_failed:
        for interface_id in build.interface_ids["service"]:
            _delete_interface(region, interface_id, build.caller)
        yield settings.roll_back_after - settings.settle_after
    endpoint = build.pending_endpoint()
    if endpoint:
        service_ids = [] if build.has_failed else build.interface_ids["service"]
        interface_ids = (*build.interface_ids["resource"], *service_ids)
        state = "Failed" if build.has_failed else "Available"
        region.put_endpoint(replace(endpoint, state=state, interface_ids=interface_ids))


def _attach(region: SimulatedRegion, interface_id: str) -> None:
    interface = region.interfaces.get(interface_id)
    if interface:
        attachment = SimulatedAttachment(
            id=region.world.ids.new("ela-attach"),
            instance_owner_id="amazon-aws",
            delete_on_termination=False,
            attach_time=region.world.clock.now(),
        )
        region.put_interface(replace(interface, status="in-use", attachment=attachment))


def _delete_interface(region: SimulatedRegion, interface_id: str, caller: EventCaller) -> None:
    if interface_id in region.interfaces:
        region.delete_interface(interface_id)
        region.event_history.record(
            "DeleteNetworkInterface",
            caller,
            {"networkInterfaceId": interface_id},
            {"_return": True},
            resources=(("AWS::EC2::NetworkInterface", interface_id),),
        )


def _delete_endpoint(region: SimulatedRegion, endpoint_id: str) -> None:
    endpoint = region.endpoints.get(endpoint_id)
    if endpoint:
        caller = lattice_caller(region.world.account_id, region.world.clock.now())
        for interface in endpoint_interfaces(region, endpoint):
            _delete_interface(region, interface.id, caller)
        region.delete_endpoint(endpoint_id)


def _interface_request(
    endpoint: SimulatedEndpoint, subnet: SimulatedSubnet, address_request: AddressRequest, role: InterfaceRole
) -> NetworkInterfaceRequest:
    return NetworkInterfaceRequest(
        subnet_id=subnet.id,
        address_request=address_request,
        description=_description(endpoint.id, role),
        security_groups=endpoint.security_groups,
        requester_id=LATTICE_REQUESTER_ID,
        requester_managed=True,
        deny_all_igw_traffic=True,
        tags={"VpcLatticeManaged": "true"},
    )


def _description(endpoint_id: str, role: InterfaceRole) -> str:
    colon = ":" if role == "service" else ""
    return f"VPC Endpoint Interface{colon} {endpoint_id}"


def _resource_client_token(build: EndpointBuild, subnet: SimulatedSubnet, number: int) -> str:
    cell = data_plane_cell(subnet.availability_zone)
    group_id = build.region.world.ids.new_hex("attach-grp", 17)
    return f"{build.attachment_uuid}-{cell}-attach-grp-{cell.lower()}-{group_id}-{number}"
