"""Remedies for a failed service-network endpoint, the best first, each with its steps, gains and costs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.blocks.reasons import too_small_reason
from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.decide import Outcome, decide
from latticetop.model.capacity.demand import Demand
from latticetop.model.capacity.supply import free_blocks_of
from latticetop.model.endpoints.coverage import coverage_of, zone_names
from latticetop.model.endpoints.endpoint_evidence import demands_of, failed_endpoints, is_failed
from latticetop.model.endpoints.endpoint_types import is_service_network, needs_blocks
from latticetop.model.endpoints.findings import Finding, FixStep, Tone
from latticetop.model.endpoints.recreation import Recreation, Step, StepKind, recreate, steps_of
from latticetop.model.endpoints.verdict import FAILED, PARTIAL
from latticetop.model.endpoints.vpc_lookup import vpc_lookup
from latticetop.model.records.eni_owners import EniRole, owner_of
from latticetop.model.records.owner_kinds import Effort
from latticetop.model.records.text import begin_lower, counted, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading

MAX_REMOVALS = 3
"""The most removals that one sentence names."""
_CREATED_ANEW = "AWS only lets you modify the security groups and tags of an existing one"
_CNI = "a node there may take the reserved block as a prefix too: create the endpoint right after"


class RemedyKind(StrEnum):
    """The kinds of remedy, in the order of preference."""

    CREATE_AGAIN = "create-again"
    FREE_BLOCK = "free-block"
    DELETE_FIRST = "delete-first"
    OTHER_SUBNET = "other-subnet"
    NEW_SUBNET = "new-subnet"
    MERGE = "one-service-network"
    VPC_ASSOCIATION = "vpc-association"

    @property
    def gives_endpoint(self) -> bool:
        """Whether there is an endpoint in place of the failed one after it."""
        return self not in (RemedyKind.MERGE, RemedyKind.VPC_ASSOCIATION)


class Remedy(Struct, frozen=True):
    """One way out: an action in the imperative, its steps in order, and its gains and costs. Texts have no full stop.

    Without `steps` the action is all that can be said.
    """

    kind: RemedyKind
    action: str
    gains: str
    costs: str
    steps: tuple[Step, ...] = ()


def remedies_for(snapshot: Snapshot, endpoint: Endpoint) -> tuple[Remedy, ...]:
    """Return the remedies for a service-network endpoint that has failed or is partial, ranked; else none.

    Only its security groups and tags can be modified, so it has to be created again or replaced
    (docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html). What was not read gives no
    remedy.
    """
    if not _is_incomplete(snapshot, endpoint):
        return ()
    ways = _recreations(snapshot, endpoint)
    blocked = _blocked_subnets(snapshot, endpoint, ways)
    remedies: list[Remedy | None] = [_create_again(snapshot, endpoint, way) for way in ways]
    other = _other_subnets(snapshot, endpoint, blocked) or _new_subnet(snapshot, endpoint, blocked)
    remedies.insert(len(remedies) if ways and ways[0].movable else 0, other)
    remedies += [_merge(snapshot, endpoint) if blocked else None, _vpc_association(snapshot, endpoint)]
    return tuple(remedy for remedy in remedies if remedy)


def _is_incomplete(snapshot: Snapshot, endpoint: Endpoint) -> bool:
    """Whether it is a service-network endpoint that has failed, or that is partial and lacks an ENI for services."""
    state = endpoint.state.lower()
    if not is_service_network(endpoint) or state not in (FAILED, PARTIAL):
        return False
    return state == FAILED or bool(coverage_of(snapshot, endpoint, EniRole.SERVICE).uncovered)


def find_fix(snapshot: Snapshot, endpoint: Endpoint) -> Finding | None:
    """Say how to fix a service-network endpoint: its first remedy step by step, and the one without an endpoint."""
    remedies = remedies_for(snapshot, endpoint)
    missing = [data for subnet_id in endpoint.subnet_ids for data in snapshot.missing_data(subnet_id)]
    first = next((remedy for remedy in remedies if remedy.kind.gives_endpoint), None)
    sentences, steps = [], list(_fix_steps(first))
    if first:
        sentences.append(f"{_in_one_sentence(first)}.")
    elif missing:
        sentences.append(f"unknown: {missing[0].clause}. {missing[0].next_step}")
        steps.append(FixStep(sentences[0].removesuffix(".")))
    instead = [remedy for remedy in remedies if remedy.kind is RemedyKind.VPC_ASSOCIATION]
    sentences += [f"Or {remedy.action}: that {remedy.gains}." for remedy in instead]
    steps += [FixStep(remedy.action, remedy.gains, instead=True) for remedy in instead]
    return Finding("Fix", Tone.ADVICE, " ".join(sentences), steps=tuple(steps)) if sentences else None


def subnet_steps(snapshot: Snapshot, subnet_id: str, blocks: int = 1) -> tuple[Step, ...]:
    """Return the steps that make this many blocks of a subnet free for prefixes, in the order that works.

    Empty where so many are free, where they cannot be, or where that depends on what was not read. In a subnet that
    another account shares nobody but its owner can reserve a range.
    """
    if snapshot.foreign_owner(subnet_id):
        return ()
    decision = decide(snapshot.subnets[subnet_id], Demand(0, prefixes=blocks), snapshot.missing_data(subnet_id))
    advice = advise(decision, failed_endpoints(snapshot))
    return tuple(steps_of({subnet_id: advice})) if advice else ()


def subnet_fix(snapshot: Snapshot, subnet_id: str, blocks: int = 1) -> str:
    """Say in one sentence how this many blocks of a subnet become free; empty where `subnet_steps` has no steps."""
    steps = subnet_steps(snapshot, subnet_id, blocks)
    return f"{_joined(steps)}." if steps else ""


def _in_one_sentence(remedy: Remedy) -> str:
    if not remedy.steps:
        return remedy.action
    *before, creation = remedy.steps
    text = "; then ".join(part for part in (_joined(before), creation.action) if part)
    return f"{text}: {_CREATED_ANEW}"


def _fix_steps(remedy: Remedy | None) -> Sequence[FixStep]:
    """The steps of a remedy; of many removals, the first ones and the number of the others."""
    if remedy is None:
        return ()
    if not remedy.steps:
        return (FixStep(remedy.action, remedy.gains),)
    return [FixStep(step.task, step.effect) for step in _folded(remedy.steps)]


def _joined(steps: Sequence[Step]) -> str:
    """Join the actions; of many removals, the first ones and the number of the others."""
    return "; ".join(step.action for step in _folded(steps))


def _folded(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps with one in place of all removals but the first ones."""
    removals = [step for step in steps if step.kind is StepKind.FREE]
    hidden = removals[MAX_REMOVALS:]
    if not hidden:
        return steps
    first = steps.index(hidden[0])
    return [*steps[:first], Step(StepKind.FREE, f"{len(hidden)} more steps like these"), *steps[first + len(hidden) :]]


