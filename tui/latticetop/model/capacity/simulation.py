"""A plan as it is once some changes were made: for all of them together, and after one step of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.capacity.decide import Decision, Outcome, decide
from latticetop.model.capacity.plan import Plan, worst_plan
from latticetop.model.capacity.supply import FreeBlocks, free_blocks_in
from latticetop.model.capacity.what_if import SubnetChange, with_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class StepEffect(Struct, frozen=True):
    """A subnet after a step and those before it: its free blocks and those needed, and the worst outcome in it.

    `free` is None if the ENIs were not read.
    """

    subnet_id: str
    availability_zone: str
    free: FreeBlocks | None
    needed: int
    outcome: Outcome


def simulate(plan: Plan, changes: Sequence[SubnetChange]) -> Plan:
    """Return the plan as it is after these changes, in every behaviour that it reckons with."""
    if not changes:
        return plan
    return worst_plan([_changed(each, changes) for each in (plan, *plan.others)], plan.evidence_id)


def effects(plan: Plan, steps: Sequence[Sequence[SubnetChange]]) -> Iterator[tuple[StepEffect, ...]]:
    """Yield for each step, given by its changes, the subnets that it changes, as they are after it."""
    plans = [plan, *plan.others]
    for changes in steps:
        plans = [_changed(each, changes) for each in plans]
        changed = {change.subnet_id for change in changes}
        yield tuple(
            _effect([each.decisions[index] for each in plans], subnet_id)
            for index, subnet_id in enumerate(d.reading.subnet.subnet_id for d in plan.decisions)
            if subnet_id in changed
        )


def _changed(plan: Plan, changes: Sequence[SubnetChange]) -> Plan:
    changed = {change.subnet_id for change in changes}
    decisions = tuple(
        decide(with_changes(each.reading, changes), each.demand, each.missing)
        if each.reading.subnet.subnet_id in changed
        else each
        for each in plan.decisions
    )
    return structs.replace(plan, decisions=decisions, others=())


def _effect(decisions: Sequence[Decision], subnet_id: str) -> StepEffect:
    worst = max(decisions, key=lambda decision: decision.outcome.rank)
    needed = max(decision.demand.blocks for decision in decisions)
    zone = worst.reading.subnet.availability_zone
    return StepEffect(subnet_id, zone, free_blocks_in(worst.reading, worst.missing), needed, worst.outcome)
