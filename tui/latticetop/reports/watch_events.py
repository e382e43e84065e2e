"""The events that `latticetop watch` reports: the state at the start, changes, problems."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from latticetop.model.capacity.counting_subnets import DEFAULT_CRITERIA, Criteria
from latticetop.model.history.change_events import ChangeEvent
from latticetop.model.records.problem import Problem
from latticetop.model.snapshot import Scope, Snapshot


class WatchStarted(NamedTuple):
    """The first read of a scope ended, with all or some of the data. Times of events are in UTC.

    `criteria` decide what is wrong.
    """

    at: datetime
    scope: Scope
    snapshot: Snapshot
    criteria: Criteria = DEFAULT_CRITERIA


class WatchChange(NamedTuple):
    """One change, with the snapshot in which it was seen."""

    at: datetime
    scope: Scope
    snapshot: Snapshot
    change: ChangeEvent


class WatchProblem(NamedTuple):
    """A problem began, or ended (`over`). The account id of a scope that was never read is empty."""

    at: datetime
    scope: Scope
    problem: Problem
    over: bool


WatchEvent = WatchStarted | WatchChange | WatchProblem
