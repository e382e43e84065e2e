"""What is wrong in a scope: the document of `latticetop check --json`, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.records.address import NOWHERE, format_address
from latticetop.model.records.eni_owners import role_of
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

SCHEMA = "latticetop.check/1"
NOTHING, WRONG, UNREADABLE = 0, 1, 3
REQUIRED = ("endpoints", "associations", "subnets")


class Blocks(Struct):
    """How many blocks of a subnet are in each state; `free` and `prefix_reserved` are assignable."""

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
    """One subnet; without IPv4 `cidr_block` is null and `map` empty.

    `read` says whether its ENIs were read; where they were not, no block is counted, listed or drawn.
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
    """One association; `accessibility` is AWS's word, not a probe."""

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
    """An ENI of an endpoint; `role` is resource, service, gateway or null."""

    network_interface_id: str
    role: str | None
    subnet_id: str
    private_ip_address: str | None
    ipv4_prefixes: list[str]
    status: str


class EndpointItem(Struct):
    """One endpoint with its verdict and the reason for it in whole sentences."""

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
    """What could not be read, and what to do about it."""

    kind: str
    operation: str
    message: str
    next_step: str


class CheckDocument(Struct):
    """The whole of `latticetop check --json`; endpoints and subnets in trouble come first."""

    schema: str
    taken_at: str
    account_id: str
    region: str
    subnets: list[SubnetItem]
    endpoints: list[EndpointItem]
    problems: list[ProblemItem]


def document(snapshot: Snapshot) -> CheckDocument:
    """A snapshot as the document."""
    return CheckDocument(
        schema=SCHEMA,
        taken_at=snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        subnets=[subnet_item(snapshot, reading) for reading in ordered_subnets(snapshot)],
        endpoints=[endpoint_item(snapshot, e, assessment) for e, assessment in ordered_endpoints(snapshot)],
        problems=[ProblemItem(p.kind.value, p.operation, p.message, p.next_step) for p in snapshot.problems],
    )


def render_json(snapshot: Snapshot) -> str:
    """The document as indented JSON with a newline at its end."""
    return to_json(document(snapshot))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(CheckDocument)


def exit_code(snapshot: Snapshot) -> int:
    """0 nothing to report, 1 something is wrong for certain, 3 it cannot be told."""
    verdicts = [assessment.verdict for _, assessment in ordered_endpoints(snapshot)]
    wanted = wanted_subnets(snapshot)
    known = [reading for key, reading in wanted.items() if key in snapshot.read_at]
    if any(verdict.wrong for verdict in verdicts) or any(out_of_blocks(reading) for reading in known):
        return WRONG
    if len(known) < len(wanted) or any(part not in snapshot.read_at for part in REQUIRED):
        return UNREADABLE
    return UNREADABLE if any(may_be_out_of_blocks(reading) for reading in known) else NOTHING


def out_of_blocks(reading: SubnetReading) -> bool:
    """Whether a subnet with IPv4 has no assignable block; hidden ENIs can only take more."""
    return reading.subnet.cidr_block is not None and reading.blocks.free == 0


def may_be_out_of_blocks(reading: SubnetReading) -> bool:
    """Whether the addresses that belong to no visible ENI could break every free block: each breaks one at most."""
    return 0 < reading.blocks.free <= reading.unaccounted


def wanted_subnets(snapshot: Snapshot) -> dict[str, SubnetReading]:
    """The subnets that service-network endpoints name and that need /28 blocks (IPv6 endpoints need none)."""
    named = {
        subnet_id
        for endpoint, assessment in ordered_endpoints(snapshot)
        if endpoint.vpc_endpoint_type.lower() == "servicenetwork"
        and endpoint.ip_address_type.lower() != "ipv6"
        and assessment.verdict is not Verdict.GONE
        for subnet_id in endpoint.subnet_ids
    }
    return {key: reading for key, reading in snapshot.subnets.items() if key in named}


def ordered_endpoints(snapshot: Snapshot) -> list[tuple[Endpoint, Assessment]]:
    """The endpoints with their verdicts, those in trouble first, then by id."""
    judged = [(endpoint, assess(snapshot, endpoint)) for endpoint in snapshot.endpoints.values()]
    return sorted(judged, key=lambda pair: (pair[1].verdict.rank, pair[0].vpc_endpoint_id))


def ordered_subnets(snapshot: Snapshot) -> list[SubnetReading]:
    """The subnets, those with the fewest free blocks first, then by address; those without IPv4 last."""
    return sorted(
        snapshot.subnets.values(),
        key=lambda r: (r.subnet.cidr_block is None, r.blocks.free, r.subnet.cidr_block or NOWHERE, r.subnet.subnet_id),
    )


def subnet_item(snapshot: Snapshot, reading: SubnetReading) -> SubnetItem:
    """A subnet as the document has it."""
    subnet, blocks, read = reading.subnet, reading.blocks, reading.subnet.subnet_id in snapshot.read_at
    counts = {state.word: blocks.counts[state] if read else 0 for state in BlockState}
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
    """An endpoint with its associations and interfaces as the document has it."""
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


def association_item(a: Association) -> AssociationItem:
    """An association as the document has it."""
    return AssociationItem(
        a.association_id, a.accessibility, a.dns_name, a.resource_arn, a.failure_code, a.failure_reason
    )


def interface_item(interface: NetworkInterface) -> InterfaceItem:
    """An ENI of an endpoint as the document has it."""
    role = role_of(interface)
    return InterfaceItem(
        network_interface_id=interface.network_interface_id,
        role=role.value if role else None,
        subnet_id=interface.subnet_id,
        private_ip_address=format_address(interface.addresses[0]) if interface.addresses else None,
        ipv4_prefixes=[str(prefix) for prefix in interface.prefixes],
        status=interface.status,
    )
