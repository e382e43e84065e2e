"""The reason for a capacity decision: one sentence with its numbers, without a full stop.

Every sentence begins with the demand and a semicolon: `Needs one /28 block and 5 single addresses; …`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.records.text import plural

if TYPE_CHECKING:
    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Supply


def fits_reason(supply: Supply, demand: Demand) -> str:
    """Say why every allocation sequence provides the demand."""
    addresses, blocks, reserved = demand.addresses, demand.blocks, len(supply.reserved_blocks)
    if not addresses:
        return f"{_needs(demand)}; {_free(supply.assignable_blocks)}"
    if blocks <= reserved:
        inside = (
            f"{_amount(reserved, 'free /28 block')} {plural(reserved, 'is', 'are')} wholly inside prefix reservations"
        )
        outside = _available(supply.assignable_addresses - supply.max_addresses_lost(blocks), "address", "addresses")
        return f"{_needs(demand)}; {inside}, where AWS assigns no single address, and {outside} outside"
    singles = "the single address" if addresses == 1 else f"each of the {addresses:,} single addresses"
    rest = supply.assignable_blocks - addresses
    left = f"{_amount(rest)} {plural(rest, 'is', 'are')} left"
    return f"{_needs(demand)}; {_free(supply.assignable_blocks)}, and even if {singles} fragments one of them, {left}"


def may_fit_reason(supply: Supply, demand: Demand) -> str:
    """Say how an allocation sequence can fail."""
    addresses, blocks = demand.addresses, demand.blocks
    if supply.blocks_can_run_out(addresses, blocks):
        spare = supply.assignable_blocks - blocks + 1
        single = "a single address fragments one" if spare == 1 else f"single addresses fragment {spare:,}"
        return f"{_needs(demand)}; {_free(supply.assignable_blocks)}, but too few are left if {single} of them first"
    available = _available(supply.assignable_addresses, "address", "addresses")
    lost = supply.max_addresses_lost(blocks)
    return f"{_needs(demand)}; {available}, but /28 blocks partly inside reservations may take {lost:,} of them first"


def cannot_fit_reason(supply: Supply, demand: Demand) -> str:
    """Say what every allocation sequence lacks."""
    if demand.blocks > supply.assignable_blocks:
        return f"{_needs(demand)}; {_free(supply.assignable_blocks)}"
    rest = supply.assignable_addresses - supply.min_addresses_lost(demand.blocks)
    available = _available(rest, "single address", "single addresses")
    return f"{_needs(demand)}; at most {available} beside {_amount(demand.blocks, '/28 block')}"


def unknown_reason(supply: Supply, demand: Demand, missing_data: str) -> str:
    """Say how many blocks are visible at most, and which data is missing."""
    return f"{_needs(demand)}; at most {_free(supply.assignable_blocks)}: {missing_data}"


def without_demand(sentence: str) -> str:
    """Cut the demand from a reason, for a list of subnets below one demand."""
    return sentence.partition("; ")[2] or sentence


def _needs(demand: Demand) -> str:
    """There is no demand of single addresses without a block."""
    blocks, addresses = demand.blocks, demand.addresses
    singles = f" and {_amount(addresses, 'single address', 'single addresses')}" if addresses else ""
    return f"Needs {_amount(blocks, '/28 block')}{singles}"


def _free(blocks: int) -> str:
    return f"{_amount(blocks, '/28 block') if blocks else 'no /28 block'} {'are' if blocks > 1 else 'is'} free"


def _available(count: int, one: str, many: str) -> str:
    return f"{_amount(count, one, many)} {plural(count, 'is', 'are')} available"


def _amount(count: int, one: str = "", many: str = "") -> str:
    """Join a number in a sentence and its noun: `one /28 block`, `2 /28 blocks`."""
    number = "one" if count == 1 else f"{count:,}"
    return f"{number} {plural(count, one, many)}" if one else number
