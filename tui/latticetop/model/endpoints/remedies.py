"""Remedies for a failed endpoint, the best first, each with its gains and costs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.reasons import MAX_NAMED
from latticetop.model.endpoints.coverage import coverage_of, subnets_out_of_blocks, zone_names
from latticetop.model.endpoints.verdict import is_deleted
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import EniRole, owner_label
from latticetop.model.records.text import plural
from latticetop.model.snapshot import missing_data_of

if TYPE_CHECKING:
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


class RemedyKind(StrEnum):
    """The kinds of remedy, in the order of preference."""

    FREE_BLOCK = "free-block"
    OTHER_SUBNET = "other-subnet"
    CREATE_AGAIN = "create-again"
    RESERVE = "reserve-prefix-range"
    MERGE = "one-service-network"
    VPC_ASSOCIATION = "vpc-association"


class Remedy(Struct, frozen=True):
    """One action, in the imperative, with what it gains and costs in this account. Texts have no full stop."""

    kind: RemedyKind
    action: str
    gains: str
    costs: str


def remedies_for(snapshot: Snapshot, endpoint: Endpoint) -> tuple[Remedy, ...]:
    """Return the remedies for a failed service-network endpoint, ranked.

    Only its security groups and tags can be modified, so it has to be created again or replaced
    (docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html).
    """
    uncovered = coverage_of(snapshot, endpoint, EniRole.SERVICE).uncovered
    blocked = subnets_out_of_blocks(snapshot, endpoint, uncovered)
    readings = [snapshot.subnets[subnet_id] for subnet_id in blocked]
    remedies = [
        *(_free_block(reading) for reading in readings),
        *(_other_subnet(snapshot, reading) for reading in readings),
        _create_again(snapshot, endpoint, blocked),
        *(_reserve(reading) for reading in readings),
        _merge(snapshot, endpoint),
        _vpc_association(snapshot, endpoint),
    ]
    return tuple(remedy for remedy in remedies if remedy)


def _free_block(reading: SubnetReading) -> Remedy | None:
    block = reading.blocks.least_fragmented_block()
    if block is None:
        return None
    first, single = block.uses[0], len(block.uses) == 1
    if single:
        target = f"{format_address(first.address)} ({owner_label(first.interface)})"
    else:
        target = f"{len(block.uses)} addresses in {block.cidr}, the fewest that free a block"
    owners = list(dict.fromkeys(owner_label(use.interface) for use in block.uses))
    names = ", ".join(owners[:MAX_NAMED]) + (" and others" if len(owners) > MAX_NAMED else "")
    return Remedy(
        RemedyKind.FREE_BLOCK,
        f"move {target}",
        f"frees {block.cidr} in {reading.subnet.availability_zone}",
        f"{names} {plural(len(owners), 'gets', 'get')} {'another address' if single else 'other addresses'}",
    )


def _other_subnet(snapshot: Snapshot, reading: SubnetReading) -> Remedy | None:
    """Another subnet of the same VPC and zone with a free block; an endpoint has one subnet per zone."""
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
    uncertain = best.unaccounted or missing_data_of(snapshot, best.subnet.subnet_id)
    free = "one free /28 block" if best.blocks.free == 1 else f"{best.blocks.free:,} free /28 blocks"
    return Remedy(
        RemedyKind.OTHER_SUBNET,
        f"use {name} in {subnet.availability_zone} instead of {subnet.subnet_id}",
        f"{best.subnet.cidr_block} has {'at most ' if uncertain else ''}{free}",
        "its route table and network ACL then apply to the endpoint",
    )


def _create_again(snapshot: Snapshot, endpoint: Endpoint, blocked: list[str]) -> Remedy:
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    prefixes = sorted({prefix for interface in interfaces for prefix in interface.prefixes})
    freed = f"; deleting this one first frees {', '.join(map(str, prefixes))}" if prefixes else ""
    when = f"once {zone_names(snapshot, blocked)} has a free /28 block" if blocked else "now"
    return Remedy(
        RemedyKind.CREATE_AGAIN,
        f"create the endpoint again {when}",
        f"ENIs for services in {zone_names(snapshot, endpoint.subnet_ids)}{freed}",
        "the DNS names of the endpoint change; AWS only lets you modify security groups and tags of an existing one",
    )


def _reserve(reading: SubnetReading) -> Remedy:
    return Remedy(
        RemedyKind.RESERVE,
        f"reserve a free range of {reading.subnet.subnet_id} with type prefix once there is one",
        "AWS assigns no single addresses in it, so its blocks are not fragmented again",
        "its addresses are no longer assigned to instances and other ENIs",
    )


def _merge(snapshot: Snapshot, endpoint: Endpoint) -> Remedy | None:
    others = [
        other
        for other in snapshot.endpoints.values()
        if other.vpc_id == endpoint.vpc_id
        and other.vpc_endpoint_id != endpoint.vpc_endpoint_id
        and other.service_network_arn not in ("", endpoint.service_network_arn)
        and not is_deleted(other.state)
    ]
    if not others:
        return None
    networks = {other.service_network_arn for other in (*others, endpoint)}
    return Remedy(
        RemedyKind.MERGE,
        f"merge the {len(networks)} service networks with endpoints in this VPC into one",
        f"one endpoint instead of {len(others) + 1}: at least one /28 block less per zone for each endpoint deleted",
        "their access policies and resource shares have to be merged too",
    )


def _vpc_association(snapshot: Snapshot, endpoint: Endpoint) -> Remedy:
    associated = next(
        (
            network
            for network in (snapshot.lattice.networks or {}).values()
            if any(association.vpc_id == endpoint.vpc_id for association in network.vpcs or ())
        ),
        None,
    )
    costs = "only clients inside the VPC reach it, not those over peering or VPN; one service network per VPC"
    if associated is not None:
        costs = f"the VPC is already associated with {associated.name or associated.arn} and can have only one; {costs}"
    return Remedy(
        RemedyKind.VPC_ASSOCIATION,
        "associate the VPC with the service network instead of using an endpoint",
        "uses no address of the VPC",
        costs,
    )
