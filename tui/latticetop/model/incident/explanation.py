"""An investigation as text: what happened, why, what works, what to do, and which data is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.capacity.wording import unaccounted_text
from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.coverage import subnets_out_of_blocks, zone_names
from latticetop.model.endpoints.endpoint_types import has_associations, is_service_network
from latticetop.model.endpoints.findings import Evidence, Finding, Tone, block_evidence, find_accessible
from latticetop.model.endpoints.remedies import Remedy, remedies_for
from latticetop.model.incident.investigation import AddressLocation, Investigation, Probe, Resolution, locate_address
from latticetop.model.incident.past_map import PastMap, past_map_at
from latticetop.model.incident.timeline import (
    ASSIGN_EVENT,
    CREATE_EVENT,
    DELETE_EVENT,
    PERMISSION_EVENT,
    UNASSIGN_EVENT,
)
from latticetop.model.records.address import format_address
from latticetop.model.records.text import counted, plural

if TYPE_CHECKING:
    from latticetop.model.incident.timeline import Timeline, TimelineEntry
    from latticetop.model.records.problem import Problem
    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Scope, SubnetReading

RETENTION = timedelta(days=90)
"""How long LookupEvents finds an event (docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents)."""
_MAX_UNCERTAIN_BLOCKS, _MAX_NAMED_ADDRESSES = 4, 3


class TimelineRow(Struct, frozen=True):
    """One timeline entry as text; `first` and `last` differ only for retries; `offset` is in seconds from creation."""

    first: datetime
    last: datetime
    offset: float | None
    zone: str
    role: str
    text: str
    failed: bool
    entry: TimelineEntry


class MapPair(Struct, frozen=True):
    """A subnet's map when a call failed there, and now, one letter a block; `past` is None if it cannot be rebuilt."""

    subnet_id: str
    cidr_block: str
    zone: str
    at: datetime | None
    past: str | None
    current: str
    notes: tuple[str, ...]
    blocks: tuple[Evidence, ...]
    """Each block at the time of the failure (or now), and why it was not assignable."""


class ResolvedName(Struct, frozen=True):
    """A DNS name, and the location of each address that it resolves to."""

    resolution: Resolution
    locations: tuple[tuple[int, AddressLocation | None], ...]


class Explanation(Struct, frozen=True):
    """The explanation of one endpoint, for commands too; `missing_data` has a sentence for each missing piece."""

    assessment: Assessment
    facts: tuple[tuple[str, str], ...]
    events: tuple[TimelineRow, ...]
    coverage: str
    """The period for which CloudTrail was read; empty if it was not read."""
    maps: tuple[MapPair, ...]
    findings: tuple[Finding, ...]
    names: tuple[ResolvedName, ...]
    probes: tuple[Probe, ...]
    remedies: tuple[Remedy, ...]
    missing_data: tuple[str, ...]
    scope: Scope
    endpoint: Endpoint
    problems: tuple[Problem, ...] = ()
    """The failures of the read and of the investigation, which `missing_data` tells of too."""


def explain(investigation: Investigation) -> Explanation:
    """Explain an investigated endpoint."""
    snapshot, endpoint = investigation.snapshot, investigation.endpoint
    assessment = assess(snapshot, endpoint)
    timeline = investigation.timeline
    remedies = remedies_for(snapshot, endpoint)
    return Explanation(
        assessment=assessment,
        facts=_facts(investigation),
        events=tuple(_row(investigation, entry, timeline) for entry in timeline.entries) if timeline else (),
        coverage=_coverage(timeline) if timeline else "",
        maps=_maps(investigation, assessment.wrong),
        findings=_findings(investigation, assessment, with_advice=not any(r.kind.gives_endpoint for r in remedies)),
        names=tuple(_resolved_name(investigation, resolution) for resolution in investigation.names),
        probes=investigation.probes,
        remedies=remedies,
        missing_data=_missing_data(investigation),
        scope=snapshot.scope,
        endpoint=endpoint,
        problems=tuple(dict.fromkeys((*investigation.problems, *snapshot.problems))),
    )


def _findings(investigation: Investigation, assessment: Assessment, *, with_advice: bool) -> tuple[Finding, ...]:
    findings = tuple(f for f in assessment.findings if with_advice or f.tone is not Tone.ADVICE)
    accessible = find_accessible(_associations(investigation))
    return (accessible, *findings) if accessible else findings


def _associations(investigation: Investigation) -> tuple[Association, ...]:
    """The associations of the endpoint; none for a type that has none."""
    endpoint = investigation.endpoint
    listed = investigation.snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    return listed if has_associations(endpoint, bool(listed)) else ()


