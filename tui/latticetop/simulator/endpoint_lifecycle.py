"""The build of an endpoint by VPC Lattice (ServiceNetwork, Resource, Tunnel), and the deletion of any endpoint.

VPC Lattice creates the resource ENIs first, then the service ENIs. If an ENI cannot be created in five attempts, the
endpoint fails: its service ENIs are deleted, its resource ENIs stay and serve traffic. This sequence was observed on
2024-12-19 on a service-network endpoint; that of the other types is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from latticetop.simulator.availability_zones import data_plane_cell
from latticetop.simulator.cloudtrail import lattice_caller
from latticetop.simulator.cloudtrail_elements import network_interface_element, request_parameters
from latticetop.simulator.endpoint_associations import add_associations
from latticetop.simulator.endpoint_interfaces import endpoint_interfaces, interface_request, planned_interfaces
from latticetop.simulator.endpoint_states import state_text
from latticetop.simulator.errors import ApiError
from latticetop.simulator.network_interfaces import create_interface, service_attachment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.cloudtrail import EventCaller
    from latticetop.simulator.ec2_resources import SimulatedEndpoint, SimulatedNetworkInterface, SimulatedSubnet
    from latticetop.simulator.endpoint_interfaces import InterfaceRole
    from latticetop.simulator.network_interfaces import NetworkInterfaceRequest
    from latticetop.simulator.region import SimulatedRegion


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
    """Queue the creation of the ENIs of a Pending endpoint of VPC Lattice."""
    world = region.world
    session_start = world.clock.now() + timedelta(seconds=world.build_settings.resources_at - 1)
    build = EndpointBuild(
        region,
        endpoint.id,
        lattice_caller(world.account_id, session_start),
        world.ids.new_uuid("attachment"),
        world.ids.new_hex("digest", 32),
    )
    for planned in planned_interfaces(region, endpoint):
        if planned.role == "resource":
            token = _resource_client_token(build, planned.subnet, planned.number)
        else:
            token = f"{endpoint.id}-{planned.subnet.id}-{build.token_digest}"
        build.pending_count += 1
        request = interface_request(endpoint, planned)
        world.clock.run_script(_create_with_retries(build, request, token, planned.role, planned.delay))
    return build


def start_deletion(region: SimulatedRegion, endpoint: SimulatedEndpoint) -> None:
    """Set an endpoint to Deleting; delete it with its ENIs after ``delete_after`` seconds."""
    region.put_endpoint(replace(endpoint, state=state_text(endpoint.endpoint_type, "Deleting")))
    delay = region.world.build_settings.delete_after
    region.world.clock.call_later(delay, partial(_delete_endpoint, region, endpoint.id))


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
        region.put_interface(replace(interface, status="in-use", attachment=service_attachment(region)))


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


def _resource_client_token(build: EndpointBuild, subnet: SimulatedSubnet, number: int) -> str:
    cell = data_plane_cell(subnet.availability_zone)
    group_id = build.region.world.ids.new_hex("attach-grp", 17)
    return f"{build.attachment_uuid}-{cell}-attach-grp-{cell.lower()}-{group_id}-{number}"
