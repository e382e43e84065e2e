"""An investigation put into words: what happened, why, what works, what to do, what is not known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.endpoints.assessment import Assessment, assess
from latticetop.model.endpoints.coverage import zones_of
from latticetop.model.endpoints.findings import Evidence, Finding, Tone, blocks_of, find_working
from latticetop.model.endpoints.remedies import Remedy, remedies_for
from latticetop.model.incident.investigation import Investigation, Place, Probe, Resolution, locate
from latticetop.model.incident.past_map import Moment, map_at
from latticetop.model.records.address import format_address
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from latticetop.model.incident.timeline import Line, Timeline
    from latticetop.model.snapshot import SubnetReading

KEPT = timedelta(days=90)
"""How long LookupEvents finds an event (docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents)."""


class Happening(Struct, frozen=True):
    """One line of the timeline in words; `first` and `last` are the same but for retries, `offset` is in seconds."""

    first: datetime
    last: datetime
    offset: float | None
    zone: str
    role: str
    what: str
    failed: bool
    line: Line


class MapPair(Struct, frozen=True):
    """A subnet's map when an attempt failed there, and now; `then` is None when that cannot be rebuilt."""

    subnet_id: str
    cidr_block: str
    zone: str
    at: datetime | None
    then: str | None
    now: str
    notes: tuple[str, ...]
    blocks: tuple[Evidence, ...]
    """Each block at the time of failure (or now) with the reason it was not assignable."""


class NameFact(Struct, frozen=True):
    """A name, an address it resolves to, and where that address lies."""

    resolution: Resolution
    places: tuple[tuple[int, Place | None], ...]


class Explanation(Struct, frozen=True):
    """The whole story of one endpoint."""

    assessment: Assessment
    facts: tuple[tuple[str, str], ...]
    happenings: tuple[Happening, ...]
    reach: str
    maps: tuple[MapPair, ...]
    findings: tuple[Finding, ...]
    names: tuple[NameFact, ...]
    probes: tuple[Probe, ...]
    remedies: tuple[Remedy, ...]
    gaps: tuple[str, ...]


def explain(investigation: Investigation) -> Explanation:
    """Tell the story of an investigated endpoint; what could not be read is named in `gaps`."""
    snapshot, endpoint = investigation.snapshot, investigation.endpoint
    assessment = assess(snapshot, endpoint)
    timeline = investigation.timeline
    return Explanation(
        assessment=assessment,
        facts=_facts(investigation),
        happenings=tuple(_happening(investigation, line, timeline) for line in timeline.lines) if timeline else (),
        reach=_reach(timeline) if timeline else "",
        maps=_maps(investigation, assessment.verdict.wrong),
        findings=_findings(investigation, assessment),
        names=tuple(_name_fact(investigation, resolution) for resolution in investigation.names),
        probes=investigation.probes,
        remedies=remedies_for(snapshot, endpoint) if assessment.verdict.wrong else (),
        gaps=_gaps(investigation),
    )


def _findings(investigation: Investigation, assessment: Assessment) -> tuple[Finding, ...]:
    associations = investigation.snapshot.associations_by_endpoint.get(investigation.endpoint.vpc_endpoint_id, ())
    working = find_working(associations)
    told = tuple(finding for finding in assessment.findings if finding.tone is not Tone.ADVICE)
    return (working, *told) if working else told


def _facts(investigation: Investigation) -> tuple[tuple[str, str], ...]:
    snapshot, endpoint = investigation.snapshot, investigation.endpoint
    network = snapshot.network_of(endpoint)
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    name = next(
        (a.service_network_name for a in associations if a.service_network_name), network.name if network else ""
    )
    created = f"{endpoint.creation_timestamp:%Y-%m-%d %H:%M:%S} UTC" if endpoint.creation_timestamp else ""
    facts = (
        ("Account", snapshot.scope.account_id),
        ("Region", snapshot.scope.region),
        ("VPC", endpoint.vpc_id),
        ("Subnets", ", ".join(f"{s} ({zones_of(snapshot, [s])})" for s in endpoint.subnet_ids)),
        ("Service network", " ".join(part for part in (name, endpoint.service_network_arn) if part)),
        ("State", endpoint.state),
        ("Created", created),
    )
    return tuple((term, value) for term, value in facts if value)


def _happening(investigation: Investigation, line: Line, timeline: Timeline | None) -> Happening:
    zone = zones_of(investigation.snapshot, [line.subnet_id]) if line.subnet_id else ""
    return Happening(
        first=line.times[0],
        last=line.times[-1],
        offset=timeline.offset(line.times[0]) if timeline else None,
        zone=zone,
        role=line.role.value if line.role else "",
        what=describe_line(line),
        failed=line.failed,
        line=line,
    )


_DONE = {
    "CreateVpcEndpoint": "endpoint created",
    "ModifyVpcEndpoint": "endpoint modified",
    "DeleteVpcEndpoints": "endpoint deleted",
    "CreateNetworkInterfacePermission": "handed to VPC Lattice",
    "DeleteNetworkInterface": "removed",
    "AssignPrivateIpAddresses": "given",
    "UnassignPrivateIpAddresses": "gave back",
}


def describe_line(line: Line) -> str:
    """A line of the timeline in words: `eni-… with 10.10.10.7 and 10.10.10.16/28`, `refused 5 times over 65 s: …`."""
    held = " and ".join([*(format_address(a) for a in line.addresses[:3]), *(str(p) for p in line.prefixes)])
    if line.failed:
        return f"{_refused(line)}: {line.error_code}: {line.error_message}"
    if line.event_name == "CreateNetworkInterface":
        return f"{line.network_interface_id} made" + (f" with {held}" if held else "")
    done = _DONE.get(line.event_name, line.event_name)
    return " ".join(part for part in (line.network_interface_id, done, held) if part)


