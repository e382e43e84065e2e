"""The help explains every column, mark and bound of the screen at hand, with examples from it."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

from latticetop import dashboard
from latticetop.dashboard.keys.glossary import GlossaryTerm, bound_terms, meaning_of
from latticetop.dashboard.state.followed_scope import FollowedScope
from latticetop.dashboard.table.keyed_table import KeyedTable
from latticetop.model.snapshot import SubnetReading
from tests.dashboard.accounts import A, account, cluster, elsewhere, incident, subnet
from tests.dashboard.stage import FakeSource, showing, update


def tables(kind: type[KeyedTable]) -> list[type[KeyedTable]]:
    return [kind, *(each for child in kind.__subclasses__() for each in tables(child))]


def test_every_column_has_a_meaning() -> None:
    for module in pkgutil.walk_packages(dashboard.__path__, f"{dashboard.__name__}."):
        import_module(module.name)
    without = [
        (table.SETTINGS_NAME, column.key)
        for table in tables(KeyedTable)
        for column in table.COLUMNS
        if table.SETTINGS_NAME and column.label and not meaning_of(table.SETTINGS_NAME, column.key)
    ]
    assert without == []


@pytest.mark.parametrize("size", [(80, 90), (120, 90)], ids=str)
async def test_columns_are_explained_by_the_row_under_the_cursor(size: tuple[int, int]) -> None:
    async with showing(incident(), size) as stage:
        await stage.press("f1")
        words = stage.pane_words("#help")
        assert "free addresses, as AWS counts them; they need not form a block. Here: 40" in words
        assert "/28 free /28 blocks: sixteen addresses, none in use, that AWS can assign as a prefix. Here: 0" in words
        assert "accessible associations that AWS calls accessible, of all; not a probe. Here: 3 of 3" in words
        for mark in ("▌ before a row", "· before a row: linked", "· L · the endpoint", "+ . + the plan", "# one of"):
            assert mark in words


async def test_a_bar_is_explained_with_the_row_that_shows_one() -> None:
    async with showing(account([cluster()]), (60, 120)) as stage:
        assert stage.line("10.20.0.0/20").split()[-1][0] in "█▓▒▁"
        bar = stage.line("10.20.0.0/20").split()[-1]
        await stage.press("question_mark")
        words = stage.pane_words("#help")
        assert (
            f"█ in a map of more blocks than letters: the share of prefixes, L and A. Here: {bar} of eks-nodes-a"
            in words
        )
        assert "▒ the share of fragmented blocks, f" in words
        assert "f 110 in a map of more blocks than letters: the number of blocks in a state" in words


async def test_the_numbers_of_a_map_are_explained_with_the_row_that_shows_some() -> None:
    free = SubnetReading(subnet(A, "10.20.0.0/20", 4091, name="empty"))
    async with showing(account([free]), (120, 120)) as stage:
        await stage.press("question_mark")
        words = stage.pane_words("#help")
        assert "the number of blocks in a state. Here: . 254 · R 2 of empty" in words
        assert "█ in a map" in words and "in Fix" not in words


async def test_the_steps_of_a_fix_are_explained_where_there_are_findings() -> None:
    async with showing(incident(), (120, 90)) as stage:
        await stage.press("question_mark")
        words = stage.pane_words("#help")
        assert "1 2 3 in Fix: the steps, in the order that works" in words and "→ in Fix: what the step frees" in words
        await stage.press("escape", "o", "question_mark")
        assert "in Fix" not in stage.pane_words("#help")


async def test_a_screen_without_a_grid_explains_no_marks_of_one() -> None:
    async with showing(incident(), (120, 90)) as stage:
        await stage.press("o", "question_mark")
        words = stage.pane_words("#help")
        assert "Marks here ▌ before a row" in words and "+ . +" not in words and "AWS says" not in words


async def test_a_column_means_what_it_has_on_its_own_screen() -> None:
    async with showing(incident(), (120, 90), others=[FollowedScope(FakeSource(update(elsewhere())))]) as stage:
        await stage.press("c", "question_mark")
        assert "name the name of the role or profile" in stage.pane_words("#help")
        await stage.press("escape", "1", "question_mark")
        assert "state of an endpoint the state, as AWS gives it; else what is wrong" in stage.pane_words("#help")
        await stage.press("escape", "escape", "p", "question_mark")
        assert "fits capacity: how often what is planned fits here" in stage.pane_words("#help")


def test_bounds_come_with_a_column_that_shows_one() -> None:
    columns = [
        GlossaryTerm("fits", "", "0-1"),
        GlossaryTerm("/28", "", "1,002-1,003"),
        GlossaryTerm("now", "", "≤5"),
        GlossaryTerm("addr", "", "?"),
    ]
    assert [(term.term, term.example) for term in bound_terms(columns)] == [
        ("2-4", "0-1 in fits"),
        ("≤3", "≤5 in now"),
        ("?", "? in addr"),
        ("-", ""),
    ]
