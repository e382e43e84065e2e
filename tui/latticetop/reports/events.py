"""What `latticetop watch` tells: what is at the start, what changes, what cannot be read and when that is over."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from latticetop.model.history.events import Entry
from latticetop.model.records.problem import Problem
from latticetop.model.snapshot import Scope, Snapshot


class WatchStarted(NamedTuple):
    """The scope was read whole, or as far as it could be, for the first time."""

    at: datetime
    scope: Scope
    snapshot: Snapshot


class WatchChange(NamedTuple):
    """One change, and the snapshot in which it was seen."""

    at: datetime
    scope: Scope
    snapshot: Snapshot
    entry: Entry


class WatchProblem(NamedTuple):
    """A problem began, or is over. Of a scope that was never read, the account's number is empty."""

    at: datetime
    scope: Scope
    problem: Problem
    over: bool


WatchEvent = WatchStarted | WatchChange | WatchProblem
