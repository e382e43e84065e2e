"""Screens that are told to close twice before the first is done."""

from __future__ import annotations

import pytest

from tests.dashboard.accounts import incident
from tests.dashboard.stage import showing


@pytest.mark.parametrize("key", ["o", "e", "p", "O", "t"])
async def test_a_screen_closes_once_and_never_the_main_screen(key: str) -> None:
    async with showing(incident()) as stage:
        await stage.press(key)
        screen = stage.app.screen
        screen.dismiss()
        screen.dismiss()
        await stage.pilot.pause()
        assert stage.screen_name == "MainScreen"


async def test_a_screen_that_is_not_on_top_leaves_the_one_that_is() -> None:
    async with showing(incident()) as stage:
        await stage.press("o")
        below = stage.app.screen
        await stage.press("question_mark")
        below.dismiss()
        await stage.pilot.pause()
        assert stage.screen_name == "HelpScreen"
