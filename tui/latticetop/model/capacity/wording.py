"""The reason for a capacity decision: one sentence with its numbers, without a full stop.

Every sentence begins with the demand and a semicolon: `Needs one /28 block and 5 single addresses; …`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.capacity.supply import largest
from latticetop.model.records.address import BLOCK_SIZE
from latticetop.model.records.missing_data import clause_of, lacks_reservations
from latticetop.model.records.text import amount, begin_lower, plural

if TYPE_CHECKING:
    from collections.abc import Collection

    from latticetop.model.capacity.demand import Demand
    from latticetop.model.capacity.supply import Supply, UnaccountedAddresses
    from latticetop.model.records.missing_data import MissingData


_NO_SINGLE_ADDRESS = "no single address is available"
_OUTSIDE = " outside prefix reservations"


def fits_reason(supply: Supply, demand: Demand, unaccounted: int = 0) -> str:
    """Say why every allocation sequence provides the demand, wherever the unaccounted addresses lie."""
    addresses, blocks, reserved = demand.addresses, demand.blocks, len(supply.prefix_reserved_blocks)
    assignable = supply.assignable_blocks
    unseen = f"; {unaccounted_clause(unaccounted, assignable)}" if unaccounted else ""
    if not addresses:
        rest = f", so at least {_left(assignable - unaccounted)}" if unaccounted and blocks else ""
        return f"{needs_text(demand)}; {_free(assignable)}{unseen}{rest}"
    if blocks <= reserved - unaccounted:
        inside = (
            f"{amount(reserved, 'free /28 block')} {plural(reserved, 'is', 'are')} wholly inside prefix reservations"
        )
        outside = _available(supply.assignable_addresses - supply.max_addresses_lost(blocks), "address", "addresses")
        return f"{needs_text(demand)}; {inside}, where AWS assigns no single address, and {outside} outside{unseen}"
    singles = plural(addresses, "the single address", f"each of the {addresses:,} single addresses")
    which = "another one" if unaccounted else "one of them"
    left = _left(assignable - unaccounted - addresses)
    return f"{needs_text(demand)}; {_free(assignable)}{unseen}, and even if {singles} fragments {which}, {left}"


def may_fit_reason(supply: Supply, demand: Demand, unaccounted: int = 0) -> str:
    """Say how an allocation sequence can fail."""
    addresses, blocks, assignable = demand.addresses, demand.blocks, supply.assignable_blocks
    unseen = unaccounted_clause(unaccounted, assignable) if unaccounted else ""
    if supply.blocks_can_run_out(addresses, blocks, unaccounted):
        spare = assignable - blocks + 1 - unaccounted
        if spare <= 0:
            return f"{needs_text(demand)}; {_free(assignable)}, but {unseen}: too few may be left"
        single = plural(spare, "a single address fragments one", f"single addresses fragment {spare:,}")
        if unaccounted:
            return (
                f"{needs_text(demand)}; {_free(assignable)}, but {unseen}, and too few are left if {single} more first"
            )
        return f"{needs_text(demand)}; {_free(assignable)}, but too few are left if {single} of them first"
    available = _available(supply.assignable_addresses, "address", "addresses")
    reasons = [f"{unaccounted_text(unaccounted)} and may be among them"] if unaccounted else []
    if lost := supply.max_addresses_lost(blocks):
        reasons.append(f"/28 blocks partly inside reservations may take {lost:,} of them first")
    return f"{needs_text(demand)}; {available}, but {', and '.join(reasons)}"


def cannot_fit_reason(
    supply: Supply, demand: Demand, unaccounted: UnaccountedAddresses, missing: Collection[MissingData] = ()
) -> str:
    """Say what every allocation sequence lacks: where data is missing or addresses are unaccounted, at most so many."""
    if demand.blocks > supply.assignable_blocks:
        at_most = "at most " if supply.assignable_blocks and (missing or unaccounted.count) else ""
        return f"{needs_text(demand)}; {at_most}{_free(supply.assignable_blocks)}"
    lost = supply.min_addresses_lost(demand.blocks)
    rest = supply.assignable_addresses - lost
    if demand.addresses > rest:
        most = f"at most {_available(rest, 'single address', 'single addresses')}" if rest else _NO_SINGLE_ADDRESS
        inside = f"{_OUTSIDE} beside" if supply.prefix_reserved_blocks and not rest else " beside"
        return f"{needs_text(demand)}; {most}{inside} {amount(demand.blocks, '/28 block')}"
    needed, unused, where = demand.addresses + BLOCK_SIZE * demand.blocks, supply.unused_addresses, ""
    if unaccounted.outside_reservations and supply.unused_outside_reservations < unused:
        needed, unused = demand.addresses + lost, supply.unused_outside_reservations
        where = _OUTSIDE
    available = amount(max(0, unused - unaccounted.count), "available address", "available addresses")
    return f"{needs_text(demand)}; AWS counts {available}{where}, and {needed:,} are needed"


def too_small_for(demand: Demand, reason: str) -> str:
    """Join the demand and the reason why no block of the subnet can ever be free."""
    return f"{needs_text(demand)}; {begin_lower(reason)}"


def unknown_reason(
    supply: Supply, demand: Demand, unaccounted: UnaccountedAddresses, missing: Collection[MissingData]
) -> str:
    """Say how many blocks are free at most as far as it was read, and which data is missing."""
    most = largest(supply.assignable_blocks, lambda blocks: supply.can_succeed(0, blocks, unaccounted))
    free = f"at most {_free(most)}" if most else _free(0)
    if lacks_reservations(missing):
        return f"{needs_text(demand)}; {free} outside CIDR reservations, and {clause_of(missing)}"
    return f"{needs_text(demand)}; {free}: {clause_of(missing)}"


def unaccounted_clause(unaccounted: int, blocks: int) -> str:
    """Say what unaccounted addresses may do to this many free blocks: each breaks one block at most."""
    some = unaccounted < blocks or unaccounted == 1
    broken = amount(unaccounted, "more block", "more blocks") if some else "every free block"
    return f"{unaccounted_text(unaccounted)} and may break {broken}"


def unaccounted_text(unaccounted: int) -> str:
    """Say how many addresses are in use that AWS lists no ENI of, as a clause."""
    addresses = f"{unaccounted:,} {plural(unaccounted, 'address', 'addresses')} in use"
    return f"{addresses} {plural(unaccounted, 'belongs', 'belong')} to no visible ENI"


def without_demand(sentence: str) -> str:
    """Cut the demand from a reason, for a list of subnets below one demand."""
    return sentence.partition("; ")[2] or sentence


def needs_text(demand: Demand) -> str:
    """Say what each subnet has to provide. There is no demand of single addresses without a block."""
    blocks, addresses = demand.blocks, demand.addresses
    singles = f" and {amount(addresses, 'single address', 'single addresses')}" if addresses else ""
    return f"Needs {amount(blocks, '/28 block')}{singles}"


def _free(blocks: int) -> str:
    return f"{amount(blocks, '/28 block')} {plural(blocks, 'is', 'are')} free" if blocks else "no /28 block is free"


def _left(blocks: int) -> str:
    return f"{amount(blocks)} {plural(blocks, 'is', 'are')} left"


def _available(count: int, one: str, many: str) -> str:
    return f"{amount(count, one, many)} {plural(count, 'is', 'are')} available"
