""""""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import astuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.dashboard.state.followed_scope import Watched
    from latticetop.follow.problem_log import Noted


class Met(NamedTuple):
    """A problem and the scope that met it; the key tells it from all others."""

    key: str
    scope: int
    watched: Watched
    noted: Noted


def problems_met(watched: Sequence[Watched]) -> list[Met]:
    """The problems of all scopes: what holds first, then the latest first."""
    found = [
        Met(" ".join((str(scope), *astuple(noted.problem))), scope, each, noted)
        for scope, each in enumerate(watched)
        for noted in each.problems.noted
    ]
    return sorted(found, key=_ongoing_first)


def _ongoing_first(met: Met) -> tuple[bool, float]:
    return not met.noted.holds, -met.noted.last.timestamp()
