"""Findings as a person reads them: a label, a sentence, the evidence beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from latticetop.model.findings import Tone
from latticetop.model.text import clean, shorten_ids

if TYPE_CHECKING:
    from latticetop.dashboard.theme import Palette
    from latticetop.model.findings import Evidence, Finding
    from latticetop.model.verdict import Assessment

TONES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NOTE: "warn", Tone.ADVICE: "advice"}
LABEL_WIDTH = 11


def explain(assessment: Assessment, palette: Palette, width: int) -> RenderableType:
    """The headline and the findings of an endpoint, with a blank line between thoughts."""
    thoughts: list[RenderableType] = [Text(clean(assessment.headline), palette["strong"])]
    for finding in assessment.findings:
        thoughts += [Text(), _finding(finding, palette, narrow=width < 50)]
    return Group(*thoughts)


def _finding(finding: Finding, palette: Palette, narrow: bool) -> RenderableType:
    label = Text(finding.label, palette[TONES[finding.tone]])
    body: list[RenderableType] = [Text(shorten_ids(clean(finding.sentence)), palette["text"])]
    if finding.evidence:
        body.append(_evidence(finding.evidence, palette, narrow))
    if narrow:
        return Group(label, Padding(Group(*body), (0, 0, 0, 2)))
    grid = Table.grid()
    grid.add_column(width=LABEL_WIDTH)
    grid.add_column(ratio=1)
    grid.add_row(label, Group(*body))
    return grid


def _evidence(evidence: tuple[Evidence, ...], palette: Palette, narrow: bool) -> RenderableType:
    lettered = any(line.letter for line in evidence)
    groups: list[RenderableType] = []
    grid = Table.grid(padding=(0, 1, 0, 0))
    for line in evidence:
        text = Text(shorten_ids(clean(line.text)), palette["text" if line.strong else "dim"])
        if not line.term:
            groups += [grid, text]
            grid = Table.grid(padding=(0, 1, 0, 0))
            continue
        term = Text(_legible(line.term, narrow), palette["text" if line.strong else "dim"], no_wrap=True)
        letter = Text(line.letter, palette.block(line.letter)) if line.letter else Text()
        grid.add_row(term, letter, text) if lettered else grid.add_row(term, text)
    return Group(*groups, grid) if grid.row_count else Group(*groups)


def _legible(text: str, narrow: bool) -> str:
    return shorten_ids(clean(text)) if narrow else clean(text)
