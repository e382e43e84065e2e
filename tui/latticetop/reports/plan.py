"""The document of `latticetop plan --json`: whether new endpoints fit, with proof and commands; the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.capacity.advice import advise, ranges_to_reserve
from latticetop.model.capacity.decide import Outcome, capacity_of
from latticetop.reports.check import ProblemItem, problem_item
from latticetop.reports.commands import create_endpoint, create_reservation, terraform
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.json_text import timestamp, to_json

if TYPE_CHECKING:
    from latticetop.model.capacity.advice import Advice
    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.defragment import Removal
    from latticetop.model.capacity.demand import AllocationRequest, Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Snapshot

SCHEMA = "latticetop.plan/1"


class DemandItem(Struct):
    """What is to be created, and the single addresses and /28 blocks that each subnet needs for it."""

    endpoints: int
    resources: int
    behaviour: str
    prefixes: int
    addresses_per_subnet: int
    blocks_per_subnet: int


class StepItem(Struct):
    """One allocation: an `address` or a `block`. `endpoint` counts from 1; it is 0 for a bare prefix."""

    kind: str
    value: str
    endpoint: int
    role: str | None


class RefusedItem(Struct):
    """The request that is denied after the steps: an `address` or a `block`."""

    kind: str
    endpoint: int
    role: str | None


class OrderItem(Struct):
    """An allocation sequence that is possible for AWS; `refused` is null if it satisfies the whole demand."""

    steps: list[StepItem]
    refused: RefusedItem | None


class ReasonItem(Struct):
    """Why a block is assignable or not; in a subnet of many blocks, how many blocks are in a state."""

    block: str
    letter: str
    text: str


class FitsItem(Struct):
    """How many endpoints (or prefixes) fit for certain, and at most; only an upper bound unless `known`."""

    certain: int
    possible: int
    known: bool


class RemovalItem(Struct):
    """What to free, and the blocks that this frees.

    `remove` is an id, an address or a prefix, as `--without` takes it, or several. `action` says how it is done, and
    `movable` whether AWS lets anybody do it without replacing the resource.
    """

    remove: str
    network_interface_id: str
    owner: str
    addresses: int
    frees: list[str]
    action: str
    movable: bool


class AdviceItem(Struct):
    """What improves the outcome to `then`: prefix reservations, then removals (`exact` if none are cheaper)."""

    removals: list[RemovalItem]
    exact: bool
    reserve: list[str]
    then: str


class PlanSubnetItem(Struct):
    """One subnet after the simulated removals, with its outcome and the proof of it.

    `safe_blocks` counts assignable blocks inside `prefix` reservations, `open_addresses` the addresses that AWS may
    pick as single ones. `bound` is the reason; `works` and `fails` prove `may`, `reasons` prove `cannot`.
    """

    subnet_id: str
    vpc_id: str
    name: str
    cidr_block: str | None
    availability_zone: str
    availability_zone_id: str
    available_ip_address_count: int
    unaccounted_addresses: int
    map: str
    assignable_blocks: int
    safe_blocks: int
    open_addresses: int
    outcome: str
    bound: str
    works: OrderItem | None
    fails: OrderItem | None
    reasons: list[ReasonItem]
    fits: FitsItem
    advice: AdviceItem | None


class PlanCommands(Struct):
    """AWS CLI commands and Terraform for the plan; empty for bare prefixes and if it cannot fit."""

    aws_cli: list[str]
    terraform: str


class PlanDocument(Struct):
    """The output of `latticetop plan --json`. `outcome` is the worst one: `fits`, `may`, `cannot` or `cannot-tell`."""

    schema: str
    taken_at: str
    account_id: str
    region: str
    outcome: str
    demand: DemandItem
    without: list[str]
    subnets: list[PlanSubnetItem]
    commands: PlanCommands
    problems: list[ProblemItem]


def document(snapshot: Snapshot, plan: Plan) -> PlanDocument:
    """Build the document of a plan that was made from a snapshot."""
    return PlanDocument(
        schema=SCHEMA,
        taken_at=timestamp(snapshot.taken_at),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        outcome=plan.outcome.value,
        demand=_demand(plan.demand),
        without=list(plan.removed),
        subnets=[_subnet(decision) for decision in plan.decisions],
        commands=commands(snapshot, plan),
        problems=[problem_item(problem) for problem in snapshot.problems],
    )


def render_json(snapshot: Snapshot, plan: Plan) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document(snapshot, plan))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(PlanDocument)


def exit_code(plan: Plan) -> ExitCode:
    """Return OK if it fits whatever order AWS allocates in, UNKNOWN if that depends on unread data, else WRONG."""
    if plan.outcome is Outcome.FITS:
        return ExitCode.OK
    return ExitCode.UNKNOWN if plan.outcome is Outcome.UNKNOWN else ExitCode.WRONG


def commands(snapshot: Snapshot, plan: Plan) -> PlanCommands:
    """Return the commands for the reservations that need no removal first, then for the endpoint.

    The service network is filled in if the Region has only one.
    """
    if not plan.demand.endpoints or plan.outcome is Outcome.CANNOT:
        return PlanCommands([], "")
    subnets = [decision.reading.subnet for decision in plan.decisions]
    subnet_ids, vpc_id = [subnet.subnet_id for subnet in subnets], subnets[0].vpc_id
    reserved = [
        (decision.reading.subnet.subnet_id, cidr) for decision in plan.decisions for cidr in _reservable(decision)
    ]
    networks = list(snapshot.lattice.networks or {})
    network = networks[0] if len(networks) == 1 else ""
    lines = [create_reservation(snapshot.scope, subnet_id, cidr) for subnet_id, cidr in reserved]
    lines.append(create_endpoint(snapshot.scope, vpc_id, subnet_ids, network))
    return PlanCommands(lines, terraform(vpc_id, subnet_ids, network, reserved=reserved))


def _reservable(decision: Decision) -> tuple[Cidr, ...]:
    return ranges_to_reserve(decision.reading, decision.demand) if decision.outcome is Outcome.MAY else ()


def _demand(demand: Demand) -> DemandItem:
    return DemandItem(
        endpoints=demand.endpoints,
        resources=demand.resources,
        behaviour=demand.behaviour.value,
        prefixes=demand.prefixes,
        addresses_per_subnet=demand.addresses,
        blocks_per_subnet=demand.blocks,
    )


def _subnet(decision: Decision) -> PlanSubnetItem:
    subnet, supply, advice = decision.reading.subnet, decision.supply, advise(decision)
    capacity = capacity_of(decision.reading, decision.demand, decision.missing)
    return PlanSubnetItem(
        subnet_id=subnet.subnet_id,
        vpc_id=subnet.vpc_id,
        name=subnet.name,
        cidr_block=str(subnet.cidr_block) if subnet.cidr_block else None,
        availability_zone=subnet.availability_zone,
        availability_zone_id=subnet.availability_zone_id,
        available_ip_address_count=subnet.available_ip_address_count,
        unaccounted_addresses=decision.reading.unaccounted,
        map=decision.reading.blocks.letters,
        assignable_blocks=supply.assignable_blocks,
        safe_blocks=len(supply.reserved_blocks),
        open_addresses=supply.assignable_addresses,
        outcome=decision.outcome.value,
        bound=decision.reason,
        works=_order(decision.working_sequence),
        fails=_order(decision.failing_sequence),
        reasons=[ReasonItem(line.term, line.letter, line.text) for line in decision.block_evidence],
        fits=FitsItem(capacity.certain, capacity.possible, capacity.known),
        advice=_advice(advice) if advice else None,
    )


def _order(sequence: AllocationSequence | None) -> OrderItem | None:
    if sequence is None:
        return None
    steps = [StepItem(a.kind.value, str(a), a.request.endpoint, _role(a.request)) for a in sequence.allocations]
    refused = None
    if sequence.denied_kind and sequence.denied_request:
        request = sequence.denied_request
        refused = RefusedItem(sequence.denied_kind.value, request.endpoint, _role(request))
    return OrderItem(steps, refused)


def _role(request: AllocationRequest) -> str | None:
    return request.role.value if request.role else None


def _advice(advice: Advice) -> AdviceItem:
    removals = advice.removals
    return AdviceItem(
        removals=[_removal(removal) for removal in (removals.removals if removals else ())],
        exact=removals.exact if removals else True,
        reserve=[str(cidr) for cidr in advice.reserved_ranges],
        then=advice.outcome.value,
    )


def _removal(removal: Removal) -> RemovalItem:
    return RemovalItem(
        remove=" ".join(removal.targets),
        network_interface_id=removal.interface.network_interface_id,
        owner=str(removal.owner),
        addresses=removal.address_count,
        frees=[str(cidr) for cidr in removal.freed_blocks],
        action=removal.action,
        movable=removal.movable,
    )
