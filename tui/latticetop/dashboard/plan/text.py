"""What the plan screen says: advice, the room of the zones, orders, what an outcome means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.plan.table import WORDS
from latticetop.model.capacity.decide import Outcome
from latticetop.model.capacity.subnet_selection import choices_by_vpc, spanning
from latticetop.model.records.address import format_address
from latticetop.model.records.resources import zone_letter
from latticetop.model.records.text import clean

if TYPE_CHECKING:
    from latticetop.dashboard.state.snapshot_view import View
    from latticetop.model.capacity.allocation_orders import Order
    from latticetop.model.capacity.defragment import Removal
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.plan import Advice


def in_words(advice: Advice | None) -> str:
    """What to let go and what to reserve, and what comes of it; nothing where nothing helps."""
    if advice is None:
        return ""
    steps = []
    if advice.removals:
        going = [f"{held(removal)} ({clean(removal.holder)})" for removal in advice.removals.removals[:3]]
        more = len(advice.removals.removals) - len(going)
        freed = ", ".join(str(cidr) for cidr in advice.removals.frees[:3])
        steps.append(f"let {', '.join(going)}{f' and {more} more' if more else ''} go, which frees {freed}")
    if advice.reserve:
        steps.append(f"reserve {', '.join(str(cidr) for cidr in advice.reserve)} with type prefix")
    return f"{'; '.join(steps)}; then it {WORDS[advice.then]}"


def held(removal: Removal) -> str:
    """What goes: the one address or prefix, or the ENI where it holds several."""
    held = [*(format_address(address) for address in removal.addresses), *(str(each) for each in removal.prefixes)]
    return held[0] if len(held) == 1 else removal.what


def zones(view: View, vpc_id: str, demand: Demand) -> str:
    """How many more of such endpoints each zone of the VPC holds: `a 2–8 · b 2–8 · in every zone 2–8`."""
    zones = choices_by_vpc(view.snapshot, demand, vpc_id).get(vpc_id, ())
    parts = [f"{zone_letter(clean(each.availability_zone))} {each.total}" for each in zones]
    return "room for more: " + " · ".join([*parts, f"in every zone {spanning(zones)}"]) if zones else ""


def steps(order: Order) -> str:
    """The picks of an order; of many the first six and the last."""
    steps = order.script
    return ", ".join(steps) if len(steps) <= 8 else f"{', '.join(steps[:6])} … {steps[-1]}"


def meaning(outcome: Outcome) -> str:
    """What an outcome rests on."""
    match outcome:
        case Outcome.FITS:
            return "whatever order AWS picks addresses and blocks in."
        case Outcome.MAY:
            return "it depends on where AWS puts single addresses; one that lands in a free block breaks it."
        case Outcome.CANNOT_TELL:
            return "the picture of the subnet is incomplete."
        case Outcome.CANNOT:
            return "whatever order AWS picks in."
