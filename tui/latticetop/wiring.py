"""The parts put together: a reader of AWS, what follows it, what shows it. Each is imported when it is used."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from latticetop.config import FLOOR

if TYPE_CHECKING:
    from latticetop.aws import Settings
    from latticetop.follow.reader import Resolve
    from latticetop.follow.status import Selection
    from latticetop.model.investigation import Investigation
    from latticetop.model.snapshot import Snapshot


def live(
    settings: Settings,
    interval: float,
    selection: Selection,
    *,
    title: str = "",
    floor: float = FLOOR,
    resolve: Resolve | None = None,
) -> int:
    """Open the dashboard; the exit code. `resolve` stands in for the system's resolver."""
    from latticetop.dashboard.app import LatticetopApp
    from latticetop.follow.loop import Follower
    from latticetop.follow.pace import Pace

    async def connect() -> Any:
        from latticetop.aws import connect

        return await connect(settings)

    pace = Pace(interval=interval, floor=floor, fast=min(FLOOR, max(interval, floor)))
    source = Follower(connect, selection, pace=pace, resolve=resolve or system_resolve)
    app = LatticetopApp(source, selection=selection, title=title)
    app.run()
    return app.return_code or 0


async def read_snapshot(settings: Settings, selection: Selection) -> Snapshot:
    """One whole read; ReadError when nothing could be read."""
    from latticetop.aws import connect
    from latticetop.follow.one_shot import read_once

    reader = await connect(settings)
    try:
        return await read_once(reader, selection)
    finally:
        await reader.close()


async def look_into(settings: Settings, vpc_endpoint_id: str, resolving: bool, port: int | None) -> Investigation:
    """Read once, then look into one endpoint of any type; ReadError when it is not there."""
    from latticetop.aws import connect
    from latticetop.follow.investigate import investigate, probe_all
    from latticetop.follow.one_shot import read_once
    from latticetop.follow.status import Selection
    from latticetop.model.problem import Problem, ProblemKind, ReadError

    reader = await connect(settings)
    try:
        snapshot = await read_once(reader, Selection(all_endpoints=True), lattice=True)
        if vpc_endpoint_id not in snapshot.endpoints:
            message = f"There is no endpoint {vpc_endpoint_id} in {snapshot.scope.region}."
            raise ReadError(Problem(ProblemKind.USAGE, "", message, "latticetop check --all-endpoints lists them."))
        resolve = system_resolve if resolving or port else None
        narrate = partial(click.echo, err=True) if sys.stderr.isatty() else lambda _: None
        found = await investigate(reader, snapshot, vpc_endpoint_id, narrate, resolve=resolve)
    finally:
        await reader.close()
    if port is None:
        return found
    from latticetop.aws.names import probe

    return await probe_all(found, partial(probe, port=port))


async def system_resolve(name: str) -> tuple[str, ...]:
    """The addresses of a name by the system's resolver."""
    from latticetop.aws.names import resolve

    return await resolve(name)
