"""`python -m latticetop` with a Python that is too old."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

import latticetop
from tests.command import python

PACKAGE = Path(latticetop.__file__).parent
READ_FIRST = (PACKAGE / "__init__.py", PACKAGE / "__main__.py")
AS_OLD = (
    "import runpy, sys\n"
    "sys.version_info = tuple(map(int, sys.argv[1].split('.'))) + ('final', 0)\n"
    "try:\n"
    "    runpy.run_module('latticetop', run_name='__main__')\n"
    "finally:\n"
    "    print(*(name for name in sys.modules if name.startswith('latticetop.')))"
)


@pytest.mark.parametrize("version", ["2.7.18", "3.9.18", "3.10.13"])
def test_an_old_python_gets_one_sentence_with_what_to_do(version: str) -> None:
    ended = python(AS_OLD, version)
    assert (ended.code, ended.out.split()) == (2, [])
    assert ended.err.startswith("latticetop: ") and ended.err.count("\n") == 1
    assert all(part in ended.err for part in ("Python 3.11 or newer", f"this is {version}.", "uvx --from . latticetop"))


@pytest.mark.parametrize("path", READ_FIRST, ids=lambda path: path.stem)
def test_an_old_python_can_read_what_comes_before_the_check(path: Path) -> None:
    """No grammar of today in it; Python 2 reads it too, as ASCII."""
    tree = ast.parse(path.read_text(encoding="ascii"), feature_version=(3, 7))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.TryStar, ast.AsyncFunctionDef)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.arg) and node.annotation] == []


def test_the_oldest_python_is_that_of_the_project() -> None:
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert "sys.version_info < (3, 11)" in READ_FIRST[1].read_text(encoding="utf-8")
