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

from latticetop.dashboard.text.format import cut_text
from latticetop.model.endpoints.findings import Tone
from latticetop.model.records.text import clean, shorten_ids

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latticetop.dashboard.theme.palette import Palette
    from latticetop.model.endpoints.assessment import Assessment
    from latticetop.model.endpoints.findings import Evidence, Finding, FixStep

TONES = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NOTE: "warn", Tone.ADVICE: "advice"}
LABEL_WIDTH = 11
NARROW_WIDTH, NARROW_BRIEF_WIDTH, INDENT = 50, 66, 2
"""Below so many columns (if brief, the second number) the sentence goes on below its label, the evidence indented."""
WHOLE_IDS_WIDTH = 80
"""From so many columns on ids are whole."""


class Detail(IntEnum):
    """How much is shown of an assessment, from all of it to what fits on a small screen."""

    FULL = 0
    """All findings with their evidence, and blank lines between."""
    DENSE = 1
    """Without blank lines."""
    BRIEF = 2
    """Of the evidence only that of what is wrong, and of the blocks only those that are emphasized."""
    WRONG = 3
    """Only what is wrong, with its evidence, and how to fix it."""
    ESSENTIAL = 4
    """The same without evidence that names its subject, unless it is emphasized."""
    LEAST = 5
    """The same, with one line for each step, unless there is room for more."""


def render_assessment(
    assessment: Assessment, palette: Palette, width: int, detail: Detail = Detail.FULL, whole_steps: int = 0
) -> RenderableType:
    """The headline and the findings of an endpoint; `whole_steps` is how many steps `LEAST` does not cut."""
    parts: list[RenderableType] = [Text(clean(assessment.headline), palette["strong"])]
    for finding in assessment.findings:
        if detail >= Detail.WRONG and finding.tone not in (Tone.BAD, Tone.ADVICE):
            continue
        if detail is Detail.FULL:
            parts.append(Text())
        parts.append(draw_finding(_shortened(finding, detail), palette, width, detail, whole_steps))
    return Group(*parts)


def _shortened(finding: Finding, detail: Detail) -> Finding:
    """The finding without the evidence that is least needed."""
    if detail < Detail.BRIEF:
        return finding
    evidence = finding.evidence if finding.tone is Tone.BAD else ()
    least = detail >= Detail.ESSENTIAL
    kept = tuple(line for line in evidence if line.strong or not (line.term if least else line.letter))
    return structs.replace(finding, evidence=kept)


def draw_finding(
    finding: Finding, palette: Palette, width: int, detail: Detail = Detail.FULL, whole_steps: int = 0
) -> RenderableType:
    """A finding: its label, its sentence or its steps, and its evidence; see `render_assessment`."""
    narrow = width < (NARROW_BRIEF_WIDTH if detail >= Detail.BRIEF else NARROW_WIDTH)
    whole_ids = width >= WHOLE_IDS_WIDTH
    label = Text(finding.label, palette[TONES[finding.tone]])
    if finding.steps:
        label_width = label.cell_len + 1 if narrow else LABEL_WIDTH
        whole_steps = whole_steps if detail is Detail.LEAST else len(finding.steps)
        steps = _steps(finding.steps, palette, whole_ids, width - label_width, whole_steps)
        return _beside(label, steps, label_width)
    sentence = Text(_with_ids(finding.sentence, whole_ids), palette["text"])
    evidence: list[RenderableType] = []
    if finding.evidence:
        body_width = width - (INDENT if narrow else LABEL_WIDTH)
        evidence.append(_evidence(finding.evidence, palette, narrow, whole_ids, body_width))
    if narrow:
        beside = Text.assemble(label, "  ", sentence)
        return Group(beside, *(Padding(part, (0, 0, 0, INDENT)) for part in evidence))
    return _beside(label, Group(sentence, *evidence), LABEL_WIDTH)


def _beside(label: Text, body: RenderableType, label_width: int) -> Table:
    grid = Table.grid()
    grid.add_column(width=label_width)
    grid.add_column(ratio=1)
    grid.add_row(label, body)
    return grid


def _with_ids(text: str, whole: bool) -> str:
    return clean(text) if whole else shorten_ids(clean(text))


def _steps(
    steps: tuple[FixStep, ...], palette: Palette, whole_ids: bool, width: int, whole_steps: int
) -> RenderableType:
    """The steps in their order, numbered if there are several, with what each frees; after the whole ones, cut ones."""
    ordered = [step for step in steps if not step.instead]
    marks = [str(number) if len(ordered) > 1 else "" for number in range(1, len(ordered) + 1)]
    marks += ["or"] * (len(steps) - len(ordered))
    mark_width = max(map(len, marks))
    grid = Table.grid(padding=(0, 1 if mark_width else 0, 0, 0))
    grid.add_column(width=mark_width, no_wrap=True)
    grid.add_column()
    ordered += [step for step in steps if step.instead]
    for index, (mark, step) in enumerate(zip(marks, ordered, strict=True)):
        text = Text(_with_ids(step.action, whole_ids), palette["text"])
        if step.effect:
            text.append(f" → {_with_ids(step.effect, whole_ids)}", palette["good"])
        text = text if index < whole_steps else cut_text(text, width - mark_width - 1)
        grid.add_row(Text(mark, palette["advice"]), text)
    return grid


def _evidence(
    evidence: tuple[Evidence, ...], palette: Palette, narrow: bool, whole_ids: bool, width: int
) -> RenderableType:
    """The lines of evidence, those of one kind in a grid of their own."""
    parts: list[RenderableType] = []
    for kind, lines in groupby(evidence, key=_kind):
        rows = [_evidence_row(line, palette, narrow, whole_ids) for line in lines]
        if kind == "text":
            parts += [text for _, _, text in rows]
        elif kind == "term" and any(term.cell_len + 1 + text.cell_len > width for term, _, text in rows):
            parts += _stacked(rows)
        else:
            parts.append(_grid(rows, palette))
    return Group(*parts)


def _kind(line: Evidence) -> str:
    return "block" if line.letter else "term" if line.term else "text"


def _evidence_row(line: Evidence, palette: Palette, narrow: bool, whole_ids: bool) -> tuple[Text, str, Text]:
    style = palette["text" if line.strong else "dim"]
    term = shorten_ids(clean(line.term)) if narrow else clean(line.term)
    return Text(term, style, no_wrap=True), line.letter, Text(_with_ids(line.text, whole_ids), style)


def _stacked(rows: Iterable[tuple[Text, str, Text]]) -> list[RenderableType]:
    """Each text under its term, because a text beside its term would be squeezed."""
    return [part for term, _, text in rows for part in (term, Padding(text, (0, 0, 0, INDENT)))]


def _grid(rows: Iterable[tuple[Text, str, Text]], palette: Palette) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    for term, letter, text in rows:
        grid.add_row(term, *([Text(letter, palette.block(letter))] if letter else []), text)
    return grid
