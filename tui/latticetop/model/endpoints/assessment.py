"""The assessment of an endpoint: its verdict in one sentence, and the findings that explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.endpoints.acceptance import find_acceptance_fix, waits_too_long
from latticetop.model.endpoints.coverage import coverage_of, subnets_out_of_blocks
from latticetop.model.endpoints.endpoint_types import has_associations, is_gateway, is_service_network
from latticetop.model.endpoints.findings import (
    Finding,
    Tone,
    find_association_fix,
    find_impact,
    find_inaccessible,
    find_resources,
    find_services,
    fix_in_order,
)
from latticetop.model.endpoints.headline import AssociationCount, describe_state
from latticetop.model.endpoints.interface_findings import (
    find_address_fix,
    find_interfaces,
    find_resource_fix,
    find_subnet_fix,
)
from latticetop.model.endpoints.remedies import find_fix
from latticetop.model.endpoints.verdict import AVAILABLE, Verdict, has_ended, is_being_built, is_waiting, verdict_for
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.eni_owners import EniRole
from latticetop.model.records.read_parts import ASSOCIATIONS

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association, Endpoint
    from latticetop.model.snapshot import Snapshot


class Assessment(Struct, frozen=True):
    """The verdict on one endpoint: a headline, the findings, and how many of its associations are accessible.

    `overdue` is whether it has waited for its acceptance for a day. `unread_subnets` are the subnets that make the
    verdict unknown because their ENIs were not read, although AWS's words alone would make it healthy.
    """

    vpc_endpoint_id: str
    verdict: Verdict
    headline: str
    findings: tuple[Finding, ...]
    accessible: int
    associations: int
    overdue: bool = False
    unread_subnets: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether `check` reports it: exit code 1."""
        return self.verdict.wrong or self.overdue

    @property
    def why(self) -> str:
        """The headline and the findings, without advice, in whole sentences."""
        findings = (finding for finding in self.findings if finding.tone is not Tone.ADVICE)
        return " ".join([self.headline, *(f"{finding.label}: {finding.full_text}." for finding in findings)])


_ASSESSMENTS = IdentityCache["Snapshot", "dict[str, tuple[Endpoint, Assessment]]"]()


def assess(snapshot: Snapshot, endpoint: Endpoint) -> Assessment:
    """Assess one endpoint of a snapshot, once. Nothing is healthy whose associations or ENIs were not read."""
    known = _ASSESSMENTS.get(snapshot)
    if known is None:
        known = _ASSESSMENTS[snapshot] = {}
    assessed, assessment = known.get(endpoint.vpc_endpoint_id, (None, None))
    if assessment is None or assessed is not endpoint:
        assessment = _assess(snapshot, endpoint)
        known[endpoint.vpc_endpoint_id] = endpoint, assessment
    return assessment


def is_assessed(snapshot: Snapshot, endpoint: Endpoint) -> bool:
    """Whether `assess` has the assessment of an endpoint already."""
    assessed, _ = (_ASSESSMENTS.get(snapshot) or {}).get(endpoint.vpc_endpoint_id, (None, None))
    return assessed is endpoint


def keep_assessments(before: Snapshot, after: Snapshot) -> None:
    """Keep the assessments of a snapshot for another one with the same data.

    Those of endpoints that are being built say for how long.
    """
    known = (_ASSESSMENTS.get(before) or {}).copy()
    _ASSESSMENTS[after] = {key: entry for key, entry in known.items() if not is_being_built(entry[0].state)}


def _assess(snapshot: Snapshot, endpoint: Endpoint) -> Assessment:
    listed = snapshot.associations_by_endpoint.get(endpoint.vpc_endpoint_id, ())
    associations = listed if has_associations(endpoint, bool(listed)) else ()
    accessible = sum(association.accessible for association in associations)
    count: AssociationCount | None = None
    unread_subnets: tuple[str, ...] = ()
    verdict = verdict_by_aws = verdict_for(endpoint.state, associations)
    if has_associations(endpoint, bool(listed)):
        count = AssociationCount(len(associations), accessible, ASSOCIATIONS in snapshot.read_at)
        if verdict is Verdict.HEALTHY:
            unread_subnets = coverage_of(snapshot, endpoint).unread
            verdict = verdict if count.read and not unread_subnets else Verdict.UNKNOWN
    return Assessment(
        vpc_endpoint_id=endpoint.vpc_endpoint_id,
        verdict=verdict,
        headline=describe_state(snapshot, endpoint, verdict_by_aws, count, unread_subnets),
        findings=tuple(_findings(snapshot, endpoint, verdict, associations)),
        accessible=accessible,
        associations=len(associations),
        overdue=waits_too_long(snapshot, endpoint),
        unread_subnets=unread_subnets,
    )


def _findings(
    snapshot: Snapshot, endpoint: Endpoint, verdict: Verdict, associations: tuple[Association, ...]
) -> list[Finding]:
    """What AWS reports, what was found by type, and what to do."""
    findings = _reported_failure(endpoint)
    if verdict is Verdict.GONE:
        return findings
    inaccessible = None if is_being_built(endpoint.state) else find_inaccessible(associations)
    findings += [inaccessible] if inaccessible else []
    if has_ended(endpoint.state):
        pass
    elif is_service_network(endpoint):
        findings += [find_resources(snapshot, endpoint, bool(associations)), find_services(snapshot, endpoint)]
        impact = find_impact(snapshot, endpoint) if verdict.wrong else None
        findings += [impact] if impact else []
    elif has_associations(endpoint):
        findings.append(find_interfaces(snapshot, endpoint))
    fix = _fix(snapshot, endpoint, verdict, associations)
    return [*findings, fix] if fix else findings


def _fix(
    snapshot: Snapshot, endpoint: Endpoint, verdict: Verdict, associations: tuple[Association, ...]
) -> Finding | None:
    if has_ended(endpoint.state) or is_waiting(endpoint.state):
        return find_acceptance_fix(snapshot, endpoint)
    failed = verdict in (Verdict.FAILED, Verdict.FAILED_BUT_ACCESSIBLE)
    lacks_subnets = not (endpoint.subnet_ids or is_gateway(endpoint))
    if is_service_network(endpoint):
        partial = verdict is Verdict.DEGRADED and endpoint.state.lower() != AVAILABLE
        if failed and lacks_subnets:
            return find_subnet_fix(endpoint)
        if failed or (partial and coverage_of(snapshot, endpoint, EniRole.SERVICE).uncovered):
            return find_fix(snapshot, endpoint) or _create_again(snapshot, endpoint)
    elif failed and has_associations(endpoint):
        return find_resource_fix(endpoint)
    elif failed:
        return find_subnet_fix(endpoint) if lacks_subnets else find_address_fix(snapshot, endpoint)
    if verdict is Verdict.DEGRADED and find_inaccessible(associations):
        return find_association_fix(associations)
    return None


def _create_again(snapshot: Snapshot, endpoint: Endpoint) -> Finding | None:
    """What is left to try where no block is missing, as for an IPv6 endpoint."""
    if subnets_out_of_blocks(snapshot, endpoint, endpoint.subnet_ids):
        return None
    return fix_in_order("create the endpoint again: of a failed one only the security groups and tags can be changed")


def _reported_failure(endpoint: Endpoint) -> list[Finding]:
    parts = (endpoint.failure_reason, endpoint.last_error_code, endpoint.last_error_message)
    text = ": ".join(dict.fromkeys(part for part in parts if part))
    return [Finding("AWS says", Tone.BAD, text)] if text else []
