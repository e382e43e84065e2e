"""The command palette: what it offers, does and shows."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from textual.widgets import OptionList

from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.theme.themes import THEMES
from tests.dashboard.accounts import incident
from tests.dashboard.stage import FakeSource, Stage, showing, update


def palette(stage: Stage) -> list[str]:
    """The lines of the palette."""
    options = stage.app.screen.query_one(OptionList)
    return [" ".join(str(options.get_option_at_index(at).prompt).split()) for at in range(options.option_count)]


async def press_until(stage: Stage, first: str, *keys: str) -> None:
    """Press keys, and wait until the first line of the palette begins so."""
    await stage.press(*keys)
    await stage.poll_until(lambda: bool(lines := palette(stage)) and lines[0].startswith(first))


async def test_the_palette_offers_all_that_can_be_done_and_does_it() -> None:
    played: list[str] = []
    options: dict[str, Any] = {"scenarios": {"empty": "Two empty subnets"}, "play": played.append}
    others = [FollowedScope(FakeSource(update(incident())), "dev", "eu-west-1")]
    async with showing(incident(), others=others, **options) as stage:
        await press_until(stage, "s sort", ":")
        lines = palette(stage)
        for line in (
            "s sort sort by the next column, or reverse the order; a click on a column heading does both",
            "e explain explain the endpoint: what happened, why, what works, what to do",
        ):
            assert line in lines
        assert "r read read all data now" in lines and "q quit quit latticetop" in lines
        assert [line for line in lines if line.startswith(("go to", "theme", "play"))] == [
            "go to dev us-east-1 another account or Region",
            *(f"theme {name} other colours" for name in THEMES if name != "dark"),
            "play empty Two empty subnets",
        ]
        assert len(lines) == len(set(lines)) and not any("Textual" in line or "screenshot" in line for line in lines)
        await press_until(stage, "e explain", *"explain")
        await stage.press("enter")
        assert stage.screen_name == "ExplainScreen"
        await press_until(stage, "esc back", ":")
        assert "plan on the main screen: check whether" in " ".join(palette(stage))
        await press_until(stage, "go to dev", *"go", "space", *"to", "space", *"dev")
        await stage.press("enter")
        assert (stage.screen_name, stage.app.scope_index) == ("MainScreen", 1)
        await press_until(stage, "s sort", ":")
        await press_until(stage, "play empty", *"play", "space", *"empty")
        await stage.press("enter")
        assert played == ["empty"]


async def test_the_palette_stands_in_columns_whatever_the_names() -> None:
    others = [
        FollowedScope(FakeSource(update(incident())), "数据平台", "eu-west-1"),
        FollowedScope(FakeSource(), "x" * 90, "here"),
    ]
    async with showing(incident(), others=others) as stage:
        await press_until(stage, "s sort", ":")
        options = stage.app.screen.query_one(OptionList)
        lines = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        descriptions = ("read all data now", "quit latticetop", "other colours", "another account or Region")
        starts = {cell_len(line.removesuffix(each)) for each in descriptions for line in lines if line.endswith(each)}
        assert len(starts) == 1 and starts.pop() <= 9 + 42
