"""What an endpoint's interfaces and subnets tell: which roles are served where, and what stands in the way."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from latticetop.model.blocks.blocks import BlockState
from latticetop.model.blocks.reasons import reason_for
from latticetop.model.endpoints.coverage import (
    interfaces_with,
    is_out_of_blocks,
    lacking_subnets,
    unread_subnets,
    zone_names,
)
from latticetop.model.endpoints.remedies import RemedyKind, cheapest_block, remedies_for
from latticetop.model.records.address import format_address
from latticetop.model.records.eni_owners import EniRole
from latticetop.model.records.text import counted, resource_name

if TYPE_CHECKING:
    from latticetop.model.blocks.blocks import Block, BlockMap
    from latticetop.model.records.resources import Association, Endpoint, NetworkInterface
    from latticetop.model.snapshot import Snapshot

MAX_LISTED_BLOCKS = 8
"""Subnets of up to so many blocks are accounted for block by block; larger ones by state."""


class Tone(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    BAD = "bad"
    NOTE = "note"
    ADVICE = "advice"


class Evidence(Struct, frozen=True):
    """One line of evidence: what it is about, what it says, a block's letter, whether it is the point of the matter."""

    term: str
    text: str
    letter: str = ""
    strong: bool = False


class Finding(Struct, frozen=True):
    """A sentence without its full stop, under a label, with its evidence."""

    label: str
    tone: Tone
    sentence: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def full_text(self) -> str:
        """The sentence with its evidence in one line."""
        if not self.evidence:
            return self.sentence
        return f"{self.sentence}: " + "; ".join(f"{e.term} {e.text}".strip() for e in self.evidence)


_NO_SUBNET = "AWS names no subnet of this endpoint, so it is served in none"


def find_resources(snapshot: Snapshot, endpoint: Endpoint, has_associations: bool) -> Finding:
    """Where the endpoint's ENIs for resources stand (the ones whose description has no colon)."""
    interfaces = interfaces_with(snapshot, endpoint, EniRole.RESOURCE)
    evidence = tuple(_interface_line(snapshot, i) for i in interfaces)
    if not interfaces and not has_associations:
        return Finding("Resources", Tone.NOTE, _no_association(snapshot, endpoint))
    if not endpoint.subnet_ids:
        return Finding("Resources", Tone.NOTE, _NO_SUBNET, evidence)
    lacking, unread = _lacking_and_unread(snapshot, endpoint, interfaces)
    if not lacking and not unread:
        return Finding("Resources", Tone.GOOD, f"served in {_all_zones(snapshot, endpoint)}", evidence)
    served = zone_names(snapshot, dict.fromkeys(i.subnet_id for i in interfaces))
    parts = [f"served in {served}"] if interfaces else []
    parts += [f"no interface in {zone_names(snapshot, lacking)}"] if lacking else []
    parts += [_unread(snapshot, unread)] if unread else []
    tone = Tone.BAD if lacking and not interfaces else Tone.NOTE
    return Finding("Resources", tone, ", ".join(parts), evidence)


def _no_association(snapshot: Snapshot, endpoint: Endpoint) -> str:
    if "associations" not in snapshot.read_at:
        return "whether any is associated is not known"
    if endpoint.state.lower() == "pending":
        return "its associations are not there yet"
    return "none associated, so no interface is needed"


