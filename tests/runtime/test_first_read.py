"""The callback after the first read."""

from __future__ import annotations

import asyncio

from latticetop.follow.status import Phase, Status, Update
from latticetop.model.records.problem import Problem, ProblemKind
from latticetop.runtime.first_read import FirstReadHook
from tests.dashboard.stage import FakeSource

DENIED = Problem(ProblemKind.ACCESS_DENIED, "ec2:DescribeSubnets", "It is denied.")


def update(phase: Phase, problem: Problem | None = None) -> Update:
    return Update(None, Status(phase, 1.0, problem=problem))


async def log_of(*updates: Update) -> list[object]:
    """What a hooked source publishes, with `first read` where the callback comes."""
    source, log = FakeSource(), list[object]()
    hook = FirstReadHook(source, lambda: log.append("first read"))
    task = asyncio.create_task(hook.run(log.append))
    await asyncio.sleep(0)
    for item in updates:
        source.send(item)
    task.cancel()
    return log


async def test_it_comes_once_after_the_update_that_ends_the_first_read() -> None:
    connecting, reading, waiting = map(update, (Phase.CONNECTING, Phase.READING, Phase.WAITING))
    assert await log_of(connecting, reading, waiting, reading, waiting) == [
        connecting,
        reading,
        waiting,
        "first read",
        reading,
        waiting,
    ]


async def test_a_read_that_failed_counts_too() -> None:
    failed = update(Phase.BACKING_OFF, DENIED)
    assert await log_of(failed) == [failed, "first read"]