def _recreations(snapshot: Snapshot, endpoint: Endpoint) -> list[Recreation]:
    """The ways to create the endpoint again in its own subnets, the best first.

    A failed endpoint through which nothing is reached is deleted first: it is missed by nobody. Any other one is kept
    until there is a new one, unless its own blocks have to make room, or its deletion spares to free anything else.
    """
    first = recreate(snapshot, endpoint, delete_first=True)
    if first and is_failed(snapshot, endpoint):
        return [first]
    keeping = recreate(snapshot, endpoint)
    if keeping and any(removal.is_of_endpoint(endpoint.vpc_endpoint_id) for removal in keeping.removals):
        keeping = None
    if first is None or keeping is None:
        return [way for way in (keeping, first) if way]
    if _rank(first)[:2] < _rank(keeping)[:2]:
        return [first]
    return [keeping, *([first] if len(first.removals) < len(keeping.removals) else [])]


def _rank(way: Recreation) -> tuple[bool, int, int]:
    return not way.movable, way.outcome.rank, len(way.removals)


def _create_again(snapshot: Snapshot, endpoint: Endpoint, way: Recreation) -> Remedy:
    zones = zone_names(snapshot, endpoint.subnet_ids)
    kind, action = RemedyKind.CREATE_AGAIN, "create the endpoint again"
    if way.removals:
        kind, action = RemedyKind.FREE_BLOCK, f"free a block in {zone_names(snapshot, way.blocked)}, then {action}"
    if way.deletes_first:
        kind = kind if is_failed(snapshot, endpoint) else RemedyKind.DELETE_FIRST
        action = f"delete {endpoint.vpc_endpoint_id}, then create it again"
        if way.removals:
            action = f"free a block in {zone_names(snapshot, way.blocked)}, {action}"
    gains = f"ENIs for services in {zones}"
    if needs_blocks(endpoint):
        gains += f": the endpoint then {_outcome_text(way.outcome)}"
    return Remedy(kind, action, gains, "; ".join(_costs(snapshot, endpoint, way)), way.steps)


