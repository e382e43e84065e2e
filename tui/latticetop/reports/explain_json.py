"""The story of one endpoint as JSON: `latticetop.explain/1`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from latticetop.model.endpoints.findings import Evidence, Finding
from latticetop.model.incident.explanation import Explanation, Happening, MapPair, NameFact
from latticetop.model.records.address import format_address
from latticetop.reports.json_text import to_json

Time = Annotated[str, Meta(description="RFC 3339, UTC")]


class EventItem(Struct):
    """One line of the timeline; `times` has every try."""

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
    """A line of evidence; `letter` is a block's state."""

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
    """A subnet's map when it was refused and now, one letter a block."""

    subnet_id: str
    cidr_block: str
    zone: str
    at: Time | None
    map_then: str | None
    map_now: str
    blocks: list[EvidenceItem]
    notes: list[str]


class PlaceItem(Struct):
    """Where an address lies."""

    address: str
    subnet_id: str | None
    block: str | None
    network_interface_id: str | None
    ipv4_prefix: str | None


class NameItem(Struct):
    """What a name resolves to."""

    name: str
    addresses: list[PlaceItem]
    problem: str | None


class ProbeItem(Struct):
    """A TCP connection that was tried."""

    name: str
    address: str
    port: int
    outcome: str
    seconds: float


class RemedyItem(Struct):
    """What to do."""

    kind: str
    action: str
    gains: str
    costs: str


class ExplainDocument(Struct):
    """`latticetop explain --json`."""

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


def document(explanation: Explanation) -> ExplainDocument:
    """The story as a document."""
    assessment = explanation.assessment
    return ExplainDocument(
        schema="latticetop.explain/1",
        vpc_endpoint_id=assessment.vpc_endpoint_id,
        verdict=assessment.verdict.value,
        headline=assessment.headline,
        facts=dict(explanation.facts),
        events=[_event(happening) for happening in explanation.happenings],
        reach=explanation.reach,
        findings=[_finding(finding) for finding in explanation.findings],
        maps=[_map(pair) for pair in explanation.maps],
        names=[_name(fact) for fact in explanation.names],
        probes=[
            ProbeItem(p.name, format_address(p.address), p.port, p.outcome.value, p.seconds) for p in explanation.probes
        ],
        remedies=[RemedyItem(r.kind.value, r.action, r.gains, r.costs) for r in explanation.remedies],
        not_known=list(explanation.gaps),
    )


def render_json(explanation: Explanation) -> str:
    """The document as indented JSON with a newline at its end."""
    return to_json(document(explanation))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return msgspec.json.schema(ExplainDocument)


def _event(happening: Happening) -> EventItem:
    line = happening.line
    return EventItem(
        event_name=line.event_name,
        times=[time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in line.times],
        offset_seconds=happening.offset,
        tries=len(line.times),
        gaps_seconds=list(line.gaps),
        role=happening.role or None,
        subnet_id=line.subnet_id or None,
        zone=happening.zone or None,
        network_interface_id=line.network_interface_id or None,
        private_ip_addresses=[format_address(address) for address in line.addresses],
        ipv4_prefixes=[str(prefix) for prefix in line.prefixes],
        error_code=line.error_code or None,
        error_message=line.error_message or None,
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
        at=pair.at.strftime("%Y-%m-%dT%H:%M:%SZ") if pair.at else None,
        map_then=pair.then,
        map_now=pair.now,
        blocks=_evidence(pair.blocks),
        notes=list(pair.notes),
    )


def _name(fact: NameFact) -> NameItem:
    places = [
        PlaceItem(
            address=format_address(address),
            subnet_id=place.subnet_id if place else None,
            block=str(place.block) if place else None,
            network_interface_id=(place.network_interface_id or None) if place else None,
            ipv4_prefix=str(place.within) if place and place.within else None,
        )
        for address, place in fact.places
    ]
    return NameItem(fact.resolution.name, places, fact.resolution.problem or None)
