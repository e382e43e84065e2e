"""Whether what is to be created fits: the document of `latticetop plan --json`, and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from latticetop.model.capacity.decide import Outcome, fits
from latticetop.model.capacity.plan import advise, ranges_to_reserve
from latticetop.reports.check import ProblemItem
from latticetop.reports.commands import create_endpoint, create_reservation, terraform
from latticetop.reports.json_text import to_json

if TYPE_CHECKING:
    from latticetop.model.capacity.allocation_orders import Order
    from latticetop.model.capacity.decide import Answer
    from latticetop.model.capacity.demand import Call, Demand
    from latticetop.model.capacity.plan import Advice, Plan
    from latticetop.model.records.address import Cidr
    from latticetop.model.snapshot import Snapshot

SCHEMA = "latticetop.plan/1"
CERTAIN, UNCERTAIN, UNREADABLE = 0, 1, 3


class DemandItem(Struct):
    """What is to be created, and what each subnet must have for it: single addresses, and /28 blocks."""

    endpoints: int
    resources: int
    behaviour: str
    prefixes: int
    addresses_per_subnet: int
    blocks_per_subnet: int


class StepItem(Struct):
    """One thing handed out: an `address` or a `block`; `endpoint` counts from 1, and is 0 for a bare prefix."""

    kind: str
    value: str
    endpoint: int
    role: str | None


class RefusedItem(Struct):
    """What is asked for in vain after the steps: an `address` or a `block`."""

    kind: str
    endpoint: int
    role: str | None


class OrderItem(Struct):
    """An order in which AWS may hand out; `refused` is null where it serves all that is wanted."""

    steps: list[StepItem]
    refused: RefusedItem | None


class ReasonItem(Struct):
    """Why a block is or is not assignable; in a subnet of many blocks, how many are in a state."""

    block: str
    letter: str
    text: str


class FitsItem(Struct):
    """How many endpoints (or prefixes) fit for certain and possibly; an upper bound where not `known`."""

    certain: int
    possible: int
    known: bool


class RemovalItem(Struct):
    """An ENI, or one address or prefix of it, to be moved away, and the blocks that are free after it."""

    remove: str
    network_interface_id: str
    owner: str
    addresses: int
    frees: list[str]


class AdviceItem(Struct):
    """What would better the outcome to `then`: removals, `exact` if none are cheaper, then ranges of type prefix."""

    removals: list[RemovalItem]
    exact: bool
    reserve: list[str]
    then: str


class PlanSubnetItem(Struct):
    """One subnet, with what is taken to be gone already gone, and the answer for it with its proof.

    `safe_blocks` are assignable ones wholly inside `prefix` reservations; `open_addresses` are those that AWS may pick
    as single addresses. `bound` is the reason; `works` and `fails` prove `may`, `reasons` prove `cannot`.
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
    """What to run, or to put into Terraform; empty for bare prefixes and where it cannot fit."""

    aws_cli: list[str]
    terraform: str


class PlanDocument(Struct):
    """The whole of `latticetop plan --json`; `outcome`, the worst of all, is fits, may, cannot or cannot-tell."""

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
    """A plan made from a snapshot as the document."""
    return PlanDocument(
        schema=SCHEMA,
        taken_at=snapshot.taken_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        account_id=snapshot.scope.account_id,
        region=snapshot.scope.region,
        outcome=plan.outcome.value,
        demand=_demand(plan.demand),
        without=list(plan.gone),
        subnets=[_subnet(answer) for answer in plan.answers],
        commands=commands(snapshot, plan),
        problems=[ProblemItem(p.kind.value, p.operation, p.message, p.next_step) for p in snapshot.problems],
    )


def render_json(snapshot: Snapshot, plan: Plan) -> str:
    """The document as indented JSON with a newline at its end."""
    return to_json(document(snapshot, plan))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(PlanDocument)


def exit_code(plan: Plan) -> int:
    """0 it fits whatever order AWS allocates in, 1 it does not or only may, 3 it cannot be told."""
    if plan.outcome is Outcome.FITS:
        return CERTAIN
    return UNREADABLE if plan.outcome is Outcome.CANNOT_TELL else UNCERTAIN


def commands(snapshot: Snapshot, plan: Plan) -> PlanCommands:
    """Reservations that are advised and need no removal first, then the endpoint; its network if there is only one."""
    if not plan.demand.endpoints or plan.outcome is Outcome.CANNOT:
        return PlanCommands([], "")
    subnets = [answer.reading.subnet for answer in plan.answers]
    subnet_ids, vpc_id = [subnet.subnet_id for subnet in subnets], subnets[0].vpc_id
    reserved = [(answer.reading.subnet.subnet_id, cidr) for answer in plan.answers for cidr in _reservable(answer)]
    networks = list(snapshot.lattice.networks or {})
    network = networks[0] if len(networks) == 1 else ""
    lines = [create_reservation(snapshot.scope, subnet_id, cidr) for subnet_id, cidr in reserved]
    lines.append(create_endpoint(snapshot.scope, vpc_id, subnet_ids, network))
    return PlanCommands(lines, terraform(vpc_id, subnet_ids, network, reserved=reserved))


def _reservable(answer: Answer) -> tuple[Cidr, ...]:
    return ranges_to_reserve(answer.reading, answer.demand) if answer.outcome is Outcome.MAY else ()


def _demand(demand: Demand) -> DemandItem:
    return DemandItem(
        demand.endpoints, demand.resources, demand.behaviour.value, demand.prefixes, demand.addresses, demand.blocks
    )


def _subnet(answer: Answer) -> PlanSubnetItem:
    subnet, room, advice = answer.reading.subnet, answer.room, advise(answer)
    more = fits(answer.reading, answer.demand, answer.doubt)
    return PlanSubnetItem(
        subnet_id=subnet.subnet_id,
        vpc_id=subnet.vpc_id,
        name=subnet.name,
        cidr_block=str(subnet.cidr_block) if subnet.cidr_block else None,
        availability_zone=subnet.availability_zone,
        availability_zone_id=subnet.availability_zone_id,
        available_ip_address_count=subnet.available_ip_address_count,
        unaccounted_addresses=answer.reading.unaccounted,
        map=answer.reading.blocks.letters,
        assignable_blocks=room.assignable,
        safe_blocks=len(room.safe),
        open_addresses=room.open,
        outcome=answer.outcome.value,
        bound=answer.bound,
        works=_order(answer.works),
        fails=_order(answer.fails),
        reasons=[ReasonItem(line.term, line.letter, line.text) for line in answer.reasons],
        fits=FitsItem(more.certain, more.possible, more.known),
        advice=_advice(advice) if advice else None,
    )


def _order(order: Order | None) -> OrderItem | None:
    if order is None:
        return None
    steps = [StepItem(s.kind.value, str(s), s.call.endpoint, _role(s.call)) for s in order.steps]
    refused = None
    if order.refused and order.refused_call:
        refused = RefusedItem(order.refused.value, order.refused_call.endpoint, _role(order.refused_call))
    return OrderItem(steps, refused)


def _role(call: Call) -> str | None:
    return call.role.value if call.role else None


def _advice(advice: Advice) -> AdviceItem:
    found = advice.removals
    removals = [
        RemovalItem(
            removal.what,
            removal.interface.network_interface_id,
            str(removal.owner),
            removal.count,
            [str(cidr) for cidr in removal.frees],
        )
        for removal in (found.removals if found else ())
    ]
    return AdviceItem(removals, found.exact if found else True, [str(c) for c in advice.reserve], advice.then.value)
