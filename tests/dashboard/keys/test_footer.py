"""The keys in the last line: what is painted when, and clicks on them."""

from __future__ import annotations

from typing import Any

import pytest

from latticetop.dashboard.keys.footer import KeyLine
from tests.dashboard.accounts import two_subnets
from tests.dashboard.stage import showing


async def test_a_key_that_leaves_the_keys_as_they_are_does_not_paint_them(monkeypatch: pytest.MonkeyPatch) -> None:
    painted = 0
    refresh = KeyLine.refresh

    def counting(self: KeyLine, *regions: Any, **more: Any) -> KeyLine:
        nonlocal painted
        painted += 1
        return refresh(self, *regions, **more)

    async with showing(two_subnets()) as stage:
        monkeypatch.setattr(KeyLine, "refresh", counting)
        await stage.press("down", "up", "tab", "down")
        await stage.show(two_subnets())
        assert painted == 0
        assert "/ find" in stage.lines[-1]
        await stage.press("tab")
        assert painted == 1
        assert "/ find" not in stage.lines[-1]


async def test_a_click_on_a_key_presses_it() -> None:
    async with showing(two_subnets()) as stage:
        await stage.pilot.click(KeyLine, offset=(stage.lines[-1].index("? help"), 0))
        await stage.pilot.pause()
        assert stage.screen_name == "HelpScreen"
