"""The sections of the man page that belong to no command."""

from __future__ import annotations

from latticetop.cli.manual import SECTIONS
from latticetop.config.actions import ACTIONS
from latticetop.config.settings import Theme
from latticetop.model.blocks.blocks import BlockState
from latticetop.model.endpoints.verdict import Verdict
from tests.command import run


def section(title: str) -> str:
    """The text of a section of the man page, without escapes."""
    text = run("man").out.replace("\\-", "-").replace("\\&", "")
    return text.partition(f"\n.SH {title}\n")[2].partition("\n.SH")[0]


def test_every_section_is_in_the_page_once() -> None:
    headings = [line for line in run("man").out.splitlines() if line.startswith(".SH ")]
    assert len(headings) == len(set(headings))
    assert {f".SH {each.title}" for each in SECTIONS} <= set(headings)
    for each in SECTIONS:
        text = " ".join(section(each.title).split())
        assert all(meaning[:40].replace("-", "") in text.replace("-", "") for meaning in each.terms.values())


def test_every_key_is_there_with_what_it_does() -> None:
    keys = section("KEYS").splitlines()
    for action in ACTIONS:
        assert {action.help, f"in a replay: {action.help}"} & set(keys), action.id
    assert ".B J" in keys and ".B h left j down k up l right" in keys


def test_every_block_verdict_and_theme_is_there() -> None:
    blocks, verdicts, terminals = section("BLOCKS"), section("VERDICTS"), section("TERMINALS")
    assert [f".B {state.value}  {state.label}" in blocks for state in BlockState] == [True] * 8
    assert [verdict for verdict in Verdict if verdict.value.replace("-", " ") not in verdicts] == []
    assert [theme for theme in Theme if theme.value not in terminals] == []
