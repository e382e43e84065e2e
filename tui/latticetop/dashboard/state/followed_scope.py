"""The scopes the dashboard follows, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from latticetop.dashboard.state.recent_blocks import Marks
from latticetop.dashboard.state.snapshot_view import View
from latticetop.follow.problem_log import ProblemLog
from latticetop.follow.status import Phase
from latticetop.model.history.log import Journal
from latticetop.model.history.trend import Trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from latticetop.follow.status import Selection, Source, Update
    from latticetop.model.history.events import Entry
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem

SETTLED = (Phase.WAITING, Phase.PAUSED, Phase.REPLAYING)
"""In these phases what was asked for last has been read."""


@dataclass(eq=False)
class Watched:
    """One scope: its source, the last update and what follows from it.

    `title` stands in for the profile's name, `region` for the Region as long as nothing was read. `sign_in` is the
    command that gets new credentials, empty where there is none.
    """

    source: Source
    title: str = ""
    region: str = ""
    sign_in: tuple[str, ...] = ()
    latest: Update | None = None
    view: View | None = None
    marks: Marks = field(default_factory=Marks)
    investigations: dict[str, Investigation] = field(default_factory=dict)
    """The last investigation of each endpoint."""
    paused: bool = False
    journal: Journal = field(default_factory=Journal)
    trend: Trend = field(default_factory=Trend)
    problems: ProblemLog = field(default_factory=ProblemLog)

    def take(self, update: Update, now: datetime, view: View | None = None) -> Sequence[Entry]:
        """Take over what the source published, and give what changed; `view` is of its snapshot, worked out ahead."""
        snapshot, entries = update.snapshot, []
        if snapshot is not None and (self.view is None or self.view.snapshot is not snapshot):
            self.marks.follow(snapshot)
            self.view = view or View(snapshot)
            entries = self.journal.follow(snapshot)
            self.trend.follow(snapshot)
        if update.status.phase in SETTLED:
            self.journal.settled()
        self.problems.follow(update, now)
        self.latest = update
        return entries

    def select(self, selection: Selection) -> None:
        """Read something else from now on."""
        self.journal.expect_another_selection()
        self.source.select(selection)

    @property
    def wrong(self) -> list[Problem]:
        """What is wrong at the moment: first what stands in the way of reading at all."""
        found = [*self.view.snapshot.problems] if self.view else []
        problem = self.latest.status.problem if self.latest else None
        return [problem, *found] if problem and problem not in found else found

    @property
    def name(self) -> str:
        """How the scope is called: by profile and Region once it is known."""
        scope = self.view.snapshot.scope if self.view else None
        parts = (self.title or (scope.profile if scope else ""), scope.region if scope else self.region)
        return " ".join(part for part in parts if part)
