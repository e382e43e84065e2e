"""The findings at every width: nothing that names a block is cut."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from latticetop.dashboard.theme.palette import Palette
from latticetop.dashboard.theme.themes import DARK
from latticetop.dashboard.widgets.findings import render_assessment
from latticetop.model.endpoints.assessment import assess
from tests.dashboard.accounts import ENDPOINT, incident

PALETTE = Palette(DARK)


@pytest.mark.parametrize("width", [20, 26, 32, 50, 66, 120])
def test_a_block_stands_with_its_letter_in_a_line_and_what_is_said_of_it_is_whole(width: int) -> None:
    snapshot = incident()
    findings = render_assessment(assess(snapshot, snapshot.endpoints[ENDPOINT]), PALETTE, width)
    console = Console(width=width)
    lines = ["".join(segment.text for segment in line).strip() for line in console.render_lines(findings, pad=False)]
    assert max(map(len, lines)) <= width
    of_blocks = [match[0] for line in lines if (match := re.match(r"10\.10\.10\.\d+/28 +[A-Za-z.](?= |$)", line))]
    assert [line.split() for line in of_blocks] == [
        ["10.10.10.0/28", "R"],
        ["10.10.10.16/28", "L"],
        ["10.10.10.32/28", "f"],
        ["10.10.10.48/28", "R"],
    ]
    assert "one address: 10.10.10.36" in " ".join(" ".join(lines).split())
