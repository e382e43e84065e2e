from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
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
    """A follower with fakes. `connect_error` makes connecting fail; `connects` counts the attempts."""

    def __init__(self, clock: FakeClock, reader: FakeReader) -> None:
        self.clock = clock
        self.reader = reader
        self.screen = Screen()
        self.connects = 0
        self.connect_error: ReadError | None = None
        self.random = 0.5

    async def connect(self) -> Reader:
        self.connects += 1
        if self.connect_error:
            raise self.connect_error
        return self.reader

    @asynccontextmanager
    async def follow(self, **options: Any) -> AsyncIterator[Follower]:
        """Run a follower until the block ends."""
        follower = Follower(self.connect, clock=self.clock, random=lambda: self.random, **options)
        task = asyncio.create_task(follower.run(self.screen))
        try:
            yield follower
            assert not task.done(), task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Within the block no file can grow beyond `size` bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
async def rig(clock: FakeClock, reader: FakeReader) -> Rig:
    return Rig(clock, reader)