def _outcome_text(outcome: Outcome) -> str:
    if outcome is Outcome.FITS:
        return "fits, whatever order AWS allocates in"
    return "may fit: some allocation sequences work, some fail"


def _costs(snapshot: Snapshot, endpoint: Endpoint, way: Recreation) -> Iterable[str]:
    yield from dict.fromkeys(removal.note for removal in way.removals if removal.note)
    if way.deletes_first and not is_failed(snapshot, endpoint):
        yield f"the traffic over {endpoint.vpc_endpoint_id} stops until the new endpoint is available"
    yield f"the DNS names of the endpoint change; {_CREATED_ANEW}"
    if not way.deletes_first:
        yield f"delete {endpoint.vpc_endpoint_id} once its clients use the new one"
    reserved = [subnet_id for step in way.steps if step.kind is StepKind.RESERVE for subnet_id in step.subnet_ids]
    if any(_has_prefixes_of_nodes(snapshot.subnets[subnet_id]) for subnet_id in reserved):
        yield _CNI


def _has_prefixes_of_nodes(reading: SubnetReading) -> bool:
    return any(i.prefixes and owner_of(i).kind.effort is Effort.NODE for i in reading.interfaces)


def _blocked_subnets(snapshot: Snapshot, endpoint: Endpoint, ways: list[Recreation]) -> list[str]:
    """The subnets in which the endpoint does not fit unless something is freed; those not read are not known to be."""
    if ways:
        return list(ways[0].blocked)
    demand, *_ = demands_of(snapshot, endpoint)
    return [
        subnet_id
        for subnet_id in dict.fromkeys(endpoint.subnet_ids)
        if subnet_id in snapshot.subnets
        and needs_blocks(endpoint)
        and not snapshot.missing_data(subnet_id)
        and decide(snapshot.subnets[subnet_id], demand).outcome is Outcome.CANNOT
    ]


def _other_subnets(snapshot: Snapshot, endpoint: Endpoint, blocked: list[str]) -> Remedy | None:
    """Other subnets of the same VPC and zones in which the endpoint fits; an endpoint has one subnet per zone."""
    own = frozenset(endpoint.subnet_ids)
    instead = {subnet_id: _roomiest(snapshot, endpoint, subnet_id, own) for subnet_id in blocked}
    if not instead or not all(instead.values()):
        return None
    chosen = {subnet_id: other for subnet_id, other in instead.items() if other}
    subnet_ids = [chosen[key].subnet.subnet_id if key in chosen else key for key in endpoint.subnet_ids]
    way = recreate(snapshot, endpoint, subnet_ids, delete_first=is_failed(snapshot, endpoint))
    if way is None or way.removals:
        return None
    uses = [
        f"{other.subnet.id_and_name} in {other.subnet.availability_zone} instead of {subnet_id}"
        for subnet_id, other in chosen.items()
    ]
    rooms = [f"{other.subnet.cidr_block} has {_free_text(snapshot, other)}" for other in chosen.values()]
    return Remedy(
        RemedyKind.OTHER_SUBNET,
        f"use {', and '.join(uses)}",
        f"{', '.join(rooms)}: the endpoint then {_outcome_text(way.outcome)}",
        "its route table and network ACL then apply to the endpoint; the DNS names of the endpoint change",
        way.steps,
    )


def _roomiest(snapshot: Snapshot, endpoint: Endpoint, subnet_id: str, own: frozenset[str]) -> SubnetReading | None:
    """The subnet, not one of its own, with the most blocks for certain that takes the endpoint as it is.

    A shared one never takes it.

    Source: "You can't create … VPC endpoints in subnets that are shared with you"
    (docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing-share-subnet-working-with.html).
    """
    subnet, fitting = snapshot.subnets[subnet_id].subnet, vpc_lookup(snapshot).fitting
    key = (subnet.vpc_id, subnet.availability_zone, demands_of(snapshot, endpoint), needs_blocks(endpoint))
    if key not in fitting:
        fitting[key] = _fitting(snapshot, endpoint, vpc_lookup(snapshot).subnets_beside(subnet))
    return next((reading for reading in fitting[key] if reading.subnet.subnet_id not in own), None)


