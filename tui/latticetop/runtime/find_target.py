"""In which of several scopes something is, so that a command can be given an id alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from latticetop.config.settings import ALL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from latticetop.aws import Shared
    from latticetop.aws.reader import AwsReader
    from latticetop.runtime.targets import Target

    Holds = Callable[[AwsReader], Awaitable[bool]]


async def target_of_endpoint(places: Sequence[Target], shared: Shared, vpc_endpoint_id: str) -> Target:
    """The scope that an endpoint is in; ReadError when it is in none. Where there is one scope nothing is asked."""

    async def holds(reader: AwsReader) -> bool:
        return any(endpoint.vpc_endpoint_id == vpc_endpoint_id for endpoint in await reader.endpoints())

    return await _find(places, shared, f"endpoint {vpc_endpoint_id}", holds)


async def target_of_subnets(places: Sequence[Target], shared: Shared, subnet_ids: Sequence[str]) -> Target:
    """The scope that has one of the subnets; ReadError when none has. Where there is one scope nothing is asked."""

    async def holds(reader: AwsReader) -> bool:
        return any(subnet.subnet_id in subnet_ids for subnet in await reader.subnets())

    return await _find(places, shared, f"subnet {', '.join(subnet_ids)}", holds)


async def _find(places: Sequence[Target], shared: Shared, what: str, holds: Holds) -> Target:
    from latticetop.model.records.problem import Problem, ProblemKind, ReadError
    from latticetop.runtime.targets import other_regions

    if len(places) == 1 and places[0].settings.region != ALL:
        return places[0]
    others = await asyncio.gather(*(other_regions(place, shared) for place in places))
    everywhere = [*places, *(each for found in others for each in found)]
    asked = await asyncio.gather(*(_holds(place, shared, holds) for place in everywhere), return_exceptions=True)
    for place, answer in zip(everywhere, asked, strict=True):
        if answer is True:
            return place
    failed = [each for each in asked if isinstance(each, ReadError)]
    if unexpected := [each for each in asked if isinstance(each, BaseException) and not isinstance(each, ReadError)]:
        raise unexpected[0]
    message = f"There is no {what} in any of {len(everywhere)} scopes."
    if failed:
        message = f"{what} was not found, and {len(failed)} of {len(everywhere)} scopes could not be read. {failed[0]}"
    kind = failed[0].problem.kind if failed else ProblemKind.USAGE
    raise ReadError(Problem(kind, "", f"{message[:1].upper()}{message[1:]}", "Check the id, --profile and --region."))


async def _holds(place: Target, shared: Shared, holds: Holds) -> bool:
    from latticetop.aws import connect

    reader = await connect(place.settings, shared=shared)
    try:
        return await holds(reader)
    finally:
        await reader.close()
