"""Dialogs: a key that is pressed twice before the first is handled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import events

from tests.dashboard.accounts import incident
from tests.dashboard.stage import Stage, showing


async def press_at_once(stage: Stage, *keys: str) -> None:
    """Press keys, all of which the app is given before it handles the first."""
    for key in keys:
        stage.app.post_message(events.Key(key, "\r" if key == "enter" else None))
    await stage.pilot.pause()


async def test_a_line_that_is_chosen_twice_closes_the_menu_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with showing(incident()) as stage:
        await stage.press("x")
        assert stage.screen_name == "MenuScreen"
        await press_at_once(stage, "enter", "enter", "enter")
        await stage.until(lambda: bool(stage.notices))
        assert stage.screen_name == "MainScreen" and len(stage.notices) == 1
    assert len(os.listdir(tmp_path)) == 1


@pytest.mark.parametrize("key", ["question_mark", "colon", "x"])
async def test_a_dialog_is_closed_once_and_leaves_the_screen_below(key: str) -> None:
    async with showing(incident()) as stage:
        await stage.press("o", key)
        dialog = stage.app.screen
        dialog.dismiss()
        dialog.dismiss()
        await stage.pilot.pause()
        assert stage.screen_name == "AllSubnetsScreen"


@pytest.mark.parametrize(
    ("key", "opened"),
    [
        ("enter", "EndpointScreen"),
        ("e", "ExplainScreen"),
        ("p", "PlanScreen"),
        ("O", "OwnersScreen"),
        ("t", "TrendScreen"),
        ("o", "AllSubnetsScreen"),
        ("x", "MenuScreen"),
        ("colon", "CommandPalette"),
    ],
)
async def test_a_key_that_is_pressed_twice_at_once_opens_one_screen(key: str, opened: str) -> None:
    async with showing(incident()) as stage:
        await press_at_once(stage, key, key)
        assert [type(screen).__name__ for screen in stage.app.screen_stack] == ["MainScreen", opened]
