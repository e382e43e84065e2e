"""The life of a service-network endpoint, as VPC Lattice builds it.

In each subnet it makes resource interfaces first ("VPC Endpoint Interface vpce-…"), if the service network has
resource configurations, then one service interface (with a colon). One that cannot be made after five tries fails
the endpoint: its service interfaces are removed, its resource interfaces stay and go on serving.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from latticetop.simulator.associations import associate
from latticetop.simulator.demand import covered, resource_demands
from latticetop.simulator.elements import interface_elements, request_parameters
from latticetop.simulator.errors import ApiError
from latticetop.simulator.interfaces import InterfaceRequest, Wanted, create_interface
from latticetop.simulator.resources import Attachment
from latticetop.simulator.trail import lattice_caller
from latticetop.simulator.zones import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.simulator.region import Region
    from latticetop.simulator.resources import Endpoint, Interface, Subnet
    from latticetop.simulator.trail import Caller

LATTICE_REQUESTER = "396074869647"
Role = Literal["resource", "service"]


@dataclass(slots=True)
class Build:
    """One endpoint under construction: what is still being tried and what stands."""

    region: Region
    endpoint_id: str
    caller: Caller
    uuid: str
    digest: str
    trying: int = 0
    failed: bool = False
    made: dict[Role, list[str]] = field(default_factory=lambda: {"resource": [], "service": []})

    def endpoint(self) -> Endpoint | None:
        """The endpoint while it is still wanted."""
        endpoint = self.region.endpoints.get(self.endpoint_id)
        return endpoint if endpoint and endpoint.state == "Pending" else None


def build(region: Region, endpoint: Endpoint) -> Build:
    """Start making the interfaces of a Pending endpoint."""
    account, pace = region.account, region.account.pace
    since = account.clock.now() + timedelta(seconds=pace.resources_at - 1)
    work = Build(
        region,
        endpoint.id,
        lattice_caller(account.id, since),
        account.ids.uuid("attachment"),
        account.ids.hex("digest", 32),
    )
    subnets = [region.subnet(subnet_id) for subnet_id in endpoint.subnet_ids]
    for index, subnet in enumerate(s for s in subnets if covered(region, endpoint, s)):
        for number, wanted in enumerate(resource_demands(region, endpoint)):
            token = _resource_token(work, subnet, number)
            request = _request(endpoint, subnet, wanted, "resource")
            _attempt(work, request, token, "resource", pace.resources_at + index * pace.resources_apart)
    for index, subnet in enumerate(reversed(subnets)):
        token = f"{endpoint.id}-{subnet.id}-{work.digest}"
        request = _request(endpoint, subnet, Wanted(prefix_count=1), "service")
        _attempt(work, request, token, "service", pace.services_at + index * pace.services_apart)
    return work


def delete(region: Region, endpoint: Endpoint) -> None:
    """Turn an endpoint to Deleting; its interfaces and itself are gone a little later."""
    region.put_endpoint(replace(endpoint, state="Deleting"))
    region.account.clock.call_later(region.account.pace.delete_after, partial(_vanish, region, endpoint.id))


def interfaces_of(region: Region, endpoint: Endpoint) -> list[Interface]:
    """The interfaces made for an endpoint, found by their descriptions."""
    spellings = {_description(endpoint.id, "resource"), _description(endpoint.id, "service")}
    candidates = region.interfaces_in(vpc_id=endpoint.vpc_id).values()
    return [interface for interface in candidates if interface.description in spellings]


def _attempt(work: Build, request: InterfaceRequest, token: str, role: Role, after: float) -> None:
    work.trying += 1
    work.region.account.clock.play(_script(work, request, token, role, after))


def _script(work: Build, request: InterfaceRequest, token: str, role: Role, after: float) -> Iterator[float]:
    pace = work.region.account.pace
    for gap in (after, *pace.gaps):
        yield gap
        if work.endpoint() is None:
            return
        interface = _create(work, request, token)
        if interface:
            work.made[role].append(interface.id)
            break
    else:
        work.failed = True
    work.trying -= 1
    if role == "resource" and interface and (endpoint := work.endpoint()):
        associate(work.region, endpoint)
    if not work.trying:
        work.region.account.clock.play(_finish(work))
    if interface:
        yield pace.attach_after
        _attach(work.region, interface.id)


def _create(work: Build, request: InterfaceRequest, token: str) -> Interface | None:
    region, parameters = work.region, request_parameters(request, token)
    try:
        interface = create_interface(region, request)
    except ApiError as error:
        region.trail.record("CreateNetworkInterface", work.caller, parameters, error)
        region.account.changed()
        return None
    elements = {"networkInterface": interface_elements(interface)}
    names = (("AWS::EC2::NetworkInterface", interface.id), ("AWS::EC2::Subnet", interface.subnet_id))
    region.trail.record("CreateNetworkInterface", work.caller, parameters, elements, resources=names)
    permission = {"networkInterfaceId": interface.id, "permission": "INSTANCE-ATTACH"}
    region.trail.record(
        "CreateNetworkInterfacePermission", work.caller, permission, {"_return": True}, resources=names[:1]
    )
    return interface


def _finish(work: Build) -> Iterator[float]:
    pace, region = work.region.account.pace, work.region
    yield pace.settle_after
    if work.failed:
        for interface_id in work.made["service"]:
            _remove(region, interface_id, work.caller)
        yield pace.roll_back_after - pace.settle_after
    endpoint = work.endpoint()
    if endpoint:
        named = work.made["resource"] + ([] if work.failed else work.made["service"])
        state = "Failed" if work.failed else "Available"
        region.put_endpoint(replace(endpoint, state=state, interface_ids=tuple(named)))


def _remove(region: Region, interface_id: str, caller: Caller) -> None:
    if interface_id in region.interfaces:
        region.drop_interface(interface_id)
        names = (("AWS::EC2::NetworkInterface", interface_id),)
        region.trail.record(
            "DeleteNetworkInterface",
            caller,
            {"networkInterfaceId": interface_id},
            {"_return": True},
            resources=names,
        )


def _attach(region: Region, interface_id: str) -> None:
    interface = region.interfaces.get(interface_id)
    if interface:
        attachment = Attachment(
            id=region.account.ids.new("ela-attach"),
            owner="amazon-aws",
            delete_on_termination=False,
            attached_at=region.account.clock.now(),
        )
        region.put_interface(replace(interface, status="in-use", attachment=attachment))


def _vanish(region: Region, endpoint_id: str) -> None:
    endpoint = region.endpoints.get(endpoint_id)
    if endpoint:
        caller = lattice_caller(region.account.id, region.account.clock.now())
        for interface in interfaces_of(region, endpoint):
            _remove(region, interface.id, caller)
        region.drop_endpoint(endpoint_id)


def _request(endpoint: Endpoint, subnet: Subnet, wanted: Wanted, role: Role) -> InterfaceRequest:
    return InterfaceRequest(
        subnet_id=subnet.id,
        wanted=wanted,
        description=_description(endpoint.id, role),
        groups=endpoint.groups,
        requester=LATTICE_REQUESTER,
        requester_managed=True,
        deny_all_igw_traffic=True,
        tags={"VpcLatticeManaged": "true"},
    )


def _description(endpoint_id: str, role: Role) -> str:
    colon = ":" if role == "service" else ""
    return f"VPC Endpoint Interface{colon} {endpoint_id}"


def _resource_token(work: Build, subnet: Subnet, number: int) -> str:
    name = cell(subnet.zone)
    group = work.region.account.ids.hex("attach-grp", 17)
    return f"{work.uuid}-{name}-attach-grp-{name.lower()}-{group}-{number}"
