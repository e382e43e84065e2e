"""What `:` finds: names first, by descriptions only after `?`, and whatever has an id or an address."""

from __future__ import annotations

import pytest
from textual import events

from latticetop.dashboard.keys.commands import Command, find_commands
from latticetop.dashboard.state.followed_scope import FollowedScope
from tests.dashboard.accounts import A, incident
from tests.dashboard.stage import FakeSource, showing, update

COMMANDS = [
    Command("w", "changes", "list changes of endpoints and subnets", print, ("changes", "events")),
    Command("q", "quit", "quit latticetop", print, ("q", "exit")),
    Command("p", "plan", "whether new endpoints fit", print, ("plan",)),
    Command("o", "all subnets", "the subnets of all accounts", print, ("subnets", "subnet")),
]


def found(text: str) -> list[str]:
    return [command.title for command in find_commands(text, COMMANDS)]


def test_names_come_before_descriptions() -> None:
    assert found("subnets") == ["all subnets"], "no fuzzy plan, no changes"
    assert found("exit") == ["quit"] and found("Q") == ["quit"]
    assert found("e") == ["changes", "quit", "all subnets"], "names that begin so, then titles that have it inside"
    assert found("endpoints") == []
    assert found("? endpoints") == ["changes", "plan"]
    assert found("") == ["changes", "quit", "plan", "all subnets"]


@pytest.mark.parametrize(
    ("typed", "screen"),
    [
        ("subnets", "AllSubnetsScreen"),
        ("plan", "PlanScreen"),
        ("explain", "ExplainScreen"),
        ("changes", "ChangesScreen"),
        ("ctx", "ScopesScreen"),
        ("accounts", "ScopesScreen"),
        ("endpoints", "MainScreen"),
        ("ep", "MainScreen"),
        ("sn", "AllSubnetsScreen"),
        ("owners", "OwnersScreen"),
    ],
)
async def test_a_name_typed_at_once_opens_its_screen(typed: str, screen: str) -> None:
    others = [FollowedScope(FakeSource(update(incident())), "dev", "eu-west-1")]
    async with showing(incident(), others=others) as stage:
        await stage.press("w", ":", *typed, "enter")
        assert stage.screen_name == screen


@pytest.mark.parametrize("typed", ["goto", "eni"])
async def test_a_word_for_what_has_an_id_asks_for_the_id(typed: str) -> None:
    async with showing(incident()) as stage:
        await stage.press(":", *typed, "enter")
        assert stage.app.screen.query("GotoPrompt")


@pytest.mark.parametrize("typed", ["q", "q!", "exit", "quit"])
async def test_quitting_as_in_vim(typed: str) -> None:
    async with showing(incident()) as stage:
        await stage.press(":", *typed.replace("!", ""), *(["exclamation_mark"] if "!" in typed else []), "enter")
        assert stage.app._exit is True


async def test_arguments_name_a_theme_a_region_and_an_id() -> None:
    others = [FollowedScope(FakeSource(update(incident())), "dev", "eu-west-1")]
    async with showing(incident(), others=others) as stage:
        await stage.press(":", *"theme", "space", *"light", "enter")
        assert stage.app.theme == "light"
        await stage.press(":", *"region", "space", *"eu-west-1", "enter")
        assert stage.app.scope_index == 1
        await stage.press(":", *"subnet", "space", *A, "enter")
        assert stage.table("#subnet-table").current == A and stage.screen_name == "MainScreen"
        await stage.press(":", *"10.10.10.36", "enter")
        assert stage.grid.has_focus and stage.grid.cursor == 2


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)], ids=str)
async def test_what_nothing_is_called_is_said_and_enter_does_nothing(size: tuple[int, int]) -> None:
    async with showing(incident(), size) as stage:
        await stage.press(":", *"zzz", "enter")
        assert 'Nothing is called "zzz". ?zzz searches descriptions.' in stage.text
        assert stage.screen_name == "CommandPalette"
        await stage.press("escape")
        assert stage.screen_name == "MainScreen"


async def test_a_command_that_arrives_in_one_piece_is_typed_into_the_palette() -> None:
    """As `tmux send-keys` and a busy machine deliver it: no letter reaches the table below."""
    async with showing(incident()) as stage:
        order = stage.table("#endpoint-table").order
        for key in ("colon", *"subnets", "enter"):
            stage.app.post_message(events.Key(key, ":" if key == "colon" else key if len(key) == 1 else None))
        await stage.pilot.pause()
        await stage.pilot.pause()
        assert stage.screen_name == "AllSubnetsScreen"
        await stage.press("escape")
        assert stage.table("#endpoint-table").order == order


async def test_with_one_account_its_words_say_how_to_follow_more() -> None:
    async with showing(incident(), (80, 24)) as stage:
        await stage.press(":", *"ctx", "enter")
        assert "Only one account and Region is followed; --profile and --region follow more." in stage.pane_words(
            "Vertical"
        )


@pytest.mark.parametrize("opener", [":", "/"])
async def test_of_a_long_text_that_matches_nothing_only_a_part_is_repeated(opener: str) -> None:
    async with showing(incident(), (80, 24)) as stage:
        await stage.press(opener)
        stage.app.post_message(events.Paste("x" * 10_000))
        await stage.pilot.pause()
        said = 'Nothing is called "xxx' if opener == ":" else 'No endpoint matches "xxx'
        assert said in stage.words and stage.text.count("x" * 20) <= 8
