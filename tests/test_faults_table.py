"""Every fault of the simulator has a row in the table of CONTRIBUTING.md, and every row a test marked with its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from latticetop.simulator.faults import FAULT_KINDS

ROOT = Path(__file__).parents[1]
HEAD = "| fault | what happens | what is shown | what is kept | how it recovers |\n|---|---|---|---|---|\n"


def table() -> list[list[str]]:
    """The cells of each row."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert HEAD in text
    lines = text.partition(HEAD)[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def marks(path: Path) -> Iterator[str]:
    """The names in `@pytest.mark.fault(…)` of the tests of a module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    yield from (ast.literal_eval(argument) for argument in mark.args)


def test_every_fault_of_the_simulator_has_a_row() -> None:
    rows = table()
    assert {len(row) for row in rows} == {5} and all(all(row) for row in rows)
    names = [row[0].strip("`") for row in rows]
    assert len(names) == len(set(names))
    assert FAULT_KINDS.keys() <= set(names)


def test_every_row_has_a_marked_test_and_every_mark_a_row() -> None:
    marked = {name for path in sorted((ROOT / "tests").rglob("test_*.py")) for name in marks(path)}
    assert marked == {row[0].strip("`") for row in table()}
