"""README.md and README.ja.md say the same: what can be compared without knowing both languages is compared."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from latticetop.aws import OPERATIONS

ROOT = Path(__file__).parents[1]
ENGLISH, JAPANESE = (ROOT / name for name in ("README.md", "README.ja.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def levels(path: Path) -> list[str]:
    return re.findall(r"^#+(?= )", prose(path), re.MULTILINE)


def fences(path: Path) -> list[tuple[str, str]]:
    """Each code block and its language, without comments."""
    blocks = FENCE.findall(path.read_text(encoding="utf-8"))
    return [(language, re.sub(r"\s*(?<!\S)# .*$", "", code, flags=re.MULTILINE)) for language, code in blocks]


def targets(path: Path) -> list[str]:
    """Where links and pictures lead, in order."""
    return re.findall(r"\]\(([^)]+)\)", prose(path))


def sections(path: Path) -> list[str]:
    return re.split(r"^#+ ", prose(path), flags=re.MULTILINE)


def tables(path: Path) -> list[int]:
    """How many cells each row of a table has."""
    return [line.count("|") for line in prose(path).splitlines() if line.startswith("|")]


def test_both_have_the_same_sections_tables_and_code() -> None:
    assert levels(ENGLISH) == levels(JAPANESE)
    assert tables(ENGLISH) == tables(JAPANESE)
    assert fences(ENGLISH) == fences(JAPANESE)


def test_each_section_names_the_same_things_in_both() -> None:
    for english, japanese in zip(sections(ENGLISH), sections(JAPANESE), strict=True):
        named = (sorted(set(re.findall(r"`([^`\n]+)`", text))) for text in (english, japanese))
        assert next(named) == next(named), english.partition("\n")[0]


def test_both_show_the_same_pictures_and_lead_to_each_other() -> None:
    english, japanese = targets(ENGLISH), targets(JAPANESE)
    assert (english[0], japanese[0]) == (JAPANESE.name, ENGLISH.name)
    assert english[1:] == japanese[1:]


@pytest.mark.parametrize("path", [ENGLISH, JAPANESE], ids=lambda path: path.name)
def test_what_is_linked_is_there(path: Path) -> None:
    assert [target for target in targets(path) if not (ROOT / target).is_file()] == []


def test_the_readme_has_the_two_commands_to_the_letter_and_ci_runs_the_second() -> None:
    try_it = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/latticetop demo"
    test_it = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest"
    lines = ENGLISH.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("python3 ")] == [try_it, test_it]
    assert test_it in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_policy_names_the_actions_that_are_called() -> None:
    policy = json.loads(ENGLISH.read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0])
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert sorted(actions) == sorted(OPERATIONS - {"sts:GetCallerIdentity"})
