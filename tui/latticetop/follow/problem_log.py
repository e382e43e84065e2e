"""The problem log of one scope: every problem once, with its count, its first and last time, and its state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem

MAX_PROBLEMS = 200
"""The number of problems that are kept; those that ended longest ago are dropped first."""
_BUSY_PHASES = (Phase.CONNECTING, Phase.READING)


class LoggedProblem(Struct):
    """A problem, the first and the last time it occurred, the number of attempts with it, and whether it is ongoing."""

    problem: Problem
    first: datetime
    last: datetime
    count: int = 1
    ongoing: bool = True


class ProblemLog:
    """The problems of one scope, the first one first."""

    def __init__(self, max_problems: int = MAX_PROBLEMS) -> None:
        self._max_problems = max_problems
        self._logged: dict[Problem, LoggedProblem] = {}
        self._counted: set[Problem] = set()
        """The problems already counted for the current attempt."""
        self._busy = True

    @property
    def problems(self) -> Sequence[LoggedProblem]:
        """The logged problems, in the order of their first occurrence."""
        return tuple(self._logged.values())

    def add_update(self, update: Update, now: datetime) -> None:
        """Log the problems of an update; an attempt publishes many updates and counts once."""
        current = dict.fromkeys(update.snapshot.problems if update.snapshot else ())
        current |= {problem: None for problem in (update.status.problem, update.status.recording_problem) if problem}
        for problem in current:
            logged = self._logged.get(problem)
            if logged is None or not logged.ongoing:
                self._count(problem, now)
        for problem, logged in self._logged.items():
            logged.ongoing = problem in current
        self._end_attempt(update.status.phase, tuple(current), now)
        self._drop_oldest()

    def restate_times(self, step: timedelta) -> None:
        """Move all times after the clock was set forward by a `step` (back if it is negative)."""
        for logged in self._logged.values():
            logged.first += step
            logged.last += step

    def _end_attempt(self, phase: Phase, current: Sequence[Problem], now: datetime) -> None:
        """Count the problems that are left when an attempt ends."""
        if phase in _BUSY_PHASES:
            self._busy = True
        elif self._busy:
            self._busy = False
            for problem in current:
                if problem not in self._counted:
                    self._count(problem, now)
            self._counted.clear()

    def _count(self, problem: Problem, now: datetime) -> None:
        self._counted.add(problem)
        if logged := self._logged.get(problem):
            logged.last, logged.ongoing = now, True
            logged.count += 1
        else:
            self._logged[problem] = LoggedProblem(problem, now, now)

    def _drop_oldest(self) -> None:
        while len(self._logged) > self._max_problems:
            oldest = min(self._logged.values(), key=lambda logged: (logged.ongoing, logged.last))
            del self._logged[oldest.problem]
