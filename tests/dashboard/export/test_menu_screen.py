"""The menu: its lines, by keys that may come while there is no room for it."""

from __future__ import annotations

import pytest
from textual.geometry import NULL_REGION

from latticetop.dashboard.export.menu_screen import MenuList, MenuScreen
from tests.dashboard.accounts import incident
from tests.dashboard.stage import showing

LINES = [(f"line {number}", "") for number in range(90)]


@pytest.mark.parametrize("has_room", [True, False])
async def test_pages_are_turned_within_the_lines(has_room: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(incident()) as stage:
        screen = MenuScreen("Lines", LINES)
        await stage.app.push_screen(screen)
        menu = screen.query_one(MenuList)
        if not has_room:
            menu._line_cache.clear()
            monkeypatch.setattr(MenuList, "scrollable_content_region", NULL_REGION)
        page = menu.scrollable_content_region.height or 1
        menu.action_page_down()
        assert menu.highlighted == page
        menu.action_half_page(1)
        assert menu.highlighted == page + max(1, page // 2)
        menu.action_page_up()
        assert menu.highlighted == max(1, page // 2)
        menu.action_page_up()
        assert menu.highlighted == 0
        for _ in range(len(LINES)):
            menu.action_page_down()
        assert menu.highlighted == len(LINES) - 1
