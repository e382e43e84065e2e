"""What the panes say in a line: their summaries, and what stands where there is nothing to show."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from latticetop.dashboard.state.snapshot_view import View
from latticetop.dashboard.text.format import plural
from latticetop.dashboard.text.unread import ENDPOINTS, SUBNETS, not_read
from latticetop.follow.status import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.follow.status import Update


class Extent(Enum):
    """Of what a table shows the rows: of what its screen is about, of the scope on screen, of all scopes."""

    SCREEN = "screen"
    SCOPE = "scope"
    ALL = "all scopes"


def said_extent(extent: Extent, watched: Sequence[Watched], at: int) -> str:
    """` of us-east-1 in account 123456789012`, ` of 3 scopes`, or nothing where the title says it."""
    if extent is Extent.SCREEN:
        return ""
    if extent is Extent.ALL and len(watched) > 1:
        return f" of {len(watched)} scopes"
    view = watched[at].view
    scope = view.snapshot.scope if view else None
    region, account = (scope.region, scope.account_id) if scope else (watched[at].region, "")
    return (f" of {region}" if region else "") + (f" in account {account}" if account else "")


def endpoint_summary(view: View, width: int) -> str:
    """`1 failed but accessible · 4 healthy`; what does not fit a width is counted together, as `5 others`."""
    ranked = sorted(view.verdicts.items(), key=lambda item: item[0].rank)
    for named in range(len(ranked), -1, -1):
        parts = [f"{count:,} {verdict.value.replace('-', ' ')}" for verdict, count in ranked[:named]]
        if rest := sum(count for _, count in ranked[named:]):
            parts.append(f"{rest:,} other{'' if rest == 1 else 's'}" if named else plural(rest, "endpoint"))
        if len(text := " · ".join(parts)) <= width:
            return text
    return ""


def subnet_summary(view: View) -> str:
    """`2 of 7 have no free /28`."""
    total, without = len(view.snapshot.subnets), len(view.blockless)
    if not total:
        return ""
    if total == 1:
        return f"{'no' if without else 'a'} free /28"
    return f"{without:,} of {total:,} have no free /28" if without else f"all {total:,} have a free /28"


def totals(watched: Sequence[Watched]) -> str:
    """`214 subnets in 3 scopes · 12 without a free /28 · 2 endpoints in trouble`."""
    views = [each.view for each in watched if each.view is not None]
    subnets = sum(len(view.snapshot.subnets) for view in views)
    without = sum(len(view.blockless) for view in views)
    trouble = sum(count for view in views for verdict, count in view.verdicts.items() if verdict.wrong)
    where = f" in {len(watched)} scopes" if len(watched) > 1 else ""
    parts = [plural(subnets, "subnet") + where, f"{without:,} without a free /28"]
    if trouble:
        parts.append(f"{plural(trouble, 'endpoint')} in trouble")
    return " · ".join(parts)


def nothing_here(update: Update | None, key: str = "a") -> str:
    """What stands in place of the endpoints; empty when there are some."""
    if update is None or update.snapshot is None:
        return _waiting(update)
    snapshot = update.snapshot
    if snapshot.endpoints:
        return ""
    if "endpoints" not in snapshot.read_at:
        return not_read("The endpoints", snapshot, ENDPOINTS)
    where = f"{snapshot.scope.region} of account {snapshot.scope.account_id}".removesuffix(" of account ")
    return f"No VPC Lattice endpoint in {where}.\n\n{key} shows every endpoint and subnet."


def no_subnets(update: Update | None, key: str = "a") -> str:
    """What stands in place of the subnets, with the key that shows all; empty when there are some."""
    if update is None or update.snapshot is None:
        return _waiting(update)
    if update.snapshot.subnets:
        return ""
    if "subnets" not in update.snapshot.read_at:
        return not_read("The subnets", update.snapshot, SUBNETS)
    return f"No subnet to show: none belongs to a VPC with a service-network endpoint.\n\n{key} shows every subnet."


def _waiting(update: Update | None) -> str:
    phase = update.status.phase if update else Phase.CONNECTING
    if phase is Phase.NEEDS_CREDENTIALS:
        return "Nothing can be read without valid credentials."
    return "Nothing could be read yet." if update and update.status.problem else "Reading…"
