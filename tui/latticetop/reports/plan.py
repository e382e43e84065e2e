"""The document of `latticetop plan --json`: whether new endpoints fit, with proof and commands; the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.capacity.behaviour import evidence_sentence
from latticetop.model.capacity.decide import Outcome, capacity_of
from latticetop.model.capacity.demand import Behaviour
from latticetop.model.capacity.supply import free_blocks_in
from latticetop.model.records.missing_data import lacks_interfaces
from latticetop.reports.check import MissingItem, ProblemItem, missing_items, problem_item
from latticetop.reports.exit_codes import ExitCode
from latticetop.reports.json_text import timestamp, to_json
from latticetop.reports.plan_steps import PlanSteps, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.capacity.advice import Advice
    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.demand import AllocationRequest, Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.capacity.removal import Removal
    from latticetop.model.endpoints.findings import Evidence
    from latticetop.model.snapshot import Snapshot

SCHEMA = "latticetop.plan/1"


class DemandItem(Struct):
    """What is to be created, and the single addresses and /28 blocks that each subnet needs for it.

    `prefixes` are those by themselves; each of the `nodes` holds `prefixes_per_node` on `interfaces_per_node` ENIs.
    """

    endpoints: int
    resources: int
    behaviour: str
    prefixes: int
    addresses_per_subnet: int
    blocks_per_subnet: int
    nodes: int
    prefixes_per_node: int
    interfaces_per_node: int
    ip_address_type: str


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
    """Why a block is assignable or not; in a subnet of many blocks, how many `blocks` are in a state.

    `block` is the CIDR of a single block, else null.
    """

    block: str | None
    blocks: int
    letter: str
    text: str


class FitsItem(Struct):
    """How many endpoints (or nodes, or prefixes) fit for certain, and at most; only an upper bound unless `known`."""

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
    pick as single ones. `bound` is the reason; `works` and `fails` prove `may`, `reasons` prove `cannot`. `chosen` is
    false for a subnet that an answer for any subnet leaves out. `free_blocks_min` and `free_blocks_max` are null
    without IPv4, and if the ENIs were not read; `map` is then empty.
    """

    subnet_id: str
    vpc_id: str
    name: str
    cidr_block: str | None
    availability_zone: str
    availability_zone_id: str
    available_ip_address_count: int | None
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
    chosen: bool
    free_blocks_min: int | None
    free_blocks_max: int | None
    owner_id: str
    shared: bool
    missing_data: list[MissingItem]


class BehaviourSubnetItem(Struct):
    """The outcome for a subnet in one behaviour, and the reason."""

    subnet_id: str
    outcome: str
    bound: str


class BehaviourItem(Struct):
    """The answer for one behaviour of AWS: `today` as documented, `2024` as `evidence` shows.

    `vpc_endpoint_id` is the endpoint that shows it, else null.
    """

    behaviour: str
    outcome: str
    vpc_endpoint_id: str | None
    evidence: str
    subnets: list[BehaviourSubnetItem]


class PlanStepItem(Struct):
    """One step of the advice: `order` counts from 1, `kind` is `read`, `reserve`, `free` or `create-endpoint`."""

    order: int
    kind: str
    text: str
    commands: list[str]


class PlanCommands(Struct):
    """AWS CLI commands of all steps, and Terraform for an endpoint with its reservations; empty if there are none."""

    aws_cli: list[str]
    terraform: str


class PlanDocument(Struct):
    """The output of `latticetop plan --json`. `outcome` is the worst one: `fits`, `may`, `cannot` or `cannot-tell`.

    `demand` and `subnets` are those of `behaviour`, the worst of the `behaviours`. `any` says that one subnet is
    enough, for an endpoint one of each zone. `then` is the outcome after the `steps`. In the `refused_subnets`, which
    another account shares, AWS lets this account create no endpoint, whatever fits.
    """

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
    behaviour: str
    behaviours: list[BehaviourItem]
    any: bool
    steps: list[PlanStepItem]
    then: str
    refused_subnets: list[str]


def document(snapshot: Snapshot, plan: Plan) -> PlanDocument:
    """Build the document of a plan that was made from a snapshot."""
    steps = steps_of(snapshot, plan)
    return PlanDocument(
        schema=SCHEMA,
        taken_at=timestamp(snapshot.taken_at),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        outcome=plan.outcome.value,
        demand=_demand(plan.demand),
        without=list(plan.removed),
        subnets=[_subnet(snapshot, plan, decision, steps) for decision in plan.decisions],
        commands=PlanCommands(steps.commands, steps.terraform),
        problems=[problem_item(problem) for problem in snapshot.problems],
        behaviour=plan.demand.behaviour.value,
        behaviours=[_behaviour(snapshot, each, plan.evidence_id) for each in plan.by_behaviour],
        any=plan.any_subnet,
        steps=[
            PlanStepItem(order, step.kind.value, step.text, list(step.commands))
            for order, step in enumerate(steps.steps, 1)
        ],
        then=steps.outcome.value,
        refused_subnets=list(plan.refused_subnets),
    )


