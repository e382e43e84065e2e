"""What screens share: which regions are painted when the focus moves."""

from __future__ import annotations

from typing import Any

import pytest
from textual._compositor import Compositor
from textual.geometry import Region

from tests.dashboard.accounts import two_subnets
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
