"""Looking into one endpoint: its CloudTrail events, and where its names lead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from msgspec import structs

from latticetop.follow.clock import Clock, SystemClock
from latticetop.follow.reader import Progress, Reader, Resolve
from latticetop.model.incident.investigation import Investigation, Probe, Resolution
from latticetop.model.incident.timeline import Timeline, Trail, build_timeline, window_of
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ReadError
from latticetop.model.records.resources import Endpoint
from latticetop.model.snapshot import Snapshot

PATIENCE = 3.0
"""Seconds for each name."""
_AT_ONCE = 8


class Trails:
    """The trails read so far by endpoint; a whole one is kept for good, since events do not change."""

    def __init__(self) -> None:
        self._whole: dict[str, Trail] = {}

    async def read(self, reader: Reader, endpoint: Endpoint, progress: Progress) -> Trail | None:
        """The events around an endpoint's creation; None when that is not known. Raises ReadError."""
        window = window_of(endpoint)
        if window is None:
            return None
        kept = self._whole.get(endpoint.vpc_endpoint_id)
        if kept is not None:
            return kept
        trail = await reader.trail(*window, progress)
        if trail.reaches >= trail.end:
            self._whole[endpoint.vpc_endpoint_id] = trail
        return trail


async def investigate(
    reader: Reader,
    snapshot: Snapshot,
    vpc_endpoint_id: str,
    progress: Progress,
    *,
    trails: Trails | None = None,
    resolve: Resolve | None = None,
    clock: Clock | None = None,
) -> Investigation:
    """Look into an endpoint of a snapshot; KeyError when it has none such. With `resolve` its names are asked for."""
    endpoint = snapshot.endpoints[vpc_endpoint_id]
    timeline, problems = await _timeline(reader, endpoint, progress, trails or Trails())
    names: tuple[Resolution, ...] = ()
    if resolve is not None:
        progress("resolving the names")
        told = snapshot.associations_by_endpoint.get(vpc_endpoint_id, ())
        names = await resolve_all(dict.fromkeys(a.dns_name for a in told if a.dns_name), resolve)
    at = (clock or SystemClock()).now()
    return Investigation(snapshot, endpoint, at, timeline, names, problems=problems)


async def probe_all(investigation: Investigation, probe: Callable[[str, int], Awaitable[Probe]]) -> Investigation:
    """Try a connection to every address that a name led to; `probe` takes the name and the address."""
    targets = [(name.name, address) for name in investigation.names for address in name.addresses]
    probes = await asyncio.gather(*(probe(name, address) for name, address in targets))
    return structs.replace(investigation, probes=tuple(probes))


async def resolve_all(names: Iterable[str], resolve: Resolve) -> tuple[Resolution, ...]:
    """Resolve names at once, a few at a time; a name that cannot be resolved says why."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(name: str) -> Resolution:
        async with gate:
            return await _resolution(name, resolve)

    return tuple(await asyncio.gather(*(one(name) for name in names)))


async def _resolution(name: str, resolve: Resolve) -> Resolution:
    try:
        async with asyncio.timeout(PATIENCE):
            answers = await resolve(name)
    except TimeoutError:
        return Resolution(name, problem=f"no answer within {PATIENCE:g} s")
    except OSError as error:
        return Resolution(name, problem=f"the resolver cannot be asked: {error.strerror or error}")
    addresses = tuple(_parsed(answers))
    return Resolution(name, addresses, problem="" if addresses else "the name has no IPv4 address")


def _parsed(answers: Iterable[str]) -> Iterable[int]:
    for answer in answers:
        with suppress(ValueError):
            yield parse_address(answer)


async def _timeline(
    reader: Reader, endpoint: Endpoint, progress: Progress, trails: Trails
) -> tuple[Timeline | None, tuple[Problem, ...]]:
    progress("looking into CloudTrail")
    try:
        trail = await trails.read(reader, endpoint, progress)
    except ReadError as error:
        return None, (error.problem,)
    return (build_timeline(endpoint, trail) if trail else None), ()
