"""The problems of all scopes as one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import astuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.followed_scope import FollowedScope
    from latticetop.follow.problem_log import LoggedProblem


class ScopeProblem(NamedTuple):
    """A problem and the scope that had it."""

    key: str
    """Different for every problem of every scope."""
    scope_index: int
    scope: FollowedScope
    noted: LoggedProblem


def problems_of(scopes: Sequence[FollowedScope]) -> list[ScopeProblem]:
    """The problems of all scopes: those that persist first, then the latest first."""
    problems = [
        ScopeProblem(" ".join((str(index), *astuple(noted.problem))), index, scope, noted)
        for index, scope in enumerate(scopes)
        for noted in scope.problem_log.problems
    ]
    return sorted(problems, key=persisting_first)


def persisting_first(problem: ScopeProblem) -> tuple[bool, float]:
    """Sort key: problems that persist before those that are over, then the latest first."""
    return not problem.noted.ongoing, -problem.noted.last.timestamp()
