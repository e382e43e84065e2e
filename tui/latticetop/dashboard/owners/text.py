"""The texts of the owners screen: about an owner, about the ticked ones, about the subnet in nodes and pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.node_capacity import node_capacity
from latticetop.model.records.text import begin_upper, clean, counted, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.capacity.owner_ranking import OwnerRanking, RankedOwner
    from latticetop.model.capacity.supply import FreeBlocks
    from latticetop.model.records.missing_data import MissingData
    from latticetop.model.snapshot import SubnetReading


def subnet_text(
    reading: SubnetReading, ranking: OwnerRanking, free: FreeBlocks | None, missing: Sequence[MissingData]
) -> str:
    """How many blocks are broken and free; with EKS nodes, also how many more nodes and pods that is."""
    broken = counted(ranking.broken, "fragmented or full block")
    parts = [broken, f"{free} free" if free is not None else "free blocks unknown"]
    if (capacity := node_capacity(reading, missing)) is not None:
        parts += [capacity.nodes_text, capacity.pods_text]
    return " · ".join(parts)


def owner_text(owner: RankedOwner) -> str:
    """What an owner breaks, and what goes free with it."""
    broken, alone, freed = len(owner.broken), len(owner.alone), len(owner.freed)
    if not broken:
        breaks = "breaks no block"
    elif broken == 1:
        breaks = "breaks 1 block" + (", alone" if alone else ", not alone")
    else:
        breaks = f"breaks {broken:,} blocks, {alone:,} of them alone"
    frees = f" {counted(freed, 'block')} {plural(freed, 'is', 'are')} free when it goes." if freed else ""
    return f"{clean(owner.label)} {breaks}.{frees}"


def how_text(owner: RankedOwner, freeing: bool) -> str:
    """How an owner goes, with what explains it; only that it frees no block where it is not `freeing` one."""
    if not freeing:
        return f"It {owner.advice}."
    note = f" ({clean(owner.note)})" if owner.note else ""
    action = clean(owner.action)
    return f"{begin_upper(action)}{note}."


def ticked_text(count: int, freed: int, plan_key: str) -> str:
    """What goes free with all ticked owners together."""
    together = plural(count, "with the ticked one", f"with the {count:,} ticked ones together")
    verb = plural(freed, "goes", "go")
    return f"{counted(freed, 'block')} {verb} free {together}; {plan_key} plans without {plural(count, 'it', 'them')}."


def unaccounted_text(unaccounted: int) -> str:
    """That some addresses are in use by owners that AWS does not list; empty without any."""
    if not unaccounted:
        return ""
    addresses = counted(unaccounted, "address", "addresses")
    return f"AWS counts {addresses} more as in use than its ENIs have: their owners are unknown and break blocks too."
