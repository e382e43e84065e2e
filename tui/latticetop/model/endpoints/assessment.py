"""What an endpoint's state really means, and why, in sentences with the evidence beside them."""

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

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Snapshot


class Assessment(Struct, frozen=True):
    """The verdict on one endpoint: a headline, and what was found, each with its evidence."""

    vpc_endpoint_id: str
    verdict: Verdict
    headline: str
    findings: tuple[Finding, ...]
    accessible: int
    associations: int

    @property
    def why(self) -> str:
        """Headline and findings as one text of whole sentences."""
        told = (finding for finding in self.findings if finding.tone is not Tone.ADVICE)
        return " ".join([self.headline, *(f"{finding.label}: {finding.full_text}." for finding in told)])


_ASSOCIATED = frozenset({"servicenetwork", "resource"})


def assess(snapshot: Snapshot, endpoint: Endpoint) -> Assessment:
    """Judge one endpoint of a snapshot and say why."""
    associations = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    verdict = verdict_for(endpoint.state, associations)
    told = "associations" in snapshot.read_at or endpoint.vpc_endpoint_type.lower() not in _ASSOCIATED
    if verdict is Verdict.HEALTHY and not told:
        verdict = Verdict.UNKNOWN
    findings = [*_said_by_aws(endpoint), *_inaccessible(associations)]
    if endpoint.vpc_endpoint_type.lower() == "servicenetwork" and verdict is not Verdict.GONE:
        findings += [find_resources(snapshot, endpoint, bool(associations)), find_services(snapshot, endpoint)]
        if verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE):
            findings += [f for f in (find_impact(snapshot, endpoint), find_fix(snapshot, endpoint)) if f]
    return Assessment(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        verdict=verdict,
        headline=_headline(snapshot, endpoint, verdict, associations)
        if told or verdict is Verdict.GONE
        else f"{endpoint.state}; its associations could not be read.",
        findings=tuple(findings),
        accessible=sum(a.accessible for a in associations),
        associations=len(associations),
    )


def _headline(snapshot: Snapshot, endpoint: Endpoint, verdict: Verdict, associations: tuple[Association, ...]) -> str:
    state, total = endpoint.state or "Without a state", len(associations)
    count = f"{sum(a.accessible for a in associations)} of {total} association{'' if total == 1 else 's'} accessible"
    match verdict:
        case Verdict.FAILED_BUT_ACCESSIBLE:
            return f"{state}, yet AWS calls {count}."
        case Verdict.FAILED:
            return f"{state}, and AWS calls {count}." if total else f"{state}, and it has no association."
        case Verdict.DEGRADED:
            return f"{state}, but AWS calls only {count}."
        case Verdict.PENDING:
            return f"{state}{_since(snapshot, endpoint)}: AWS is building it."
        case Verdict.HEALTHY:
            return f"{state}, and AWS calls {count}." if total else f"{state}; it has no association."
        case Verdict.GONE:
            return f"{state}: AWS is done with it."
        case Verdict.UNKNOWN:
            said = f"AWS says {endpoint.state}, which latticetop does not know how to read"
            return f"{said if endpoint.state else 'AWS gives no state'}; it calls {count}."


def _since(snapshot: Snapshot, endpoint: Endpoint) -> str:
    if endpoint.creation_timestamp is None:
        return ""
    seconds = int((snapshot.taken_at - endpoint.creation_timestamp).total_seconds())
    if not 0 <= seconds < 86_400:
        return f" since {endpoint.creation_timestamp:%Y-%m-%d %H:%M}Z"
    return f" for {seconds // 60} min {seconds % 60} s" if seconds >= 60 else f" for {seconds} s"


def _said_by_aws(endpoint: Endpoint) -> list[Finding]:
    parts = (endpoint.failure_reason, endpoint.last_error_code, endpoint.last_error_message)
    said = ": ".join(dict.fromkeys(part for part in parts if part))
    return [Finding("AWS says", Tone.BAD, said)] if said else []


def _inaccessible(associations: tuple[Association, ...]) -> list[Finding]:
    missing = [a for a in associations if not a.accessible]
    if not missing:
        return []
    evidence = tuple(
        Evidence(
            association.association_id,
            ", ".join(
                part
                for part in (
                    association.accessibility or "no accessibility given",
                    association.failure_code,
                    association.failure_reason,
                )
                if part
            ),
        )
        for association in missing
    )
    plural = "association is" if len(missing) == 1 else "associations are"
    return [Finding("Broken", Tone.BAD, f"{len(missing)} {plural} not accessible", evidence)]
