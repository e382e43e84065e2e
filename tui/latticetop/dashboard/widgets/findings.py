"""Findings as rich text: a label, a sentence, and the evidence below."""

from __future__ import annotations

from enum import IntEnum
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import structs
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Evidence, Finding

TONES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NOTE: "warn", Tone.ADVICE: "advice"}
LABEL_WIDTH = 11
NARROW_WIDTH, NARROW_BRIEF_WIDTH, INDENT = 50, 66, 2
"""Below so many columns (if brief, the second number) the sentence goes on below its label, the evidence indented."""


class Detail(IntEnum):
    """How much is shown of an assessment, from all of it to what fits on a small screen."""

    FULL = 0
    """All findings with their evidence, and blank lines between."""
    DENSE = 1
    """Without blank lines."""
    BRIEF = 2
    """Of the evidence only that of what is wrong, and of the blocks only those that are emphasized."""
    ESSENTIAL = 3
    """Only what is wrong, and how to fix it."""


def render_assessment(
    assessment: Assessment, palette: Palette, width: int, detail: Detail = Detail.FULL
) -> RenderableType:
    """The headline and the findings of an endpoint."""
    parts: list[RenderableType] = [Text(clean(assessment.headline), palette["strong"])]
    for finding in assessment.findings:
        if detail is Detail.ESSENTIAL and finding.tone not in (Tone.BAD, Tone.ADVICE):
            continue
        if detail is Detail.FULL:
            parts.append(Text())
        parts.append(draw_finding(_shortened(finding, detail), palette, width, brief=detail >= Detail.BRIEF))
    return Group(*parts)


def _shortened(finding: Finding, detail: Detail) -> Finding:
    """The finding without the evidence that is least needed."""
    if detail < Detail.BRIEF:
        return finding
    evidence = finding.evidence if finding.tone is Tone.BAD else ()
    least = detail is Detail.ESSENTIAL
    kept = tuple(line for line in evidence if line.strong or not (line.term if least else line.letter))
    return structs.replace(finding, evidence=kept)


def draw_finding(finding: Finding, palette: Palette, width: int, *, brief: bool = False) -> RenderableType:
    """A finding: its label, sentence and evidence."""
    narrow = width < (NARROW_BRIEF_WIDTH if brief else NARROW_WIDTH)
    label = Text(finding.label, palette[TONES[finding.tone]])
    sentence = Text(shorten_ids(clean(finding.sentence)), palette["text"])
    evidence: list[RenderableType] = []
    if finding.evidence:
        body_width = width - (INDENT if narrow else LABEL_WIDTH)
        evidence.append(_evidence(finding.evidence, palette, narrow, body_width))
    if narrow:
        beside = Text.assemble(label, "  ", sentence)
        return Group(beside, *(Padding(part, (0, 0, 0, INDENT)) for part in evidence))
    grid = Table.grid()
    grid.add_column(width=LABEL_WIDTH)
    grid.add_column(ratio=1)
    grid.add_row(label, Group(sentence, *evidence))
    return grid


def _evidence(evidence: tuple[Evidence, ...], palette: Palette, narrow: bool, width: int) -> RenderableType:
    """The lines of evidence, those of one kind in a grid of their own."""
    parts: list[RenderableType] = []
    for kind, lines in groupby(evidence, key=_kind):
        rows = [_evidence_row(line, palette, narrow) for line in lines]
        if kind == "text":
            parts += [text for _, _, text in rows]
        elif kind == "term" and any(term.cell_len + 1 + text.cell_len > width for term, _, text in rows):
            parts += _stacked(rows)
        else:
            parts.append(_grid(rows, palette))
    return Group(*parts)


def _kind(line: Evidence) -> str:
    return "block" if line.letter else "term" if line.term else "text"


def _evidence_row(line: Evidence, palette: Palette, narrow: bool) -> tuple[Text, str, Text]:
    style = palette["text" if line.strong else "dim"]
    term = shorten_ids(clean(line.term)) if narrow else clean(line.term)
    return Text(term, style, no_wrap=True), line.letter, Text(shorten_ids(clean(line.text)), style)


def _stacked(rows: Iterable[tuple[Text, str, Text]]) -> list[RenderableType]:
    """Each text under its term, because a text beside its term would be squeezed."""
    return [part for term, _, text in rows for part in (term, Padding(text, (0, 0, 0, INDENT)))]


def _grid(rows: Iterable[tuple[Text, str, Text]], palette: Palette) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for term, letter, text in rows:
        grid.add_row(term, *([Text(letter, palette.block(letter))] if letter else []), text)
    return grid
