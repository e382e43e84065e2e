"""Investigate one endpoint: read its CloudTrail events, and resolve and probe its DNS names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress

from msgspec import structs

from latticetop.follow.reader import Reader, ReportProgress, Resolve
from latticetop.follow.timing import AsyncClock, SystemClock
from latticetop.model.incident.investigation import Investigation, Probe, Resolution
from latticetop.model.incident.timeline import EventHistory, Timeline, build_timeline, creation_window
from latticetop.model.records.address import parse_address
from latticetop.model.records.problem import Problem, ReadError
from latticetop.model.records.resources import Endpoint
from latticetop.model.snapshot import Snapshot

RESOLVE_TIMEOUT = 3.0
"""Seconds before the resolution of a DNS name is given up."""
_MAX_CONCURRENT = 8


class EventHistoryCache:
    """The event histories read so far, by endpoint; a complete one is kept, since past events do not change."""

    def __init__(self) -> None:
        self._complete: dict[str, EventHistory] = {}

    async def read(self, reader: Reader, endpoint: Endpoint, progress: ReportProgress) -> EventHistory | None:
        """Return the events around an endpoint's creation; None if its creation time is unknown. Raises ReadError."""
        window = creation_window(endpoint)
        if window is None:
            return None
        cached = self._complete.get(endpoint.vpc_endpoint_id)
        if cached is not None:
            return cached
        history = await reader.event_history(*window, progress)
        if history.complete_until >= history.end and history.problem is None:
            self._complete[endpoint.vpc_endpoint_id] = history
        return history


async def investigate(
    reader: Reader,
    snapshot: Snapshot,
    vpc_endpoint_id: str,
    progress: ReportProgress,
    *,
    histories: EventHistoryCache | None = None,
    resolve: Resolve | None = None,
    clock: AsyncClock | None = None,
) -> Investigation:
    """Investigate an endpoint of a snapshot; with `resolve` its DNS names are resolved too.

    Raises KeyError if the snapshot has no such endpoint.
    """
    endpoint = snapshot.endpoints[vpc_endpoint_id]
    timeline, problems = await _timeline(reader, endpoint, progress, histories or EventHistoryCache())
    names: tuple[Resolution, ...] = ()
    if resolve is not None:
        progress("resolving DNS names")
        associations = snapshot.associations_by_endpoint.get(vpc_endpoint_id, ())
        names = await resolve_all(dict.fromkeys(a.dns_name for a in associations if a.dns_name), resolve)
    at = (clock or SystemClock()).now()
    return Investigation(snapshot, endpoint, at, timeline, names, problems=problems)


async def probe_all(investigation: Investigation, probe: Callable[[str, int], Awaitable[Probe]]) -> Investigation:
    """Add a TCP probe of every resolved address; `probe` is called with the DNS name and the address."""
    targets = [(name.name, address) for name in investigation.names for address in name.addresses]
    probes = await asyncio.gather(*(probe(name, address) for name, address in targets))
    return structs.replace(investigation, probes=tuple(probes))


async def resolve_all(names: Iterable[str], resolve: Resolve) -> tuple[Resolution, ...]:
    """Resolve DNS names, a few at the same time; a name that fails has the reason in `problem`."""
    limit = asyncio.Semaphore(_MAX_CONCURRENT)

    async def resolve_one(name: str) -> Resolution:
        async with limit:
            return await _resolution(name, resolve)

    return tuple(await asyncio.gather(*(resolve_one(name) for name in names)))


async def _resolution(name: str, resolve: Resolve) -> Resolution:
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT):
            answers = await resolve(name)
    except TimeoutError:
        return Resolution(name, problem=f"no answer within {RESOLVE_TIMEOUT:g} s")
    except OSError as error:
        return Resolution(name, problem=f"DNS resolver error: {error.strerror or error}")
    addresses = tuple(_ipv4_addresses(answers))
    return Resolution(name, addresses, problem="" if addresses else "the name has no IPv4 address")


def _ipv4_addresses(answers: Iterable[str]) -> Iterator[int]:
    for answer in answers:
        with suppress(ValueError):
            yield parse_address(answer)


async def _timeline(
    reader: Reader, endpoint: Endpoint, progress: ReportProgress, histories: EventHistoryCache
) -> tuple[Timeline | None, tuple[Problem, ...]]:
    progress("reading CloudTrail events")
    try:
        history = await histories.read(reader, endpoint, progress)
    except ReadError as error:
        return None, (error.problem,)
    if history is None:
        return None, ()
    return build_timeline(endpoint, history), (history.problem,) if history.problem else ()