def find_services(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Where the endpoint's ENIs for VPC Lattice services stand, and which blocks stand in the way where one lacks."""
    interfaces = interfaces_with(snapshot, endpoint, EniRole.SERVICE)
    lacking, unread = _lacking_and_unread(snapshot, endpoint, interfaces)
    present = tuple(_interface_line(snapshot, i) for i in interfaces)
    if not endpoint.subnet_ids:
        return Finding("Services", Tone.NOTE, _NO_SUBNET, present)
    if not lacking and not unread:
        return Finding("Services", Tone.GOOD, f"served in {_all_zones(snapshot, endpoint)}", present)
    if not lacking:
        return Finding("Services", Tone.NOTE, _unread(snapshot, unread), present)
    if unread:
        present = (*present, Evidence("", _unread(snapshot, unread)))
    blocked = [s for s in lacking if is_out_of_blocks(snapshot.subnets.get(s), endpoint)]
    others = [s for s in lacking if s not in blocked]
    if endpoint.state.lower() == "pending":
        return _services_pending(snapshot, endpoint, blocked, others, present)
    if not blocked:
        sentence = f"no interface in {zone_names(snapshot, others)}, {_room(snapshot, others)}"
        return Finding("Services", Tone.BAD, sentence, present)
    sentence = f"no interface in {zone_names(snapshot, blocked)}: no /28 left there"
    evidence = [*_blocks_in(snapshot, endpoint, blocked), *present]
    if others:
        evidence.append(Evidence("", f"none in {zone_names(snapshot, others)} either, {_room(snapshot, others)}"))
    return Finding("Services", Tone.BAD, sentence, tuple(evidence))


def _lacking_and_unread(
    snapshot: Snapshot, endpoint: Endpoint, interfaces: list[NetworkInterface]
) -> tuple[list[str], list[str]]:
    return lacking_subnets(snapshot, endpoint, interfaces), unread_subnets(snapshot, endpoint, interfaces)


def _unread(snapshot: Snapshot, subnet_ids: list[str]) -> str:
    return f"not known in {zone_names(snapshot, subnet_ids)}, whose interfaces were not read"


def find_accessible(associations: tuple[Association, ...]) -> Finding | None:
    """The associations AWS calls accessible: the state of their resource configurations, which is no probe."""
    accessible = [a for a in associations if a.accessible]
    if not accessible:
        return None
    of_all = counted(len(associations), "association", "associations")
    sentence = f"AWS calls {len(accessible)} of {of_all} accessible (its word, not a probe)"
    evidence = tuple(Evidence(a.association_id, resource_name(a.resource_arn) or a.dns_name) for a in accessible)
    return Finding("Works", Tone.GOOD, sentence, evidence)


def find_impact(snapshot: Snapshot, endpoint: Endpoint) -> Finding | None:
    """What a lack of ENIs for services means for the services of the network; None where VPC Lattice told nothing."""
    network = snapshot.service_network_of(endpoint)
    if network is None or network.services is None:
        return None
    if not lacking_subnets(snapshot, endpoint, interfaces_with(snapshot, endpoint, EniRole.SERVICE)):
        return None
    services = network.services
    if not services:
        sentence = "nothing is lost today: the service network has no service (inferred)"
        return Finding("Meaning", Tone.NOTE, sentence)
    count = "the one service" if len(services) == 1 else f"the {len(services)} services"
    sentence = f"presume {count} of the network broken over this endpoint (inferred: nothing serves them)"
    evidence = tuple(Evidence(s.service_name or s.service_id, s.dns_name or s.status) for s in services)
    return Finding("Meaning", Tone.BAD, sentence, evidence)


def find_fix(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """What would mend a failed endpoint in two sentences: create it again where there is room, or do without."""
    kinds = (RemedyKind.FREE_BLOCK, RemedyKind.OTHER_SUBNET)
    freeing = [remedy for remedy in remedies_for(snapshot, endpoint) if remedy.kind in kinds]
    steps = [f"{r.action}, which {r.gains}" if r.kind is RemedyKind.FREE_BLOCK else r.action for r in freeing]
    again = "create the endpoint again, since AWS cannot mend a failed one"
    first = f"{steps[0]}; then {again}" if steps else again
    return Finding(
        "To mend",
        Tone.ADVICE,
        f"{first}. Or associate the VPC with the service network: that takes no address of the VPC.",
    )


def _services_pending(
    snapshot: Snapshot, endpoint: Endpoint, blocked: list[str], others: list[str], present: tuple[Evidence, ...]
) -> Finding:
    if blocked:
        sentence = f"none yet in {zone_names(snapshot, blocked)}, and no /28 left there: expect it to fail"
        return Finding("Services", Tone.BAD, sentence, (*_blocks_in(snapshot, endpoint, blocked), *present))
    return Finding("Services", Tone.NOTE, f"none yet in {zone_names(snapshot, others)}", present)


def _room(snapshot: Snapshot, subnet_ids: list[str]) -> str:
    readings = [snapshot.subnets[s] for s in subnet_ids if s in snapshot.subnets]
    if len(readings) < len(subnet_ids):
        return "whose blocks are not known"
    free = sum(reading.blocks.free for reading in readings)
    return f"where {free} /28 {'is' if free == 1 else 'are'} free now"


def _blocks_in(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: list[str]) -> list[Evidence]:
    """The blocks of these subnets; where there are several, each line says which zone it is about."""
    lines = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets[subnet_id]
        zone = f"{reading.subnet.zone_letter} " if len(subnet_ids) > 1 else ""
        lines += [
            structs.replace(line, term=zone + line.term)
            for line in block_evidence(reading.blocks, endpoint.vpc_endpoint_id)
        ]
    return lines


def block_evidence(blocks: BlockMap, endpoint_id: str = "") -> list[Evidence]:
    """Account for a map: block by block where there are few, by state where there are many."""
    if len(blocks) > MAX_LISTED_BLOCKS:
        return _states_of(blocks)
    return [_block_line(blocks.block(index), endpoint_id) for index in range(len(blocks))]


def _block_line(block: Block, endpoint_id: str) -> Evidence:
    return Evidence(
        f".{block.cidr.first & 255}/28",
        reason_for(block, endpoint_id),
        block.state.value,
        strong=block.state is BlockState.FRAGMENTED,
    )


def _states_of(blocks: BlockMap) -> list[Evidence]:
    lines = [
        Evidence(f"{count:,} ×", state.key.replace("_", " "), state.value)
        for state, count in blocks.counts.items()
        if count and state is not BlockState.FRAGMENTED
    ]
    if broken := cheapest_block(blocks):
        count = blocks.counts[BlockState.FRAGMENTED]
        text = f"fragmented; the least broken, {broken.cidr}, by {reason_for(broken)}"
        lines.append(Evidence(f"{count:,} ×", text, BlockState.FRAGMENTED.value, strong=True))
    return lines


def _interface_line(snapshot: Snapshot, interface: NetworkInterface) -> Evidence:
    reading = snapshot.subnets.get(interface.subnet_id)
    zone = reading.subnet.zone_letter if reading else interface.subnet_id
    held = ", ".join(str(p) for p in interface.prefixes)
    if not held:
        held = ", ".join(format_address(a) for a in interface.addresses[:3])
        held += f" and {len(interface.addresses) - 3} more" if len(interface.addresses) > 3 else ""
    return Evidence(interface.network_interface_id, f"{zone}  {held}".rstrip())


def _all_zones(snapshot: Snapshot, endpoint: Endpoint) -> str:
    count = len(endpoint.subnet_ids)
    if count == 1:
        return zone_names(snapshot, endpoint.subnet_ids)
    return "both zones" if count == 2 else f"all {count} zones"