def unread_document(snapshot: Snapshot, demand: Demand, removed: Sequence[str], *, any_subnet: bool) -> PlanDocument:
    """Build the document of a plan for a scope of which nothing could be read."""
    unknown = Outcome.UNKNOWN.value
    return PlanDocument(
        schema=SCHEMA,
        taken_at=timestamp(snapshot.taken_at),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        outcome=unknown,
        demand=_demand(demand),
        without=list(removed),
        subnets=[],
        commands=PlanCommands([], ""),
        problems=[problem_item(problem) for problem in snapshot.problems],
        behaviour=demand.behaviour.value,
        behaviours=[],
        any=any_subnet,
        steps=[],
        then=unknown,
        refused_subnets=[],
    )


def render_json(snapshot: Snapshot, plan: Plan) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document(snapshot, plan))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(PlanDocument)


def exit_code(plan: Plan) -> ExitCode:
    """Return OK if it fits whatever order AWS allocates in, UNKNOWN if that depends on unread data, else WRONG.

    Where AWS refuses an endpoint in a subnet it is never OK.
    """
    if plan.outcome is Outcome.FITS and not plan.refused_subnets:
        return ExitCode.OK
    return ExitCode.UNKNOWN if plan.outcome is Outcome.UNKNOWN else ExitCode.WRONG


def _demand(demand: Demand) -> DemandItem:
    return DemandItem(
        endpoints=demand.endpoints,
        resources=demand.resources,
        behaviour=demand.behaviour.value,
        prefixes=demand.prefixes,
        addresses_per_subnet=demand.addresses,
        blocks_per_subnet=demand.blocks,
        nodes=demand.nodes,
        prefixes_per_node=demand.prefixes_per_node if demand.nodes else 0,
        interfaces_per_node=demand.interfaces_of_node if demand.nodes else 0,
        ip_address_type=demand.ip_address_type.value,
    )


def _behaviour(snapshot: Snapshot, plan: Plan, evidence_id: str) -> BehaviourItem:
    shown_by = evidence_id if plan.demand.behaviour is Behaviour.IN_2024 else ""
    subnets = [
        BehaviourSubnetItem(decision.reading.subnet.subnet_id, decision.outcome.value, decision.reason)
        for decision in plan.decisions
    ]
    evidence = evidence_sentence(snapshot, shown_by)
    return BehaviourItem(plan.demand.behaviour.value, plan.outcome.value, shown_by or None, evidence, subnets)


def _reason(decision: Decision, line: Evidence) -> ReasonItem:
    if "/" in line.term:
        return ReasonItem(line.term, 1, line.letter, line.text)
    return ReasonItem(None, decision.reading.blocks.counts[BlockState(line.letter)], line.letter, line.text)


def _subnet(snapshot: Snapshot, plan: Plan, decision: Decision, steps: PlanSteps) -> PlanSubnetItem:
    subnet, supply = decision.reading.subnet, decision.supply
    advice, free = steps.advice.get(subnet.subnet_id), free_blocks_in(decision.reading, decision.missing)
    capacity = capacity_of(decision.reading, decision.demand, decision.missing)
    return PlanSubnetItem(
        subnet_id=subnet.subnet_id,
        vpc_id=subnet.vpc_id,
        name=subnet.name,
        cidr_block=str(subnet.cidr_block) if subnet.cidr_block else None,
        availability_zone=subnet.availability_zone,
        availability_zone_id=subnet.availability_zone_id,
        available_ip_address_count=subnet.given_address_count,
        unaccounted_addresses=decision.reading.unaccounted,
        map="" if lacks_interfaces(decision.missing) else decision.reading.blocks.letters,
        assignable_blocks=supply.assignable_blocks,
        safe_blocks=len(supply.prefix_reserved_blocks),
        open_addresses=supply.assignable_addresses,
        outcome=decision.outcome.value,
        bound=decision.reason,
        works=_order(decision.working_sequence),
        fails=_order(decision.failing_sequence),
        reasons=[_reason(decision, line) for line in decision.block_evidence],
        fits=FitsItem(capacity.certain, capacity.possible, capacity.known),
        advice=_advice(advice) if advice else None,
        chosen=decision in plan.chosen,
        free_blocks_min=free.min if free else None,
        free_blocks_max=free.max if free else None,
        owner_id=subnet.owner_id,
        shared=bool(snapshot.foreign_owner(subnet.subnet_id)),
        missing_data=missing_items(decision.missing),
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
