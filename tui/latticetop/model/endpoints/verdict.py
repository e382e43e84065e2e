""""""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticetop.model.records.resources import Association


class Verdict(StrEnum):
    """What an endpoint's state means; in the order in which rows in trouble come first."""

    FAILED_BUT_ACCESSIBLE = "failed-but-accessible"
    FAILED = "failed"
    DEGRADED = "degraded"
    PENDING = "pending"
    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    GONE = "gone"

    @property
    def wrong(self) -> bool:
        """Whether `check` reports it."""
        return self in (Verdict.FAILED_BUT_ACCESSIBLE, Verdict.FAILED, Verdict.DEGRADED)

    @property
    def rank(self) -> int:
        """Its place among the verdicts, 0 for what wants attention first."""
        return list(Verdict).index(self)


_GONE = frozenset({"deleting", "deleted", "rejected", "expired"})


_PENDING = frozenset({"pending", "pendingacceptance"})


def verdict_for(state: str, associations: tuple[Association, ...]) -> Verdict:
    """The verdict that AWS's state and the associations' accessibility lead to, both without regard to case."""
    state = state.lower()
    accessible = sum(a.accessible for a in associations)
    if state == "failed":
        return Verdict.FAILED_BUT_ACCESSIBLE if accessible else Verdict.FAILED
    if state in ("available", "partial") and accessible < len(associations):
        return Verdict.DEGRADED
    if state == "available":
        return Verdict.HEALTHY
    if state in _PENDING:
        return Verdict.PENDING
    return Verdict.GONE if state in _GONE else Verdict.UNKNOWN
