"""The verdict on an endpoint: the rule by which its state and its associations are judged."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association

MAX_ACCEPTANCE_TIME = timedelta(days=1)
"""An endpoint that has waited longer for its acceptance is in trouble."""


class Verdict(StrEnum):
    """What the state of an endpoint means; those that need attention come first."""

    FAILED_BUT_ACCESSIBLE = "failed-but-accessible"
    """Failed, but AWS calls at least one association accessible."""
    FAILED = "failed"
    """Failed, and no association is accessible; or Rejected, or Expired."""
    DEGRADED = "degraded"
    """Partial; or Available with an association that is not accessible."""
    WAITING_FOR_ACCEPTANCE = "waiting-for-acceptance"
    """PendingAcceptance: the owner of the service has to accept the endpoint."""
    PENDING = "pending"
    """AWS has not created it yet."""
    UNKNOWN = "unknown"
    """A state that latticetop does not know, or data that could not be read."""
    HEALTHY = "healthy"
    """Available, and every association is accessible or the type has none."""
    GONE = "gone"
    """Deleted or being deleted."""

    @property
    def wrong(self) -> bool:
        """Whether it is trouble at any time; see `Assessment.wrong` for an endpoint that waits for too long."""
        return self in (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.DEGRADED)

    @property
    def inconclusive(self) -> bool:
        """Whether it leaves open if something is wrong: exit code 3 of `check`."""
        return self is Verdict.UNKNOWN

    @property
    def words(self) -> str:
        """The verdict in words: `failed but accessible`."""
        return self.value.replace("-", " ")

    @property
    def rank(self) -> int:
        """Its position, 0 for what needs attention first."""
        return list(Verdict).index(self)


AVAILABLE, FAILED, PARTIAL = "available", "failed", "partial"
REJECTED, EXPIRED, DELETED = "rejected", "expired", "deleted"
"""States of ec2:DescribeVpcEndpoints in lower case: AWS spells them in two ways, by endpoint type."""
_BEING_CREATED, _WAITING = "pending", "pendingacceptance"
_DELETED = frozenset({"deleting", DELETED})
_REFUSED = frozenset({REJECTED, EXPIRED})
_STATES = {
    AVAILABLE: Verdict.HEALTHY,
    FAILED: Verdict.FAILED,
    PARTIAL: Verdict.DEGRADED,
    _BEING_CREATED: Verdict.PENDING,
    _WAITING: Verdict.WAITING_FOR_ACCEPTANCE,
    **dict.fromkeys(_REFUSED, Verdict.FAILED),
    **dict.fromkeys(_DELETED, Verdict.GONE),
}


def is_being_created(state: str) -> bool:
    """Whether AWS is creating an endpoint in this state."""
    return state.lower() == _BEING_CREATED


def is_waiting(state: str) -> bool:
    """Whether an endpoint in this state waits for its acceptance."""
    return state.lower() == _WAITING


def is_being_built(state: str) -> bool:
    """Whether an endpoint in this state need not have all its ENIs yet: AWS is creating it, or it is not accepted."""
    return state.lower() in (_BEING_CREATED, _WAITING)


def is_deleted(state: str) -> bool:
    """Whether an endpoint in this state is deleted or being deleted."""
    return state.lower() in _DELETED


def has_ended(state: str) -> bool:
    """Whether an endpoint in this state is deleted, being deleted, rejected or expired."""
    return state.lower() in _DELETED | _REFUSED


def verdict_for(state: str, associations: tuple[Association, ...]) -> Verdict:
    """Return the verdict for an endpoint state and the accessibility of its associations, without regard to case."""
    state = state.lower()
    verdict = _STATES.get(state, Verdict.UNKNOWN)
    accessible = sum(association.accessible for association in associations)
    if state == FAILED and accessible:
        return Verdict.FAILED_BUT_ACCESSIBLE
    if verdict is Verdict.HEALTHY and accessible < len(associations):
        return Verdict.DEGRADED
    return verdict
