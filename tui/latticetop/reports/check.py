"""The document of `latticetop check --json`: what is wrong in one scope, and the exit code for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.capacity.best_subnets import usual_capacity
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria, counts, is_selected
from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.capacity.supply import free_blocks_of, tightness
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import role_of
from latticetop.model.records.read_parts import reservations_part
from latticetop.reports.check_reasons import fix_for, ordered_endpoints, reasons_for
from latticetop.reports.json_text import timestamp, to_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot, SubnetReading

SCHEMA = "latticetop.check/1"


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


class Fits(Struct):
    """How many more service-network endpoints fit into a subnet, at least and at most, whatever else is in it.

    Each is taken to have one resource configuration. `unit` says what is counted.
    """

    min: int
    max: int
    unit: str


class NodeCapacityItem(Struct):
    """How many more EKS nodes fit, each with as many prefixes and ENIs as the largest one of the subnet.

    The pods are those that fit on the free /28 blocks, sixteen on each.
    """

    nodes_min: int
    nodes_max: int
    prefixes_per_node: int
    pods_min: int
    pods_max: int


class MissingItem(Struct):
    """A part of a subnet that was not read, the IAM action that reads it, and the owner if that is another account."""

    part: str
    action: str
    cause: str
    owner_id: str


class SubnetItem(Struct):
    """One subnet; without IPv4, `cidr_block` is null and `map` is empty.

    `read` says whether its ENIs were read; if they were not, no block is counted, listed or drawn. `counts` says
    whether the exit code depends on it. `blocks` and `map` are what the visible ENIs show, `free_blocks_min` and
    `free_blocks_max` what may be assigned: null without IPv4, and where the ENIs were not read. While `missing_data`
    has the CIDR reservations, `free_blocks_max` leaves out blocks inside of them. `free_cidr_blocks` are blocks without
    a visible use, of which `free_blocks_min` are free for certain; empty if none is. `node_capacity` is null unless a
    node in the subnet holds a prefix. `reservations_read_at` is null where its CIDR reservations were not read; while a
    scope is followed they are up to an hour old.
    """

    subnet_id: str
    vpc_id: str
    name: str
    cidr_block: str | None
    availability_zone: str
    availability_zone_id: str
    available_ip_address_count: int | None
    unaccounted_addresses: int
    blocks: Blocks
    free_cidr_blocks: list[str]
    map: str
    read: bool
    free_blocks_min: int | None
    free_blocks_max: int | None
    fits: Fits | None
    counts: bool
    owner_id: str
    shared: bool
    ipv6_cidr_blocks: list[str]
    missing_data: list[MissingItem]
    node_capacity: NodeCapacityItem | None
    reservations_read_at: str | None


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
    ipv6_addresses: list[str]
    ipv6_prefixes: list[str]


class EndpointItem(Struct):
    """One endpoint with its verdict and, in whole sentences, the reason for it.

    `counts` says whether the exit code depends on it: not if it is outside the subnets that are selected.
    """

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
    ip_address_type: str
    counts: bool


class ProblemItem(Struct):
    """Data that could not be read, and what to do about it."""

    kind: str
    operation: str
    message: str
    next_step: str


class CheckReasonItem(Struct):
    """Why the exit code is not 0: the endpoint, subnet or list concerned, the rule, a whole sentence, and what helps.

    `rule` is `endpoint-wrong`, `too-few-free-blocks` or `subnet-too-small` for exit code 1; `list-unread`,
    `endpoint-unknown` or `free-blocks-unknown` for 3. `fix` is empty if nothing is known to help.
    """

    id: str
    rule: str
    sentence: str
    fix: str


class CriteriaItem(Struct):
    """What was asked for: the free blocks that a subnet needs, and how subnets were selected."""

    min_free_blocks: int
    subnet_ids: list[str]
    vpc_ids: list[str]
    all_subnets: bool
    clusters: list[str]
    tags: list[str]


class CheckDocument(Struct):
    """The output of `latticetop check --json`; endpoints and subnets in trouble come first.

    `reasons` are those for the exit code, empty if it is 0.
    """

    schema: str
    taken_at: str
    account_id: str
    region: str
    subnets: list[SubnetItem]
    endpoints: list[EndpointItem]
    problems: list[ProblemItem]
    reasons: list[CheckReasonItem]
    criteria: CriteriaItem


def document(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> CheckDocument:
    """Build the document of a snapshot."""
    return CheckDocument(
        schema=SCHEMA,
        taken_at=timestamp(snapshot.taken_at),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        subnets=[subnet_item(snapshot, reading, criteria) for reading in ordered_subnets(snapshot)],
        endpoints=[endpoint_item(snapshot, e, assessment, criteria) for e, assessment in ordered_endpoints(snapshot)],
        problems=[problem_item(problem) for problem in snapshot.problems],
        reasons=[
            CheckReasonItem(reason.id, reason.rule.value, reason.sentence, fix_for(snapshot, reason, criteria))
            for reason in reasons_for(snapshot, criteria)
        ],
        criteria=CriteriaItem(
            criteria.min_free_blocks,
            list(criteria.subnet_ids),
            list(criteria.vpc_ids),
            criteria.all_subnets,
            list(criteria.clusters),
            list(criteria.tags),
        ),
    )


def render_json(snapshot: Snapshot, criteria: Criteria = DEFAULT_CRITERIA) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document(snapshot, criteria))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(CheckDocument)


def ordered_subnets(snapshot: Snapshot) -> list[SubnetReading]:
    """Return the subnets, the tightest first."""
    free = {subnet_id: free_blocks_of(snapshot, subnet_id) for subnet_id in snapshot.subnets}
    return sorted(snapshot.subnets.values(), key=lambda one: tightness(snapshot, one, free[one.subnet.subnet_id]))


def subnet_item(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria = DEFAULT_CRITERIA) -> SubnetItem:
    """Build the item of a subnet."""
    subnet, blocks, subnet_id = reading.subnet, reading.blocks, reading.subnet.subnet_id
    read, missing = subnet_id in snapshot.read_at, snapshot.missing_data(subnet_id)
    free, part = free_blocks_of(snapshot, subnet_id), reservations_part(subnet_id)
    letters = {state.key: blocks.counts[state] if read else 0 for state in BlockState}
    return SubnetItem(
        subnet_id=subnet_id,
        vpc_id=subnet.vpc_id,
        name=subnet.name,
        cidr_block=str(subnet.cidr_block) if subnet.cidr_block else None,
        availability_zone=subnet.availability_zone,
        availability_zone_id=subnet.availability_zone_id,
        available_ip_address_count=subnet.given_address_count,
        unaccounted_addresses=reading.unaccounted,
        blocks=Blocks(total=len(blocks), **letters),
        free_cidr_blocks=[str(cidr) for cidr in blocks.free_cidr_blocks] if free and free.min else [],
        map=blocks.letters if read else "",
        read=read,
        free_blocks_min=free.min if free else None,
        free_blocks_max=free.max if free else None,
        fits=_fits(snapshot, reading, missing) if free else None,
        counts=counts(snapshot, subnet_id, criteria),
        owner_id=subnet.owner_id,
        shared=bool(snapshot.foreign_owner(subnet_id)),
        ipv6_cidr_blocks=list(subnet.ipv6_cidr_blocks),
        missing_data=missing_items(missing),
        node_capacity=_node_capacity(reading, missing),
        reservations_read_at=timestamp(read_at) if (read_at := snapshot.read_at.get(part)) else None,
    )


def missing_items(missing: Iterable[MissingData]) -> list[MissingItem]:
    """Build the items of what was not read of a subnet."""
    return [MissingItem(data.part.value, data.action, data.cause.value, data.owner_id) for data in missing]


def _fits(snapshot: Snapshot, reading: SubnetReading, missing: Collection[MissingData]) -> Fits:
    capacity = usual_capacity(snapshot, reading, missing)
    return Fits(capacity.certain, capacity.possible, "service-network endpoint")


def _node_capacity(reading: SubnetReading, missing: Collection[MissingData]) -> NodeCapacityItem | None:
    capacity = node_capacity(reading, missing)
    if capacity is None:
        return None
    nodes = capacity.nodes
    return NodeCapacityItem(
        nodes.certain, nodes.possible, capacity.prefixes_per_node, capacity.min_pods, capacity.max_pods
    )


def endpoint_item(
    snapshot: Snapshot, endpoint: Endpoint, assessment: Assessment, criteria: Criteria = DEFAULT_CRITERIA
) -> EndpointItem:
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
        ip_address_type=endpoint.ip_address_type,
        counts=is_selected(snapshot, endpoint, criteria),
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
        ipv6_addresses=list(interface.ipv6_addresses),
        ipv6_prefixes=list(interface.ipv6_prefixes),
    )