def _facts(investigation: Investigation) -> tuple[tuple[str, str], ...]:
    snapshot, endpoint = investigation.snapshot, investigation.endpoint
    network = snapshot.service_network_of(endpoint)
    names = (a.service_network_name for a in _associations(investigation) if a.service_network_name)
    name = next(names, network.name if network else "")
    created = f"{endpoint.creation_timestamp:%Y-%m-%d %H:%M:%S} UTC" if endpoint.creation_timestamp else ""
    facts = (
        ("Type", endpoint.vpc_endpoint_type),
        ("Account", snapshot.scope.account_id),
        ("Region", snapshot.scope.region),
        ("VPC", endpoint.vpc_id),
        ("Subnets", ", ".join(f"{s} ({zone_names(snapshot, [s])})" for s in endpoint.subnet_ids)),
        ("Service network", " ".join(part for part in (name, endpoint.service_network_arn) if part)),
        ("Resource configuration", endpoint.resource_configuration_arn),
        ("Service", endpoint.service_name),
        ("IP address type", endpoint.ip_address_type),
        ("State", endpoint.state),
        ("Created", created),
    )
    return tuple((term, value) for term, value in facts if value)


def _row(investigation: Investigation, entry: TimelineEntry, timeline: Timeline) -> TimelineRow:
    return TimelineRow(
        first=entry.times[0],
        last=entry.times[-1],
        offset=timeline.offset(entry.times[0]),
        zone=zone_names(investigation.snapshot, [entry.subnet_id]) if entry.subnet_id else "",
        role=entry.role.value if entry.role else "",
        text=describe_entry(entry),
        failed=entry.failed,
        entry=entry,
    )


_ACTIONS = {
    "CreateVpcEndpoint": "endpoint created",
    "ModifyVpcEndpoint": "endpoint modified",
    "DeleteVpcEndpoints": "endpoint deleted",
    PERMISSION_EVENT: "permission granted to VPC Lattice",
    DELETE_EVENT: "deleted",
    ASSIGN_EVENT: "assigned",
    UNASSIGN_EVENT: "unassigned",
}


def describe_entry(entry: TimelineEntry) -> str:
    """Describe a timeline entry: `eni-… created with 10.10.10.7 and 10.10.10.16/28`, `failed 5 times in 65 s …`."""
    named, more = entry.addresses[:_MAX_NAMED_ADDRESSES], len(entry.addresses[_MAX_NAMED_ADDRESSES:])
    texts = [*map(format_address, named), *([counted(more, "more address", "more addresses")] if more else [])]
    addresses = " and ".join([*texts, *map(str, entry.prefixes)])
    if entry.failed:
        return f"{_failure(entry)}: {entry.error_code}: {entry.error_message}"
    if entry.event_name == CREATE_EVENT:
        return f"{entry.network_interface_id} created" + (f" with {addresses}" if addresses else "")
    action = _ACTIONS.get(entry.event_name, entry.event_name)
    return " ".join(part for part in (entry.network_interface_id, action, addresses) if part)


def _failure(entry: TimelineEntry) -> str:
    if len(entry.times) == 1:
        return "failed"
    intervals = ", ".join(f"{seconds:g}" for seconds in entry.retry_intervals)
    duration = (entry.times[-1] - entry.times[0]).total_seconds()
    return f"failed {len(entry.times)} times in {duration:g} s (retried after {intervals} s)"


def _coverage(timeline: Timeline) -> str:
    omitted = _omitted(timeline)
    start, end = f"{timeline.start:%H:%M:%S}", f"{timeline.complete_until:%H:%M:%S}"
    if timeline.problem is not None:
        return f"CloudTrail events from {start} UTC{omitted}. They were read in part: any event may be missing."
    if timeline.complete:
        return f"CloudTrail events from {start} to {end} UTC{omitted}."
    missing = f"events after {end} UTC" if timeline.complete_until > timeline.start else "any event"
    return f"CloudTrail events from {start} UTC{omitted}. CloudTrail delivers with a delay: {missing} may be missing."


def _omitted(timeline: Timeline) -> str:
    """Say which events are no entries; empty if there are none."""
    unrelated, granted = timeline.unrelated_events, timeline.granted_permissions
    parts = [("" if timeline.all_events_read else "at least ") + counted(unrelated, "unrelated event")]
    parts = parts if unrelated else []
    if granted:
        parts.append(counted(granted, f"successful {PERMISSION_EVENT} call"))
    return f"; {' and '.join(parts)} {plural(unrelated + granted, 'is', 'are')} not shown" if parts else ""


