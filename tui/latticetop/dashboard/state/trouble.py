"""What is wrong, and what is not known, in each account and Region that is followed: the worst first."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from latticetop.dashboard.text.format import age, ago
from latticetop.dashboard.text.unread import missing_block_data
from latticetop.follow.freshness import DataState, freshness_of
from latticetop.model.capacity.counting_subnets import Supplied, counts, supplied
from latticetop.model.endpoints.findings import Tone
from latticetop.model.endpoints.verdict import Verdict
from latticetop.model.identity_cache import IdentityCache
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.dashboard.state.snapshot_view import SnapshotView
    from latticetop.model.capacity.counting_subnets import Criteria
    from latticetop.model.endpoints.assessment import Assessment


class TroubleKind(Enum):
    """The kinds of trouble, the worst first; the value is the word of the header that counts it."""

    FAILED = "failed"
    """An endpoint of which no association is accessible."""
    FAILED_BUT_ACCESSIBLE = "failed but accessible"
    DEGRADED = "degraded"
    OVERDUE = "waiting"
    """An endpoint that waits for its acceptance for more than a day."""
    ACCOUNT_NOT_KNOWN = "account not known"
    """An account and Region that could not be read, or not completely."""
    SUBNET_FULL = "full"
    """A subnet that counts with fewer free blocks than it needs."""
    ENDPOINT_NOT_KNOWN = "endpoint not known"
    SUBNETS_NOT_KNOWN = "subnets not known"
    """Subnets that count of which it is not known whether they have the blocks they need."""

    @property
    def rank(self) -> int:
        """Its position, 0 for the worst."""
        return _RANKS[self]

    @property
    def is_unknown(self) -> bool:
        """Whether it is not known if anything is wrong."""
        return self in (self.ACCOUNT_NOT_KNOWN, self.ENDPOINT_NOT_KNOWN, self.SUBNETS_NOT_KNOWN)


_RANKS = {kind: rank for rank, kind in enumerate(TroubleKind)}
_OF_VERDICTS = {
    Verdict.FAILED: TroubleKind.FAILED,
    Verdict.FAILED_BUT_ACCESSIBLE: TroubleKind.FAILED_BUT_ACCESSIBLE,
    Verdict.DEGRADED: TroubleKind.DEGRADED,
    Verdict.UNKNOWN: TroubleKind.ENDPOINT_NOT_KNOWN,
}


class Trouble(NamedTuple):
    """One thing that is wrong or not known.

    `state` is AWS's word for an endpoint. `resource_id` is the id of an endpoint or a subnet, empty for an account or
    several subnets, and `name` how it is called. `why` is a clause without a full stop, `advice` whole sentences.
    """

    kind: TroubleKind
    state: str
    resource_id: str
    name: str
    why: str
    advice: str = ""
    assessment: Assessment | None = None


class ScopedTrouble(NamedTuple):
    """A trouble, its scope and the index of that."""

    scope_index: int
    scope: FollowedScope
    trouble: Trouble

    @property
    def key(self) -> str:
        """Unique among all scopes."""
        return f"{self.scope_index} {self.trouble.kind.name} {self.trouble.resource_id}"


class TroubleCounts(NamedTuple):
    """How much is wrong or not known in all scopes."""

    failed: int = 0
    degraded: int = 0
    waiting: int = 0
    full: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """The sum of all."""
        return sum(self)

    @property
    def parts(self) -> Sequence[str]:
        """The counts that are not 0, the worst first: `1 failed`, `3 subnets full`, `2 not known`."""
        words = (
            f"{self.failed:,} failed",
            f"{self.degraded:,} degraded",
            f"{self.waiting:,} waiting",
            f"{counted(self.full, 'subnet')} full",
            f"{self.unknown:,} not known",
        )
        return [word for count, word in zip(self, words, strict=True) if count]


_TROUBLE = IdentityCache["SnapshotView", "tuple[Criteria, Sequence[Trouble]]"]()


def trouble_in(view: SnapshotView, criteria: Criteria) -> Sequence[Trouble]:
    """The trouble that a snapshot shows, computed once; what could not be read at all is not in it."""
    known = _TROUBLE.get(view)
    if known is None or known[0] != criteria:
        known = _TROUBLE[view] = criteria, [*_endpoints_in_trouble(view), *_subnets_in_trouble(view, criteria)]
    return known[1]


def _endpoints_in_trouble(view: SnapshotView) -> Iterable[Trouble]:
    for endpoint in view.endpoints:
        assessment = view.assessments[endpoint.vpc_endpoint_id]
        kind = TroubleKind.OVERDUE if assessment.overdue else _OF_VERDICTS.get(assessment.verdict)
        if kind is None:
            continue
        bad = [finding.sentence for finding in assessment.findings if finding.tone is Tone.BAD]
        fix = [
            f"{finding.label}: {finding.sentence.rstrip('.')}."
            for finding in assessment.findings
            if finding.tone is Tone.ADVICE
        ]
        yield Trouble(
            kind,
            endpoint.state or "-",
            endpoint.vpc_endpoint_id,
            endpoint.vpc_endpoint_id,
            "; ".join(bad) or assessment.headline.rstrip("."),
            " ".join(fix),
            assessment,
        )


def _subnets_in_trouble(view: SnapshotView, criteria: Criteria) -> Iterable[Trouble]:
    snapshot, unknown = view.snapshot, []
    for subnet_id, free in view.free_blocks.items():
        if (free and free.min >= criteria.min_free_blocks) or not counts(snapshot, subnet_id, criteria):
            continue
        subnet = snapshot.subnets[subnet_id].subnet
        match supplied(snapshot, subnet_id, criteria):
            case Supplied.TOO_FEW:
                blocks = f"too few free /28 blocks: {free}" if free and free.max else ""
                why = f"{blocks or 'no free /28 block'}, {subnet.address_count_text} free addresses"
                yield Trouble(TroubleKind.SUBNET_FULL, "no /28", subnet_id, subnet.name or subnet_id, why)
            case Supplied.UNKNOWN:
                unknown.append(subnet_id)
    if unknown:
        first = unknown[0]
        name = snapshot.subnets[first].subnet.name or first
        yield Trouble(
            TroubleKind.SUBNETS_NOT_KNOWN,
            "not known",
            first if len(unknown) == 1 else "",
            name if len(unknown) == 1 else counted(len(unknown), "subnet"),
            f"not known whether a /28 block is free: {_why_unknown(view, first)}",
        )


def _why_unknown(view: SnapshotView, subnet_id: str) -> str:
    if text := missing_block_data(view.snapshot, subnet_id):
        return text.rstrip(".")
    if subnet_id not in view.snapshot.read_at:
        return "the network interfaces have not been read yet"
    return f"{subnet_id}: {view.free_blocks[subnet_id]} free /28 blocks; AWS does not list all that is in use"


def account_trouble(scope: FollowedScope, at: datetime, criteria: Criteria) -> Trouble | None:
    """What is not known of a scope as a whole at a time, and why; None if all of it was read."""
    why, advice = _why_not_read(scope, at)
    if not why:
        return None
    if scope.view is not None:
        why += _what_is_unknown(trouble_in(scope.view, criteria))
    return Trouble(TroubleKind.ACCOUNT_NOT_KNOWN, "not known", "", "account", why.rstrip("."), advice)


def _why_not_read(scope: FollowedScope, at: datetime) -> tuple[str, str]:
    """Why a scope was not read, and what to do about it; both empty if it was."""
    if scope.update is None:
        return "Nothing has been read yet.", ""
    status = scope.update.status
    freshness = freshness_of(status, at)
    last_read = f" The data was read {ago(freshness.age)}." if freshness.age is not None else ""
    if status.problem is not None:
        return status.problem.message + last_read, status.problem.next_step_while_followed
    if freshness.unanswered:
        return f"AWS has not answered for {age(freshness.unanswered)}.{last_read}", ""
    if scope.view is None:
        return f"The first read is {'queued: others are read first' if status.queued else 'under way'}.", ""
    if problems := scope.view.snapshot.problems:
        more = f" {counted(len(problems) - 1, 'other problem')}: see !." if len(problems) > 1 else ""
        return problems[0].message + more, problems[0].next_step_while_followed
    if freshness.state is DataState.STALE:
        return f"No read has succeeded for {age(freshness.age or 0.0)}.", ""
    return "", ""


def _what_is_unknown(trouble: Iterable[Trouble]) -> str:
    endpoints = sum(each.kind is TroubleKind.ENDPOINT_NOT_KNOWN for each in trouble)
    subnets = next((each.name for each in trouble if each.kind is TroubleKind.SUBNETS_NOT_KNOWN), "")
    parts = [counted(endpoints, "endpoint")] if endpoints else []
    parts += [subnets] if subnets else []
    return f" Not known: {' and '.join(parts)}." if parts else ""


def all_trouble(
    scopes: Sequence[FollowedScope], criteria: Criteria, present: Callable[[FollowedScope], datetime]
) -> list[ScopedTrouble]:
    """The trouble of all scopes, the worst first; `present` gives the time from which ages of a scope are counted."""
    trouble = [
        ScopedTrouble(index, scope, each)
        for index, scope in enumerate(scopes)
        for each in _trouble_of(scope, criteria, present(scope))
    ]
    return sorted(trouble, key=lambda each: (each.trouble.kind.rank, each.scope_index))


def _trouble_of(scope: FollowedScope, criteria: Criteria, at: datetime) -> Iterable[Trouble]:
    account = account_trouble(scope, at, criteria)
    if account is not None:
        yield account
    for trouble in trouble_in(scope.view, criteria) if scope.view is not None else ():
        if account is None or not trouble.kind.is_unknown:
            yield trouble


def count_trouble(
    scopes: Sequence[FollowedScope], criteria: Criteria, present: Callable[[FollowedScope], datetime]
) -> TroubleCounts:
    """How much is wrong or not known in all scopes."""
    kinds = Counter(trouble.kind for scope in scopes for trouble in _trouble_of(scope, criteria, present(scope)))
    return TroubleCounts(
        failed=kinds[TroubleKind.FAILED] + kinds[TroubleKind.FAILED_BUT_ACCESSIBLE],
        degraded=kinds[TroubleKind.DEGRADED],
        waiting=kinds[TroubleKind.OVERDUE],
        full=kinds[TroubleKind.SUBNET_FULL],
        unknown=sum(count for kind, count in kinds.items() if kind.is_unknown),
    )
