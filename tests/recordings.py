"""Recordings of simulated accounts, made with the real reader over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from latticetop.aws import Settings, connect
from latticetop.follow.one_shot import read_once
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Selection, Status, Update
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from latticetop.simulator import SCENARIOS, ManualClock, Server

EVERYTHING = Selection(all_subnets=True, all_endpoints=True)


class Stopped:
    """The account's own time; waiting takes none."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.present()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        return event.is_set()


async def snapshots(scenario: str, pauses: Sequence[float]) -> list[Snapshot]:
    """A scenario read as often as there are pauses, after so many seconds each; time then tells of that time."""
    clock = ManualClock(SCENARIOS[scenario.partition(":")[0]].start)
    found = []
    async with Server(scenario, clock=clock) as server:
        reader = await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))
        for pause in pauses:
            clock.advance(pause)
            found.append(await read_once(reader, EVERYTHING, Stopped(clock), lattice=True))
        await reader.close()
    return found


def update(snapshot: Snapshot | None) -> Update:
    return Update(snapshot, Status(Phase.WAITING, 15.0))


def write(path: Path, shown: Sequence[Snapshot], redactor: Redactor | None = None) -> Path:
    """Record these, each at the time it was taken."""
    recorder = Recorder(path, redactor)
    for each in shown:
        recorder.record(update(each), each.taken_at)
    recorder.close()
    return path


INCIDENT = [0.0, 15.0, 15.0, 15.0, 60.0, 60.0]
"""Before the endpoint is created (08:18:40), and as it is built, fails and stays so, to 08:21:25."""


def incident(path: Path, redactor: Redactor | None = None) -> Path:
    """The incident, recorded."""
    return write(path, asyncio.run(snapshots("incident", INCIDENT)), redactor)
