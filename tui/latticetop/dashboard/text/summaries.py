"""The summaries of panes, and what they say if there is nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.dashboard.text.format import age
from latticetop.dashboard.text.unread import unread_text
from latticetop.follow.status import Phase
from latticetop.model.capacity.counting_subnets import live_lattice_endpoints
from latticetop.model.records.aws_actions import DESCRIBE_ENDPOINTS, DESCRIBE_SUBNETS
from latticetop.model.records.read_parts import ENDPOINTS, SUBNETS
from latticetop.model.records.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.follow.status import Update
    from latticetop.model.snapshot import Snapshot

MAX_NAMED_SCOPES = 8
"""Scopes that were not read and are named; the others are counted."""


def extent_text(scopes: Sequence[FollowedScope]) -> str:
    """What rows of these scopes are all of: ` of us-east-1 in account 123456789012` or ` of 3 accounts`."""
    if len(scopes) != 1:
        return f" of {scopes_text(scopes)}"
    view = scopes[0].view
    scope = view.snapshot.scope if view else None
    region, account = (scope.region, scope.account_id) if scope else (scopes[0].region, "")
    return (f" of {region}" if region else "") + (f" in account {account}" if account else "")


def scopes_text(scopes: Sequence[FollowedScope]) -> str:
    """How many scopes there are: `3 accounts`, `17 Regions` of one account, `6 accounts and Regions`."""
    regions = {scope.view.snapshot.scope.region if scope.view else scope.region for scope in scopes}
    if len(regions - {""}) <= 1:
        return counted(len(scopes), "account")
    accounts = {scope.view.snapshot.scope.account_id for scope in scopes if scope.view}
    if len({scope.title for scope in scopes}) == 1 and len(accounts) <= 1:
        return f"{len(scopes):,} Regions"
    return f"{len(scopes):,} accounts and Regions"


def endpoint_summary(view: SnapshotView, width: int) -> str:
    """The verdicts, `1 failed but accessible · 4 healthy`; those without room are counted together, as `5 others`."""
    ranked = sorted(view.verdicts.items(), key=lambda item: item[0].rank)
    for named in range(len(ranked), -1, -1):
        parts = [f"{count:,} {verdict.words}" for verdict, count in ranked[:named]]
        if rest := sum(count for _, count in ranked[named:]):
            parts.append(counted(rest, "other" if named else "endpoint"))
        if len(text := " · ".join(parts)) <= width:
            return text
    return ""


def subnet_summary(view: SnapshotView) -> str:
    """How many subnets have no free block, and of how many that is not known: `2 of 7 have no free /28, 1 unknown`."""
    total, without, uncertain = len(view.free_blocks), len(view.blockless), len(view.uncertain)
    if not total:
        return "no IPv4" if view.snapshot.subnets else ""
    if total == 1:
        return "free /28 unknown" if uncertain else f"{'no' if without else 'a'} free /28"
    if uncertain and not without:
        return f"free /28 of {'all ' if uncertain == total else f'{uncertain:,} of '}{total:,} unknown"
    if without:
        return f"{without:,} of {total:,} have no free /28" + (f", {uncertain:,} unknown" if uncertain else "")
    return f"all {total:,} have a free /28"


def totals(scopes: Sequence[FollowedScope]) -> str:
    """The counts of all scopes: `9 subnets in 3 accounts · 2 without a free /28, 1 unknown · 2 endpoints in trouble`.

    A subnet is unknown if it may have a free block, but not for certain. Scopes whose subnets were not read are told.
    """
    views = [scope.view for scope in scopes if scope.view is not None]
    subnets = sum(len(view.snapshot.subnets) for view in views)
    without = sum(len(view.blockless) for view in views)
    uncertain = sum(len(view.uncertain) for view in views)
    trouble = sum(view.endpoints_in_trouble for view in views)
    in_scopes = f" in {scopes_text(scopes)}" if len(scopes) > 1 else ""
    unknown = f", {uncertain:,} unknown" if uncertain else ""
    unread = len(scopes) - sum(_lists_subnets(view.snapshot) for view in views)
    parts = [counted(subnets, "subnet") + in_scopes, f"{without:,} without a free /28{unknown}"]
    if unread:
        parts = [*parts, f"subnets of {unread:,} not read"] if unread < len(scopes) else ["subnets not read"]
    if trouble:
        parts.append(f"{counted(trouble, 'endpoint')} in trouble")
    return " · ".join(parts)


def _lists_subnets(snapshot: Snapshot) -> bool:
    """Whether the subnets were read, and the endpoints, on which it depends which subnets are shown."""
    return {SUBNETS, ENDPOINTS} <= snapshot.read_at.keys() or bool(snapshot.subnets)


def endpoint_totals(scopes: Sequence[FollowedScope]) -> str:
    """The endpoints of all scopes: `9 endpoints in 3 accounts · 2 in trouble · 1 account not read`."""
    views = [scope.view for scope in scopes if scope.view is not None]
    trouble = sum(view.endpoints_in_trouble for view in views)
    unread = len(scopes) - sum(ENDPOINTS in view.snapshot.read_at for view in views)
    in_scopes = f" in {scopes_text(scopes)}" if len(scopes) > 1 else ""
    parts = [counted(sum(len(view.snapshot.endpoints) for view in views), "endpoint") + in_scopes]
    parts += [f"{trouble:,} in trouble"] if trouble else []
    parts += [f"endpoints of {unread:,} not read"] if unread else []
    return " · ".join(parts)


def no_endpoints_of_any_text(scopes: Sequence[FollowedScope]) -> str:
    """Why no scope has an endpoint."""
    unread = sum(scope.view is None or ENDPOINTS not in scope.view.snapshot.read_at for scope in scopes)
    if unread:
        return "No endpoint has been read yet."
    return f"AWS lists no VPC Lattice endpoint in any{extent_text(scopes)}."


def no_endpoints_text(update: Update | None, key: str = "a", unanswered: float = 0.0) -> str:
    """Why there are no endpoints, with the key that reads all; empty if there are some.

    `unanswered` are the seconds that an answer has been awaited for, if that takes long.
    """
    if update is None or update.snapshot is None:
        return _waiting_text(update, unanswered)
    snapshot = update.snapshot
    if snapshot.endpoints:
        return ""
    if ENDPOINTS not in snapshot.read_at:
        return unread_text("The endpoints", snapshot, DESCRIBE_ENDPOINTS)
    scope = snapshot.scope
    account = f" of account {scope.account_id}" if scope.account_id else ""
    none = f"No VPC Lattice endpoint in {scope.region}{account}."
    return f"{none} Every subnet is shown, or those that were selected. {key} shows every endpoint and subnet."


def no_subnets_text(update: Update | None, key: str = "a", unanswered: float = 0.0) -> str:
    """Why there are no subnets, with the key that reads all; empty if there are some; see `no_endpoints_text`."""
    if update is None or update.snapshot is None:
        return _waiting_text(update, unanswered)
    snapshot = update.snapshot
    if snapshot.subnets:
        return ""
    if SUBNETS not in snapshot.read_at:
        return unread_text("The subnets", snapshot, DESCRIBE_SUBNETS)
    if ENDPOINTS not in snapshot.read_at:
        return f"The subnets to show depend on the endpoints.\n\n{key} shows every subnet."
    if not live_lattice_endpoints(snapshot.endpoints.values()):
        return f"There is no subnet in {snapshot.scope.region}."
    return f"No subnet to show: none is in a VPC with a VPC Lattice endpoint.\n\n{key} shows every subnet."


def no_subnets_of_any_text(scopes: Sequence[FollowedScope], key: str = "a") -> str:
    """Why no scope has a subnet; of several scopes, which ones were not read and why, a line for each."""
    if len(scopes) == 1:
        return no_subnets_text(scopes[0].update, key)
    unread = [scope for scope in scopes if scope.view is None or not _lists_subnets(scope.view.snapshot)]
    if not unread:
        return f"There is no subnet in any of {scopes_text(scopes)}, or none in a VPC with a VPC Lattice endpoint."
    lines = [f"{scope.name}: {no_subnets_text(scope.update, key)}" for scope in unread[:MAX_NAMED_SCOPES]]
    more = [f"and {len(unread) - len(lines):,} more"] if len(unread) > len(lines) else []
    return "\n".join(lines + more)


def _waiting_text(update: Update | None, unanswered: float) -> str:
    phase = update.status.phase if update else Phase.CONNECTING
    if unanswered:
        return f"No data has been read yet: AWS has not answered for {age(unanswered)}."
    if update and update.status.problem and update.status.problem.is_refused_role:
        return "No data: the role cannot be assumed."
    if phase is Phase.NEEDS_CREDENTIALS:
        return "No data without valid credentials."
    return "No data has been read yet." if update and update.status.problem else "Reading…"
