"""The headline of an endpoint: its state, and which of its associations AWS calls accessible, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from latticetop.model.endpoints.acceptance import accepting_owner
from latticetop.model.endpoints.coverage import zone_names
from latticetop.model.endpoints.verdict import DELETED, EXPIRED, PARTIAL, REJECTED, Verdict
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.model.records.resources import Endpoint
    from latticetop.model.snapshot import Snapshot


class AssociationCount(Struct, frozen=True):
    """How many associations an endpoint has, how many AWS calls accessible, and whether they were read at all."""

    total: int
    accessible: int
    read: bool = True

    def clause(self, only: str = "") -> str:
        """What AWS says of them. It reports the state of the resource configurations, which nobody has probed."""
        if not self.read:
            return "its associations were not read"
        if not self.total:
            return "it has no association"
        not_probed = " (not probed)" if self.accessible else ""
        qualifier = only if self.accessible else ""
        return f"AWS calls {qualifier}{self.accessible} of {counted(self.total, 'association')} accessible{not_probed}"


def describe_state(
    snapshot: Snapshot,
    endpoint: Endpoint,
    verdict: Verdict,
    count: AssociationCount | None,
    unread_subnets: Sequence[str] = (),
) -> str:
    """Return the headline; `count` is None for a type without associations.

    `verdict` is that of the state and the associations alone; `unread_subnets` are subnets of the endpoint of which its
    health is not known.
    """
    state = endpoint.state or "No state"
    match verdict:
        case Verdict.FAILED_BUT_ACCESSIBLE if count:
            return f"{state}, yet {count.clause()}."
        case Verdict.FAILED | Verdict.FAILED_BUT_ACCESSIBLE:
            return _failed(snapshot, endpoint, count)
        case Verdict.DEGRADED if count and state.lower() != PARTIAL:
            return f"{state}, but {count.clause('only ')}."
        case Verdict.DEGRADED:
            return f"{state}, a state that AWS does not document{_and(count)}."
        case Verdict.WAITING_FOR_ACCEPTANCE:
            return f"{state}{_since(snapshot, endpoint)}: {accepting_owner(snapshot, endpoint)} has to accept it."
        case Verdict.PENDING:
            return f"{state}{_since(snapshot, endpoint)}: AWS is creating it."
        case Verdict.GONE:
            return f"{state}: AWS {'has deleted' if state.lower() == DELETED else 'is deleting'} it."
        case Verdict.HEALTHY:
            return f"{state}{_health(count)}{_unread_interfaces(snapshot, unread_subnets)}."
        case Verdict.UNKNOWN:
            unknown = f"AWS reports the state {endpoint.state}, which latticetop does not know"
            return f"{unknown if endpoint.state else 'AWS reports no state'}{_and(count)}."


def _failed(snapshot: Snapshot, endpoint: Endpoint, count: AssociationCount | None) -> str:
    state = endpoint.state
    if state.lower() == REJECTED:
        return f"{state}: {accepting_owner(snapshot, endpoint)} rejected it."
    if state.lower() == EXPIRED:
        return f"{state}, a state that AWS does not document: it counts as failed."
    if count is None:
        return f"{state}, and AWS gives {'a' if _has_reported_failure(endpoint) else 'no'} reason."
    return f"{state}, and {count.clause()}." if count.read else f"{state}; {count.clause()}."


def _has_reported_failure(endpoint: Endpoint) -> bool:
    """Whether AWS gives a reason for a failure of the endpoint."""
    return bool(endpoint.failure_reason or endpoint.last_error_code or endpoint.last_error_message)


def _health(count: AssociationCount | None) -> str:
    if count is None:
        return ", as AWS reports it (not probed)"
    return f", and {count.clause()}" if count.read and count.total else f"; {count.clause()}"


def _and(count: AssociationCount | None) -> str:
    return f"; {count.clause()}" if count else ""


def _unread_interfaces(snapshot: Snapshot, subnet_ids: Sequence[str]) -> str:
    return f", but its ENIs in {zone_names(snapshot, subnet_ids)} were not read" if subnet_ids else ""


def _since(snapshot: Snapshot, endpoint: Endpoint) -> str:
    """Say how long ago the endpoint was created; the date, if that is a day or the clocks differ."""
    if endpoint.creation_timestamp is None:
        return ""
    seconds = int((snapshot.taken_at - endpoint.creation_timestamp).total_seconds())
    if not 0 <= seconds < 86_400:
        return f" since {endpoint.creation_timestamp:%Y-%m-%d %H:%M}Z"
    return f" for {seconds // 60} min {seconds % 60} s" if seconds >= 60 else f" for {seconds} s"
