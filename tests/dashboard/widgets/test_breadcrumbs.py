"""The path to a screen in its first line."""

from __future__ import annotations

from latticetop.dashboard.widgets.breadcrumbs import Breadcrumb, fit_breadcrumbs, without_repeats
from tests.dashboard.accounts import incident
from tests.dashboard.stage import showing


async def test_the_path_is_in_the_first_line_and_a_click_goes_back() -> None:
    async with showing(incident(), (80, 24)) as stage:
        stage.grid.focus()
        await stage.press("enter")
        assert "latticetop › subnet-0a84…5b16 › block 10.10.10.32/28" in stage.lines[0]
        await stage.press("enter")
        assert "latticetop › … › block 10.10.10.32/28 › eni-0c2b…9035" in stage.lines[0]
        await stage.pilot.click(offset=(stage.lines[0].index("block"), 0))
        assert stage.screen_name == "BlockScreen"
        await stage.pilot.click(offset=(2, 0))
        assert stage.screen_name == "MainScreen" and "›" not in stage.lines[0]


def test_breadcrumbs_are_left_out_in_the_middle() -> None:
    scope, breadcrumbs = ["prod", "123456789012", "us-east-1"], [Breadcrumb("vpce-1", 3), Breadcrumb("eni-1", 4)]
    assert fit_breadcrumbs(scope, breadcrumbs, 80) == (scope, breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 40) == (["prod"], breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 30) == ((), breadcrumbs)
    assert fit_breadcrumbs(scope, breadcrumbs, 23) == ((), [None, breadcrumbs[1]])
    assert fit_breadcrumbs(scope, breadcrumbs, 1) == ((), [None, breadcrumbs[1]])
    assert fit_breadcrumbs((), [], 1) == ((), [])
    assert without_repeats([Breadcrumb("a", 3), Breadcrumb("a", 4), Breadcrumb("b", 4)]) == [
        Breadcrumb("a", 3),
        Breadcrumb("b", 4),
    ]
