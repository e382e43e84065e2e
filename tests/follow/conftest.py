from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from latticetop.follow.loop import Follower
from latticetop.follow.reader import Reader
from latticetop.model.records.problem import ReadError
from tests.follow.fakes import FakeClock, FakeReader, Screen


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def reader(clock: FakeClock) -> FakeReader:
    return FakeReader(clock)


class Rig:
    """A follower on fakes. `refuse` makes connecting fail; `connects` counts the attempts."""

    def __init__(self, clock: FakeClock, reader: FakeReader) -> None:
        self.clock = clock
        self.reader = reader
        self.screen = Screen()
        self.connects = 0
        self.refuse: ReadError | None = None
        self.draws = 0.5

    async def connect(self) -> Reader:
        self.connects += 1
        if self.refuse:
            raise self.refuse
        return self.reader

    @asynccontextmanager
    async def follow(self, **options: Any) -> AsyncIterator[Follower]:
        """Run a follower until the block ends."""
        follower = Follower(self.connect, clock=self.clock, random=lambda: self.draws, **options)
        task = asyncio.create_task(follower.run(self.screen))
        try:
            yield follower
            assert not task.done(), task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def rig(clock: FakeClock, reader: FakeReader) -> Rig:
    return Rig(clock, reader)
