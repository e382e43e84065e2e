"""The steps that make a plan fit, in the order that works: reserve, free, create; each with its commands."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.decide import Outcome, worst_outcome
from latticetop.model.capacity.demand import IpAddressType
from latticetop.model.capacity.removal import Removal
from latticetop.model.capacity.what_if import SubnetChange
from latticetop.model.endpoints.endpoint_evidence import failed_endpoints, replaceable_endpoints
from latticetop.model.endpoints.recreation import StepKind
from latticetop.model.records.address import Cidr
from latticetop.model.records.missing_data import MissingCause
from latticetop.model.records.owner_kinds import OwnerKind
from latticetop.model.records.text import begin_lower
from latticetop.reports.commands import create_endpoint, create_reservation, shell_lines, terraform
from latticetop.reports.removal_commands import delete_endpoint, removal_commands, wait_for_endpoint, wait_for_removal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latticetop.model.capacity.advice import Advice
    from latticetop.model.capacity.decide import Decision
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.snapshot import Snapshot

MAX_NAMED = 4
"""Ranges that a sentence names; of more it gives the number of the others."""


class PlanStep(Struct, frozen=True):
    """One step as a clause in the imperative without a full stop, and the commands that carry it out.

    `changes` are what it does to subnets, for a simulation; `freed_blocks` are free after it and the steps before it.
    """

    kind: StepKind
    text: str
    commands: tuple[str, ...] = ()
    changes: tuple[SubnetChange, ...] = ()
    freed_blocks: tuple[Cidr, ...] = ()


class PlanSteps(Struct, frozen=True):
    """The advice for each subnet that counts, by id, all steps in their order, and the outcome after them."""

    advice: dict[str, Advice]
    steps: tuple[PlanStep, ...]
    outcome: Outcome
    terraform: str = ""

    @property
    def commands(self) -> list[str]:
        """The commands of all steps, in order."""
        return [command for step in self.steps for command in step.commands]

    @property
    def script(self) -> str:
        """A shell script with a comment for each step, which may have no command."""
        return "\n".join(shell_lines([(step.text, step.commands) for step in self.steps])) + "\n"

    @property
    def has_reservations(self) -> bool:
        """Whether a range is to be reserved."""
        return any(step.kind is StepKind.RESERVE for step in self.steps)


def steps_of(snapshot: Snapshot, plan: Plan, network_arn: str = "") -> PlanSteps:
    """Find the steps of a plan. There are none if something cannot fit whatever is done.

    Without `network_arn` the service network is the only one of the Region, or else a variable.
    """
    network_arn = network_arn or _network_arn(snapshot)
    failed = failed_endpoints(snapshot)
    # In a subnet that another account shares, its owner alone reserves ranges and creates endpoints.
    own = [decision for decision in plan.chosen if _subnet_id(decision) not in plan.shared_subnets]
    found = {_subnet_id(decision): plan.advice(decision, failed) for decision in own}
    chosen = list(map(_subnet_id, plan.chosen))
    replaced = replaceable_endpoints(snapshot, chosen, network_arn) if plan.demand.endpoints else frozenset()
    advice = {subnet_id: _replacing(each, replaced) for subnet_id, each in found.items() if each}
    outcomes = [
        advice[subnet_id].outcome if subnet_id in advice else plan.outcome_in(subnet_id)
        for subnet_id in map(_subnet_id, plan.chosen)
    ]
    outcome = worst_outcome(outcomes)
    if outcome is Outcome.CANNOT:
        return PlanSteps(advice, (), outcome)
    steps = [*_reservations(snapshot, advice), *_removals(snapshot, advice, chosen)]
    if outcome is Outcome.UNKNOWN:
        steps[:0] = _reads(plan)
    if not plan.demand.endpoints or plan.refused_subnets:
        return PlanSteps(advice, tuple(steps), outcome)
    steps.append(_creation(snapshot, plan, network_arn))
    return PlanSteps(advice, tuple(steps), outcome, _terraform(plan, advice, network_arn))


def first_few(names: Sequence[str]) -> str:
    """Join names; of many, the first ones, and the number of the others."""
    more = len(names) - MAX_NAMED
    return ", ".join(names) if more < 2 else f"{', '.join(names[:MAX_NAMED])} and {more:,} more"


def reservation_text(advice: Advice) -> str:
    """Say which ranges to reserve, without the subnet; empty if none."""
    ranges = first_few(list(map(str, advice.reserved_ranges)))
    return f"reserve {ranges} with type prefix" if ranges else ""


def _replacing(advice: Advice, endpoint_ids: frozenset[str]) -> Advice:
    """The advice, by which these endpoints are deleted and created again."""
    return structs.replace(advice, removals=advice.removals.replacing(endpoint_ids)) if advice.removals else advice


def _reads(plan: Plan) -> Iterator[PlanStep]:
    """A step for each kind of missing data. What has only not been read yet comes by itself."""
    missing = (data for decision in plan.chosen for data in decision.missing)
    for data in {each.next_step: each for each in missing if each.cause is not MissingCause.NOT_READ_YET}.values():
        again = data.cause is not MissingCause.FAILED and not data.is_hidden
        text = begin_lower(data.next_step).rstrip(".")
        yield PlanStep(StepKind.READ, f"{text}, and plan again" if again else text)


def _reservations(snapshot: Snapshot, advice: dict[str, Advice]) -> Iterator[PlanStep]:
    for subnet_id, each in advice.items():
        if each.reserved_ranges:
            commands = tuple(create_reservation(snapshot.scope, subnet_id, cidr) for cidr in each.reserved_ranges)
            text, change = f"{reservation_text(each)} in {subnet_id}", SubnetChange(subnet_id, each.reserved_ranges)
            yield PlanStep(StepKind.RESERVE, text, commands, (change,))


def _removals(snapshot: Snapshot, advice: dict[str, Advice], subnet_ids: Sequence[str]) -> Iterator[PlanStep]:
    """One step for each removal; what is removed as a whole may have addresses in several subnets.

    An endpoint that is to be created again comes last: its traffic stops.
    """
    by_action: dict[str, list[tuple[str, Removal]]] = {}
    for subnet_id, each in advice.items():
        for removal in each.removals.removals if each.removals else ():
            by_action.setdefault(removal.action, []).append((subnet_id, removal))
    for removals in sorted(by_action.values(), key=lambda removals: removals[0][1].replaced):
        whole = reduce(Removal.joined, (removal for _, removal in removals))
        note = f" ({whole.note})" if whole.note else ""
        if whole.endpoint_id:
            changes = [SubnetChange(subnet_id, (), (whole.endpoint_id,)) for subnet_id in subnet_ids]
        else:
            changes = [SubnetChange(subnet_id, (), removal.targets) for subnet_id, removal in removals]
        commands = tuple(_commands_for(snapshot, whole))
        yield PlanStep(StepKind.FREE, f"{whole.sentence}{note}", commands, tuple(changes), whole.freed_blocks)


def _commands_for(snapshot: Snapshot, removal: Removal) -> list[str]:
    if removal.owner.kind is OwnerKind.LATTICE_ENDPOINT and removal.owner.name in snapshot.endpoints:
        endpoint_id = removal.owner.name
        return [delete_endpoint(snapshot.scope, endpoint_id), wait_for_endpoint(snapshot.scope, endpoint_id)]
    return [*removal_commands(snapshot.scope, removal), *wait_for_removal(snapshot.scope, removal)]


def _creation(snapshot: Snapshot, plan: Plan, network_arn: str) -> PlanStep:
    demand, subnet_ids = plan.demand, list(map(_subnet_id, plan.chosen))
    kind = _ip_address_type(demand)
    command = create_endpoint(snapshot.scope, _vpc_id(plan), subnet_ids, network_arn, ip_address_type=kind)
    what = "the endpoint" if demand.endpoints == 1 else f"each of the {demand.endpoints:,} endpoints"
    return PlanStep(StepKind.CREATE_ENDPOINT, f"create {what} in {first_few(subnet_ids)}", (command,))


def _ip_address_type(demand: Demand) -> str:
    """The address type as a command takes it; empty for AWS's default."""
    return "" if demand.ip_address_type is IpAddressType.IPV4 else demand.ip_address_type.value


def _terraform(plan: Plan, advice: dict[str, Advice], network_arn: str) -> str:
    reserved = [(subnet_id, cidr) for subnet_id, each in advice.items() for cidr in each.reserved_ranges]
    subnet_ids = list(map(_subnet_id, plan.chosen))
    kind = _ip_address_type(plan.demand)
    return terraform(_vpc_id(plan), subnet_ids, network_arn, reserved=reserved, ip_address_type=kind)


def _network_arn(snapshot: Snapshot) -> str:
    """The service network, if the Region has only one; else empty."""
    networks = list(snapshot.lattice.networks or {})
    return networks[0] if len(networks) == 1 else ""


def _vpc_id(plan: Plan) -> str:
    return plan.decisions[0].reading.subnet.vpc_id


def _subnet_id(decision: Decision) -> str:
    return decision.reading.subnet.subnet_id
