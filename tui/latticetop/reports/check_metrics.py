"""`latticetop check` as metrics for node_exporter's textfile collector, which refuses a file with a sample twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticetop.model.snapshot import Snapshot
from latticetop.reports.metrics import ScopeRead, oldest_reservations
from latticetop.reports.metrics_text import render_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latticetop.reports.check_scopes import ScopeResult


def render_check_metrics(scopes: Sequence[ScopeResult], is_complete: Callable[[Snapshot], bool]) -> str:
    """Render the metrics of scopes; one that could not be read is down.

    `is_complete` says whether all data of a snapshot was read. Of an account and Region that was read by two names the
    subnets and endpoints are in it once, by the more complete read.
    """
    reads = {(scope.account_id, scope.read_region, scope.name): _read(scope, is_complete) for scope in scopes}
    snapshots: dict[tuple[str, str], tuple[ScopeRead, Snapshot]] = {}
    for scope in scopes:
        place = scope.account_id, scope.read_region
        read = reads[*place, scope.name]
        if isinstance(scope.result, Snapshot) and (place not in snapshots or (read.up and not snapshots[place][0].up)):
            snapshots[place] = read, scope.result
    with_numbers = {id(read): snapshot for read, snapshot in snapshots.values()}
    pairs = [(read, with_numbers.get(id(read))) for read in reads.values()]
    return render_metrics(pairs, scopes[0].criteria)


def _read(scope: ScopeResult, is_complete: Callable[[Snapshot], bool]) -> ScopeRead:
    snapshot = scope.result
    if not isinstance(snapshot, Snapshot):
        return ScopeRead(scope.name, scope.account_id, scope.region, problems=(snapshot,))
    up = is_complete(snapshot)
    return ScopeRead(
        scope.name,
        scope.account_id,
        scope.read_region,
        up=up,
        read_at=snapshot.taken_at if up else None,
        problems=snapshot.problems,
        reservations_read_at=oldest_reservations(snapshot),
    )
