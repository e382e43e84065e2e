"""One entry per action: bindings, footer, help, palette and key map say the same; what may be set is heeded."""

from __future__ import annotations

import asyncio
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from msgspec import structs
from rich.cells import cell_len
from textual.app import App
from textual.dom import DOMNode
from textual.widgets import OptionList

from latticetop import dashboard
from latticetop.config.actions import ACTIONS, KeyContext, actions_in
from latticetop.config.columns import TABLES
from latticetop.dashboard.app import LatticetopApp
from latticetop.dashboard.base_screen import DetailScreen
from latticetop.dashboard.endpoint.explain_screen import ExplainScreen
from latticetop.dashboard.endpoint.screen import EndpointScreen
from latticetop.dashboard.export.menu_screen import MenuList, MenuScreen
from latticetop.dashboard.find.prompt import Prompt
from latticetop.dashboard.grid.block_grid import BlockGrid
from latticetop.dashboard.keys.help_screen import HelpScreen
from latticetop.dashboard.main.screen import MainScreen
from latticetop.dashboard.plan.screen import PlanScreen
from latticetop.dashboard.plan.table import PlanTable
from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.state.preferences import Preferences
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.theme.themes import THEMES
from latticetop.dashboard.trend.screen import TrendScreen
from tests.command import PATIENCE
from tests.dashboard.accounts import account, cluster, incident
from tests.dashboard.stage import FakeSource, Stage, showing, update

BOUND: dict[KeyContext, tuple[type[DOMNode], ...]] = {
    KeyContext.APP: (LatticetopApp, ReplayApp),
    KeyContext.MAIN: (MainScreen,),
    KeyContext.DETAIL: (DetailScreen,),
    KeyContext.ENDPOINT: (EndpointScreen,),
    KeyContext.EXPLAIN: (ExplainScreen,),
    KeyContext.PLAN: (PlanScreen,),
    KeyContext.TREND: (TrendScreen,),
    KeyContext.TABLE: (KeyedTable,),
    KeyContext.CHOOSING: (PlanTable,),
    KeyContext.GRID: (BlockGrid,),
    KeyContext.HELP: (HelpScreen,),
    KeyContext.PROMPT: (Prompt,),
    KeyContext.CHOICE: (MenuScreen,),
    KeyContext.MENU: (MenuList,),
}
"""The class that stands for each place."""


@pytest.mark.parametrize("place", KeyContext, ids=lambda place: place.name)
def test_every_action_has_a_method_where_it_applies(place: KeyContext) -> None:
    for owner in BOUND[place]:
        for action in actions_in(place, replaying=owner is ReplayApp):
            name = action.name.partition("(")[0]
            found = getattr(App, f"action_{name[4:]}") if name.startswith("app.") else getattr(owner, f"action_{name}")
            assert callable(found)


def test_an_action_has_the_same_keys_wherever_it_applies() -> None:
    keys: dict[str, set[str]] = {}
    for action in ACTIONS:
        keys.setdefault(action.id, set()).add(action.keys)
        assert action.help[0].islower() and not action.help.endswith("."), action
    assert {name: found for name, found in keys.items() if len(found) > 1} == {}


def test_no_key_is_on_a_control_letter() -> None:
    assert [action.id for action in ACTIONS if "ctrl+" in action.keys + action.fixed] == []
    bound = {key for key, _ in LatticetopApp(FakeSource())._bindings}
    assert {key for key in bound if "ctrl" in key} == {"ctrl+c"}


def test_the_settings_name_every_column() -> None:
    def tables(kind: type[KeyedTable]) -> list[type[KeyedTable]]:
        return [kind, *(each for child in kind.__subclasses__() for each in tables(child))]

    for screen in pkgutil.walk_packages(dashboard.__path__, f"{dashboard.__name__}."):
        import_module(screen.name)
    found = {table.NAME: tuple(column.key for column in table.COLUMNS) for table in tables(KeyedTable) if table.NAME}
    assert found == TABLES


def palette(stage: Stage) -> list[str]:
    """The lines of the palette."""
    options = stage.app.screen.query_one(OptionList)
    return [" ".join(str(options.get_option_at_index(at).prompt).split()) for at in range(options.option_count)]


async def found(stage: Stage, first: str, *keys: str) -> None:
    """Press keys, and wait until the first line of the palette begins so."""
    await stage.press(*keys)
    async with asyncio.timeout(PATIENCE):
        while not (lines := palette(stage)) or not lines[0].startswith(first):
            await stage.pilot.pause()


