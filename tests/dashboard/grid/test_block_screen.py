"""One block with its sixteen addresses."""

from __future__ import annotations

import pytest

from latticetop.dashboard.grid.block_screen import BlockScreen
from tests.dashboard.accounts import A, incident
from tests.dashboard.stage import showing


@pytest.mark.parametrize(("index", "in_use"), [(0, 2), (1, 16), (2, 1), (3, 0)])
async def test_the_addresses_in_use_are_counted_those_of_a_prefix_too(index: int, in_use: int) -> None:
    async with showing(incident()) as stage:
        await stage.app.push_screen(BlockScreen(A, index))
        await stage.pilot.pause()
        assert f"{in_use} of 16 in use" in stage.text
