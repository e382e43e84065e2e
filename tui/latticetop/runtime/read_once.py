"""One read of a scope, of several scopes, or of one endpoint in depth, for the commands that print and end."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from latticetop.aws import SessionCache, Settings
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.incident.investigation import Investigation
    from latticetop.model.records.problem import Problem
    from latticetop.model.snapshot import Snapshot
    from latticetop.runtime.targets import Target

    TargetResult = tuple[Target, Snapshot | Problem]
    """A target with its snapshot, or with the problem that prevented one."""


MOST_REPORTED = 10
"""Accounts and Regions that report by themselves how far they are; of more the number that was read is enough."""


async def read_snapshot(
    settings: Settings,
    selection: Selection,
    sessions: SessionCache | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Snapshot:
    """Read a scope once; ReadError when nothing could be read. `progress` is called while that takes long."""
    from latticetop.aws import connect
    from latticetop.follow.one_shot import read_once

    reader = await connect(settings, sessions=sessions, cache_decoded=False)
    try:
        return await read_once(reader, selection, progress=progress)
    finally:
        await reader.close()


async def read_snapshots(
    targets: Sequence[Target],
    selection: Selection,
    max_calls: int,
    at_once: int,
    progress: Callable[[str], None] = lambda _: None,
) -> list[TargetResult]:
    """Read all targets once, `at_once` at the same time, with `max_calls` API calls per minute per account at most.

    `max_calls` is 0 for unlimited. A target whose Region is `all` becomes one for each of its Regions; if these cannot
    be read, its first Region alone.
    While that takes long, `progress` is called with the name and Region of a target and a clause; of many targets,
    with the number of those that were read.
    """
    from latticetop.aws import SessionCache
    from latticetop.follow.read_gate import ReadGate
    from latticetop.model.records.problem import ReadError
    from latticetop.runtime.targets import other_regions

    sessions, gate = SessionCache(max_calls, reads_once=True), ReadGate(at_once)

    report = _ReadReport(progress)

    async def read(target: Target) -> TargetResult:
        on_clause = report.begin(target)
        try:
            async with gate.turn():
                return target, await read_snapshot(target.settings, selection, sessions, on_clause)
        except ReadError as error:
            return target, error.problem
        finally:
            report.end()

    async def read_regions(target: Target) -> list[TargetResult]:
        first = asyncio.ensure_future(read(target))
        try:
            others = await other_regions(target, sessions, gate)
        except ReadError:
            others = []
        return await asyncio.gather(first, *map(read, others))

    reporting = asyncio.create_task(report.run())
    try:
        return [result for results in await asyncio.gather(*map(read_regions, targets)) for result in results]
    finally:
        reporting.cancel()


class _ReadReport:
    """Reports how far reading several targets is: what each says, or of many how many were read."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._begun = self._ended = 0

    def begin(self, target: Target) -> Callable[[str], None]:
        """Count a target, and return what to call with a clause about it."""
        self._begun += 1
        name = " ".join(part for part in (target.name, target.settings.region) if part)

        def on_clause(clause: str) -> None:
            if self._begun <= MOST_REPORTED:
                self._progress(f"{name}: {clause}" if name else clause)

        return on_clause

    def end(self) -> None:
        """Count a target that was read, or failed."""
        self._ended += 1

    async def run(self) -> None:
        """Report the number of targets that were read, until cancelled."""
        from latticetop.follow.progress_report import EVERY, FIRST_AFTER

        await asyncio.sleep(FIRST_AFTER)
        while True:
            if self._begun > MOST_REPORTED:
                self._progress(f"{self._ended:,} of {self._begun:,} accounts and Regions read")
            await asyncio.sleep(EVERY)


def with_region(target: Target) -> Target:
    """Return a target with the Region that the SDK finds if its settings name none; unchanged if there is none."""
    from msgspec import structs

    from latticetop.aws.session import prepare
    from latticetop.model.records.problem import ReadError

    if target.settings.region:
        return target
    try:
        return target._replace(settings=structs.replace(target.settings, region=prepare(target.settings).region))
    except ReadError:
        return target


def unread_snapshot(settings: Settings, problem: Problem) -> Snapshot:
    """Return the snapshot of a scope of which nothing could be read: all of it is unknown."""
    from datetime import UTC, datetime

    from latticetop.model.snapshot import Scope, Snapshot

    scope = Scope(settings.account_id, settings.region, settings.profile, settings.role, settings.endpoint_url)
    return Snapshot(scope, datetime.now(UTC), problems=(problem,))


async def investigate_endpoint(
    settings: Settings,
    vpc_endpoint_id: str,
    sessions: SessionCache,
    *,
    resolve_names: bool = False,
    probe_port: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Investigation:
    """Read a scope once, then investigate one endpoint of any type; ReadError when it does not exist.

    `resolve_names` asks the system's resolver for the addresses of its DNS names; `probe_port` does so too, and tries
    a TCP connection to that port of each. `progress` is called with a sentence on what is read next.
    """
    from latticetop.aws import connect
    from latticetop.aws.dns_names import probe, resolve
    from latticetop.follow.investigate import investigate, probe_all
    from latticetop.follow.one_shot import read_once
    from latticetop.follow.subnet_selection import Selection
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError

    reader = await connect(settings, sessions=sessions)
    try:
        snapshot = await read_once(
            reader, Selection(all_endpoints=True), lattice=True, vpc_endpoint_id=vpc_endpoint_id, progress=progress
        )
        if vpc_endpoint_id not in snapshot.endpoints:
            message = f"There is no endpoint {vpc_endpoint_id} in {snapshot.scope.region}."
            raise ReadError(Problem(ProblemKind.USAGE, "", message, "latticetop check --all-endpoints lists them."))
        resolver = resolve if resolve_names or probe_port else None
        investigation = await investigate(reader, snapshot, vpc_endpoint_id, progress, resolve=resolver)
    finally:
        await reader.close()
    if probe_port is None:
        return investigation
    return await probe_all(investigation, partial(probe, port=probe_port))
