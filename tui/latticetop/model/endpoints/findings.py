"""Findings on an endpoint: where it has ENIs for resources and services, what blocks the rest, and how to fix it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import MAX_NAMED, reason_for, too_small_reason
from latticetop.model.capacity.defragment import easiest_block
from latticetop.model.capacity.supply import FreeBlocks, free_blocks_of
from latticetop.model.endpoints.coverage import Coverage, all_zones, coverage_of, subnets_out_of_blocks, zone_names
from latticetop.model.endpoints.endpoint_types import needs_blocks
from latticetop.model.endpoints.verdict import is_being_built
from latticetop.model.records.address import format_address
from latticetop.model.records.aws_actions import DESCRIBE_SUBNETS
from latticetop.model.records.eni_owners import EniRole, role_of
from latticetop.model.records.missing_data import MissingCause, MissingPart
from latticetop.model.records.read_parts import ASSOCIATIONS
from latticetop.model.records.text import amount, counted, plural, resource_name

if TYPE_CHECKING:
    from latticetop.model.blocks.blocks import Block, BlockMap
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot

MAX_LISTED_BLOCKS = 8
"""A subnet with more blocks is listed by state, not block by block."""
MAX_LISTED_ADDRESSES = 3
"""The most addresses of an ENI that are listed."""


class Tone(StrEnum):
    """What a finding means for the user."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    ADVICE = "advice"


class Evidence(Struct, frozen=True):
    """One line of evidence: its subject, a text, the letter of a block, and whether the line is emphasized."""

    term: str
    text: str
    letter: str = ""
    strong: bool = False


class FixStep(Struct, frozen=True):
    """One thing to do, in the imperative without a full stop, and what comes of it, as a clause.

    `instead` is whether it takes the place of all steps before it.
    """

    action: str
    effect: str = ""
    instead: bool = False


class Finding(Struct, frozen=True):
    """A labelled sentence, without a full stop, with its evidence, and of advice the steps in the order that works."""

    label: str
    tone: Tone
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    steps: tuple[FixStep, ...] = ()

    @property
    def full_text(self) -> str:
        """The sentence and its evidence on one line."""
        if not self.evidence:
            return self.sentence
        return f"{self.sentence}: " + "; ".join(f"{line.term} {line.text}".strip() for line in self.evidence)


def fix_in_order(*actions: str, instead: str = "") -> Finding:
    """Advise to do one thing after the other, or another one instead of all of that."""
    sentence = f"{'; then '.join(actions)}{f', or {instead}' if instead else ''}."
    steps = [FixStep(action) for action in actions] + ([FixStep(instead, instead=True)] if instead else [])
    return Finding("Fix", Tone.ADVICE, sentence, steps=tuple(steps))


NO_SUBNET = "AWS reports no subnet for this endpoint"


def find_resources(snapshot: Snapshot, endpoint: Endpoint, has_associations: bool) -> Finding:
    """Report where a service-network endpoint has ENIs for resources."""
    coverage = coverage_of(snapshot, endpoint, EniRole.RESOURCE)
    evidence = interface_lines(snapshot, coverage)
    if not coverage.interfaces and not has_associations:
        return Finding("Resources", Tone.NOTE, _no_association(snapshot, endpoint))
    if not endpoint.subnet_ids:
        return Finding("Resources", Tone.NOTE, NO_SUBNET, evidence)
    if coverage.complete:
        return Finding("Resources", Tone.GOOD, f"served in {all_zones(snapshot, endpoint)}", evidence)
    covered = zone_names(snapshot, dict.fromkeys(interface.subnet_id for interface in coverage.interfaces))
    parts = [f"served in {covered}"] if coverage.interfaces else []
    none = "none yet" if is_being_built(endpoint.state) else "no ENI"
    parts += [f"{none} in {zone_names(snapshot, coverage.uncovered)}"] if coverage.uncovered else []
    parts += [unread_interfaces(snapshot, coverage)] if coverage.unread else []
    missing = coverage.uncovered and not coverage.interfaces and not is_being_built(endpoint.state)
    return Finding("Resources", Tone.BAD if missing else Tone.NOTE, ", ".join(parts), evidence)


