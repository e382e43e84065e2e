"""What an endpoint's interfaces and subnets tell: which roles are served where, and what stands in the way."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from .address import format_address
from .blocks import BlockState
from .owners import Role, owner_of, role_of
from .reasons import reason_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .blocks import Block
    from .resources import Endpoint, NetworkInterface
    from .snapshot import Snapshot, SubnetReading

MOST_BLOCKS = 8
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
    def told(self) -> str:
        """The sentence with its evidence in one line."""
        if not self.evidence:
            return self.sentence
        return f"{self.sentence}: " + "; ".join(f"{e.term} {e.text}".strip() for e in self.evidence)


def find_resources(snapshot: Snapshot, endpoint: Endpoint, has_associations: bool) -> Finding:
    """Where the endpoint's ENIs for resources stand (the ones whose description has no colon)."""
    interfaces = interfaces_with(snapshot, endpoint, Role.RESOURCE)
    evidence = tuple(_interface_line(snapshot, i) for i in interfaces)
    if not interfaces:
        if not has_associations:
            return Finding("Resources", Tone.NOTE, "none associated, so no interface is needed")
        return Finding("Resources", Tone.BAD, f"no interface in {zones_of(snapshot, endpoint.subnet_ids)}")
    lacking = lacking_subnets(endpoint, interfaces)
    if not lacking:
        return Finding("Resources", Tone.GOOD, f"served in {_all_zones(snapshot, endpoint)}", evidence)
    served = zones_of(snapshot, dict.fromkeys(i.subnet_id for i in interfaces))
    sentence = f"served in {served}, no interface in {zones_of(snapshot, lacking)}"
    return Finding("Resources", Tone.NOTE, sentence, evidence)


