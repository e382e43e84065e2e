"""The assessment of an endpoint: its verdict in one sentence, and the findings that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.endpoints.findings import (
    Evidence,
    Finding,
    Tone,
    find_fix,
    find_impact,
    find_resources,
    find_services,
)
from latticetop.model.endpoints.verdict import Verdict, verdict_for
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Snapshot


class Assessment(Struct, frozen=True):
    """The verdict on one endpoint: a headline, the findings, and how many of its associations are accessible."""

    vpc_endpoint_id: str
    verdict: Verdict
    headline: str
    findings: tuple[Finding, ...]
    accessible: int
    associations: int

    @property
    def why(self) -> str:
        """The headline and the findings, without advice, in whole sentences."""
        findings = (finding for finding in self.findings if finding.tone is not Tone.ADVICE)
        return " ".join([self.headline, *(f"{finding.label}: {finding.full_text}." for finding in findings)])


_TYPES_WITH_ASSOCIATIONS = frozenset({"servicenetwork", "resource"})


def assess(snapshot: Snapshot, endpoint: Endpoint) -> Assessment:
    """Assess one endpoint of a snapshot."""
    endpoint_type = endpoint.vpc_endpoint_type.lower()
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    verdict = verdict_for(endpoint.state, associations)
    complete = "associations" in snapshot.read_at or endpoint_type not in _TYPES_WITH_ASSOCIATIONS
    if verdict is Verdict.HEALTHY and not complete:
        verdict = Verdict.UNKNOWN
    findings = [*_reported_failure(endpoint), *_inaccessible(associations)]
    if endpoint_type == "servicenetwork" and verdict is not Verdict.GONE:
        findings += [find_resources(snapshot, endpoint, bool(associations)), find_services(snapshot, endpoint)]
        if verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE):
            impact = find_impact(snapshot, endpoint)
            findings += [*([impact] if impact else []), find_fix(snapshot, endpoint)]
    if complete or verdict is Verdict.GONE:
        headline = _headline(snapshot, endpoint, verdict, associations)
    else:
        headline = f"{endpoint.state}; its associations could not be read."
    return Assessment(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        verdict=verdict,
        headline=headline,
        findings=tuple(findings),
        accessible=sum(association.accessible for association in associations),
        associations=len(associations),
    )


def _headline(snapshot: Snapshot, endpoint: Endpoint, verdict: Verdict, associations: tuple[Association, ...]) -> str:
    state, total = endpoint.state or "No state", len(associations)
    count = f"{sum(a.accessible for a in associations)} of {counted(total, 'association')} accessible"
    match verdict:
        case Verdict.FAILED_BUT_ACCESSIBLE:
            return f"{state}, yet AWS calls {count}."
        case Verdict.FAILED:
            return f"{state}, and AWS calls {count}." if total else f"{state}, and it has no association."
        case Verdict.DEGRADED:
            return f"{state}, but AWS calls only {count}."
        case Verdict.PENDING:
            return f"{state}{_since(snapshot, endpoint)}: AWS is creating it."
        case Verdict.HEALTHY:
            return f"{state}, and AWS calls {count}." if total else f"{state}; it has no association."
        case Verdict.GONE:
            return f"{state}: the endpoint is no longer in use."
        case Verdict.UNKNOWN:
            unknown = f"AWS reports the state {endpoint.state}, which latticetop does not know"
            return f"{unknown if endpoint.state else 'AWS reports no state'}; it calls {count}."


def _since(snapshot: Snapshot, endpoint: Endpoint) -> str:
    """Say how long ago the endpoint was created; the date, if that is a day or the clocks differ."""
    if endpoint.creation_timestamp is None:
        return ""
    seconds = int((snapshot.taken_at - endpoint.creation_timestamp).total_seconds())
    if not 0 <= seconds < 86_400:
        return f" since {endpoint.creation_timestamp:%Y-%m-%d %H:%M}Z"
    return f" for {seconds // 60} min {seconds % 60} s" if seconds >= 60 else f" for {seconds} s"


def _reported_failure(endpoint: Endpoint) -> list[Finding]:
    parts = (endpoint.failure_reason, endpoint.last_error_code, endpoint.last_error_message)
    text = ": ".join(dict.fromkeys(part for part in parts if part))
    return [Finding("AWS says", Tone.BAD, text)] if text else []


def _inaccessible(associations: tuple[Association, ...]) -> list[Finding]:
    inaccessible = [association for association in associations if not association.accessible]
    if not inaccessible:
        return []
    evidence = tuple(Evidence(association.association_id, _failure_text(association)) for association in inaccessible)
    sentence = f"{counted(len(inaccessible), 'association is', 'associations are')} not accessible"
    return [Finding("Broken", Tone.BAD, sentence, evidence)]


def _failure_text(association: Association) -> str:
    accessibility = association.accessibility or "AWS reports no accessibility"
    return ", ".join(part for part in (accessibility, association.failure_code, association.failure_reason) if part)
