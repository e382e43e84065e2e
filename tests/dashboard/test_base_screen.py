"""What screens share: which regions are painted when the focus moves, and which screens draw the time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.geometry import Region

from latticetop.dashboard.base_screen import BaseScreen
from latticetop.dashboard.widgets.status_line import StatusLine
from tests.dashboard.accounts import NOW, incident, two_subnets
from tests.dashboard.stage import showing


async def test_going_to_another_pane_paints_the_two_panes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Region] = []
    render = Compositor.render_update

    def noting(self: Compositor, **more: Any) -> Any:
        painted.extend([self.size.region] if more.get("full") else self._dirty_regions)
        return render(self, **more)

    async with showing(two_subnets()) as stage:
        monkeypatch.setattr(Compositor, "render_update", noting)
        before = [stage.app.screen.query_one(pane).styles.border_top[1] for pane in ("#endpoints", "#subnets")]
        await stage.press("tab")
        assert painted
        assert all(region.bottom <= stage.app.screen.query_one("#subnets").region.bottom for region in painted)
        after = [stage.app.screen.query_one(pane).styles.border_top[1] for pane in ("#endpoints", "#subnets")]
        assert after == before[::-1]


async def test_only_the_screen_on_top_draws_the_time_and_the_one_below_when_it_is_on_top_again() -> None:
    moment = [NOW]
    async with showing(incident(), now=lambda: moment[0]) as stage:

        def lines_after_a_second() -> list[str]:
            """The first lines of the screens, the main one first, once the timer of each has run."""
            screens = [screen for screen in stage.app.screen_stack if isinstance(screen, BaseScreen)]
            for screen in screens:
                screen._tick_if_uncovered()
            return [str(screen.query_one(StatusLine).content) for screen in screens]

        await stage.press("enter")
        moment[0] = NOW + timedelta(minutes=5)
        main, endpoint = lines_after_a_second()
        assert "just now" in main and "5 min ago" in endpoint
        await stage.press("question_mark")
        moment[0] = NOW + timedelta(minutes=6)
        main, endpoint = lines_after_a_second()
        assert "just now" in main and "6 min ago" in endpoint, "below the help the endpoint is seen"
        await stage.press("escape", "escape")
        assert "6 min ago" in stage.lines[0]
