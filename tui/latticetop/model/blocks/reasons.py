"""Why a block is in the state it is in, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.blocks.blocks import Block, BlockState
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import owner_of, role_of

if TYPE_CHECKING:
    from latticetop.model.records.resources import NetworkInterface

MAX_NAMED = 3
"""How many addresses or prefixes a sentence names before it only counts."""


def describe_owner(interface: NetworkInterface) -> str:
    """Who holds an ENI, with its id: `eni-0f99… of vpce-0e3b…, for resources`."""
    owner = owner_of(interface)
    name = owner.name if role_of(interface) and owner.name else str(owner)
    role = role_of(interface)
    purpose = f", for {role.value}s" if role and role.value != "gateway" else ""
    return f"{interface.network_interface_id} of {name}{purpose}"


def reason_for(block: Block, endpoint_id: str = "") -> str:
    """Why the block is (or is not) assignable, in a few words; `endpoint_id` is the endpoint that asks."""
    match block.state:
        case BlockState.LATTICE | BlockState.ALLOCATED:
            return _prefix_reason(block, endpoint_id)
        case BlockState.RESERVED:
            return _kept_reason(block)
        case BlockState.FULL:
            return "all 16 addresses in use"
        case BlockState.FRAGMENTED:
            return describe_used_addresses(block)
        case BlockState.EXPLICIT:
            return f"inside the explicit reservation {_ranges(block, 'explicit')}: AWS does not hand it out"
        case BlockState.PREFIX_RESERVED:
            return f"free, inside the prefix reservation {_ranges(block, 'prefix')}: tried first"
        case BlockState.FREE:
            return "free: AWS can hand it out"


def describe_used_addresses(block: Block) -> str:
    """Which single addresses break the block: `one address: 10.10.10.36 (i-0ae4…)`."""
    named = [f"{format_address(use.address)} ({owner_of(use.interface)})" for use in block.uses[:MAX_NAMED]]
    more = len(block.uses) - len(named)
    count = "one address" if len(block.uses) == 1 else f"{len(block.uses)} addresses"
    return f"{count}: {', '.join(named)}" + (f" and {more} more" if more else "")


def _prefix_reason(block: Block, endpoint_id: str) -> str:
    owners = list(dict.fromkeys(owner_of(use.interface) for use in block.prefixes))
    if endpoint_id and any(owner.name == endpoint_id for owner in owners):
        return "this endpoint's own prefix"
    return "prefix of " + ", ".join(str(owner) for owner in owners[:MAX_NAMED])


def _kept_reason(block: Block) -> str:
    kept = [f".{address & 255}" for address in block.reserved_addresses]
    if len(kept) == 1:
        reason = f"AWS keeps {kept[0]}, the last address"
    else:
        reason = f"AWS keeps {kept[0]} to {kept[3]}" + (f" and {kept[4]}" if len(kept) > 4 else "")
    if block.uses:
        reason += f"; {_addresses_in_use(block)} in use"
    return reason


def _addresses_in_use(block: Block) -> str:
    named = [f".{use.address & 255}" for use in block.uses[:MAX_NAMED]]
    more = len(block.uses) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _ranges(block: Block, reservation_type: str) -> str:
    return ", ".join(str(r.cidr) for r in block.reservations if r.reservation_type == reservation_type)
