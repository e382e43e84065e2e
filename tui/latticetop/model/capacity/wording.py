"""The reasons for an answer about room, each in one sentence with its numbers and without a full stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Supply


def fits_reason(room: Supply, demand: Demand) -> str:
    """The bound under which no order fails."""
    addresses, blocks, safe = demand.addresses, demand.blocks, len(room.reserved_blocks)
    if not addresses:
        return f"{_wanted(demand)}, {_free(room)}"
    if blocks <= safe:
        kept = f"{safe:,} free /28 {'lies' if safe == 1 else 'lie'} wholly inside prefix reservations"
        left = counted(room.assignable_addresses - room.max_addresses_lost(blocks), "address is", "addresses are")
        return f"{_wanted(demand)}; {kept}, where no single address lands, and {left} open outside"
    each = "the single address" if addresses == 1 else f"each of the {addresses:,} single addresses"
    left = counted(room.assignable_blocks - addresses, "is", "are")
    return f"{_wanted(demand)}, {_free(room)}; even if {each} broke one of them, {left} left"


def may_fit_reason(room: Supply, demand: Demand) -> str:
    """What makes an order fail."""
    addresses, blocks = demand.addresses, demand.blocks
    if room.blocks_can_run_out(addresses, blocks):
        slack = room.assignable_blocks - blocks + 1
        lands = "a single address lands in one" if slack == 1 else f"single addresses land in {slack:,} of them"
        return f"{_wanted(demand)}, {_free(room)}; none is left for the last when {lands} first"
    taken = f"/28 blocks partly inside reservations may take {room.max_addresses_lost(blocks):,} of them first"
    return f"{_wanted(demand)}, {counted(room.assignable_addresses, 'address is', 'addresses are')} open; {taken}"


def cannot_fit_reason(room: Supply, demand: Demand) -> str:
    """What is short under every order."""
    if demand.blocks > room.assignable_blocks:
        return f"{_wanted(demand)}, {_free(room)}"
    left = counted(
        room.assignable_addresses - room.min_addresses_lost(demand.blocks), "single address", "single addresses"
    )
    return f"{_wanted(demand)}, at most {left} can be had beside {demand.blocks:,} /28"


def unknown_reason(room: Supply, demand: Demand, doubt: str) -> str:
    """What is seen of the subnet, and what is not."""
    return f"{_wanted(demand)}, at most {_free(room)}: {doubt}"


def without_demand(sentence: str) -> str:
    """A reason without what is wanted, where that is said once for several subnets."""
    return re.split(r" (?:is|are) wanted[,;] ", sentence, maxsplit=1)[-1]


def _wanted(demand: Demand) -> str:
    """What is asked for; no demand has single addresses without a block."""
    blocks, addresses = demand.blocks, demand.addresses
    singles = f" and {counted(addresses, 'single address', 'single addresses')}" if addresses else ""
    return f"{blocks:,} /28{singles} {'is' if blocks + addresses == 1 else 'are'} wanted"


def _free(room: Supply) -> str:
    return f"{f'{room.assignable_blocks:,}' if room.assignable_blocks else 'no'} /28 {'are' if room.assignable_blocks > 1 else 'is'} free"
