"""The accounts and Regions that the dashboard follows, each with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from latticetop.dashboard.state.snapshot_view import SnapshotView
from latticetop.follow.freshness import clock_step
from latticetop.follow.problem_log import ProblemLog
from latticetop.follow.status import Phase
from latticetop.model.history.change_log import ChangeLog
from latticetop.model.history.trend import Trend
from latticetop.model.snapshot import changed_blocks

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Collection, Mapping, Sequence
    from datetime import datetime

    from latticetop.follow.status import Source, Update
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.history.change_events import ChangeEvent
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot

SETTLED_PHASES = (Phase.WAITING, Phase.PAUSED, Phase.REPLAYING, Phase.FROM_FILES)
"""The phases in which everything that was selected last has been read."""
RECENT_READS = 4
"""For how many reads a changed block stays marked."""


class RecentBlocks:
    """The blocks of a scope that changed within the last few reads."""

    def __init__(self) -> None:
        self._reads_left: dict[tuple[str, int], int] = {}
        """By subnet id and index of the block."""
        self._last: Snapshot | None = None

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Take the next snapshot into account; the same one again changes nothing."""
        last, self._last = self._last, snapshot
        if last is None or last is snapshot or last.scope != snapshot.scope:
            return
        self._reads_left = {block: reads - 1 for block, reads in self._reads_left.items() if reads > 1}
        for subnet_id, indexes in changed_blocks(last, snapshot).items():
            if subnet_id in last.read_at:
                self._reads_left |= {(subnet_id, index): RECENT_READS for index in indexes}

    def of(self, subnet_id: str) -> frozenset[int]:
        """The indexes of the marked blocks of a subnet."""
        return frozenset(index for (subnet, index) in self._reads_left if subnet == subnet_id)


class FollowedScope(Struct, eq=False):
    """An account and Region: its source, its last update, and what the updates so far came to.

    `title` stands in for the profile's name, and `region` for the Region until the first snapshot. `sign_in` is the
    command that gets new credentials, empty where there is none. `requested_account_id` is the account of the role.
    """

    source: Source
    title: str = ""
    region: str = ""
    sign_in: tuple[str, ...] = ()
    update: Update | None = None
    view: SnapshotView | None = None
    """The last snapshot with what follows from it."""
    recent_blocks: RecentBlocks = field(default_factory=RecentBlocks)
    investigations: Mapping[str, Investigation] = field(default_factory=dict)
    """The last investigation of each endpoint, by endpoint id."""
    paused: bool = False
    change_log: ChangeLog = field(default_factory=ChangeLog)
    trend: Trend = field(default_factory=Trend)
    problem_log: ProblemLog = field(default_factory=ProblemLog)
    requested_account_id: str = ""

    def apply(self, update: Update, now: datetime, view: SnapshotView | None = None) -> Sequence[ChangeEvent]:
        """Take over an update of the source and return what changed; `view` is of its snapshot, computed ahead."""
        if step := clock_step(self.update.status if self.update else None, update.status):
            for history in (self.change_log, self.trend, self.problem_log):
                history.restate_times(step)
        snapshot, events = update.snapshot, []
        if snapshot is not None and (self.view is None or self.view.snapshot is not snapshot):
            self.recent_blocks.add_snapshot(snapshot)
            self.view = view or SnapshotView(snapshot)
            events = self.change_log.add_snapshot(snapshot)
            self.trend.add_snapshot(snapshot)
        if update.status.phase in SETTLED_PHASES:
            self.change_log.end_selection_change()
        self.problem_log.add_update(update, now)
        self.update = update
        return events

    def select(self, selection: Selection) -> None:
        """Read another selection from now on."""
        self.change_log.begin_selection_change()
        self.source.select(selection)

    def add_investigation(self, vpc_endpoint_id: str, investigation: Investigation) -> None:
        """Keep the last investigation of an endpoint."""
        self.investigations = {**self.investigations, vpc_endpoint_id: investigation}

    @property
    def current_problems(self) -> list[Problem]:
        """The problems of the moment: first the one that prevents reading at all, then that of the recording."""
        status = self.update.status if self.update else None
        first = (status.problem, status.recording_problem) if status else ()
        problems = self.view.snapshot.problems if self.view else ()
        return list(dict.fromkeys(problem for problem in (*first, *problems) if problem))

    @property
    def account_id(self) -> str:
        """The id of the account, as far as it is known."""
        return (self.view.snapshot.scope.account_id if self.view else "") or self.requested_account_id

    @property
    def account_name(self) -> str:
        """The name of the account: that of the profile or role, else its id."""
        scope = self.view.snapshot.scope if self.view else None
        return self.title or (scope.profile if scope else "") or self.account_id or "default"

    @property
    def region_name(self) -> str:
        """The Region, as far as it is known."""
        return self.view.snapshot.scope.region if self.view else self.region

    @property
    def name(self) -> str:
        """The profile and the Region, as far as they are known."""
        scope = self.view.snapshot.scope if self.view else None
        parts = (self.title or (scope.profile if scope else ""), scope.region if scope else self.region)
        return " ".join(part for part in parts if part)


class ScopeChange(NamedTuple):
    """What has changed in an organization: scopes to follow, accounts to leave; or why it could not be listed.

    `more` yields further Regions of the accounts that were added, as they are found.
    """

    added: Sequence[FollowedScope] = ()
    more: AsyncIterable[FollowedScope] | None = None
    left_account_ids: Collection[str] = ()
    problem: Problem | None = None
