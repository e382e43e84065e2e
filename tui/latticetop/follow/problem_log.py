"""Every problem since the start, each once: how often, when first and last, and whether it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from latticetop.follow.status import Phase, Update
from latticetop.model.records.problem import Problem

MOST = 200
"""How many problems are kept; the longest past give way."""
_AT_WORK = (Phase.CONNECTING, Phase.READING)


class Noted(Struct):
    """One problem: how many attempts met it, when the first and the last did, and whether the last attempt did."""

    problem: Problem
    first: datetime
    last: datetime
    times: int = 1
    holds: bool = True


class ProblemLog:
    """The problems of one scope, the latest last."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._noted: dict[Problem, Noted] = {}
        self._met: set[Problem] = set()
        self._at_work = True

    @property
    def noted(self) -> Sequence[Noted]:
        """What is noted, in the order in which it first was."""
        return tuple(self._noted.values())

    def follow(self, update: Update, now: datetime) -> None:
        """Take what is published into account; one attempt publishes often and counts once."""
        present = dict.fromkeys(update.snapshot.problems if update.snapshot else ())
        if update.status.problem:
            present |= {update.status.problem: None}
        for problem in present:
            known = self._noted.get(problem)
            if known is None or not known.holds:
                self._count(problem, now)
        for problem, noted in self._noted.items():
            noted.holds = problem in present
        self._end_attempt(update.status.phase, tuple(present), now)
        self._forget()

    def _end_attempt(self, phase: Phase, present: Sequence[Problem], now: datetime) -> None:
        """What an attempt leaves when it ends was met by it."""
        if phase in _AT_WORK:
            self._at_work = True
        elif self._at_work:
            self._at_work = False
            for problem in present:
                if problem not in self._met:
                    self._count(problem, now)
            self._met.clear()

    def _count(self, problem: Problem, now: datetime) -> None:
        self._met.add(problem)
        if noted := self._noted.get(problem):
            noted.last, noted.holds = now, True
            noted.times += 1
        else:
            self._noted[problem] = Noted(problem, now, now)

    def _forget(self) -> None:
        while len(self._noted) > self._most:
            past = min(self._noted.values(), key=lambda noted: (noted.holds, noted.last))
            del self._noted[past.problem]
