"""The explanation of one endpoint as JSON: `latticetop.explain/1`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from latticetop.model.endpoints.findings import Evidence, Finding
from latticetop.model.endpoints.remedies import Remedy
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.incident.explanation import Explanation, MapPair, ResolvedName, TimelineRow
from latticetop.model.incident.investigation import Probe
from latticetop.model.records.address import format_address
from latticetop.model.records.problem import Problem
from latticetop.reports.check import ProblemItem, problem_item
from latticetop.reports.commands import step_commands
from latticetop.reports.json_text import timestamp, to_json

SCHEMA = "latticetop.explain/1"
Time = Annotated[str, Meta(description="RFC 3339, UTC")]


class EventItem(Struct):
    """One row of the timeline; `times` has the time of each attempt."""

    event_name: str
    times: list[Time]
    offset_seconds: float | None
    tries: int
    gaps_seconds: list[float]
    role: str | None
    subnet_id: str | None
    zone: str | None
    network_interface_id: str | None
    private_ip_addresses: list[str]
    ipv4_prefixes: list[str]
    error_code: str | None
    error_message: str | None


class EvidenceItem(Struct):
    """A line of evidence; `letter` is the state of a block."""

    term: str
    text: str
    letter: str | None


class FindingItem(Struct):
    """A sentence with its evidence."""

    label: str
    tone: str
    sentence: str
    evidence: list[EvidenceItem]


class MapItem(Struct):
    """The map of a subnet when the request was denied and now, one letter per block."""

    subnet_id: str
    cidr_block: str
    zone: str
    at: Time | None
    map_then: str | None
    map_now: str
    blocks: list[EvidenceItem]
    notes: list[str]


class PlaceItem(Struct):
    """The subnet, block, ENI and prefix that an address belongs to."""

    address: str
    subnet_id: str | None
    block: str | None
    network_interface_id: str | None
    ipv4_prefix: str | None


class NameItem(Struct):
    """A DNS name and what it resolves to."""

    name: str
    addresses: list[PlaceItem]
    problem: str | None


class ProbeItem(Struct):
    """An attempt at a TCP connection."""

    name: str
    address: str
    port: int
    outcome: str
    seconds: float


class RemedyStepItem(Struct):
    """A step of a remedy, with commands for the AWS CLI or kubectl; empty where none are known to fit."""

    kind: str
    action: str
    commands: list[str]


class RemedyItem(Struct):
    """A remedy, with its benefit and cost, and its steps in order."""

    kind: str
    action: str
    gains: str
    costs: str
    steps: list[RemedyStepItem]


class ExplainDocument(Struct):
    """The output of `latticetop explain --json`."""

    schema: str
    vpc_endpoint_id: str
    verdict: str
    headline: str
    facts: dict[str, str]
    events: list[EventItem]
    reach: str
    findings: list[FindingItem]
    maps: list[MapItem]
    names: list[NameItem]
    probes: list[ProbeItem]
    remedies: list[RemedyItem]
    not_known: list[str]
    problems: list[ProblemItem]


def unread_document(vpc_endpoint_id: str, problem: Problem) -> ExplainDocument:
    """Build the document of an endpoint in a scope of which nothing could be read."""
    return ExplainDocument(
        schema=SCHEMA,
        vpc_endpoint_id=vpc_endpoint_id,
        verdict=Verdict.UNKNOWN.value,
        headline=problem.message,
        facts={},
        events=[],
        reach="",
        findings=[],
        maps=[],
        names=[],
        probes=[],
        remedies=[],
        not_known=[str(problem)],
        problems=[problem_item(problem)],
    )


def document(explanation: Explanation) -> ExplainDocument:
    """Build the document of an explanation."""
    assessment = explanation.assessment
    return ExplainDocument(
        schema=SCHEMA,
        vpc_endpoint_id=assessment.vpc_endpoint_id,
        verdict=assessment.verdict.value,
        headline=assessment.headline,
        facts=dict(explanation.facts),
        events=[_event(row) for row in explanation.events],
        reach=explanation.coverage,
        findings=[_finding(finding) for finding in explanation.findings],
        maps=[_map(pair) for pair in explanation.maps],
        names=[_name(resolved) for resolved in explanation.names],
        probes=[_probe(probe) for probe in explanation.probes],
        remedies=[_remedy(explanation, remedy) for remedy in explanation.remedies],
        not_known=list(explanation.missing_data),
        problems=[problem_item(problem) for problem in explanation.problems],
    )


def _remedy(explanation: Explanation, remedy: Remedy) -> RemedyItem:
    steps = [
        RemedyStepItem(step.kind.value, step.action, step_commands(explanation.scope, explanation.endpoint, step))
        for step in remedy.steps
    ]
    return RemedyItem(remedy.kind.value, remedy.action, remedy.gains, remedy.costs, steps)


def render_json(explanation: Explanation) -> str:
    """Render the document as indented JSON with a newline at the end."""
    return to_json(document(explanation))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document."""
    return msgspec.json.schema(ExplainDocument)


def _event(row: TimelineRow) -> EventItem:
    entry = row.entry
    return EventItem(
        event_name=entry.event_name,
        times=[timestamp(time) for time in entry.times],
        offset_seconds=row.offset,
        tries=len(entry.times),
        gaps_seconds=list(entry.retry_intervals),
        role=row.role or None,
        subnet_id=entry.subnet_id or None,
        zone=row.zone or None,
        network_interface_id=entry.network_interface_id or None,
        private_ip_addresses=[format_address(address) for address in entry.addresses],
        ipv4_prefixes=[str(prefix) for prefix in entry.prefixes],
        error_code=entry.error_code or None,
        error_message=entry.error_message or None,
    )


def _evidence(lines: tuple[Evidence, ...]) -> list[EvidenceItem]:
    return [EvidenceItem(line.term, line.text, line.letter or None) for line in lines]


def _finding(finding: Finding) -> FindingItem:
    return FindingItem(finding.label, finding.tone.value, finding.sentence, _evidence(finding.evidence))


def _map(pair: MapPair) -> MapItem:
    return MapItem(
        subnet_id=pair.subnet_id,
        cidr_block=pair.cidr_block,
        zone=pair.zone,
        at=timestamp(pair.at) if pair.at else None,
        map_then=pair.past,
        map_now=pair.current,
        blocks=_evidence(pair.blocks),
        notes=list(pair.notes),
    )


def _probe(probe: Probe) -> ProbeItem:
    return ProbeItem(probe.name, format_address(probe.address), probe.port, probe.outcome.value, probe.seconds)


def _name(resolved: ResolvedName) -> NameItem:
    addresses = [
        PlaceItem(
            address=format_address(address),
            subnet_id=location.subnet_id if location else None,
            block=str(location.block) if location else None,
            network_interface_id=(location.network_interface_id or None) if location else None,
            ipv4_prefix=str(location.prefix) if location and location.prefix else None,
        )
        for address, location in resolved.locations
    ]
    return NameItem(resolved.resolution.name, addresses, resolved.resolution.problem or None)