def _no_association(snapshot: Snapshot, endpoint: Endpoint) -> str:
    if ASSOCIATIONS not in snapshot.read_at:
        return "unknown: the associations were not read"
    if is_being_built(endpoint.state):
        return "no associations yet"
    others = [i for i in coverage_of(snapshot, endpoint).interfaces if role_of(i) is not EniRole.SERVICE]
    if others:
        ids = " and ".join(interface.network_interface_id for interface in others)
        zones = zone_names(snapshot, dict.fromkeys(interface.subnet_id for interface in others))
        return f"none associated, but {ids} {plural(len(others), 'is', 'are')} in {zones}"
    return "none associated, so no ENI for them is needed"


def find_services(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Report where a service-network endpoint has ENIs for services, and what prevents the others."""
    coverage = coverage_of(snapshot, endpoint, EniRole.SERVICE)
    evidence = interface_lines(snapshot, coverage)
    if not endpoint.subnet_ids:
        return Finding("Services", Tone.NOTE, NO_SUBNET, evidence)
    if coverage.complete:
        return Finding("Services", Tone.GOOD, f"served in {all_zones(snapshot, endpoint)}", evidence)
    if not coverage.uncovered:
        return Finding("Services", Tone.NOTE, unread_interfaces(snapshot, coverage), evidence)
    if coverage.unread:
        evidence = (*evidence, Evidence("", unread_interfaces(snapshot, coverage)))
    blocked = subnets_out_of_blocks(snapshot, endpoint, coverage.uncovered)
    others = [subnet_id for subnet_id in coverage.uncovered if subnet_id not in blocked]
    if blocked:
        return _blocked_services(snapshot, endpoint, blocked, others, evidence)
    if is_being_built(endpoint.state):
        return Finding("Services", Tone.NOTE, f"none yet in {zone_names(snapshot, others)}", evidence)
    sentence = f"no ENI in {zone_names(snapshot, others)}, {_room(snapshot, endpoint, others)}"
    return Finding("Services", Tone.BAD, sentence, (*evidence, *_missing_lines(snapshot, endpoint, others)))


def _blocked_services(
    snapshot: Snapshot, endpoint: Endpoint, blocked: list[str], others: list[str], evidence: tuple[Evidence, ...]
) -> Finding:
    """Report subnets without a free block, and what else has no ENI."""
    being_built = is_being_built(endpoint.state)
    zones = zone_names(snapshot, blocked)
    too_small = [subnet_id for subnet_id in blocked if snapshot.subnets[subnet_id].subnet.too_small]
    if too_small == blocked:
        expected = f"none yet in {zones}; expect it to fail" if being_built else f"no ENI in {zones}"
        sentence = f"{expected}. {_too_small(snapshot, too_small)}"
    elif being_built:
        sentence = f"none yet in {zones}, and no /28 block is free there: expect it to fail"
    else:
        sentence = f"no ENI in {zones}: no /28 block is free there"
    evidence = (*_blocks_in(snapshot, endpoint, blocked), *_unaccounted_lines(snapshot, blocked), *evidence)
    if too_small and too_small != blocked:
        text = f"{zone_names(snapshot, too_small)}: {_too_small(snapshot, too_small)}"
        evidence = (*evidence, Evidence("", text))
    if others and not being_built:
        text = f"none in {zone_names(snapshot, others)} either, {_room(snapshot, endpoint, others)}"
        evidence = (*evidence, Evidence("", text), *_missing_lines(snapshot, endpoint, others))
    return Finding("Services", Tone.BAD, sentence, evidence)


def _too_small(snapshot: Snapshot, subnet_ids: list[str]) -> str:
    return too_small_reason(*(snapshot.subnets[subnet_id].blocks for subnet_id in subnet_ids))


def unread_interfaces(snapshot: Snapshot, coverage: Coverage) -> str:
    """Say of which subnets the ENIs were not read. AWS does not list subnets that another account does not share."""
    listed = [subnet_id for subnet_id in coverage.unread if subnet_id in snapshot.subnets]
    others = [subnet_id for subnet_id in coverage.unread if subnet_id not in snapshot.subnets]
    parts = [f"no data for {zone_names(snapshot, listed)}: ENIs were not read"] if listed else []
    causes = {
        (missing.cause, missing.action)
        for subnet_id in others
        for missing in snapshot.missing_data(subnet_id)
        if missing.part is MissingPart.INTERFACES
    }
    why = "not selected, or not visible to this account"
    if {cause for cause, _ in causes} == {MissingCause.NOT_GIVEN}:
        why = "not in the files"
    elif (MissingCause.DENIED, DESCRIBE_SUBNETS) in causes:
        why = f"{DESCRIBE_SUBNETS} was denied"
    parts += [f"no data for {zone_names(snapshot, others)}: {why}"] if others else []
    return "; ".join(parts)


def find_accessible(associations: tuple[Association, ...]) -> Finding | None:
    """Report the associations that AWS calls accessible: their resource configuration is available. No probe."""
    accessible = [association for association in associations if association.accessible]
    if not accessible:
        return None
    total = counted(len(associations), "association")
    sentence = (
        f"AWS calls {len(accessible)} of {total} accessible (the state of the resource configurations, not probed)"
    )
    evidence = tuple(Evidence(a.association_id, resource_name(a.resource_arn) or a.dns_name) for a in accessible)
    return Finding("Works", Tone.GOOD, sentence, evidence)


def find_inaccessible(associations: tuple[Association, ...]) -> Finding | None:
    """Report the associations that AWS does not call accessible, each with what AWS says of it."""
    inaccessible = [association for association in associations if not association.accessible]
    if not inaccessible:
        return None
    evidence = tuple(Evidence(association.association_id, _failure_text(association)) for association in inaccessible)
    sentence = f"{counted(len(inaccessible), 'association is', 'associations are')} not accessible"
    return Finding("Broken", Tone.BAD, sentence, evidence)


def _failure_text(association: Association) -> str:
    accessibility = association.accessibility or "AWS reports no accessibility"
    return ", ".join(part for part in (accessibility, association.failure_code, association.failure_reason) if part)


def find_association_fix(associations: tuple[Association, ...]) -> Finding:
    """Say where to look when associations are not accessible: at the resources, since AWS reports their state."""
    arns = dict.fromkeys(a.resource_arn for a in associations if a.resource_arn and not a.accessible)
    names = [resource_name(arn) for arn in arns]
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    subject = ", ".join(names[:MAX_NAMED]) + more if names else "the resource configurations"
    return fix_in_order(
        f"check {subject} in VPC Lattice: the accessibility is the state of the resource configuration, "
        "not of this endpoint"
    )


def find_impact(snapshot: Snapshot, endpoint: Endpoint) -> Finding | None:
    """Infer what missing ENIs for services mean for the service network; None if its services were not read."""
    network = snapshot.service_network_of(endpoint)
    if network is None or network.services is None:
        return None
    if not coverage_of(snapshot, endpoint, EniRole.SERVICE).uncovered:
        return None
    services = network.services
    if not services:
        sentence = "none today: the service network has no services (inferred)"
        return Finding("Impact", Tone.NOTE, sentence)
    subject = f"the {amount(len(services), 'service')}"
    verb = plural(len(services), "does", "do")
    them = plural(len(services), "it", "them")
    sentence = f"{subject} of the network probably {verb} not work over this endpoint (inferred: no ENI serves {them})"
    evidence = tuple(Evidence(s.service_name or s.service_id, s.dns_name or s.status) for s in services)
    return Finding("Impact", Tone.BAD, sentence, evidence)


def _room(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: list[str]) -> str:
    """What subnets without an ENI for services have for one: free /28 blocks, or room for an IPv6 prefix."""
    if not needs_blocks(endpoint):
        return "where it needs one /80 prefix"
    readings = [snapshot.subnets[subnet_id] for subnet_id in subnet_ids if subnet_id in snapshot.subnets]
    if len(readings) == len(subnet_ids) and not any(reading.blocks.letters for reading in readings):
        return f"whose {plural(len(readings), 'subnet has', 'subnets have')} no IPv4 range"
    counts = [free_blocks_of(snapshot, reading.subnet.subnet_id) for reading in readings if reading.blocks.letters]
    known = [count for count in counts if count is not None]
    free = FreeBlocks(sum(c.min for c in known), sum(c.max for c in known), all(c.certain for c in known))
    if len(readings) < len(subnet_ids) or len(known) < len(counts) or str(free) == "?":
        return "where the free /28 blocks are unknown"
    if free.exact:
        return f"where {counted(free.max, '/28 block is', '/28 blocks are')} free"
    return f"where {free} /28 blocks are free"


def _missing_lines(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: list[str]) -> list[Evidence]:
    """What was not read of subnets, and so leaves the number of their free blocks open."""
    if not needs_blocks(endpoint):
        return []
    subnets = [snapshot.subnets[subnet_id].subnet for subnet_id in subnet_ids if subnet_id in snapshot.subnets]
    missing = [
        (subnet, data) for subnet in subnets if subnet.cidr_block for data in snapshot.missing_data(subnet.subnet_id)
    ]
    return [Evidence("", f"{zone_names(snapshot, [subnet.subnet_id])}: {data.clause}") for subnet, data in missing]


def _unaccounted_lines(snapshot: Snapshot, subnet_ids: list[str]) -> list[Evidence]:
    """Why AWS has no block although the map shows free ones: its count of available addresses is too low."""
    lines = []
    for reading in (snapshot.subnets[subnet_id] for subnet_id in subnet_ids):
        if reading.blocks.free:
            count = counted(reading.subnet.available_ip_address_count, "available address", "available addresses")
            zone = zone_names(snapshot, [reading.subnet.subnet_id])
            lines.append(Evidence("", f"AWS counts {count} in {zone}, too few for a block: hidden ENIs use the rest"))
    return lines


def _blocks_in(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: list[str]) -> list[Evidence]:
    """List the blocks of these subnets; of several subnets each line names the zone."""
    lines = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets[subnet_id]
        zone = f"{reading.subnet.zone_letter} " if len(subnet_ids) > 1 else ""
        evidence = block_evidence(reading.blocks, endpoint.vpc_endpoint_id)
        lines += [structs.replace(line, term=zone + line.term) for line in evidence]
    return lines


def block_evidence(blocks: BlockMap, endpoint_id: str = "") -> list[Evidence]:
    """List the blocks of a map with their reasons; by state if there are many. See `reason_for` for `endpoint_id`."""
    if len(blocks) > MAX_LISTED_BLOCKS:
        return _state_lines(blocks)
    return [_block_line(blocks.block(index), endpoint_id) for index in range(len(blocks))]


def _block_line(block: Block, endpoint_id: str) -> Evidence:
    return Evidence(
        str(block.cidr),
        reason_for(block, endpoint_id),
        block.state.value,
        strong=block.state is BlockState.FRAGMENTED,
    )


def _state_lines(blocks: BlockMap) -> list[Evidence]:
    lines = [
        Evidence(f"{count:,} ×", state.label, state.value)
        for state, count in blocks.counts.items()
        if count and state is not BlockState.FRAGMENTED
    ]
    if count := blocks.counts[BlockState.FRAGMENTED]:
        easiest = easiest_block(blocks)
        block = None if easiest is None else blocks.block(easiest)
        named = f"; easiest to free: {block.cidr}, {reason_for(block)}" if block and block.uses else ""
        lines.append(
            Evidence(f"{count:,} ×", f"{BlockState.FRAGMENTED.label}{named}", BlockState.FRAGMENTED.value, strong=True)
        )
    return lines


def interface_lines(snapshot: Snapshot, coverage: Coverage) -> tuple[Evidence, ...]:
    """List the ENIs of a coverage with their zones and what they hold: prefixes, or else their first addresses."""
    return tuple(_interface_line(snapshot, interface) for interface in coverage.interfaces)


def _interface_line(snapshot: Snapshot, interface: NetworkInterface) -> Evidence:
    reading = snapshot.subnets.get(interface.subnet_id)
    zone = reading.subnet.zone_letter if reading else interface.subnet_id
    text = ", ".join([*map(str, interface.prefixes), *interface.ipv6_prefixes]) or _first_addresses(interface)
    return Evidence(interface.network_interface_id, f"{zone}  {text}".rstrip())


def _first_addresses(interface: NetworkInterface) -> str:
    addresses = [*map(format_address, interface.addresses), *interface.ipv6_addresses]
    rest = len(addresses) - MAX_LISTED_ADDRESSES
    text = ", ".join(addresses[:MAX_LISTED_ADDRESSES])
    return f"{text} and {rest} more" if rest > 0 else text