def find_services(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """Where the endpoint's ENIs for VPC Lattice services stand, and which blocks stand in the way where one lacks."""
    interfaces = interfaces_with(snapshot, endpoint, Role.SERVICE)
    lacking = lacking_subnets(endpoint, interfaces)
    present = tuple(_interface_line(snapshot, i) for i in interfaces)
    if not lacking:
        return Finding("Services", Tone.GOOD, f"served in {_all_zones(snapshot, endpoint)}", present)
    blocked = [s for s in lacking if is_out_of_blocks(snapshot.subnets.get(s), endpoint)]
    others = [s for s in lacking if s not in blocked]
    if endpoint.state.lower() == "pending":
        return _services_pending(snapshot, endpoint, blocked, others, present)
    if not blocked:
        sentence = f"no interface in {zones_of(snapshot, others)}, {_room(snapshot, others)}"
        return Finding("Services", Tone.BAD, sentence, present)
    sentence = f"no interface in {zones_of(snapshot, blocked)}: no /28 left there"
    evidence = [*_blocks_of(snapshot, endpoint, blocked), *present]
    if others:
        evidence.append(Evidence("", f"none in {zones_of(snapshot, others)} either, {_room(snapshot, others)}"))
    return Finding("Services", Tone.BAD, sentence, tuple(evidence))


def advise(snapshot: Snapshot, endpoint: Endpoint) -> Finding:
    """What would mend a failed endpoint: free a block and create it again, or do without an endpoint."""
    lacking = lacking_subnets(endpoint, interfaces_with(snapshot, endpoint, Role.SERVICE))
    blocked = [s for s in lacking if is_out_of_blocks(snapshot.subnets.get(s), endpoint)]
    steps = [step for s in blocked if (step := _freeing_step(snapshot.subnets[s]))]
    again = "create the endpoint again, since AWS cannot mend a failed one"
    first = f"{'; '.join(steps)}; then {again}" if steps else again
    if blocked and not steps:
        first = f"{again}, in a subnet with a free /28"
    return Finding(
        "To mend",
        Tone.ADVICE,
        f"{first}. Or associate the VPC with the service network: that takes no address of the VPC.",
    )


def cheapest_block(reading: SubnetReading) -> Block | None:
    """The fragmented block that the fewest single addresses break; the first of them when several are alike."""
    broken = [i for i, letter in enumerate(reading.blocks.letters) if letter == BlockState.FRAGMENTED]
    blocks = (reading.blocks.block(i) for i in broken)
    return min(blocks, key=lambda block: len(block.uses), default=None)


def interfaces_with(snapshot: Snapshot, endpoint: Endpoint, role: Role) -> list[NetworkInterface]:
    """The endpoint's ENIs in that role, in the order of its subnets."""
    order = {subnet_id: n for n, subnet_id in enumerate(endpoint.subnet_ids)}
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    found = [i for i in interfaces if role_of(i) is role]
    return sorted(found, key=lambda i: (order.get(i.subnet_id, len(order)), i.network_interface_id))


def lacking_subnets(endpoint: Endpoint, interfaces: Iterable[NetworkInterface]) -> list[str]:
    """The endpoint's subnets in which none of these ENIs is."""
    served = {i.subnet_id for i in interfaces}
    return [s for s in endpoint.subnet_ids if s not in served]


def is_out_of_blocks(reading: SubnetReading | None, endpoint: Endpoint) -> bool:
    """Whether a subnet has no /28 left that the endpoint would need (an IPv6 endpoint needs none)."""
    if reading is None or endpoint.ip_address_type.lower() == "ipv6":
        return False
    return reading.subnet.cidr_block is not None and reading.blocks.free == 0


def zones_of(snapshot: Snapshot, subnet_ids: Iterable[str]) -> str:
    """Name the zones of subnets, `us-east-1a and us-east-1b`; the subnet itself where its zone is not known."""
    names = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets.get(subnet_id)
        names.append(reading.subnet.availability_zone if reading else subnet_id)
    names = list(dict.fromkeys(names))
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def _services_pending(
    snapshot: Snapshot, endpoint: Endpoint, blocked: list[str], others: list[str], present: tuple[Evidence, ...]
) -> Finding:
    if blocked:
        sentence = f"none yet in {zones_of(snapshot, blocked)}, and no /28 left there: expect it to fail"
        return Finding("Services", Tone.BAD, sentence, (*_blocks_of(snapshot, endpoint, blocked), *present))
    return Finding("Services", Tone.NOTE, f"none yet in {zones_of(snapshot, others)}", present)


def _room(snapshot: Snapshot, subnet_ids: list[str]) -> str:
    readings = [snapshot.subnets[s] for s in subnet_ids if s in snapshot.subnets]
    if len(readings) < len(subnet_ids):
        return "whose blocks are not known"
    free = sum(reading.blocks.free for reading in readings)
    return f"where {free} /28 {'is' if free == 1 else 'are'} free now"


def _blocks_of(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: list[str]) -> list[Evidence]:
    lines = []
    for subnet_id in subnet_ids:
        reading = snapshot.subnets[subnet_id]
        if len(reading.blocks) <= MOST_BLOCKS:
            lines += [_block_line(reading, index, endpoint) for index in range(len(reading.blocks))]
        else:
            lines += _states_of(reading)
    return lines


def _block_line(reading: SubnetReading, index: int, endpoint: Endpoint) -> Evidence:
    block = reading.blocks.block(index)
    return Evidence(
        f".{block.cidr.first & 255}/28",
        reason_for(block, endpoint.vpc_endpoint_id),
        block.state.value,
        strong=block.state is BlockState.FRAGMENTED,
    )


def _states_of(reading: SubnetReading) -> list[Evidence]:
    counts = reading.blocks.counts
    lines = [
        Evidence(f"{count:,} ×", state.word.replace("_", " "), state.value)
        for state, count in counts.items()
        if count and state is not BlockState.FRAGMENTED
    ]
    if broken := cheapest_block(reading):
        text = f"fragmented; the least broken, {broken.cidr}, by {reason_for(broken)}"
        lines.append(Evidence(f"{counts[BlockState.FRAGMENTED]:,} ×", text, BlockState.FRAGMENTED.value, strong=True))
    return lines


def _freeing_step(reading: SubnetReading) -> str:
    block = cheapest_block(reading)
    if block is None:
        return ""
    if len(block.uses) == 1:
        use = block.uses[0]
        return f"move {format_address(use.address)} ({owner_of(use.interface)}), which frees {block.cidr}"
    return f"move the {len(block.uses)} addresses in {block.cidr}, the fewest that free a block"


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
        return zones_of(snapshot, endpoint.subnet_ids)
    return "both zones" if count == 2 else f"all {count} zones"
