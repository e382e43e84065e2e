"""The reason for the state of a block, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.blocks.blocks import Block, BlockState
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import EniRole, owner_of, role_of
from latticetop.model.records.resources import EXPLICIT_TYPE, PREFIX_TYPE
from latticetop.model.records.text import amount, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.blocks.blocks import BlockMap
    from latticetop.model.records.resources import NetworkInterface

MAX_NAMED = 3
"""The most addresses, prefixes or owners that a sentence names; of more it gives the number."""


def describe_owner(interface: NetworkInterface) -> str:
    """Describe an ENI with its owner: `eni-0f99… of vpce-0e3b…, for resources`."""
    owner, role = owner_of(interface), role_of(interface)
    name = owner.name if role and owner.name else str(owner)
    purpose = f", for {role.value}s" if role in (EniRole.RESOURCE, EniRole.SERVICE) else ""
    return f"{interface.network_interface_id} of {name}{purpose}"


def reason_for(block: Block, endpoint_id: str = "") -> str:
    """Say why the block is or is not assignable; `endpoint_id` is the endpoint whose own prefix is named as such."""
    match block.state:
        case BlockState.LATTICE | BlockState.ALLOCATED:
            return _prefix_reason(block, endpoint_id)
        case BlockState.RESERVED:
            return _reserved_reason(block)
        case BlockState.FULL:
            return "all 16 addresses in use"
        case BlockState.FRAGMENTED:
            return describe_used_addresses(block)
        case BlockState.EXPLICIT:
            return f"explicit reservation {_ranges(block, EXPLICIT_TYPE)}: AWS does not assign it automatically"
        case BlockState.PREFIX_RESERVED:
            return f"free, prefix reservation {_ranges(block, PREFIX_TYPE)}: AWS assigns it first"
        case BlockState.FREE:
            return "free: AWS can assign it"


def describe_used_addresses(block: Block) -> str:
    """List the individual addresses in use with their owners: `one address: 10.10.10.36 (i-0ae4…)`."""
    addresses = [f"{format_address(use.address)} ({owner_of(use.interface)})" for use in block.uses]
    return f"{amount(len(addresses), 'address', 'addresses')}: {_first_few(addresses)}"


def too_small_reason(*maps: BlockMap) -> str:
    """Say, without a full stop, why no block of these /28 or /27 subnets can ever be free; see `Subnet.too_small`."""
    lengths = " or ".join(f"/{length}" for length in sorted({blocks.cidr.length for blocks in maps if blocks.cidr}))
    return (
        f"No /28 block can ever be free in a {lengths} subnet: the first four and the last address are reserved by AWS"
    )


def describe_ipv6(blocks: BlockMap) -> str:
    """Say how much of a subnet's IPv6 range is in use: `2 /80 prefixes and 3 IPv6 addresses in use`."""
    prefixes = counted(len(blocks.ipv6_prefixes), "/80 prefix", "/80 prefixes")
    return f"{prefixes} and {counted(len(blocks.ipv6_addresses), 'IPv6 address', 'IPv6 addresses')} in use"


def _prefix_reason(block: Block, endpoint_id: str) -> str:
    owners = list(dict.fromkeys(owner_of(use.interface) for use in block.prefixes))
    if endpoint_id and any(owner.name == endpoint_id for owner in owners):
        return "this endpoint's own prefix"
    return "prefix of " + ", ".join(str(owner) for owner in owners[:MAX_NAMED])


def _reserved_reason(block: Block) -> str:
    """The first block of a subnet has four addresses that AWS reserves, the last has one; a single block has all."""
    reserved = [_last_octet(address) for address in block.reserved_addresses]
    ranges = [f"{reserved[0]} to {reserved[3]}", *reserved[4:]] if len(reserved) > 1 else reserved
    reason = f"reserved by AWS: {' and '.join(ranges)}"
    if block.uses:
        reason += f"; in use: {_first_few([_last_octet(use.address) for use in block.uses])}"
    return reason


def _last_octet(address: int) -> str:
    return f".{address & 255}"


def _first_few(texts: Sequence[str]) -> str:
    rest = len(texts) - MAX_NAMED
    return ", ".join(texts[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _ranges(block: Block, reservation_type: str) -> str:
    return ", ".join(str(r.cidr) for r in block.reservations if r.reservation_type == reservation_type)
