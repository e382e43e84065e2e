"""Findings as a person reads them: a label, a sentence, the evidence beneath."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Evidence, Finding

TONES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NOTE: "warn", Tone.ADVICE: "advice"}
LABEL_WIDTH = 11
NARROW = 50


def explain(assessment: Assessment, palette: Palette, width: int) -> RenderableType:
    """The headline and the findings of an endpoint, with a blank line between thoughts."""
    thoughts: list[RenderableType] = [Text(clean(assessment.headline), palette["strong"])]
    for finding in assessment.findings:
        thoughts += [Text(), draw_finding(finding, palette, width)]
    return Group(*thoughts)


def draw_finding(finding: Finding, palette: Palette, width: int) -> RenderableType:
    """One finding: label, sentence and evidence, stacked where it is narrow."""
    narrow = width < NARROW
    label = Text.assemble((finding.label, palette[TONES[finding.tone]]))
    body: list[RenderableType] = [Text(shorten_ids(clean(finding.sentence)), palette["text"])]
    if finding.evidence:
        body.append(_evidence(finding.evidence, palette, narrow, width - (2 if narrow else LABEL_WIDTH)))
    if narrow:
        return Group(label, Padding(Group(*body), (0, 0, 0, 2)))
    grid = Table.grid()
    grid.add_column(width=LABEL_WIDTH)
    grid.add_column(ratio=1)
    grid.add_row(label, Group(*body))
    return grid


def _evidence(evidence: tuple[Evidence, ...], palette: Palette, narrow: bool, width: int) -> RenderableType:
    """Terms and texts side by side, blocks apart from the rest; a text that would be squeezed goes beneath its term."""
    parts: list[RenderableType] = []
    for kind, lines in groupby(evidence, key=_kind):
        told = []
        for line in lines:
            style = palette["text" if line.strong else "dim"]
            term = Text(_legible(line.term, narrow), style, no_wrap=True)
            told.append((term, line.letter, Text(shorten_ids(clean(line.text)), style)))
        if kind == "text":
            parts += [text for _, _, text in told]
        elif kind == "term" and any(term.cell_len + 1 + text.cell_len > width for term, _, text in told):
            parts += [part for term, _, text in told for part in (term, Padding(text, (0, 0, 0, 2)))]
        else:
            grid = Table.grid(padding=(0, 1, 0, 0))
            for term, letter, text in told:
                grid.add_row(term, *([Text(letter, palette.block(letter))] if letter else []), text)
            parts.append(grid)
    return Group(*parts)


def _kind(line: Evidence) -> str:
    return "block" if line.letter else "term" if line.term else "text"


def _legible(text: str, narrow: bool) -> str:
    return shorten_ids(clean(text)) if narrow else clean(text)
