"""The table of faults in CONTRIBUTING.md names tests that there are, and every fault of the simulator."""

from __future__ import annotations

import re
from pathlib import Path

from latticetop.simulator.faults import KINDS

ROOT = Path(__file__).parents[1]
HEAD = "| fault | what is seen | what is kept | how it recovers | test |"


def rows() -> list[list[str]]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"{HEAD}\n|---|---|---|---|---|\n")
    lines = rest.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_fault_has_its_row_and_every_row_its_tests() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"^(?:async )?def (test_\w+)\(", source, re.MULTILINE))
    table = rows()
    assert {len(row) for row in table} == {5} and all(all(row) for row in table)
    kinds = [row[0].strip("`") for row in table if row[0].startswith("`")]
    assert sorted(kinds) == sorted(KINDS)
    for row in table:
        named = re.findall(r"`(test_\w+)`", row[4])
        assert named and set(named) <= known, row
    introduction = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(HEAD)[0]
    assert set(re.findall(r"`(test_\w+)`", introduction)) <= known
