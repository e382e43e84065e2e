"""What PyPI and pip are told of the project."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.test_readme import INSTALLS, TRY_IT

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
HOOK = PYPROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


def description() -> str:
    """The long description, as hatch-fancy-pypi-readme makes it: each pattern replaced in turn."""
    text = "".join((ROOT / fragment["path"]).read_text(encoding="utf-8") for fragment in HOOK["fragments"])
    for substitution in HOOK["substitutions"]:
        text, times = re.subn(substitution["pattern"], substitution["replacement"], text)
        assert times, substitution["pattern"]
    return text


def test_the_description_leads_to_no_file_of_the_repository() -> None:
    text = description()
    assert re.findall(r"\]\((?!https?://)", text) == []
    assert "![" not in text and "clone" not in text and "日本語" not in text
    assert "\n\n\n" not in text


def test_the_description_installs_from_the_index() -> None:
    block = re.findall(r"^```sh\n(.*?)^```$", description(), re.MULTILINE | re.DOTALL)
    lines = [line for each in block for line in each.splitlines()]
    by_hand = [line.replace("uvx --from . ", "uvx ").replace(" . &&", " latticetop &&") for line in INSTALLS]
    assert lines[: len(by_hand)] == by_hand
    assert TRY_IT not in lines and not any(".[" in line for line in lines)


def test_the_description_keeps_all_else() -> None:
    readme, text = ((ROOT / "README.md").read_text(encoding="utf-8"), description())
    for marked in (r"^#+ .*$", r"^\| [`0-9e-]+ .*\|$", r"^latticetop .*$"):
        assert re.findall(marked, text, re.MULTILINE) == re.findall(marked, readme, re.MULTILINE) != []


def test_each_python_is_named() -> None:
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert named == PYTHONS
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_pip_of_an_old_python_has_only_the_python_to_complain_of() -> None:
    """That of 3.9 looks for the dependencies first, and of some there is no version for it."""
    markers = {dependency.partition("; ")[2] for dependency in PROJECT["dependencies"]}
    assert markers == {f'python_version >= "{PYTHONS[0]}"'}
