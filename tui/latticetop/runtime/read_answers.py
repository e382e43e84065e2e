"""Snapshots and investigations of what files hold, read as from AWS."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import structs

from latticetop.aws import Settings
from latticetop.aws.answers.reader import AnswersReader
from latticetop.follow.investigate import investigate
from latticetop.follow.one_shot import read_once
from latticetop.follow.subnet_selection import Selection
from latticetop.follow.unknown_selection import HERE
from latticetop.model.records.problem import Problem, ProblemKind, ReadError
from latticetop.model.snapshot import Snapshot
from latticetop.runtime.targets import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latticetop.aws.answers.scope_answers import ScopeAnswers
    from latticetop.model.incident.investigation import Investigation
    from latticetop.runtime.answer_files import FileScopes
    from latticetop.runtime.read_once import TargetResult


class StillClock:
    """A clock that stands still at a time: nothing in files changes, so nothing is waited for."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Return the time."""
        return self._at

    def monotonic(self) -> float:
        """Return 0."""
        return 0.0

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Return whether the event is set, at once."""
        return event.is_set()


def time_of(scope: ScopeAnswers, files: FileScopes, at: datetime | None) -> datetime:
    """Return the time of what files hold of a scope: the one that is given, else the newest in them."""
    return at or max(scope.times, default=files.newest)


async def read_scopes(files: FileScopes, selection: Selection, at: datetime | None = None) -> list[TargetResult]:
    """Read every scope once, like AWS; what in the files was of no use is among the problems of each."""
    selection = structs.replace(selection, may_be_empty=len(files.scopes) > 1)
    return [await _read_scope(scope, files, selection, at) for scope in files.scopes]


async def read_scope_with(
    files: FileScopes, ids: Sequence[str], selection: Selection, at: datetime | None = None
) -> Snapshot:
    """Read the scope that has most of these subnets and VPCs. Raises ReadError."""

    def matches(scope: ScopeAnswers) -> int:
        return len({*scope.subnets, *scope.vpc_ids}.intersection(ids))

    _, result = await _read_scope(max(files.scopes, key=matches), files, selection, at)
    if isinstance(result, Problem):
        raise ReadError(result)
    return result


async def investigate_in_files(files: FileScopes, vpc_endpoint_id: str, at: datetime | None = None) -> Investigation:
    """Investigate an endpoint with the CloudTrail events in the files. Raises ReadError if they do not have it."""
    scope = next((scope for scope in files.scopes if vpc_endpoint_id in scope.endpoints), None)
    if scope is None:
        message = f"There is no endpoint {vpc_endpoint_id} in the files."
        step = "latticetop check --all-endpoints --from … lists them."
        raise ReadError(Problem(ProblemKind.USAGE, "", message, step))
    clock = StillClock(time_of(scope, files, at))
    reader = AnswersReader(scope, clock.now())
    selection = selection_in(reader, Selection(all_endpoints=True))
    snapshot = await read_once(reader, selection, clock, lattice=True, vpc_endpoint_id=vpc_endpoint_id, final=True)
    return await investigate(reader, snapshot, vpc_endpoint_id, lambda _: None, clock=clock)


async def _read_scope(
    scope: ScopeAnswers, files: FileScopes, selection: Selection, at: datetime | None
) -> TargetResult:
    account_id, region = scope.place
    target = Target(Settings(region=region), told_account_id=account_id)
    clock = StillClock(time_of(scope, files, at))
    reader = AnswersReader(scope, clock.now())
    try:
        snapshot = await read_once(reader, selection_in(reader, selection), clock, final=True)
    except ReadError as error:
        if error.problem.kind is ProblemKind.USAGE:
            return target, _in_files(error.problem, scope)
        return target, reader.first_problem or error.problem
    return target, structs.replace(snapshot, problems=(*snapshot.problems, *files.problems))


def _in_files(problem: Problem, scope: ScopeAnswers) -> Problem:
    """A problem of what the user selected, said of files, for which there is no --profile and no --region."""
    message = problem.message.replace(HERE, f"in the files of {' '.join(filter(None, scope.place))}")
    step = problem.next_step.replace("Check the id, --profile and --region.", "Check the id.")
    return structs.replace(problem, message=message, next_step=step.replace("Check --profile and --region.", ""))


def selection_in(reader: AnswersReader, selection: Selection) -> Selection:
    """The selection; of all subnets where no whole list of endpoints tells which are of interest."""
    if reader.has_every_endpoint or selection.criteria.selects_subnets:
        return selection
    return structs.replace(selection, all_subnets=True)
