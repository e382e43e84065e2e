"""What the plan screen says: advice, the capacity of zones, allocation sequences, what an outcome means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.plan.table import OUTCOME_LABELS
from latticetop.model.capacity.best_subnets import capacity_in_every_zone, selections_by_vpc
from latticetop.model.capacity.decide import Outcome
from latticetop.model.records.resources import zone_letter
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.capacity.advice import Advice
    from latticetop.model.capacity.allocation_sequence import AllocationSequence
    from latticetop.model.capacity.demand import Demand

MAX_REMOVALS = 3
"""How many removals are named."""
MAX_STEPS, FIRST_STEPS = 8, 6
"""Of a sequence of more steps the first ones and the last are shown."""


def advice_text(advice: Advice | None) -> str:
    """What to reserve and what to free, and the outcome after that; empty if nothing helps."""
    if advice is None:
        return ""
    steps = []
    if advice.reserved_ranges:
        steps.append(f"reserve {', '.join(map(str, advice.reserved_ranges))} with type prefix")
    if advice.removals:
        removals = advice.removals.removals
        steps += [clean(removal.sentence) for removal in removals[:MAX_REMOVALS]]
        rest = len(removals) - MAX_REMOVALS
        steps += [f"{rest} more, which free {len(advice.removals.freed_blocks)} blocks in all"] if rest > 0 else []
    return f"{'; '.join(steps)}; then it {OUTCOME_LABELS[advice.outcome]}"


def zone_capacity(view: SnapshotView, vpc_id: str, demand: Demand) -> str:
    """How many more of these endpoints fit: `Capacity: a 2-8 · b 2-8 · in every zone 2-8`; empty without a subnet."""
    zones = selections_by_vpc(view.snapshot, demand, vpc_id).get(vpc_id, ())
    if not zones:
        return ""
    parts = [f"{zone_letter(clean(zone.availability_zone))} {zone.zone_capacity}" for zone in zones]
    return f"Capacity: {' · '.join(parts)} · in every zone {capacity_in_every_zone(zones)}"


def sequence_text(sequence: AllocationSequence) -> str:
    """The steps of an allocation sequence; of many, the first ones and the last."""
    steps = sequence.texts
    return ", ".join(steps) if len(steps) <= MAX_STEPS else f"{', '.join(steps[:FIRST_STEPS])} … {steps[-1]}"


def outcome_meaning(outcome: Outcome) -> str:
    """What an outcome depends on."""
    match outcome:
        case Outcome.FITS | Outcome.CANNOT:
            return "whatever order AWS allocates in."
        case Outcome.MAY:
            return "some allocation sequences fail: a single address that AWS assigns in a free block fragments it."
        case Outcome.UNKNOWN:
            return "some data could not be read."
