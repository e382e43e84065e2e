"""When the garbage collector looks through all objects, and how long threads keep each other waiting."""

from __future__ import annotations

import asyncio
import gc
import selectors
import sys
from unittest.mock import Mock, patch

import pytest

from latticetop.dashboard.state.collection_at_rest import (
    DUE,
    OVERDUE,
    REST_SECONDS,
    CollectionAtRest,
    event_loop,
    keys_first,
)


def test_no_full_collection_comes_of_itself_until_the_end_of_the_block() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    with keys_first():
        assert gc.get_threshold()[:2] == before[0][:2]
        assert gc.get_threshold()[2] > OVERDUE
        assert sys.getswitchinterval() == pytest.approx(0.001)
    assert (gc.get_threshold(), sys.getswitchinterval()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another event loop")
def test_whoever_draws_waits_for_a_moment_only_and_is_not_interrupted_for_longer() -> None:
    waiting: list[float] = []
    select = selectors.DefaultSelector.select

    def observed(self: selectors.DefaultSelector, timeout: float | None = None) -> object:
        waiting.append(sys.getswitchinterval())
        return select(self, timeout)

    async def draw() -> float:
        await asyncio.sleep(0)
        return sys.getswitchinterval()

    with (
        keys_first(),
        patch.object(selectors.DefaultSelector, "select", observed),
        asyncio.Runner(loop_factory=event_loop) as runner,
    ):
        drawing = runner.run(draw())
    assert waiting and waiting == pytest.approx([0.001] * len(waiting))
    assert drawing == pytest.approx(0.05)


@pytest.mark.parametrize(
    "younger, seconds_since_input, collected",
    [
        (DUE, REST_SECONDS, True),
        (DUE - 1, 60.0, False),
        (DUE, REST_SECONDS / 2, False),
        (OVERDUE, 0.0, True),
    ],
)
def test_a_collection_waits_for_a_rest_but_not_for_ever(
    younger: int, seconds_since_input: float, collected: bool
) -> None:
    now = 100.0
    with patch(
        "latticetop.dashboard.state.collection_at_rest.gc", Mock(get_count=lambda: (0, 0, younger))
    ) as collector:
        at_rest = CollectionAtRest(lambda: now)
        now = 200.0
        at_rest.on_input()
        now += seconds_since_input
        at_rest.tick()
        assert collector.collect.called is collected
