"""A source for the dashboard of what files hold of one account and Region: a snapshot of each selection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import structs

from latticetop.aws.answers.reader import AnswersReader
from latticetop.follow.cycle import vpcs_of_failed_endpoints
from latticetop.follow.investigate import investigate
from latticetop.follow.one_shot import read_once
from latticetop.follow.status import Phase, Publish, Status, Update
from latticetop.model.records.problem import Problem, ReadError
from latticetop.runtime.read_answers import StillClock, selection_in

if TYPE_CHECKING:
    from datetime import datetime

    from latticetop.aws.answers.scope_answers import ScopeAnswers
    from latticetop.follow.reader import ReportProgress
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.snapshot import Snapshot


class AnswersSource:
    """A `status.Source` of the answers of one scope as of a time; `problems` are those of the files."""

    def __init__(
        self, answers: ScopeAnswers, at: datetime, selection: Selection, problems: tuple[Problem, ...] = ()
    ) -> None:
        self._answers, self._selection, self._problems = answers, selection, problems
        self._clock = StillClock(at)
        self._reader = AnswersReader(answers, at)
        self._snapshot: Snapshot | None = None
        self._wake = asyncio.Event()

    async def run(self, publish: Publish) -> None:
        """Publish the snapshot of the selection, and again after each action, until cancelled."""
        while True:
            self._wake.clear()
            publish(await self._update())
            await self._wake.wait()

    def refresh(self) -> None:
        """Publish again; files are read only once."""
        self._wake.set()

    pause = resume = renew = refresh

    def focus(self, subnet_id: str | None) -> None:
        """Do nothing: every subnet is as it was read."""

    def select(self, selection: Selection) -> None:
        """Publish what the files hold of another selection."""
        self._selection = selection
        self._wake.set()

    async def describe_interface(self, network_interface_id: str) -> Mapping[str, Any]:
        """Raise ReadError: further attributes of an ENI are not kept."""
        return await self._reader.describe_interface(network_interface_id)

    async def investigate(
        self, vpc_endpoint_id: str, progress: ReportProgress, *, resolve: bool = False
    ) -> Investigation:
        """Investigate an endpoint with the CloudTrail events in the files. Raises KeyError if it is unknown."""
        if self._snapshot is None:
            raise KeyError(vpc_endpoint_id)
        endpoint = self._snapshot.endpoints[vpc_endpoint_id]
        lattice, problems = await self._reader.lattice(
            [endpoint.service_network_arn], vpcs_of_failed_endpoints([endpoint])
        )
        snapshot = structs.replace(self._snapshot, lattice=lattice, problems=(*self._snapshot.problems, *problems))
        return await investigate(self._reader, snapshot, vpc_endpoint_id, progress, clock=self._clock)

    async def _update(self) -> Update:
        selection = selection_in(self._reader, self._selection)
        try:
            # Of what nobody asked VPC Lattice there is no problem: the explanation of an endpoint says what it lacks.
            lattice = bool(self._answers.asked_lattice)
            snapshot = await read_once(self._reader, selection, self._clock, lattice=lattice, final=True)
        except ReadError as error:
            problem = self._reader.first_problem or error.problem
            return Update(self._snapshot, Status(Phase.FROM_FILES, 0.0, problem=problem))
        self._snapshot = structs.replace(snapshot, problems=(*snapshot.problems, *self._problems))
        return Update(self._snapshot, Status(Phase.FROM_FILES, 0.0, self._clock.now()))