def _refused(line: Line) -> str:
    if len(line.times) == 1:
        return "refused"
    gaps = ", ".join(f"{gap:g}" for gap in line.gaps)
    span = (line.times[-1] - line.times[0]).total_seconds()
    return f"refused {len(line.times)} times over {span:g} s (after {gaps} s)"


def _reach(timeline: Timeline) -> str:
    count = f"{timeline.noise:,}" if timeline.whole else f"at least {timeline.noise:,}"
    noise = f"; {count} events of others in that time are left out" if timeline.noise else ""
    start, reaches = f"{timeline.start:%H:%M:%S}", f"{timeline.reaches:%H:%M:%S}"
    if timeline.complete:
        return f"CloudTrail from {start} to {reaches} UTC{noise}."
    missing = f"events after {reaches} UTC" if timeline.reaches > timeline.start else "any event"
    return f"CloudTrail from {start} UTC on{noise}. It delivers with a delay, so {missing} may be missing."


def _maps(investigation: Investigation, wrong: bool) -> tuple[MapPair, ...]:
    """The subnets in which an attempt failed, and, of an endpoint in trouble, the others without a block."""
    snapshot, endpoint, timeline = investigation.snapshot, investigation.endpoint, investigation.timeline
    failures: dict[str, datetime] = {}
    for line in timeline.failures if timeline else ():
        failures.setdefault(line.subnet_id, line.times[0])
    pairs = []
    for subnet_id in endpoint.subnet_ids:
        reading = snapshot.subnets.get(subnet_id)
        if reading is None or not reading.blocks.letters:
            continue
        if timeline and subnet_id in failures:
            pairs.append(_pair(investigation, reading, map_at(reading, timeline, failures[subnet_id])))
        elif wrong and not reading.blocks.free:
            pairs.append(_pair(investigation, reading, None))
    return tuple(pairs)


def _pair(investigation: Investigation, reading: SubnetReading, moment: Moment | None) -> MapPair:
    blocks = moment.blocks if moment else reading.blocks
    return MapPair(
        subnet_id=reading.subnet.subnet_id,
        cidr_block=str(reading.subnet.cidr_block),
        zone=reading.subnet.availability_zone,
        at=moment.at if moment else None,
        then=moment.blocks.letters if moment else None,
        now=reading.blocks.letters,
        notes=_moment_notes(moment, reading, investigation.timeline),
        blocks=tuple(blocks_of(blocks, investigation.endpoint)),
    )


def _moment_notes(moment: Moment | None, reading: SubnetReading, timeline: Timeline | None) -> tuple[str, ...]:
    notes = []
    if moment is None and timeline is None:
        notes.append("the map of the moment cannot be rebuilt without CloudTrail; this is the map of now")
    elif moment is None:
        notes.append("CloudTrail tells of no refusal here; this is the map of now")
    else:
        notes.append("interfaces of others that were deleted since are not in it")
        if moment.doubtful:
            blocks = ", ".join(str(moment.blocks.cidr_of(i)) for i in sorted(moment.doubtful)[:4])
            notes.append(f"whether what lies in {blocks} was there already cannot be known")
        if moment.contradicted:
            notes.append("it shows a free block, yet AWS had none: something that is gone now held it (inferred)")
        if reading.reservations:
            notes.append("today's CIDR reservations are taken to have been there")
    if reading.unaccounted:
        whose = ("address belongs to an interface that is", "addresses belong to interfaces that are")
        notes.append(f"{counted(reading.unaccounted, *whose)} not visible to us")
    return tuple(notes)


def _name_fact(investigation: Investigation, resolution: Resolution) -> NameFact:
    places = tuple((address, locate(investigation.snapshot, address)) for address in resolution.addresses)
    return NameFact(resolution, places)


def _gaps(investigation: Investigation) -> tuple[str, ...]:
    """What is missing from the story, a sentence each."""
    snapshot, endpoint = investigation.snapshot, investigation.endpoint
    gaps = [str(problem) for problem in dict.fromkeys((*investigation.problems, *snapshot.problems))]
    if investigation.timeline is None and endpoint.creation_timestamp is None:
        gaps.append("AWS gives no creation time of this endpoint, so there is no window to look for in CloudTrail.")
    if investigation.timeline and not investigation.timeline.lines:
        gaps.append(_silence(investigation, investigation.timeline))
    network = snapshot.network_of(endpoint)
    if network is None or network.services is None:
        gaps.append("Whether the service network has services, which would be the ones to suffer, is not known.")
    if not investigation.names:
        gaps.append("The names of the associations were not resolved.")
    unseen = [s for s in endpoint.subnet_ids if s not in snapshot.subnets]
    if unseen:
        gaps.append(f"Nothing is known of {', '.join(unseen)}.")
    return tuple(gaps)


def _silence(investigation: Investigation, timeline: Timeline) -> str:
    """Why CloudTrail may have no event of an endpoint."""
    if timeline.created and investigation.at - timeline.created > KEPT:
        return f"CloudTrail has no event of this endpoint: it keeps {KEPT.days} days, and the endpoint is older."
    return "CloudTrail has no event of this endpoint." + ("" if timeline.complete else " Some may still come.")
