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

    return (await _find(targets, sessions, at_once, f"endpoint {vpc_endpoint_id}", contains))[0]


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
    return (await _find(targets, sessions, at_once, resource, contains))[0]


async def select_by_tags(
    targets: Sequence[Target],
    sessions: SessionCache,
    at_once: int,
    selection: Selection,
    progress: Callable[[str], None],
) -> tuple[Target, tuple[str, ...]]:
    """Return the one target in which tags and clusters select subnets, and the ids of these.

    At most `at_once` targets are read at the same time. `progress` is called with what is not known of a cluster.
    Raises ReadError if no target has such subnets, or several have.
    """

    async def select(reader: AwsReader, report: Callable[[str], None] = lambda _: None) -> tuple[str, ...]:
        subnets = {subnet.subnet_id: subnet for subnet in await reader.subnets()}
        clusters = {name: await reader.cluster(name) for name in selection.clusters}
        ids = {name: cluster.subnet_ids for name, cluster in clusters.items()}
        unknown = {name: cluster.problem for name, cluster in clusters.items() if cluster.problem}
        for name, problem in unknown.items():
            if not subnets_of_cluster(name, subnets, ids):
                raise ReadError(problem)
            report(str(problem))
        if mistake := unknown_selection_problem(selection, subnets, (), ids):
            raise ReadError(mistake)
        return tuple(sorted(selected_subnets(selection, subnets, (), ids)))

    async def contains(reader: AwsReader) -> bool:
        try:
            return bool(await select(reader))
        except ReadError as error:
            if error.problem.kind is ProblemKind.USAGE:
                return False
            raise

    from latticetop.aws import connect
    from latticetop.follow.subnet_selection import selected_subnets, subnets_of_cluster
    from latticetop.follow.unknown_selection import MOST_NAMED, unknown_selection_problem
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError

    tags, clusters = " and ".join(selection.tags), " and ".join(selection.clusters)
    resource = f"subnet{f' with tag {tags}' if tags else ''}{f' of EKS cluster {clusters}' if clusters else ''}"
    target, *others = await _find(targets, sessions, at_once, resource, contains)
    if others:
        labels = [each.label for each in (target, *others)]
        more = ", …" if len(labels) > MOST_NAMED else ""
        message = f"{len(labels):,} accounts and Regions have a {resource}: {', '.join(labels[:MOST_NAMED])}{more}."
        raise ReadError(Problem(ProblemKind.USAGE, "", message, "Choose one with --profile and --region."))
    reader = await connect(target.settings, sessions=sessions)
    try:
        return target, await select(reader, progress)
    finally:
        await reader.close()


async def _find(
    targets: Sequence[Target], sessions: SessionCache, at_once: int, resource: str, contains: Contains
) -> list[Target]:
    """The targets that contain a resource, at least one; an account whose Regions cannot be read stops no other."""
    from latticetop.follow.read_gate import ReadGate
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError
    from latticetop.runtime.targets import other_regions

    if is_single_scope(targets):
        return [*targets]
    gate = ReadGate(at_once)
    further = await asyncio.gather(*(other_regions(t, sessions, gate) for t in targets), return_exceptions=True)
    searched = [*targets, *(t for others in further if not isinstance(others, BaseException) for t in others)]
    answers = await asyncio.gather(*(_contains(t, sessions, gate, contains) for t in searched), return_exceptions=True)
    if found := [target for target, answer in zip(searched, answers, strict=True) if answer is True]:
        return found
    outcomes = [*zip(targets, further, strict=True), *zip(searched, answers, strict=True)]
    errors = {target: outcome for target, outcome in outcomes if isinstance(outcome, BaseException)}
    problems = [error.problem for error in errors.values() if isinstance(error, ReadError)]
    if len(problems) < len(errors):
        raise next(error for error in errors.values() if not isinstance(error, ReadError))
    if problems:
        count = f"{len(problems):,} of {len(searched):,} accounts and Regions"
        message = f"{begin_upper(resource)} was not found, and {count} could not be read. {problems[0].message}"
        raise ReadError(Problem(problems[0].kind, "", message, problems[0].next_step))
    message = f"There is no {resource} in any of {len(searched):,} accounts and Regions."
    raise ReadError(Problem(ProblemKind.USAGE, "", message, "Check the spelling, --profile and --region."))


async def _contains(target: Target, sessions: SessionCache, gate: ReadGate, contains: Contains) -> bool:
    from latticetop.aws import connect

    async with gate.turn():
        reader = await connect(target.settings, sessions=sessions)
        try:
            return await contains(reader)
        finally:
            await reader.close()