def _fitting(snapshot: Snapshot, endpoint: Endpoint, subnet_ids: Iterable[str]) -> list[SubnetReading]:
    """Those of these subnets that take the endpoint as they are, the most blocks for certain first, then by id."""
    candidates: list[tuple[int, str]] = []
    for key in subnet_ids:
        free = free_blocks_of(snapshot, key)
        if not free or not free.min or snapshot.missing_data(key) or snapshot.foreign_owner(key):
            continue
        way = recreate(snapshot, endpoint, [key])
        if way and way.outcome is Outcome.FITS and not way.removals:
            candidates.append((-free.min, key))
    return [snapshot.subnets[key] for _, key in sorted(candidates)]


def _free_text(snapshot: Snapshot, reading: SubnetReading) -> str:
    free = free_blocks_of(snapshot, reading.subnet.subnet_id)
    if free is None or free.min == 1 == free.max:
        return "one free /28 block"
    return f"{'' if free.exact else 'at least '}{counted(free.min, 'free /28 block')}"


def _new_subnet(snapshot: Snapshot, endpoint: Endpoint, blocked: list[str]) -> Remedy | None:
    """Where the endpoint never fits, whatever is freed: as in a /27 or /28, or beside an `explicit` reservation."""
    hopeless = [
        snapshot.subnets[key] for key in blocked if recreate(snapshot, endpoint, [key], delete_first=True) is None
    ]
    if not hopeless:
        return None
    demand, *_ = demands_of(snapshot, endpoint)
    length = 28 - (demand.blocks + 1).bit_length()
    subnet_ids = [reading.subnet.subnet_id for reading in hopeless]
    explicit = [str(r.cidr) for reading in hopeless for r in reading.reservations if r.is_explicit]
    deletion = f", or delete the explicit reservation of {' and '.join(explicit)}" if explicit else ""
    needed = plural(demand.blocks, "a /28 block", f"{demand.blocks} /28 blocks")
    return Remedy(
        RemedyKind.NEW_SUBNET,
        f"create a subnet of /{length} or larger in {zone_names(snapshot, subnet_ids)} and create the endpoint in it, "
        f"not in {' and '.join(subnet_ids)}{deletion}",
        f"{needed} for the endpoint: {_hopeless_reason(hopeless)}",
        "a new subnet takes a range of the VPC, and has its own route table and network ACL",
    )


def _hopeless_reason(readings: list[SubnetReading]) -> str:
    too_small = [reading.blocks for reading in readings if reading.subnet.too_small]
    if too_small:
        return begin_lower(too_small_reason(*too_small))
    subnet_ids = " and ".join(reading.subnet.subnet_id for reading in readings)
    if not any(reading.blocks.letters for reading in readings):
        return f"there is no IPv4 range in {subnet_ids}"
    return f"so many can never be free in {subnet_ids}"


def _merge(snapshot: Snapshot, endpoint: Endpoint) -> Remedy | None:
    endpoints, networks = vpc_lookup(snapshot).other_networks(endpoint)
    if not endpoints:
        return None
    return Remedy(
        RemedyKind.MERGE,
        f"merge the {networks + 1} service networks with endpoints in this VPC into one",
        f"one endpoint instead of {endpoints + 1}: at least one /28 block less per zone for each endpoint deleted",
        "their access policies and resource shares have to be merged too",
    )


def _vpc_association(snapshot: Snapshot, endpoint: Endpoint) -> Remedy | None:
    """The association with the service network, for a VPC that is known to have none: it can have only one."""
    listed = (snapshot.lattice.vpc_associations or {}).get(endpoint.vpc_id)
    if listed is None or vpc_lookup(snapshot).has_association(endpoint.vpc_id):
        return None
    action = "associate the VPC with the service network"
    return Remedy(
        RemedyKind.VPC_ASSOCIATION,
        f"{action} instead of using an endpoint",
        "uses no address of the VPC",
        "only clients inside the VPC reach it, not those over peering or VPN; one service network per VPC",
        (Step(StepKind.ASSOCIATE_VPC, action),),
    )