def _maps(investigation: Investigation, wrong: bool) -> tuple[MapPair, ...]:
    """The subnets in which a call failed; for an endpoint that is wrong and needs blocks, also those without any."""
    snapshot, endpoint, timeline = investigation.snapshot, investigation.endpoint, investigation.timeline
    failures: dict[str, datetime] = {}
    for entry in timeline.failures if timeline else ():
        failures.setdefault(entry.subnet_id, entry.times[0])
    pairs = []
    for subnet_id in endpoint.subnet_ids:
        reading = snapshot.subnets.get(subnet_id)
        if reading is None or not reading.blocks.letters:
            continue
        if timeline and subnet_id in failures:
            pairs.append(_map_pair(investigation, reading, past_map_at(reading, timeline, failures[subnet_id])))
        elif wrong and subnets_out_of_blocks(snapshot, endpoint, [subnet_id]):
            pairs.append(_map_pair(investigation, reading, None))
    return tuple(pairs)


def _map_pair(investigation: Investigation, reading: SubnetReading, past_map: PastMap | None) -> MapPair:
    blocks = past_map.blocks if past_map else reading.blocks
    return MapPair(
        subnet_id=reading.subnet.subnet_id,
        cidr_block=str(reading.subnet.cidr_block),
        zone=reading.subnet.availability_zone,
        at=past_map.at if past_map else None,
        past=past_map.blocks.letters if past_map else None,
        current=reading.blocks.letters,
        notes=_map_notes(past_map, reading, investigation.timeline),
        blocks=tuple(block_evidence(blocks, investigation.endpoint.vpc_endpoint_id)),
    )


def _map_notes(past_map: PastMap | None, reading: SubnetReading, timeline: Timeline | None) -> tuple[str, ...]:
    notes = []
    if timeline is None:
        notes.append("The map at that time cannot be rebuilt without CloudTrail; the current map is shown.")
    elif past_map is None:
        has = "What was read of CloudTrail has" if timeline.problem else "CloudTrail has"
        notes.append(f"{has} no failed call for this subnet; the current map is shown.")
    else:
        notes.append("ENIs deleted since then are not shown.")
        if past_map.uncertain:
            indexes = sorted(past_map.uncertain)[:_MAX_UNCERTAIN_BLOCKS]
            more = len(past_map.uncertain) - len(indexes)
            blocks = ", ".join(str(past_map.blocks.cidr_of(index)) for index in indexes)
            notes.append(
                f"Unknown: whether the ENIs in {blocks}{f' and {more} more' if more else ''} existed at that time."
            )
        if past_map.has_free_block:
            notes.append("The map shows a free block, yet AWS had none: an ENI deleted since then used it (inferred).")
        if reading.reservations:
            notes.append("The current CIDR reservations are assumed to have existed at that time.")
    if reading.unaccounted:
        notes.append(f"{unaccounted_text(reading.unaccounted)}.")
    return tuple(notes)


def _resolved_name(investigation: Investigation, resolution: Resolution) -> ResolvedName:
    snapshot = investigation.snapshot
    return ResolvedName(
        resolution, tuple((address, locate_address(snapshot, address)) for address in resolution.addresses)
    )


def _missing_data(investigation: Investigation) -> tuple[str, ...]:
    snapshot, endpoint, timeline = investigation.snapshot, investigation.endpoint, investigation.timeline
    sentences = [str(problem) for problem in dict.fromkeys((*investigation.problems, *snapshot.problems))]
    if timeline is None and endpoint.creation_timestamp is None:
        sentences.append("AWS gives no creation time for this endpoint, so CloudTrail was not searched.")
    if timeline and timeline.undecoded:
        records = counted(timeline.undecoded, "CloudTrail record")
        sentences.append(f"{records} could not be decoded: events of this endpoint may be missing.")
    if timeline and not timeline.entries:
        sentences.append(_no_events(investigation, timeline))
    network = snapshot.service_network_of(endpoint)
    if is_service_network(endpoint) and (network is None or network.services is None):
        sentences.append("Unknown: whether the service network has services, which a failed endpoint would affect.")
    if _associations(investigation) and not investigation.names:
        sentences.append("The DNS names of the associations were not resolved.")
    if unread := [s for s in dict.fromkeys(endpoint.subnet_ids) if s not in snapshot.read_at]:
        sentences.append(f"The ENIs in {', '.join(unread)} were not read.")
    return tuple(sentences)


def _no_events(investigation: Investigation, timeline: Timeline) -> str:
    """Why CloudTrail may have no events for an endpoint."""
    if timeline.problem is not None:
        return "What was read of CloudTrail has no events for this endpoint."
    if timeline.created and investigation.at - timeline.created > RETENTION:
        return (
            "CloudTrail has no events for this endpoint: it keeps events for "
            f"{RETENTION.days} days, and the endpoint is older."
        )
    return "CloudTrail has no events for this endpoint." + ("" if timeline.complete else " They may still arrive.")
