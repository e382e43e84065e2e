"""The document of `latticetop check --json`: what is wrong in one scope, and the exit code for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import role_of
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.json_text import timestamp, to_json

if TYPE_CHECKING:
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

SCHEMA = "latticetop.check/1"
REQUIRED = ("endpoints", "associations", "subnets")
"""The lists that a verdict on the scope needs, as `Snapshot.read_at` names them."""


class Blocks(Struct):
    """Number of /28 blocks of a subnet in each state; `free` and `prefix_reserved` are assignable."""

    total: int
    free: int
    prefix_reserved: int
    lattice: int
    allocated: int
    reserved: int
    full: int
    fragmented: int
    explicit: int


class SubnetItem(Struct):
    """One subnet; without IPv4, `cidr_block` is null and `map` is empty.

    `read` says whether its ENIs were read; if they were not, no block is counted, listed or drawn.
    """

    subnet_id: str
    vpc_id: str
    name: str
    cidr_block: str | None
    availability_zone: str
    availability_zone_id: str
    available_ip_address_count: int
    unaccounted_addresses: int
    blocks: Blocks
    free_cidr_blocks: list[str]
    map: str
    read: bool


class AssociationItem(Struct):
    """One association of an endpoint; `accessibility` is as AWS reports it, not a probe."""

    id: str
    accessibility: str
    dns_name: str
    resource_arn: str
    failure_code: str
    failure_reason: str


class Associations(Struct):
    """The associations of an endpoint."""

    total: int
    accessible: int
    items: list[AssociationItem]


class InterfaceItem(Struct):
    """One ENI of an endpoint; `role` is `resource`, `service`, `gateway` or null."""

    network_interface_id: str
    role: str | None
    subnet_id: str
    private_ip_address: str | None
    ipv4_prefixes: list[str]
    status: str


class EndpointItem(Struct):
    """One endpoint with its verdict and, in whole sentences, the reason for it."""

    vpc_endpoint_id: str
    vpc_endpoint_type: str
    name: str
    state: str
    verdict: str
    vpc_id: str
    subnet_ids: list[str]
    service_network_arn: str
    service_network_name: str
    associations: Associations
    network_interfaces: list[InterfaceItem]
    why: str


class ProblemItem(Struct):
    """Data that could not be read, and what to do about it."""

    kind: str
    operation: str
    message: str
    next_step: str


class CheckDocument(Struct):
    """The output of `latticetop check --json`; endpoints and subnets in trouble come first."""

    schema: str
    taken_at: str
    account_id: str
    region: str
    subnets: list[SubnetItem]
    endpoints: list[EndpointItem]
    problems: list[ProblemItem]


def document(snapshot: Snapshot) -> CheckDocument:
    """Build the document of a snapshot."""
    return CheckDocument(
        schema=SCHEMA,
        taken_at=timestamp(snapshot.taken_at),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        subnets=[subnet_item(snapshot, reading) for reading in ordered_subnets(snapshot)],
        endpoints=[endpoint_item(snapshot, e, assessment) for e, assessment in ordered_endpoints(snapshot)],
        problems=[problem_item(problem) for problem in snapshot.problems],
    )


def render_json(snapshot: Snapshot) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document(snapshot))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(CheckDocument)


def exit_code(snapshot: Snapshot) -> ExitCode:
    """Return WRONG when something is wrong for certain, else UNKNOWN when unread data could change that, else OK."""
    if endpoints_in_trouble(snapshot) or subnets_without_block(snapshot):
        return ExitCode.WRONG
    needed = subnets_in_use(snapshot)
    if any(part not in snapshot.read_at for part in (*REQUIRED, *needed)):
        return ExitCode.UNKNOWN
    return ExitCode.UNKNOWN if any(map(may_be_out_of_blocks, needed.values())) else ExitCode.OK


def may_be_out_of_blocks(reading: SubnetReading) -> bool:
    """Whether the addresses that belong to no visible ENI could break every free block; each breaks one at most."""
    return 0 < reading.blocks.free <= reading.unaccounted


def subnets_in_use(snapshot: Snapshot) -> dict[str, SubnetReading]:
    """Return the subnets, by id, in which service-network endpoints need /28 blocks (IPv6 endpoints need none)."""
    subnet_ids = {
        subnet_id
        for endpoint, assessment in ordered_endpoints(snapshot)
        if endpoint.vpc_endpoint_type.lower() == "servicenetwork"
        and endpoint.ip_address_type.lower() != "ipv6"
        and assessment.verdict is not Verdict.GONE
        for subnet_id in endpoint.subnet_ids
    }
    return {key: reading for key, reading in snapshot.subnets.items() if key in subnet_ids}


def subnets_without_block(snapshot: Snapshot) -> list[SubnetReading]:
    """Return the subnets in use whose ENIs were read and that have no assignable /28 block."""
    in_use = subnets_in_use(snapshot).items()
    return [reading for key, reading in in_use if key in snapshot.read_at and reading.out_of_blocks]


def ordered_endpoints(snapshot: Snapshot) -> list[tuple[Endpoint, Assessment]]:
    """Return the endpoints with their assessments, those in trouble first, then by id."""
    assessed = [(endpoint, assess(snapshot, endpoint)) for endpoint in snapshot.endpoints.values()]
    return sorted(assessed, key=lambda pair: (pair[1].verdict.rank, pair[0].vpc_endpoint_id))


def endpoints_in_trouble(snapshot: Snapshot) -> list[tuple[Endpoint, Assessment]]:
    """Return the endpoints whose verdict is wrong, with their assessments, in the order of `ordered_endpoints`."""
    return [(endpoint, assessment) for endpoint, assessment in ordered_endpoints(snapshot) if assessment.wrong]


def ordered_subnets(snapshot: Snapshot) -> list[SubnetReading]:
    """Return the subnets, tightest first: by free blocks, then by address; those without IPv4 last."""
    return sorted(snapshot.subnets.values(), key=lambda reading: reading.tightness)


def subnet_item(snapshot: Snapshot, reading: SubnetReading) -> SubnetItem:
    """Build the item of a subnet."""
    subnet, blocks, read = reading.subnet, reading.blocks, reading.subnet.subnet_id in snapshot.read_at
    counts = {state.key: blocks.counts[state] if read else 0 for state in BlockState}
    return SubnetItem(
        subnet_id=subnet.subnet_id,
        vpc_id=subnet.vpc_id,
        name=subnet.name,
        cidr_block=str(subnet.cidr_block) if subnet.cidr_block else None,
        availability_zone=subnet.availability_zone,
        availability_zone_id=subnet.availability_zone_id,
        available_ip_address_count=subnet.available_ip_address_count,
        unaccounted_addresses=reading.unaccounted,
        blocks=Blocks(total=len(blocks), **counts),
        free_cidr_blocks=[str(cidr) for cidr in blocks.free_cidr_blocks] if read else [],
        map=blocks.letters if read else "",
        read=read,
    )


def endpoint_item(snapshot: Snapshot, endpoint: Endpoint, assessment: Assessment) -> EndpointItem:
    """Build the item of an endpoint, with its associations and ENIs."""
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    items = [association_item(association) for association in associations]
    return EndpointItem(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        vpc_endpoint_type=endpoint.vpc_endpoint_type,
        name=endpoint.name,
        state=endpoint.state,
        verdict=assessment.verdict.value,
        vpc_id=endpoint.vpc_id,
        subnet_ids=list(endpoint.subnet_ids),
        service_network_arn=endpoint.service_network_arn,
        service_network_name=next((a.service_network_name for a in associations if a.service_network_name), ""),
        associations=Associations(assessment.associations, assessment.accessible, items),
        network_interfaces=[interface_item(interface) for interface in interfaces],
        why=assessment.why,
    )


def problem_item(problem: Problem) -> ProblemItem:
    """Build the item of a problem."""
    return ProblemItem(problem.kind.value, problem.operation, problem.message, problem.next_step)


def association_item(association: Association) -> AssociationItem:
    """Build the item of an association."""
    return AssociationItem(
        id=association.association_id,
        accessibility=association.accessibility,
        dns_name=association.dns_name,
        resource_arn=association.resource_arn,
        failure_code=association.failure_code,
        failure_reason=association.failure_reason,
    )


def interface_item(interface: NetworkInterface) -> InterfaceItem:
    """Build the item of an ENI of an endpoint."""
    role = role_of(interface)
    return InterfaceItem(
        network_interface_id=interface.network_interface_id,
        role=role.value if role else None,
        subnet_id=interface.subnet_id,
        private_ip_address=format_address(interface.addresses[0]) if interface.addresses else None,
        ipv4_prefixes=[str(prefix) for prefix in interface.prefixes],
        status=interface.status,
    )
