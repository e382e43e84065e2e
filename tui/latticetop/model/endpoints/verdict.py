"""The verdict on an endpoint: the rule by which its state and its associations are judged."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association


class Verdict(StrEnum):
    """What the state of an endpoint means; those that need attention come first."""

    FAILED_BUT_ACCESSIBLE = "failed-but-accessible"
    """Failed, but at least one association is accessible."""
    FAILED = "failed"
    """Failed, and no association is accessible."""
    DEGRADED = "degraded"
    """Available or Partial, with an association that is not accessible."""
    PENDING = "pending"
    """AWS has not created it yet, or the owner of the service has not accepted it yet."""
    UNKNOWN = "unknown"
    """A state that latticetop does not know, or data that could not be read."""
    HEALTHY = "healthy"
    """Available, and every association is accessible."""
    GONE = "gone"
    """Deleted or being deleted, rejected, expired."""

    @property
    def wrong(self) -> bool:
        """Whether `check` reports it."""
        return self in (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.DEGRADED)

    @property
    def rank(self) -> int:
        """Its position, 0 for what needs attention first."""
        return list(Verdict).index(self)


# The states of ec2:DescribeVpcEndpoints in lower case: AWS spells them in two ways, by endpoint type.
_BEING_CREATED = "pending"
_PENDING = frozenset({_BEING_CREATED, "pendingacceptance"})
_DELETED = frozenset({"deleting", "deleted"})
_ENDED = _DELETED | {"rejected", "expired"}


def is_being_created(state: str) -> bool:
    """Whether AWS is creating an endpoint in this state."""
    return state.lower() == _BEING_CREATED


def is_deleted(state: str) -> bool:
    """Whether an endpoint in this state is deleted or being deleted."""
    return state.lower() in _DELETED


def has_ended(state: str) -> bool:
    """Whether an endpoint in this state is deleted, being deleted, rejected or expired."""
    return state.lower() in _ENDED


def verdict_for(state: str, associations: tuple[Association, ...]) -> Verdict:
    """Return the verdict for an endpoint state and the accessibility of its associations, without regard to case."""
    state = state.lower()
    accessible = sum(association.accessible for association in associations)
    if state == "failed":
        return Verdict.FAILED_BUT_ACCESSIBLE if accessible else Verdict.FAILED
    if state in ("available", "partial") and accessible < len(associations):
        return Verdict.DEGRADED
    if state == "available":
        return Verdict.HEALTHY
    if state in _PENDING:
        return Verdict.PENDING
    return Verdict.GONE if has_ended(state) else Verdict.UNKNOWN
