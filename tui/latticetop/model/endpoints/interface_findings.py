"""The ENIs of an endpoint with single addresses: where a Resource or Tunnel endpoint has some, and what any one lacks.

AWS gives them single addresses, and ENIs of a Tunnel endpoint only in the zones of its resource gateway
(docs.aws.amazon.com/vpc/latest/privatelink, privatelink-access-resources and privatelink-access-cidr-ranges). Some hold
/28 blocks all the same, so the text says what each ENI holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.endpoints.coverage import Coverage, all_zones, coverage_of, zone_names
from latticetop.model.endpoints.endpoint_types import TUNNEL, has_associations, is_gateway, needs_blocks, needs_ipv4
from latticetop.model.endpoints.findings import (
    NO_SUBNET,
    Evidence,
    Finding,
    Tone,
    fix_in_order,
    interface_lines,
    unread_interfaces,
)
from latticetop.model.endpoints.verdict import is_being_built
from latticetop.model.records.text import counted, resource_name

if TYPE_CHECKING:
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot

LABEL = "ENIs"
NO_FREE_ADDRESS = "InsufficientFreeAddressesInSubnet"
"""The error code of EC2 where a subnet has too few free addresses."""
_WITH_SUBNETS = "with a subnet in each zone that it is to serve"
_DELETE = "delete the endpoint"
"""First of all: two endpoints of a VPC cannot have the same private DNS name, and the failed one serves nothing."""


def find_interfaces(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Report where the endpoint has ENIs, with how many blocks and addresses."""
    coverage = coverage_of(snapshot, endpoint)
    evidence = interface_lines(snapshot, coverage)
    if not endpoint.subnet_ids:
        return Finding(LABEL, Tone.NOTE, NO_SUBNET, evidence)
    if coverage.complete:
        return Finding(LABEL, Tone.GOOD, f"in {all_zones(snapshot, endpoint)}, with {_held(coverage)}", evidence)
    being_built = is_being_built(endpoint.state)
    parts = []
    if coverage.interfaces:
        covered = zone_names(snapshot, dict.fromkeys(interface.subnet_id for interface in coverage.interfaces))
        parts.append(f"in {covered}, with {_held(coverage)}")
    if coverage.uncovered:
        parts.append(f"none {'yet ' if being_built else ''}in {zone_names(snapshot, coverage.uncovered)}")
        evidence = (*evidence, *_reasons(snapshot, endpoint, coverage))
    if coverage.unread:
        parts.append(unread_interfaces(snapshot, coverage))
    missing = coverage.uncovered and not coverage.interfaces and not being_built
    return Finding(LABEL, Tone.BAD if missing else Tone.NOTE, "; ".join(parts), evidence)


def find_resource_fix(endpoint: Endpoint) -> Finding:
    """Say what to do about a failed Resource or Tunnel endpoint: its resource comes first."""
    name = resource_name(endpoint.resource_configuration_arn)
    subject = f"the resource configuration {name} and its resource gateway" if name else "its resource gateway"
    where = "" if endpoint.subnet_ids else f" {_WITH_SUBNETS}"
    return fix_in_order(f"check {subject} in VPC Lattice", f"create the endpoint again{where}")


def find_subnet_fix(endpoint: Endpoint) -> Finding:
    """Say what to do about a failed endpoint that AWS reports no subnet for."""
    if not has_associations(endpoint):
        return fix_in_order(_DELETE, f"create it again {_WITH_SUBNETS}")
    find = f"; latticetop plan --vpc-id {endpoint.vpc_id} --any says where it fits" if needs_blocks(endpoint) else ""
    return fix_in_order(f"create the endpoint again {_WITH_SUBNETS}{find}", "delete this one")


def find_address_fix(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Say what to do about a failed endpoint of a type without associations: mostly it lacks an address."""
    readings = [snapshot.subnets[key] for key in dict.fromkeys(endpoint.subnet_ids) if key in snapshot.subnets]
    takes_ipv4 = needs_ipv4(endpoint) and not is_gateway(endpoint)
    ipv4 = [reading.subnet for reading in readings if reading.blocks.cidr and takes_ipv4]
    full = [subnet.subnet_id for subnet in ipv4 if subnet.address_count == 0]
    if full:
        other = f"another subnet of {zone_names(snapshot, full)}"
        return fix_in_order(f"free an address in {' and '.join(full)}, or choose {other}", _DELETE, "create it again")
    if ipv4 and endpoint.last_error_code == NO_FREE_ADDRESS:
        free = " and ".join(f"{subnet.address_count_text} in {subnet.subnet_id}" for subnet in ipv4)
        return fix_in_order(_DELETE, f"create it again: addresses are free now ({free})")
    return fix_in_order(_DELETE, "create it again if it is still needed")


def _held(coverage: Coverage) -> str:
    """What all ENIs hold together: `1 /28 block and 1 single address`."""
    interfaces = coverage.interfaces
    counts = (
        counted(sum(len(i.prefixes) for i in interfaces), "/28 block"),
        counted(sum(len(i.addresses) for i in interfaces), "single address", "single addresses"),
        counted(sum(len(i.ipv6_prefixes) for i in interfaces), "/80 prefix", "/80 prefixes"),
        counted(sum(len(i.ipv6_addresses) for i in interfaces), "IPv6 address", "IPv6 addresses"),
    )
    parts = [count for count in counts if not count.startswith("0 ")]
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0] if parts else "no address"


def _reasons(snapshot: Snapshot, endpoint: Endpoint, coverage: Coverage) -> list[Evidence]:
    """What may explain the subnets without an ENI."""
    readings = {subnet_id: snapshot.subnets.get(subnet_id) for subnet_id in coverage.uncovered}
    empty = [key for key, r in readings.items() if r and r.blocks.cidr and r.subnet.address_count == 0]
    reasons = []
    if empty and needs_ipv4(endpoint):
        reasons.append(Evidence("", f"no IPv4 address is free in {zone_names(snapshot, empty)}"))
    if coverage.interfaces and endpoint.vpc_endpoint_type.lower() == TUNNEL.lower():
        reasons.append(Evidence("", "AWS creates them only in the zones of the resource gateway"))
    return reasons
