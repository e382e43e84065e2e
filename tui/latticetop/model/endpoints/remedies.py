"""What can be done about a failed endpoint, the best first, each with what it gains and what it costs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.coverage import interfaces_with, is_out_of_blocks, lacking_subnets, zone_names
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import EniRole, owner_label
from latticetop.model.snapshot import missing_data_of

if TYPE_CHECKING:
    from latticetop.model.blocks.blocks import Block, BlockMap
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


MOST_NAMED = 3
"""How many of those that would have to move are named."""


class RemedyKind(StrEnum):
    """The kinds of remedy, in the order of preference."""

    FREE_BLOCK = "free-block"
    OTHER_SUBNET = "other-subnet"
    CREATE_AGAIN = "create-again"
    RESERVE = "reserve-prefix-range"
    MERGE = "one-service-network"
    VPC_ASSOCIATION = "vpc-association"


class Remedy(Struct, frozen=True):
    """One thing to do, in the imperative, with what it gains and what it costs in this account."""

    kind: RemedyKind
    action: str
    gains: str
    costs: str


def remedies_for(snapshot: Snapshot, endpoint: Endpoint) -> tuple[Remedy, ...]:
    """What would help a failed service-network endpoint, ranked. An endpoint cannot be edited into health."""
    lacking = lacking_subnets(snapshot, endpoint, interfaces_with(snapshot, endpoint, EniRole.SERVICE))
    blocked = [s for s in lacking if is_out_of_blocks(snapshot.subnets.get(s), endpoint)]
    readings = [snapshot.subnets[s] for s in blocked]
    found = [remedy for reading in readings if (remedy := _free_block(reading))]
    found += [remedy for reading in readings if (remedy := _other_subnet(snapshot, reading))]
    found.append(_create_again(snapshot, endpoint, blocked))
    found += [_reserve(reading) for reading in readings]
    if merge := _merge(snapshot, endpoint):
        found.append(merge)
    found.append(_vpc_association(snapshot, endpoint))
    return tuple(found)


def cheapest_block(blocks: BlockMap) -> Block | None:
    """The fragmented block that the fewest single addresses break; the first of them when several are alike."""
    letter = BlockState.FRAGMENTED.value
    broken = (index for index, each in enumerate(blocks.letters) if each == letter)
    best = min(broken, key=blocks.used_addresses_in, default=None)
    return None if best is None else blocks.block(best)


def _free_block(reading: SubnetReading) -> Remedy | None:
    block = cheapest_block(reading.blocks)
    if block is None:
        return None
    first = block.uses[0]
    one = len(block.uses) == 1
    what = (
        f"{format_address(first.address)} ({owner_label(first.interface)})" if one else f"{len(block.uses)} addresses"
    )
    where = "" if one else f" in {block.cidr}, the fewest that free a block"
    owners = list(dict.fromkeys(owner_label(use.interface) for use in block.uses))
    named = ", ".join(owners[:MOST_NAMED]) + (" and others" if len(owners) > MOST_NAMED else "")
    return Remedy(
        RemedyKind.FREE_BLOCK,
        f"move {what}{where}",
        f"frees {block.cidr} in {reading.subnet.availability_zone}",
        f"{named} {'gets' if len(owners) == 1 else 'get'} {'another address' if one else 'other addresses'}",
    )


def _other_subnet(snapshot: Snapshot, reading: SubnetReading) -> Remedy | None:
    """Another subnet of the same VPC and zone that has room; an endpoint names one subnet per zone."""
    subnet = reading.subnet
    candidates = [
        other
        for other in snapshot.subnets.values()
        if other.subnet.vpc_id == subnet.vpc_id
        and other.subnet.availability_zone == subnet.availability_zone
        and other.subnet.subnet_id in snapshot.read_at
        and other.blocks.free
    ]
    best = max(candidates, key=lambda other: other.blocks.free, default=None)
    if best is None:
        return None
    name = f"{best.subnet.subnet_id} ({best.subnet.name})" if best.subnet.name else best.subnet.subnet_id
    unsure = best.unaccounted or missing_data_of(snapshot, best.subnet.subnet_id)
    count = "1 free /28" if best.blocks.free == 1 else f"{best.blocks.free:,} free /28 blocks"
    return Remedy(
        RemedyKind.OTHER_SUBNET,
        f"name {name} in {subnet.availability_zone} instead of {subnet.subnet_id}",
        f"{best.subnet.cidr_block} has {'at most ' if unsure else ''}{count}",
        "its route table and network ACL apply to the endpoint then",
    )


def _create_again(snapshot: Snapshot, endpoint: Endpoint, blocked: list[str]) -> Remedy:
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    back = sorted({prefix for interface in interfaces for prefix in interface.prefixes})
    returned = f"; deleting this one first gives back {', '.join(str(prefix) for prefix in back)}" if back else ""
    when = f"once {zone_names(snapshot, blocked)} has a free /28" if blocked else "now"
    return Remedy(
        RemedyKind.CREATE_AGAIN,
        f"create the endpoint again {when}",
        f"interfaces for services in {zone_names(snapshot, endpoint.subnet_ids)}{returned}",
        "the DNS names of the endpoint change; AWS lets only security groups and tags of an endpoint be edited",
    )


def _reserve(reading: SubnetReading) -> Remedy:
    subnet = reading.subnet
    return Remedy(
        RemedyKind.RESERVE,
        f"reserve a free range of {subnet.subnet_id} of type prefix once there is one",
        "single addresses stay out of it, so that blocks are not broken again",
        "its addresses are no longer given to instances and the like",
    )


def _merge(snapshot: Snapshot, endpoint: Endpoint) -> Remedy | None:
    others = [
        e
        for e in snapshot.endpoints.values()
        if e.vpc_id == endpoint.vpc_id
        and e.vpc_endpoint_id != endpoint.vpc_endpoint_id
        and e.service_network_arn not in ("", endpoint.service_network_arn)
        and e.state.lower() not in ("deleting", "deleted")
    ]
    if not others:
        return None
    count = len({e.service_network_arn for e in (*others, endpoint)})
    return Remedy(
        RemedyKind.MERGE,
        f"put what the {count} service networks with endpoints in this VPC hold into one",
        f"one endpoint instead of {len(others) + 1}, so at least one /28 a zone less for each that goes",
        "access policies and sharing of the service networks become one",
    )


def _vpc_association(snapshot: Snapshot, endpoint: Endpoint) -> Remedy:
    taken = next(
        (
            network
            for network in (snapshot.lattice.networks or {}).values()
            if any(association.vpc_id == endpoint.vpc_id for association in network.vpcs or ())
        ),
        None,
    )
    costs = "only clients inside the VPC reach it, not those over peering or VPN; one service network a VPC"
    if taken is not None:
        costs = f"the VPC is associated with {taken.name or taken.arn} already and can have one; " + costs
    return Remedy(
        RemedyKind.VPC_ASSOCIATION,
        "associate the VPC with the service network instead of an endpoint",
        "takes no address of the VPC",
        costs,
    )
