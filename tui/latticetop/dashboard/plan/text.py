"""What the plan screen says beside the answer: the capacity of zones, and a better subnet in a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.best_subnets import capacity_in_every_zone, selections_by_vpc
from latticetop.model.capacity.decide import Outcome
from latticetop.model.records.resources import zone_letter
from latticetop.model.records.text import clean, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.capacity.best_subnets import ZoneSelection
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.plan import Plan
    from latticetop.model.snapshot import Snapshot
    from latticetop.reports.plan_steps import PlanSteps


def zone_capacity(snapshot: Snapshot, vpc_id: str, demand: Demand) -> str:
    """How many more of these endpoints fit: `Capacity: a 2-8 · b 2-8 · in every zone 2-8`.

    Empty without a subnet, and for endpoints with IPv6 alone, whose number IPv4 does not limit.
    """
    zones = selections_by_vpc(snapshot, demand, vpc_id).get(vpc_id, ())
    if not zones or demand.without_ipv4:
        return ""
    parts = [f"{zone_letter(clean(zone.availability_zone))} {zone.zone_capacity}" for zone in zones]
    return f"Capacity: {' · '.join(parts)} · in every zone {capacity_in_every_zone(zones)}"


def better_subnets(plan: Plan, selections: Sequence[ZoneSelection], best_key: str) -> str:
    """Name the subnets that are better than the chosen one of their zone; empty if there are none."""
    better = []
    for selection in selections:
        decision, zone = selection.decision, selection.availability_zone
        chosen = [each for each in plan.decisions if each.reading.subnet.availability_zone == zone]
        ids = {each.reading.subnet.subnet_id for each in chosen}
        subnet = decision.reading.subnet
        if chosen and subnet.subnet_id not in ids and decision.outcome.rank < min(d.outcome.rank for d in chosen):
            free = counted(decision.supply.assignable_blocks, "free /28 block")
            better.append(f"{clean(subnet.name or subnet.subnet_id)} {subnet.range_text} ({free})")
    return f"Better: {', '.join(better)}; {best_key} chooses the best subnets." if better else ""


def is_same_question(one: Plan, other: Plan) -> bool:
    """Whether two plans are for the same demand in the same subnets, maybe of two snapshots."""

    def question(plan: Plan) -> tuple[object, object]:
        return set(plan.demands), [decision.reading.subnet.subnet_id for decision in plan.decisions]

    return question(one) == question(other)


def steps_note(plan: Plan, steps: PlanSteps, better: str) -> str:
    """What to say below the steps of a plan: why there are none, and which subnets are `better`."""
    if plan.outcome is Outcome.UNKNOWN:
        return f"Which steps help is unknown: some data could not be read. {better}".rstrip()
    if plan.outcome is Outcome.FITS:
        return "" if steps.steps or plan.refused_subnets else "Nothing has to be done first."
    return better if steps.steps else f"Nothing that can be freed in these subnets makes it fit. {better}".rstrip()
