"""Find the target that holds a resource, so that a command can be given an id alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from latticetop.model.records.text import begin_upper
from latticetop.runtime.targets import is_single_scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from latticetop.aws import SessionCache
    from latticetop.aws.reader import AwsReader
    from latticetop.follow.read_gate import ReadGate
    from latticetop.follow.subnet_selection import Selection
    from latticetop.runtime.targets import Target

    Contains = Callable[[AwsReader], Awaitable[bool]]
    """Tells whether the scope of a reader contains the resource; raises ReadError."""


async def target_of_endpoint(
    targets: Sequence[Target], sessions: SessionCache, at_once: int, vpc_endpoint_id: str
) -> Target:
    """Return the target that an endpoint is in; a single target is returned unread.

    At most `at_once` targets are read at the same time. Raises ReadError when no target has the endpoint.
    """

    async def contains(reader: AwsReader) -> bool:
        return any(endpoint.vpc_endpoint_id == vpc_endpoint_id for endpoint in await reader.endpoints())

    return await _find(targets, sessions, at_once, f"endpoint {vpc_endpoint_id}", contains)


async def target_of_subnets(
    targets: Sequence[Target],
    sessions: SessionCache,
    at_once: int,
    subnet_ids: Sequence[str],
    vpc_ids: Sequence[str] = (),
) -> Target:
    """Return the target that has one of the subnets, or a subnet of one of the VPCs; a single one is returned unread.

    At most `at_once` targets are read at the same time. Raises ReadError when no target has any of them.
    """

    async def contains(reader: AwsReader) -> bool:
        return any(s.subnet_id in subnet_ids or s.vpc_id in vpc_ids for s in await reader.subnets())

    resource = f"subnet {', '.join(subnet_ids)}" if subnet_ids else f"subnet of {', '.join(vpc_ids)}"
    return await _find(targets, sessions, at_once, resource, contains)


async def select_by_tags(
    targets: Sequence[Target],
    sessions: SessionCache,
    at_once: int,
    selection: Selection,
    progress: Callable[[str], None],
) -> tuple[Target, tuple[str, ...]]:
    """Return the target in which tags and clusters select subnets, and the ids of these.

    At most `at_once` targets are read at the same time. `progress` is called with what is not known of a cluster.
    Raises ReadError if no target has such subnets.
    """

    async def select(reader: AwsReader) -> tuple[str, ...]:
        subnets = {subnet.subnet_id: subnet for subnet in await reader.subnets()}
        clusters = {name: await reader.cluster(name) for name in selection.clusters}
        for unknown in filter(None, (cluster.problem for cluster in clusters.values())):
            progress(str(unknown))
        ids = {name: cluster.subnet_ids for name, cluster in clusters.items()}
        if problem := unknown_selection_problem(selection, subnets, (), ids):
            raise ReadError(problem)
        return tuple(sorted(selected_subnets(selection, subnets, (), ids)))

    async def contains(reader: AwsReader) -> bool:
        try:
            return bool(await select(reader))
        except ReadError as error:
            if error.problem.kind is ProblemKind.USAGE:
                return False
            raise

    from latticetop.aws import connect
    from latticetop.follow.subnet_selection import selected_subnets
    from latticetop.follow.unknown_selection import unknown_selection_problem
    from latticetop.model.records.problem import ProblemKind, ReadError

    named = [*(f"tag {text}" for text in selection.tags), *(f"EKS cluster {name}" for name in selection.clusters)]
    target = await _find(targets, sessions, at_once, f"subnet of {' and '.join(named)}", contains)
    reader = await connect(target.settings, sessions=sessions)
    try:
        return target, await select(reader)
    finally:
        await reader.close()


async def _find(
    targets: Sequence[Target], sessions: SessionCache, at_once: int, resource: str, contains: Contains
) -> Target:
    from latticetop.follow.read_gate import ReadGate
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError
    from latticetop.runtime.targets import other_regions

    if is_single_scope(targets):
        return targets[0]
    gate = ReadGate(at_once)
    further = await asyncio.gather(*(other_regions(target, sessions, gate) for target in targets))
    searched = [*targets, *(target for others in further for target in others)]
    answers = await asyncio.gather(
        *(_contains(target, sessions, gate, contains) for target in searched), return_exceptions=True
    )
    for target, answer in zip(searched, answers, strict=True):
        if answer is True:
            return target
    read_errors = [answer for answer in answers if isinstance(answer, ReadError)]
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, ReadError):
            raise answer
    message, kind = f"There is no {resource} in any of {len(searched)} accounts and Regions.", ProblemKind.USAGE
    if read_errors:
        error, count = read_errors[0], f"{len(read_errors)} of {len(searched)} accounts and Regions"
        message = f"{begin_upper(resource)} was not found, and {count} could not be read. {error}"
        kind = error.problem.kind
    raise ReadError(Problem(kind, "", message, "Check the id, --profile and --region."))


async def _contains(target: Target, sessions: SessionCache, gate: ReadGate, contains: Contains) -> bool:
    from latticetop.aws import connect

    async with gate.turn():
        reader = await connect(target.settings, sessions=sessions)
        try:
            return await contains(reader)
        finally:
            await reader.close()
