"""Recordings for tests: of simulated accounts, read over HTTP by the real reader, and of hand-made snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec import structs

from latticetop.aws import Settings, connect
from latticetop.follow.one_shot import read_once
from latticetop.follow.recording.writer import Recorder
from latticetop.follow.status import Phase, Status, Update
from latticetop.follow.subnet_selection import Selection
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.model.redact import Redactor
from latticetop.model.snapshot import Snapshot
from latticetop.simulator import SCENARIOS, ManualClock, Server
from tests.model import builders

EVERYTHING = Selection(all_subnets=True, all_endpoints=True)
INCIDENT_PAUSES = [0.0, 15.0, 15.0, 15.0, 60.0, 60.0]
"""Seconds before each read: before the endpoint is created (08:18:40), during its creation, and after, to 08:21:25."""
PROBLEM = Problem(ProblemKind.THROTTLED, "ec2:DescribeSubnets", "AWS asks for fewer calls.")


class AccountClock:
    """The time of a simulated account; waits end immediately."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.current_time()

    def monotonic(self) -> float:
        return self.clock.monotonic_seconds()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        return event.is_set()


async def read_snapshots(scenario: str, pauses: Sequence[float]) -> list[Snapshot]:
    """Read a scenario once after each pause (seconds); the snapshots have the time of the account."""
    clock = ManualClock(SCENARIOS[scenario.partition(":")[0]].start)
    snapshots = []
    async with Server(scenario, clock=clock) as server:
        reader = await connect(Settings(region="us-east-1", endpoint_url=server.url, sandbox=True))
        for pause in pauses:
            clock.advance(pause)
            snapshots.append(await read_once(reader, EVERYTHING, AccountClock(clock), lattice=True))
        await reader.close()
    return snapshots


def changing_snapshots(count: int) -> list[Snapshot]:
    """The incident 15 s apart, with a further subnet in which one more address is in use each time."""
    snapshots = []
    for number in range(count):
        addresses = [f"10.0.0.{4 + n}" for n in range(number + 1)]
        subnet = builders.reading("subnet-1", "10.0.0.0/24", builders.eni("eni-1", "subnet-1", *addresses))
        incident = builders.incident()
        taken_at = builders.NOW + timedelta(seconds=15 * number)
        subnets = {**incident.subnets, "subnet-1": subnet}
        snapshots.append(structs.replace(incident, taken_at=taken_at, subnets=subnets))
    return snapshots


def update(snapshot: Snapshot | None, problem: Problem | None = None) -> Update:
    return Update(snapshot, Status(Phase.WAITING, 15.0, problem=problem))


def write_recording(path: Path, snapshots: Sequence[Snapshot], redactor: Redactor | None = None) -> Path:
    """Record snapshots, each at the time it was taken; return the path."""
    recorder = Recorder(path, redactor)
    for snapshot in snapshots:
        recorder.record(update(snapshot), snapshot.taken_at)
    recorder.close()
    return path


def incident_recording(path: Path, redactor: Redactor | None = None) -> Path:
    """Record the incident; return the path."""
    return write_recording(path, incident_snapshots(), redactor)


@cache
def incident_snapshots() -> list[Snapshot]:
    """The incident, read once for all tests."""
    return asyncio.run(read_snapshots("incident", INCIDENT_PAUSES))