async def test_the_palette_offers_all_that_can_be_done_and_does_it() -> None:
    played: list[str] = []
    options: dict[str, Any] = {"scenarios": {"empty": "Two empty subnets"}, "play": played.append}
    others = [FollowedScope(FakeSource(update(incident())), "dev", "eu-west-1")]
    async with showing(incident(), others=others, **options) as stage:
        await found(stage, "s sort", ":")
        lines = palette(stage)
        for line in (
            "s sort sort by the next column, or the other way round; a click on a head does both",
            "e explain explain the endpoint: what happened, why, what works, what to do",
        ):
            assert line in lines
        assert "r read read everything now" in lines and "q quit end latticetop" in lines
        assert [line for line in lines if line.startswith(("go to", "theme", "play"))] == [
            "go to dev us-east-1 another scope",
            *(f"theme {name} other colours" for name in THEMES if name != "dark"),
            "play empty Two empty subnets",
        ]
        assert len(lines) == len(set(lines)) and not any("Textual" in line or "screenshot" in line for line in lines)
        await found(stage, "e explain", *"explain")
        await stage.press("enter")
        assert stage.screen_name == "ExplainScreen"
        await found(stage, "esc back", ":")
        assert "p plan" not in " ".join(palette(stage))
        await found(stage, "go to dev", *"go", "space", *"to", "space", *"dev")
        await stage.press("enter")
        assert (stage.screen_name, stage.app.scope_index) == ("MainScreen", 1)
        await found(stage, "s sort", ":")
        await found(stage, "play empty", *"play", "space", *"empty")
        await stage.press("enter")
        assert played == ["empty"]


async def test_the_palette_stands_in_columns_whatever_the_names() -> None:
    others = [FollowedScope(FakeSource(update(incident())), "数据平台", "eu-west-1"), FollowedScope(FakeSource(), "x" * 90, "here")]
    async with showing(incident(), others=others) as stage:
        await found(stage, "s sort", ":")
        options = stage.app.screen.query_one(OptionList)
        lines = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
        told = ("read everything now", "end latticetop", "other colours", "another scope")
        starts = {cell_len(line[: line.index(each)]) for each in told for line in lines if line.endswith(each)}
        assert len(starts) == 1 and starts.pop() <= 9 + 42


async def test_other_keys_work_and_are_shown_and_the_usual_ones_do_not() -> None:
    keys = {"refresh": ("f5",), "explain": ("X", "u"), "help": ("f1",), "down": ("n",)}
    async with showing(account([cluster()], [*incident().endpoints.values()]), preferences=Preferences(keys)) as stage:
        assert "X explain" in stage.lines[-1] and "f1 help" in stage.lines[-1] and "? help" not in stage.lines[-1]
        await stage.press("r", "e", "question_mark")
        assert (stage.source.asked, stage.screen_name) == ([], "MainScreen")
        await stage.press("f5", "f1")
        assert stage.source.asked == ["refresh"]
        assert "X u explain the endpoint" in stage.pane_words("#help")
        assert "n k arrows move over rows" in stage.pane_words("#help")
        await stage.press("escape", "u")
        assert stage.screen_name == "ExplainScreen"


async def test_help_begins_with_the_screen_at_hand() -> None:
    async with showing(incident()) as stage:
        await stage.press("p", "question_mark")
        words = stage.pane_words("#help")
        here, everywhere = words.index("Here"), words.index("Everywhere")
        assert here < words.index("space enter take the subnet into the plan") < everywhere
        assert "read everything now" in words[everywhere:] and "stop reading" not in words
        await stage.press("end")
        words = stage.pane_words("#help")
        assert "Failed wrong, or none left" in words and "3 of 3 all is well" in words
        await stage.press("q")
        assert stage.screen_name == "PlanScreen"
        await stage.press("ctrl+q", "ctrl+c")
        assert [notice.message for notice in stage.app._notifications] == ["q quits latticetop."]


async def test_a_click_selects_or_opens_as_is_liked() -> None:
    async with showing(incident()) as stage:
        await stage.pilot.click("#subnet-table", offset=(4, 2))
        assert stage.table("#subnet-table").current == [*incident().subnets][1]
        assert stage.table("#subnet-table").has_focus
        await stage.pilot.click("#subnet-table", offset=(20, 2))
        assert stage.grid.has_focus
    async with showing(incident(), preferences=Preferences(click_opens=True)) as stage:
        await stage.pilot.click("#endpoint-table", offset=(30, 1))
        await stage.pilot.pause()
        assert stage.screen_name == "EndpointScreen"


async def test_columns_and_what_counts_as_few_are_as_is_liked() -> None:
    liked = Preferences(columns={"subnets": ("blocks", "vpc")}, few_blocks=1)
    async with showing(structs.replace(incident()), preferences=liked) as stage:
        assert stage.pane("#subnets").split("\n")[1].strip("│ ").split() == ["subnet", "▴/28", "VPC"]
        table = stage.table("#subnet-table")
        cells = [table.get_cell(key, "blocks") for key in incident().subnets]
        tones = {cell.plain.strip(): cell.spans[-1].style for cell in cells}
        assert tones == {"0": stage.app.palette["bad strong"], "1": stage.app.palette["warn"]}
