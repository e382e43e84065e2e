"""How a failed service-network endpoint is created again: the steps in the order that works, and what comes of them.

First the blocks are reserved as `prefix`: AWS allows that over addresses in use and assigns no single address there
from then on (docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html). Then they are freed. If the failed
endpoint has to make room itself, it is deleted after that. At last the endpoint is created.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.advice import advise
from latticetop.model.capacity.decide import Outcome, decide, worst_outcome
from latticetop.model.capacity.removal import Removal, freed_text
from latticetop.model.capacity.what_if import without
from latticetop.model.endpoints.endpoint_evidence import demands_of, failed_endpoints, is_failed
from latticetop.model.endpoints.endpoint_types import needs_blocks
from latticetop.model.records.address import Cidr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latticetop.model.capacity.advice import Advice
    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot, SubnetReading


class StepKind(StrEnum):
    """The kinds of step, in the order in which they are taken."""

    READ = "read"
    """What lets the missing data be read."""
    RESERVE = "reserve"
    FREE = "free"
    DELETE_ENDPOINT = "delete-endpoint"
    CREATE_ENDPOINT = "create-endpoint"
    ASSOCIATE_VPC = "associate-vpc"


class Step(Struct, frozen=True):
    """One step, in the imperative without a full stop, with what a command for it needs.

    `effect` is what it frees, as a clause; empty if it frees nothing.
    """

    kind: StepKind
    task: str
    subnet_ids: tuple[str, ...] = ()
    ranges: tuple[Cidr, ...] = ()
    removal: Removal | None = None
    endpoint_id: str = ""
    effect: str = ""

    @property
    def action(self) -> str:
        """The task with its effect."""
        return f"{self.task}, which {self.effect}" if self.effect else self.task


class Recreation(Struct, frozen=True):
    """The steps that create an endpoint again in some subnets, and whether it fits after them."""

    subnet_ids: tuple[str, ...]
    steps: tuple[Step, ...]
    outcome: Outcome
    blocked: tuple[str, ...] = ()
    """The subnets in which something has to be freed before."""

    @property
    def removals(self) -> tuple[Removal, ...]:
        """What has to be freed."""
        return tuple(step.removal for step in self.steps if step.removal)

    @property
    def movable(self) -> bool:
        """Whether AWS lets anybody free all of that without replacing the resources that use it."""
        return all(removal.movable for removal in self.removals)

    @property
    def deletes_first(self) -> bool:
        """Whether the failed endpoint is deleted before it is created again."""
        return any(step.kind is StepKind.DELETE_ENDPOINT for step in self.steps)


def recreate(
    snapshot: Snapshot, endpoint: Endpoint, subnet_ids: Sequence[str] = (), *, delete_first: bool = False
) -> Recreation | None:
    """Find the steps that create an endpoint again; in its own subnets, if none are given.

    None if nothing makes it fit, or if that depends on what was not read.
    """
    subnet_ids = tuple(dict.fromkeys(subnet_ids or endpoint.subnet_ids))
    readings = {key: snapshot.subnets[key] for key in subnet_ids if key in snapshot.subnets}
    if not subnet_ids or len(readings) < len(subnet_ids) or any(map(snapshot.missing_data, subnet_ids)):
        return None
    advice: dict[str, Advice] = {}
    outcomes = []
    if delete_first:
        readings |= {
            key: without_endpoint(snapshot, reading, endpoint)
            for key, reading in readings.items()
            if not _fits(snapshot, endpoint, reading)
        }
    for key in subnet_ids:
        fitting, outcome = _fit(snapshot, endpoint, readings[key])
        if outcome is Outcome.CANNOT:
            return None
        outcomes.append(outcome)
        if fitting:
            advice[key] = fitting
            readings |= _without_deleted(snapshot, readings, fitting)
    steps = steps_of(advice)
    if delete_first:
        steps.append(_deletion(snapshot, endpoint))
    steps.append(_creation(endpoint, subnet_ids))
    blocked = tuple(key for key, each in advice.items() if each.removals)
    return Recreation(subnet_ids, tuple(steps), worst_outcome(outcomes), blocked)


def _fits(snapshot: Snapshot, endpoint: Endpoint, reading: SubnetReading) -> bool:
    """Whether the endpoint fits into a subnet as it is: without its own ENIs it then fits all the more."""
    demands = demands_of(snapshot, endpoint) if needs_blocks(endpoint) else ()
    return all(decide(reading, demand).outcome is Outcome.FITS for demand in demands)


def without_endpoint(snapshot: Snapshot, reading: SubnetReading, endpoint: Endpoint) -> SubnetReading:
    """Return a subnet as it would be without the ENIs of an endpoint."""
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    ids = [i.network_interface_id for i in interfaces if i.subnet_id == reading.subnet.subnet_id]
    return without(reading, ids) if ids else reading


def steps_of(advice: Mapping[str, Advice]) -> list[Step]:
    """Return the steps of the advice for some subnets, by id: all reservations, then all removals."""
    return [*_reservations(advice), *_removals(advice)]


def _fit(snapshot: Snapshot, endpoint: Endpoint, reading: SubnetReading) -> tuple[Advice | None, Outcome]:
    """What makes the endpoint fit into a subnet, however AWS builds it, and the outcome with that."""
    if not needs_blocks(endpoint):
        return None, Outcome.FITS
    demand, *others = demands_of(snapshot, endpoint)
    decision = decide(reading, demand)
    outcome = worst_outcome((decision.outcome, *(decide(reading, other).outcome for other in others)))
    if outcome is Outcome.FITS:
        return None, outcome
    # Only those in the subnet: what frees a block is calculated once for equal sets.
    failed = failed_endpoints(snapshot).intersection(reading.described_interfaces) - {endpoint.vpc_endpoint_id}
    advice = advise(decision, failed, others)
    return advice, advice.outcome if advice else outcome


def _without_deleted(
    snapshot: Snapshot, readings: dict[str, SubnetReading], advice: Advice
) -> dict[str, SubnetReading]:
    """The subnets without the failed endpoints that the advice deletes: they have ENIs in several subnets."""
    ids = [removal.endpoint_id for removal in (advice.removals.removals if advice.removals else ())]
    endpoints = [snapshot.endpoints[endpoint_id] for endpoint_id in ids if endpoint_id in snapshot.endpoints]
    for endpoint in endpoints:
        readings = {key: without_endpoint(snapshot, reading, endpoint) for key, reading in readings.items()}
    return readings


def _reservations(advice: Mapping[str, Advice]) -> Iterable[Step]:
    for subnet_id, each in advice.items():
        if ranges := each.reserved_ranges:
            action = f"reserve {' and '.join(map(str, ranges))} in {subnet_id} with type prefix"
            yield Step(StepKind.RESERVE, action, (subnet_id,), ranges)


def _removals(advice: Mapping[str, Advice]) -> Iterable[Step]:
    """One step for each action: a node, or another owner, may have ENIs in several of the subnets."""
    steps: dict[str, Step] = {}
    for subnet_id, each in advice.items():
        for removal in each.removals.removals if each.removals else ():
            before = steps.get(removal.action)
            subnet_ids = (*(before.subnet_ids if before else ()), subnet_id)
            merged = before.removal.joined(removal) if before and before.removal else removal
            steps[removal.action] = Step(
                StepKind.FREE,
                merged.task,
                subnet_ids,
                removal=merged,
                endpoint_id=merged.endpoint_id,
                effect=merged.effect if merged.freed_blocks else "",
            )
    return steps.values()


def _deletion(snapshot: Snapshot, endpoint: Endpoint) -> Step:
    endpoint_id = endpoint.vpc_endpoint_id
    interfaces = snapshot.interfaces_by_endpoint.get(endpoint_id, ())
    prefixes = tuple(sorted({prefix for interface in interfaces for prefix in interface.prefixes}))
    stops = "" if is_failed(snapshot, endpoint) else " (its traffic stops until the new one is available)"
    task = f"delete {endpoint_id} and wait until it is gone{stops}"
    effect = freed_text(prefixes) if prefixes else ""
    return Step(StepKind.DELETE_ENDPOINT, task, endpoint_id=endpoint_id, effect=effect)


def _creation(endpoint: Endpoint, subnet_ids: tuple[str, ...]) -> Step:
    where = "" if subnet_ids == endpoint.subnet_ids else f" in {' and '.join(subnet_ids)}"
    return Step(StepKind.CREATE_ENDPOINT, f"create the endpoint again{where}", subnet_ids)
