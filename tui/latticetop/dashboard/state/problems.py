"""The problems of all scopes as one list, an answer that does not come among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import astuple

from latticetop.dashboard.text.format import age
from latticetop.follow.freshness import freshness_of
from latticetop.follow.problem_log import LoggedProblem
from latticetop.model.records.problem import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from latticetop.dashboard.state.followed_scope import FollowedScope


class ScopeProblem(NamedTuple):
    """A problem and the scope that had it."""

    key: str
    """Different for every problem of every scope."""
    scope_index: int
    scope: FollowedScope
    noted: LoggedProblem


def problems_of(scopes: Sequence[FollowedScope], present: Callable[[FollowedScope], datetime]) -> list[ScopeProblem]:
    """The problems of all scopes: those that persist first, then the latest first.

    `present` gives the time from which the ages of a scope's data are counted. A call without an answer is a problem
    before it fails.
    """
    problems = [
        ScopeProblem(" ".join((str(index), *astuple(noted.problem))), index, scope, noted)
        for index, scope in enumerate(scopes)
        for noted in scope.problem_log.problems
    ]
    problems += [problem for index, scope in enumerate(scopes) for problem in _unanswered(index, scope, present(scope))]
    return sorted(problems, key=persisting_first)


def _unanswered(index: int, scope: FollowedScope, at: datetime) -> list[ScopeProblem]:
    status = scope.update.status if scope.update else None
    seconds = freshness_of(status, at).unanswered if status else 0.0
    if status is None or status.answered_at is None or not seconds:
        return []
    message = f"AWS has not answered for {age(seconds)}."
    problem = Problem(ProblemKind.UNREACHABLE, "", message, "Check the network, VPN and proxy.")
    return [ScopeProblem(f"{index} unanswered", index, scope, LoggedProblem(problem, status.answered_at, at))]


def persisting_first(problem: ScopeProblem) -> tuple[bool, float]:
    """Sort key: problems that persist before those that are over, then the latest first."""
    return not problem.noted.ongoing, -problem.noted.last.timestamp()
