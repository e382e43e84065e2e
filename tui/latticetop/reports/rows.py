"""Rows of the screens as plain dicts for JSON, CSV and Markdown, with the keys of `check --json` where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from latticetop.model.blocks.reasons import reason_for
from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.endpoints.assessment import assess
from latticetop.model.records.address import BLOCK_SIZE, format_address
from latticetop.model.records.eni_owners import owner_of
from latticetop.reports.check import association_item, endpoint_item, interface_item, subnet_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latticetop.model.blocks.blocks import Block
    from latticetop.model.capacity.owner_ranking import RankedOwner
    from latticetop.model.records.lattice import ServiceNetwork
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Scope, Snapshot, SubnetReading

Row = dict[str, Any]
"""JSON-compatible values by key; values may be lists and further rows."""

SCOPE_KEYS = ("account_id", "region", "profile")


def scope_row(scope: Scope) -> Row:
    """Return the account, Region and profile of a row."""
    return {"account_id": scope.account_id, "region": scope.region, "profile": scope.profile}


def subnet_row(snapshot: Snapshot, reading: SubnetReading, criteria: Criteria = DEFAULT_CRITERIA) -> Row:
    """Return the row of a subnet."""
    return scope_row(snapshot.scope) | _plain(subnet_item(snapshot, reading, criteria))


def endpoint_row(snapshot: Snapshot, endpoint: Endpoint, criteria: Criteria = DEFAULT_CRITERIA) -> Row:
    """Return the row of an endpoint, with its verdict, associations and ENIs."""
    return scope_row(snapshot.scope) | _plain(endpoint_item(snapshot, endpoint, assess(snapshot, endpoint), criteria))


def interface_row(snapshot: Snapshot, interface: NetworkInterface) -> Row:
    """Return the row of an ENI, with its owner."""
    more = {
        "owner": str(owner_of(interface)),
        "private_ip_addresses": [format_address(address) for address in interface.addresses],
        "description": interface.description,
    }
    return scope_row(snapshot.scope) | _plain(interface_item(interface)) | more


def association_row(snapshot: Snapshot, association: Association) -> Row:
    """Return the row of an association, with its endpoint and service network."""
    more = {
        "vpc_endpoint_id": association.vpc_endpoint_id,
        "service_network_arn": association.service_network_arn,
        "private_dns_name": association.private_dns_name,
    }
    return scope_row(snapshot.scope) | _plain(association_item(association)) | more


def block_row(reading: SubnetReading, block: Block) -> Row:
    """Return the row of a block: its state, the reason for it, and the ENIs, addresses and prefixes in it."""
    uses = [use.interface for use in block.prefixes] + [use.interface for use in block.uses]
    return {
        "subnet_id": reading.subnet.subnet_id,
        "cidr_block": str(block.cidr),
        "letter": block.state.value,
        "state": block.state.key,
        "assignable": block.state.assignable,
        "reason": reason_for(block),
        "owners": list(dict.fromkeys(str(owner_of(interface)) for interface in uses)),
        "network_interface_ids": list(dict.fromkeys(interface.network_interface_id for interface in uses)),
        "private_ip_addresses": [format_address(use.address) for use in block.uses],
        "ipv4_prefixes": [str(use.prefix) for use in block.prefixes],
    }


def address_rows(reading: SubnetReading, block: Block) -> Iterator[Row]:
    """Yield the rows of the 16 addresses of a block, each with its state and owner."""
    for address in range(block.cidr.first, block.cidr.first + BLOCK_SIZE):
        holder = holder_of(block, address)
        yield {
            "private_ip_address": format_address(address),
            "state": block.address_state(address).value,
            "subnet_id": reading.subnet.subnet_id,
            "cidr_block": str(block.cidr),
            "owner": str(owner_of(holder)) if holder else None,
            "network_interface_id": holder.network_interface_id if holder else None,
            "description": holder.description if holder else None,
        }


def owner_row(snapshot: Snapshot, reading: SubnetReading, owner: RankedOwner) -> Row:
    """Return the row of an owner: the blocks that it breaks, and those that go free with it, as ranges."""

    def ranges(indexes: frozenset[int]) -> list[str]:
        return [str(reading.blocks.cidr_of(index)) for index in sorted(indexes)]

    return scope_row(snapshot.scope) | {
        "subnet_id": reading.subnet.subnet_id,
        "owner": owner.label,
        "kind": owner.owner.kind.value,
        "interfaces": [interface.network_interface_id for interface in owner.interfaces],
        "addresses": owner.address_count,
        "broken_blocks": ranges(owner.broken),
        "broken_alone": ranges(owner.alone),
        "freed_blocks": ranges(owner.freed),
        "action": owner.advice,
        "actions": [removal.action for removal in owner.removals],
    }


def holder_of(block: Block, address: int) -> NetworkInterface | None:
    """Return the ENI that has an address of a block, as a single address or in a prefix; None if none has."""
    single = (use.interface for use in block.uses if use.address == address)
    return next(single, next((use.interface for use in block.prefixes if use.prefix.contains(address)), None))


def network_rows(network: ServiceNetwork) -> Iterator[Row]:
    """Yield the rows of the associations of a service network: with services, resources, VPCs and endpoints."""
    for kind, associations in (
        ("service", network.services),
        ("resource", network.resources),
        ("vpc", network.vpcs),
        ("endpoint", network.endpoints),
    ):
        for association in associations or ():
            yield {"kind": kind, "service_network_arn": network.arn} | _plain(association)


def problem_row(scope: Scope | None, problem: Problem) -> Row:
    """Return the row of a problem, with the next step."""
    keys = scope_row(scope) if scope else dict.fromkeys(SCOPE_KEYS, "")
    return keys | {
        "kind": problem.kind.value,
        "operation": problem.operation,
        "message": problem.message,
        "next_step": problem.next_step,
    }


def _plain(item: msgspec.Struct) -> Row:
    row: Row = msgspec.to_builtins(item)
    return row
