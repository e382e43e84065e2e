"""One entry per action: bindings, footer, help, palette and key map say the same; what may be set is heeded."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest
from msgspec import structs
from textual.app import App
from textual.dom import DOMNode

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
from latticetop.dashboard.main.panes import FindingsPane
from latticetop.dashboard.main.screen import MainScreen
from latticetop.dashboard.owners.screen import OwnersScreen
from latticetop.dashboard.plan.form import Choice, NumberInput
from latticetop.dashboard.plan.screen import PlanScreen
from latticetop.dashboard.plan.table import PlanTable
from latticetop.dashboard.replay.app import ReplayApp
from latticetop.dashboard.state.preferences import Preferences
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.dashboard.trend.screen import TrendScreen
from tests.dashboard.accounts import account, cluster, incident
from tests.dashboard.stage import FakeSource, showing

BOUND: dict[KeyContext, tuple[type[DOMNode], ...]] = {
    KeyContext.APP: (LatticetopApp, ReplayApp),
    KeyContext.MAIN: (MainScreen,),
    KeyContext.DETAIL: (DetailScreen,),
    KeyContext.ENDPOINT: (EndpointScreen,),
    KeyContext.EXPLAIN: (ExplainScreen,),
    KeyContext.OWNERS: (OwnersScreen,),
    KeyContext.PLAN: (PlanScreen,),
    KeyContext.TREND: (TrendScreen,),
    KeyContext.TABLE: (KeyedTable,),
    KeyContext.CHOOSING: (PlanTable,),
    KeyContext.GRID: (BlockGrid,),
    KeyContext.FINDINGS: (FindingsPane,),
    KeyContext.HELP: (HelpScreen,),
    KeyContext.PROMPT: (Prompt,),
    KeyContext.NUMBER: (NumberInput, Choice),
    KeyContext.CHOICE: (MenuScreen,),
    KeyContext.MENU: (MenuList,),
}
"""The class that stands for each place."""


@pytest.mark.parametrize("place", KeyContext, ids=lambda place: place.name)
def test_every_action_has_a_method_where_it_applies(place: KeyContext) -> None:
    for owner in BOUND[place]:
        for action in actions_in(place, replaying=owner is ReplayApp):
            name = action.name.partition("(")[0]
            method = getattr(App, f"action_{name[4:]}") if name.startswith("app.") else getattr(owner, f"action_{name}")
            assert callable(method)


def test_an_action_has_the_same_keys_wherever_it_applies() -> None:
    keys: dict[str, set[str]] = {}
    for action in ACTIONS:
        keys.setdefault(action.id, set()).add(action.keys)
        assert action.help[0].islower() and not action.help.endswith("."), action
    assert {name: several for name, several in keys.items() if len(several) > 1} == {}


def test_actions_call_an_account_and_region_by_these_words() -> None:
    assert [action.id for action in ACTIONS if "scope" in f"{action.label} {action.help}"] == []


def test_control_letters_mean_what_they_mean_in_vim_and_less() -> None:
    """No other one is used: a terminal, a multiplexer or a browser may keep it for itself."""
    keys = {key: action.id for action in ACTIONS for key in action.keys.split() if key.startswith("ctrl+")}
    assert keys == {
        "ctrl+b": "page-up",
        "ctrl+f": "page-down",
        "ctrl+u": "half-page-up",
        "ctrl+d": "half-page-down",
        "ctrl+r": "refresh",
    }
    bound = {key for key, _ in LatticetopApp(FakeSource())._bindings}
    assert {key for key in bound if "ctrl" in key} == {"ctrl+c", "ctrl+z", *keys}


LEAVING = {"back", "clear-filter", "cancel", "tour-end", "close-grid"}
"""Actions of the escape key: each leaves something."""
CONFIRMING = {"open", "keep", "number-done"}
"""Actions of the enter key: each takes what is there."""
GOING_ON = {"next-change", "tour-next"}
"""Actions of `>`: the next change of a recording, the next step of the tour; there is no tour of a recording."""
NUMBERS = {"faster", "slower", "more", "less"}
"""Actions of `+` and `-`."""


def test_a_key_means_the_same_on_every_screen() -> None:
    meanings: dict[str, set[str]] = {}
    for action in ACTIONS:
        for key in action.keys.split():
            meanings.setdefault(key, set()).add(action.id)
    several = {key: ids for key, ids in meanings.items() if len(ids) > 1}
    assert {key: ids for key, ids in several.items() if not any(ids <= s for s in (LEAVING, CONFIRMING, GOING_ON))} == {
        key: ids for key, ids in several.items() if ids <= NUMBERS
    }


def test_the_settings_name_every_column() -> None:
    def tables(kind: type[KeyedTable]) -> list[type[KeyedTable]]:
        return [kind, *(each for child in kind.__subclasses__() for each in tables(child))]

    for screen in pkgutil.walk_packages(dashboard.__path__, f"{dashboard.__name__}."):
        import_module(screen.name)
    columns = {table.SETTINGS_NAME: tuple(column.key for column in table.COLUMNS) for table in tables(KeyedTable)}
    columns.pop("")
    assert columns == TABLES


async def test_other_keys_work_and_are_shown_and_the_usual_ones_do_not() -> None:
    keys = {"refresh": ("f5",), "explain": ("X", "u"), "help": ("f1",), "down": ("n",)}
    async with showing(account([cluster()], [*incident().endpoints.values()]), preferences=Preferences(keys)) as stage:
        assert "X explain" in stage.lines[-1] and "f1 help" in stage.lines[-1] and "? help" not in stage.lines[-1]
        await stage.press("r", "e", "question_mark")
        assert (stage.source.requests, stage.screen_name) == ([], "MainScreen")
        await stage.press("f5", "f1")
        assert stage.source.requests == ["refresh"]
        assert "X u explain the endpoint" in stage.pane_words("#help")
        assert "n k arrows move between rows or blocks" in stage.pane_words("#help")
        await stage.press("escape", "u")
        assert stage.screen_name == "ExplainScreen"


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
